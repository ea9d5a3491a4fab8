import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { closer } from './closing.ts';
import { perTest } from './pertest.ts';

const FAILING = 'test/support/failing.ts';
/** Less than the hooks of mocha may take, more than the programs need that are started. */
const SECONDS = 45;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('support/closing', () => {
  it('a run whose tests fail with something open ends by itself, and leaves nothing behind', async function () {
    this.timeout((SECONDS + 10) * 1000);
    const args = ['--import', 'tsx', 'node_modules/mocha/bin/mocha.js', '--no-config', '--timeout', '20000', FAILING];
    const env = { ...process.env, NODE_V8_COVERAGE: undefined };
    const child = perTest.child(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] }));
    const cut = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
    perTest.closing(() => {
      clearTimeout(cut);
    });
    const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number, string | null]>]);
    assert.equal(signal, null, `it had to be ended after ${SECONDS} s:\n${output}`);
    const written = (word: string): string[] => [...output.matchAll(new RegExp(`^${word} (.+)$`, 'gm'))].map(([, value = '']) => value);
    const kinds = readFileSync(FAILING, 'utf8').match(/^ {2}[A-Z]\w+: (async )?\(\)/gm)?.length ?? 0;
    assert.ok(kinds >= 9);
    // One more for each `describe` that fails half way.
    assert.equal(code, kinds + 3, output);
    assert.doesNotMatch(output, /"after (each|all)" hook/);
    assert.deepEqual([written('pid').length, written('pid').map(Number).filter(isAlive)], [4, []]);
    assert.deepEqual([written('folder').length, written('folder').filter(existsSync)], [1, []]);
  });

  it('closes in reverse, each after the one before, all of them even when one fails, and once', async () => {
    const { closing, close } = closer();
    const closed: string[] = [];
    const closes = (name: string) => async (): Promise<void> => {
      await new Promise(setImmediate);
      closed.push(name);
    };
    closing(closes('first'));
    closing(() => assert.fail('second'));
    closing(closes('third'));
    await assert.rejects(close(), /second/);
    assert.deepEqual(closed, ['third', 'first']);
    await close();
    assert.deepEqual(closed, ['third', 'first']);
  });
});
