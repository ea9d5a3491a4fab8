/** A shell in which a page is followed: what one block exports, the next one has. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Closing } from '../../support/closing.ts';

export interface Result {
  code: number | null;
  /** Both streams, as a terminal shows them. */
  output: string;
}

export type Shell = (typed: string) => Promise<Result>;

/** A shell in an empty folder with the manifests of this project in it, as in a clone. */
export function shell(closing: Closing): Shell {
  const cwd = closing.folder();
  const state = join(cwd, '.exported');
  writeFileSync(state, '');
  for (const name of ['manifests', 'metacontroller']) symlinkSync(resolve(name), join(cwd, name));
  return async (typed) => {
    const script = `. ${state}; set -o pipefail; trap 'export -p >${state}' EXIT\n${typed}`;
    const bash = closing.child(spawn('bash', ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'pipe'] }));
    let output = '';
    for (const stream of [bash.stdout, bash.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(bash, 'close')) as [number | null];
    return { code, output };
  };
}
