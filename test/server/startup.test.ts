/** The program is not ready before it can answer: what takes long is over when the first port opens, and the probes' port opens last. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serving } from '../support/program.ts';

const spy = fileURLToPath(new URL('startup.ts', import.meta.url));

describe('server: readiness', () => {
  it('comes after every schema is compiled and the hooks can be reached', async () => {
    const { child, output, ended, hookPort, metricsPort } = await serving({ SHUTDOWN_DELAY_SECONDS: '0' }, { imports: [spy] });
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
    const events = output.stderr.trim().split('\n');
    const schemas = ['src/hook/schema.ts', 'src/spec/schema.ts'].map((file) => readFileSync(file, 'utf8')).join('');
    const compiled = events.filter((event) => event === 'compiled');
    assert.equal(compiled.length, schemas.match(/ajv\.compile\(/g)?.length);
    assert.deepEqual(events, [...compiled, `listening ${hookPort}`, `listening ${metricsPort}`]);
  });
});
