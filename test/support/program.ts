/** The server as a process of its own, from its sources. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Closing } from './closing.ts';
import { perTest } from './pertest.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

interface Options {
  /** What ends the program if the test does not. */
  scope?: Closing;
  /** Modules that are loaded before the program. */
  imports?: readonly string[];
}

/** The program, with nothing in its environment but what it needs to run at all. */
export function launch(env: Record<string, string>, { scope = perTest, imports = [] }: Options = {}) {
  const child = scope.child(
    spawn(process.execPath, [...['tsx', ...imports].flatMap((module) => ['--import', module]), main], {
      // Without coverage: a process that loads the sources in another way shifts the lines of all the others.
      env: { PATH: process.env.PATH, NODE_V8_COVERAGE: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  return { child, output, ended };
}

/** Launches with any free ports and waits until it serves. */
export async function serving(env: Record<string, string>, options?: Options) {
  const launched = launch({ HOST: '127.0.0.1', HOOK_PORT: '0', METRICS_PORT: '0', ...env }, options);
  await Promise.race([once(launched.child.stdout, 'data'), launched.ended]);
  const line = JSON.parse(launched.output.stdout.split('\n')[0] ?? '') as { message: string; hookPort: number; metricsPort: number };
  assert.equal(line.message, 'serving', launched.output.stderr);
  return { ...launched, ...line };
}
