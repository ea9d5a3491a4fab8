/** The program is not ready before it can answer: what takes long is over when the first port opens, and the probes' port opens last. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe('server: readiness', () => {
  it('comes after every schema is compiled and the hooks can be reached', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--import', here('startup.ts'), here('../../src/main.ts')], {
      env: {
        PATH: process.env.PATH,
        NODE_V8_COVERAGE: undefined,
        HOST: '127.0.0.1',
        HOOK_PORT: '0',
        METRICS_PORT: '0',
        SHUTDOWN_DELAY_SECONDS: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
    const ended = once(child, 'close');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { hookPort, metricsPort } = JSON.parse(line.toString().split('\n')[0] ?? '') as Record<string, number>;
    assert.equal((await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).status, 200);
    // Requests of all kinds, so that a schema that is compiled when it is first needed is found out.
    for (const hook of ['sync', 'finalize', 'customize']) {
      const answer = await fetch(`http://127.0.0.1:${hookPort}/${hook}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: readFileSync('test/bench/request.json'),
      });
      assert.equal(answer.status, 200, hook);
    }
    child.kill('SIGTERM');
    await ended;
    const events = told.trim().split('\n');
    const compiled = events.filter((event) => event === 'compiled');
    assert.equal(compiled.length, readFileSync('src/hook/schema.ts', 'utf8').match(/ajv\.compile\(/g)?.length);
    assert.deepEqual(events, [...compiled, `listening ${hookPort}`, `listening ${metricsPort}`]);
  });
});
