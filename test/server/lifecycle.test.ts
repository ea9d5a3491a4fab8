import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { asking } from '../support/asking.ts';
import { perTest } from '../support/pertest.ts';
import type { Settings } from '../../src/server/lifecycle.ts';
import { certificate } from './certificates.ts';
import { eventually } from './parts.ts';
import { open, running } from './running.ts';

const url = (port: number): string => `http://127.0.0.1:${port}`;
const post = (port: number) => asking(url(port)).post('/sync').set('content-type', 'application/json');

const ask = 'POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n';

describe('server/lifecycle: ports', () => {
  it('serves hooks on one and probes on the other, each nothing of the other', async () => {
    const { hookPort, metricsPort } = await running();
    assert.equal((await post(hookPort).send('{}')).status, 200);
    assert.equal((await asking(url(metricsPort)).get('/readyz')).status, 200);
    assert.equal((await asking(url(hookPort)).get('/readyz')).status, 404);
    assert.equal((await post(metricsPort).send('{}')).status, 404);
  });

  it('listens on all interfaces where no host is given', async () => {
    const { hookPort } = await running({ host: undefined });
    assert.equal((await post(hookPort).send('{}')).status, 200);
  });

  it('promises to keep a connection longer than Go keeps it', async () => {
    const { hookPort } = await running();
    const { socket, received } = await open(hookPort);
    socket.write(`${ask}{}`);
    await eventually(() => {
      assert.match(received(), /\r\n\r\n/);
    });
    assert.ok(Number(/keep-alive: timeout=(\d+)/i.exec(received())?.[1]) > 90);
  });

  it('does not start on a port that is taken, says so, and leaves the other one free', async () => {
    const other = createServer();
    const [taken, free] = [await perTest.listening(createServer()), await perTest.listening(other)];
    other.close();
    for (const [variable, wanted] of [
      ['HOOK_PORT', { hookPort: taken }],
      ['METRICS_PORT', { hookPort: free, metricsPort: taken }],
    ] as const) {
      const message = `cannot listen on port ${taken} of 127.0.0.1 (EADDRINUSE): change ${variable} or HOST, or free the port.`;
      await assert.rejects(running(wanted), { name: 'StartError', message });
    }
    await perTest.listening(createServer(), free);
  });
});

describe('server/lifecycle: drain', () => {
  it('is unready at once, serves during the delay, refuses afterwards, finishes what is in flight, then closes', async () => {
    const { hookPort, metricsPort, drain, lines } = await running({ shutdownDelaySeconds: 0.2 });
    const inside = await open(hookPort);
    inside.socket.write(`${ask}{`);
    const idle = await open(hookPort);
    idle.socket.write(`${ask}{}`);
    await eventually(() => {
      assert.match(idle.received(), /200 OK/);
    });
    const late = await open(hookPort);
    late.socket.write(`${ask}{}`);
    await eventually(() => {
      assert.match(late.received(), /200 OK/);
    });

    const drained = drain();
    assert.equal((await asking(url(metricsPort)).get('/readyz')).status, 503);
    assert.equal((await asking(url(metricsPort)).get('/healthz')).status, 200);
    idle.socket.write(`${ask}{}`);
    await eventually(() => {
      assert.equal(idle.received().match(/200 OK/g)?.length, 2);
      assert.match(idle.received(), /connection: close/i);
      assert.ok(idle.closed(), 'so that the caller looks for another replica');
    });

    let refused = await post(hookPort).send('{}');
    while (refused.status === 200) refused = await post(hookPort).send('{}');
    assert.equal((refused.body as { code: string }).code, 'ShuttingDown');
    late.socket.write(`${ask}{}`);
    await eventually(() => {
      assert.match(late.received(), /HTTP\/1\.1 429/);
      assert.match(late.received(), /retry-after: [1-9]/i);
      assert.ok(late.closed());
    });

    assert.doesNotMatch(inside.received(), /HTTP/);
    inside.socket.write('}');
    await drained;
    await eventually(() => {
      assert.match(inside.received(), /HTTP\/1\.1 200/);
    });
    await assert.rejects(post(hookPort).send('{}'), /ECONNREFUSED/);
    await assert.rejects(asking(url(metricsPort)).get('/healthz'), /ECONNREFUSED/);
    assert.deepEqual([lines[0]?.message, lines.at(-1)?.message], ['serving', 'stopped']);
  });

  it('cuts what does not end within the grace', async () => {
    const { hookPort, metricsPort, drain } = await running({ shutdownGraceSeconds: 0.05 });
    const { socket, received, closed } = await open(hookPort);
    socket.write(`${ask}{`);
    await eventually(async () => {
      assert.match((await asking(url(metricsPort)).get('/metrics')).text, /^bestie_hook_in_flight_requests 1$/m);
    });
    await drain();
    await eventually(() => {
      assert.ok(closed());
    });
    assert.equal(received(), '');
  });

  it('does not wait for a connection that never carried a request', async () => {
    const { hookPort, drain } = await running({ shutdownGraceSeconds: 600 });
    const { closed } = await open(hookPort);
    await drain();
    await eventually(() => {
      assert.ok(closed());
    });
  });

  it('drains once, however often a signal asks it to', async () => {
    const { drain } = await running();
    assert.equal(drain(), drain());
    await drain();
  });
});

describe('server/lifecycle: TLS', () => {
  const authority = certificate('authority');
  const stranger = certificate('stranger');
  const server = certificate('server', authority);
  const client = certificate('client', authority);
  const foreign = certificate('foreign', stranger);
  let directory = '';
  const path = (name: string): string => join(directory, name);

  beforeEach(async () => {
    directory = perTest.folder();
    await Promise.all([writeFile(path('cert'), server.cert), writeFile(path('key'), server.key), writeFile(path('ca'), authority.cert)]);
  });

  const tls = (): Settings['tls'] & object => ({ certFile: path('cert'), keyFile: path('key'), clientCaFile: undefined });

  const send = (port: number, options: RequestOptions = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = httpsRequest(
        { port, host: '127.0.0.1', method: 'POST', path: '/sync', agent: false, ca: authority.cert, ...options },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.setHeader('content-type', 'application/json');
      sent.on('error', reject);
      sent.end('{}');
    });

  it('serves the certificate to a client that trusts its authority', async () => {
    const { hookPort, metricsPort } = await running({ tls: tls() });
    assert.equal(await send(hookPort), 200);
    await assert.rejects(send(hookPort, { ca: stranger.cert }), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    assert.equal((await asking(url(metricsPort)).get('/readyz')).status, 200);
  });

  it('refuses anything older than TLS 1.2', async () => {
    const { hookPort } = await running({ tls: tls() });
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await assert.rejects(send(hookPort, old), /alert protocol version/i);
    assert.equal(await send(hookPort, { maxVersion: 'TLSv1.2' }), 200);
  });

  const clients: Record<string, { reason: string; given: RequestOptions; want: 200 | 'refused' }> = {
    Right: { reason: 'signed by the client CA', given: { cert: client.cert, key: client.key }, want: 200 },
    Wrong: { reason: 'signed by another CA', given: { cert: foreign.cert, key: foreign.key }, want: 'refused' },
    None: { reason: 'no certificate', given: {}, want: 'refused' },
  };
  for (const [name, { reason, given, want }] of Object.entries(clients)) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      it(`client certificate over ${maxVersion}: ${name}: ${reason}`, async () => {
        const { hookPort, lines } = await running({ tls: { ...tls(), clientCaFile: path('ca') } });
        const got = await send(hookPort, { ...given, maxVersion }).catch(() => 'refused');
        assert.equal(got, want);
        if (want === 200) return;
        await eventually(() => {
          assert.ok(
            lines.some(({ level, message, reason: why }) => level === 'warn' && message === 'TLS handshake failed' && why !== undefined),
            JSON.stringify(lines),
          );
        });
      });
    }
  }

  it('serves a new certificate without a restart, and asks for certificates of a new client CA', async () => {
    const { hookPort, poll } = await running({ tls: { ...tls(), clientCaFile: path('ca') } });
    const other = certificate('server', stranger);
    await writeFile(path('cert'), other.cert);
    await poll();
    assert.equal(await send(hookPort, { cert: client.cert, key: client.key }), 200, 'half of a change is not used');
    await writeFile(path('key'), other.key);
    await writeFile(path('ca'), stranger.cert);
    await poll();
    assert.equal(await send(hookPort, { ca: stranger.cert, cert: foreign.cert, key: foreign.key }), 200);
    await assert.rejects(send(hookPort, { ca: stranger.cert, cert: client.cert, key: client.key }));
    await assert.rejects(send(hookPort, { ca: authority.cert, cert: foreign.cert, key: foreign.key }));
  });

  it('does not start with files that cannot be used', async () => {
    await writeFile(path('key'), client.key);
    await assert.rejects(running({ tls: tls() }), /^StartError: TLS_CERT_FILE.*key values mismatch/);
    await writeFile(path('key'), 'none');
    await assert.rejects(running({ tls: tls() }), /^StartError: TLS_CERT_FILE/);
    await assert.rejects(running({ tls: { ...tls(), certFile: path('none') } }), /^StartError: TLS_CERT_FILE names .*ENOENT/);
  });

  it('asks for the token of the file, and follows it', async () => {
    await writeFile(path('token'), 'first');
    const { hookPort, poll } = await running({ authTokenFile: path('token') });
    const status = async (token: string) => (await post(hookPort).set('authorization', `Bearer ${token}`).send('{}')).status;
    assert.deepEqual([await status('first'), await status('second'), (await post(hookPort).send('{}')).status], [200, 401, 401]);
    await writeFile(path('token'), 'second');
    await poll();
    assert.deepEqual([await status('first'), await status('second')], [401, 200]);
  });

  it('cuts a handshake that does not end when it closes', async () => {
    const { hookPort, drain } = await running({ tls: tls(), shutdownGraceSeconds: 0.05 });
    const { closed } = await open(hookPort);
    await drain();
    await eventually(() => {
      assert.ok(closed());
    });
  });
});
