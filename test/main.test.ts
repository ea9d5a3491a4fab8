import assert from 'node:assert/strict';
import { once } from 'node:events';
import { launch, serving } from './support/program.ts';

describe('main', () => {
  it('a configuration that cannot be used: sentences on stderr, exit code 1, no stack', async () => {
    const { output, ended } = launch({ HOOK_PORT: 'x', TLS_KEY_FILE: '/k' });
    assert.deepEqual(await ended, [1, null]);
    assert.deepEqual(output.stderr.trim().split('\n'), [
      'HOOK_PORT is "x", but must be a whole number from 0 to 65535.',
      'TLS_KEY_FILE is set, but TLS_CERT_FILE is not: set both for TLS, or neither.',
    ]);
    assert.equal(output.stdout, '');
  });

  it('a file that is not there: the same', async () => {
    const { output, ended } = launch({ HOOK_PORT: '0', METRICS_PORT: '0', AUTH_TOKEN_FILE: '/none' });
    assert.deepEqual(await ended, [1, null]);
    assert.equal(output.stderr, 'AUTH_TOKEN_FILE names /none, which cannot be read (ENOENT): mount it there.\n');
  });

  it('serves the hooks, drains on SIGTERM and ends with 0', async () => {
    const { child, output, ended, hookPort, metricsPort } = await serving({ SHUTDOWN_DELAY_SECONDS: '0' });
    const response = await fetch(`http://127.0.0.1:${hookPort}/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[]',
    });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { code: string }).code, 'InvalidRequest');
    assert.equal((await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).status, 200);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    const messages = output.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    assert.deepEqual(messages, ['serving', 'request refused', 'shutting down', 'stopped']);
    assert.equal(output.stderr, '');
  });

  it('a second signal ends it now', async () => {
    const { child, ended } = await serving({ SHUTDOWN_DELAY_SECONDS: '600' });
    child.kill('SIGTERM');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [1, null]);
  });
});
