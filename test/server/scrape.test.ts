/** The metrics port with TLS and a token: what Prometheus needs, and what a probe does not. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { variables } from '../../src/variables.ts';
import { errors } from '../../src/hook/errors.ts';
import { portVariables, type Settings } from '../../src/server/lifecycle.ts';
import { asking } from '../support/asking.ts';
import { perTest } from '../support/pertest.ts';
import { certificate } from './certificates.ts';
import { eventually } from './parts.ts';
import { running } from './running.ts';

describe('server: the metrics port', () => {
  const authority = certificate('authority');
  const stranger = certificate('stranger');
  const server = certificate('server', authority);
  let directory = '';
  const path = (name: string): string => join(directory, name);
  const metricsTls = (): Settings['metricsTls'] => ({ certFile: path('cert'), keyFile: path('key') });
  const metricsAuthTokenFile = (): string => path('token');

  beforeEach(async () => {
    directory = perTest.folder();
    const files = { cert: server.cert, key: server.key, foreignKey: stranger.key, token: 's3cret\n', hookToken: 'other\n' };
    await Promise.all(Object.entries(files).map(([name, content]) => writeFile(path(name), content)));
  });

  const plain = (port: number) => asking(`http://127.0.0.1:${port}`);

  /** GET over TLS by a client that trusts that authority. */
  const get = (port: number, url: string, { token, ca = authority.cert }: { token?: string; ca?: string } = {}) =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const sent = httpsRequest({ port, host: '127.0.0.1', path: url, agent: false, ca, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, text });
        });
      });
      sent.on('error', reject);
      sent.end();
    });

  it('calls its files what the configuration calls them, and shares none with the hooks', () => {
    const names: string[] = Object.values(portVariables).flatMap((port) => Object.values(port));
    assert.deepEqual(
      names.filter((name) => !(name in variables)),
      [],
    );
    assert.equal(new Set(names).size, names.length);
  });

  describe('with a token', () => {
    const cases: Record<string, { reason: string; given: string | undefined; want: 200 | 401 }> = {
      Right: { reason: 'as Prometheus sends it', given: 'Bearer s3cret', want: 200 },
      Missing: { reason: 'any client in the cluster', given: undefined, want: 401 },
      Wrong: { reason: 'of the same length', given: 'Bearer s3creT', want: 401 },
      Basic: { reason: 'another scheme', given: 'Basic s3cret', want: 401 },
      HookToken: { reason: 'opens the other port', given: 'Bearer other', want: 401 },
    };
    for (const [name, { reason, given, want }] of Object.entries(cases)) {
      it(`${name}: ${reason}`, async () => {
        const { metricsPort } = await running({ metricsAuthTokenFile: metricsAuthTokenFile(), authTokenFile: path('hookToken') });
        const asked = plain(metricsPort).get('/metrics');
        const response = await (given === undefined ? asked : asked.set('authorization', given));
        assert.equal(response.status, want);
        if (want === 200) {
          assert.match(response.text, /^bestie_hook_in_flight_requests 0$/m);
          return;
        }
        assert.deepEqual(response.body, { code: 'Unauthorized', message: errors.Unauthorized.message });
        assert.equal(response.headers['www-authenticate'], 'Bearer');
        assert.match(response.headers['content-type'] ?? '', /^application\/json/);
      });
    }

    it('gives nothing away to HEAD either', async () => {
      const { metricsPort } = await running({ metricsAuthTokenFile: metricsAuthTokenFile() });
      const response = await plain(metricsPort).head('/metrics');
      assert.deepEqual([response.status, response.headers['content-type']?.split(';')[0]], [401, 'application/json']);
    });

    it('asks probes for none, and leaves the hooks as they are', async () => {
      const { hookPort, metricsPort } = await running({ metricsAuthTokenFile: metricsAuthTokenFile() });
      assert.equal((await plain(metricsPort).get('/healthz')).status, 200);
      assert.equal((await plain(metricsPort).get('/readyz')).status, 200);
      const hook = await plain(hookPort).post('/sync').set('content-type', 'application/json').send('{}');
      assert.equal(hook.status, 200);
    });

    it('follows the file', async () => {
      const { metricsPort, poll } = await running({ metricsAuthTokenFile: metricsAuthTokenFile() });
      const status = async (token: string) => (await plain(metricsPort).get('/metrics').set('authorization', `Bearer ${token}`)).status;
      await writeFile(path('token'), 'second');
      assert.deepEqual([await status('s3cret'), await status('second')], [200, 401]);
      await poll();
      assert.deepEqual([await status('s3cret'), await status('second')], [401, 200]);
    });
  });

  describe('with TLS', () => {
    it('serves probes and metrics to a client that trusts its authority, and nothing in the clear', async () => {
      const { hookPort, metricsPort, lines } = await running({ metricsTls: metricsTls() });
      for (const url of ['/healthz', '/readyz', '/metrics']) assert.equal((await get(metricsPort, url)).status, 200, url);
      await assert.rejects(get(metricsPort, '/metrics', { ca: stranger.cert }), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
      await assert.rejects(plain(metricsPort).get('/metrics'));
      const hook = await plain(hookPort).post('/sync').set('content-type', 'application/json').send('{}');
      assert.equal(hook.status, 200, 'TLS of one port is not TLS of the other');
      assert.deepEqual([lines[0]?.tls, lines[0]?.metricsTLS], [false, true]);
      await eventually(() => {
        const failed = lines.filter(({ message }) => message === 'TLS handshake failed');
        assert.ok(failed.length > 0);
        assert.ok(failed.every(({ certificate: named }) => named === 'METRICS_TLS_CERT_FILE'));
      });
    });

    it('asks for the token inside of it, and says 503 to a probe on the way out', async () => {
      const wanted = { metricsTls: metricsTls(), metricsAuthTokenFile: metricsAuthTokenFile(), shutdownDelaySeconds: 0.2 };
      const { metricsPort, drain } = await running(wanted);
      const refused = await get(metricsPort, '/metrics', { token: 'wrong' });
      assert.equal(refused.status, 401);
      assert.deepEqual(JSON.parse(refused.text), { code: 'Unauthorized', message: errors.Unauthorized.message });
      assert.equal((await get(metricsPort, '/metrics', { token: 's3cret' })).status, 200);
      const drained = drain();
      assert.equal((await get(metricsPort, '/readyz')).status, 503);
      assert.equal((await get(metricsPort, '/metrics', { token: 's3cret' })).status, 200, 'the last counts can still be read');
      await drained;
      await assert.rejects(get(metricsPort, '/healthz'), /ECONNREFUSED/);
    });

    it('serves a new certificate without a restart', async () => {
      const { metricsPort, poll } = await running({ metricsTls: metricsTls() });
      const other = certificate('server', stranger);
      await writeFile(path('cert'), other.cert);
      await poll();
      assert.equal((await get(metricsPort, '/metrics')).status, 200, 'half of a change is not used');
      await writeFile(path('key'), other.key);
      await poll();
      assert.equal((await get(metricsPort, '/metrics', { ca: stranger.cert })).status, 200);
      await assert.rejects(get(metricsPort, '/metrics'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    });
  });

  const unusable: Record<string, { reason: string; given: () => Partial<Settings>; want: RegExp }> = {
    NoToken: {
      reason: 'a typing error must not open the metrics',
      given: () => ({ metricsAuthTokenFile: path('none') }),
      want: /^StartError: METRICS_AUTH_TOKEN_FILE names .*ENOENT/,
    },
    NoCertificate: {
      reason: 'nor serve them in the clear',
      given: () => ({ metricsTls: { certFile: path('none'), keyFile: path('key') } }),
      want: /^StartError: METRICS_TLS_CERT_FILE names .*ENOENT/,
    },
    NoPair: {
      reason: 'a key of another certificate',
      given: () => ({ metricsTls: { certFile: path('cert'), keyFile: path('foreignKey') } }),
      want: /^StartError: METRICS_TLS_CERT_FILE and METRICS_TLS_KEY_FILE cannot be used together .*key values mismatch/,
    },
  };
  for (const [name, { reason, given, want }] of Object.entries(unusable)) {
    it(`does not start: ${name}: ${reason}`, async () => {
      await assert.rejects(running(given()), want);
    });
  }
});
