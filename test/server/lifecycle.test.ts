import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { start, type Service, type Settings } from '../../src/server/lifecycle.ts';
import { certificate } from './certificates.ts';
import { eventually, fakeParts, settings } from './parts.ts';

/** Starts a service, and sees to it that nothing of it is left. */
async function running<T>(
  wanted: Partial<Settings>,
  test: (service: Service, lines: ReturnType<typeof fakeParts>['lines']) => Promise<T>,
): Promise<T> {
  const { parts, lines } = fakeParts();
  const service = await start({ ...settings, ...wanted }, parts);
  try {
    return await test(service, lines);
  } finally {
    await service.drain();
  }
}

const url = (port: number): string => `http://127.0.0.1:${port}`;
const post = (port: number) => request(url(port)).post('/sync').set('content-type', 'application/json');

async function open(port: number): Promise<{ socket: Socket; received: () => string; closed: () => boolean }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let closed = false;
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  await once(socket, 'connect');
  return { socket, received: () => text, closed: () => closed };
}

async function listening(wanted: number) {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

const ask = 'POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n';

describe('server/lifecycle: ports', () => {
  it('serves hooks on one and probes on the other, each nothing of the other', async () => {
    await running({}, async ({ hookPort, metricsPort }) => {
      assert.equal((await post(hookPort).send('{}')).status, 200);
      assert.equal((await request(url(metricsPort)).get('/readyz')).status, 200);
      assert.equal((await request(url(hookPort)).get('/readyz')).status, 404);
      assert.equal((await post(metricsPort).send('{}')).status, 404);
    });
  });

  it('listens on all interfaces where no host is given', async () => {
    await running({ host: undefined }, async ({ hookPort }) => {
      assert.equal((await post(hookPort).send('{}')).status, 200);
    });
  });

  it('promises to keep a connection longer than Go keeps it', async () => {
    await running({}, async ({ hookPort }) => {
      const { socket, received } = await open(hookPort);
      socket.write(`${ask}{}`);
      await eventually(() => {
        assert.match(received(), /\r\n\r\n/);
      });
      assert.ok(Number(/keep-alive: timeout=(\d+)/i.exec(received())?.[1]) > 90);
      socket.destroy();
    });
  });

  it('does not start on a port that is taken, says so, and leaves the other one free', async () => {
    const [taken, free] = [await listening(0), await listening(0)];
    free.server.close();
    for (const [variable, wanted] of [
      ['HOOK_PORT', { hookPort: taken.port }],
      ['METRICS_PORT', { hookPort: free.port, metricsPort: taken.port }],
    ] as const) {
      const message = `cannot listen on port ${taken.port} of 127.0.0.1 (EADDRINUSE): change ${variable} or HOST, or free the port.`;
      await assert.rejects(start({ ...settings, ...wanted }, fakeParts().parts), { name: 'StartError', message });
    }
    (await listening(free.port)).server.close();
    taken.server.close();
  });
});

describe('server/lifecycle: drain', () => {
  it('is unready at once, serves during the delay, refuses afterwards, finishes what is in flight, then closes', async () => {
    const { parts, lines } = fakeParts();
    const { hookPort, metricsPort, drain } = await start({ ...settings, shutdownDelaySeconds: 0.2 }, parts);
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
    assert.equal((await request(url(metricsPort)).get('/readyz')).status, 503);
    assert.equal((await request(url(metricsPort)).get('/healthz')).status, 200);
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
    await assert.rejects(request(url(metricsPort)).get('/healthz'), /ECONNREFUSED/);
    assert.deepEqual([lines[0]?.message, lines.at(-1)?.message], ['serving', 'stopped']);
  });

  it('cuts what does not end within the grace', async () => {
    const { parts } = fakeParts();
    const { hookPort, metricsPort, drain } = await start({ ...settings, shutdownGraceSeconds: 0.05 }, parts);
    const { socket, received, closed } = await open(hookPort);
    socket.write(`${ask}{`);
    await eventually(async () => {
      assert.match((await request(url(metricsPort)).get('/metrics')).text, /^bestie_hook_in_flight_requests 1$/m);
    });
    await drain();
    await eventually(() => {
      assert.ok(closed());
    });
    assert.equal(received(), '');
  });

  it('does not wait for a connection that never carried a request', async () => {
    const { hookPort, drain } = await start({ ...settings, shutdownGraceSeconds: 600 }, fakeParts().parts);
    const { closed } = await open(hookPort);
    await drain();
    await eventually(() => {
      assert.ok(closed());
    });
  });

  it('drains once, however often it is told to', async () => {
    await running({}, async ({ drain }) => {
      assert.equal(drain(), drain());
      await drain();
    });
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
    directory = await mkdtemp(join(tmpdir(), 'bestie-'));
    await Promise.all([writeFile(path('cert'), server.cert), writeFile(path('key'), server.key), writeFile(path('ca'), authority.cert)]);
  });
  afterEach(() => rm(directory, { recursive: true }));

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

  it('serves the certificate to whoever trusts its authority', async () => {
    await running({ tls: tls() }, async ({ hookPort, metricsPort }) => {
      assert.equal(await send(hookPort), 200);
      await assert.rejects(send(hookPort, { ca: stranger.cert }), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
      assert.equal((await request(url(metricsPort)).get('/readyz')).status, 200);
    });
  });

  it('refuses anything older than TLS 1.2', async () => {
    await running({ tls: tls() }, async ({ hookPort }) => {
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
      await assert.rejects(send(hookPort, old), /alert protocol version/i);
      assert.equal(await send(hookPort, { maxVersion: 'TLSv1.2' }), 200);
    });
  });

  const clients: Record<string, { reason: string; given: RequestOptions; want: 200 | 'refused' }> = {
    Right: { reason: 'signed by the client CA', given: { cert: client.cert, key: client.key }, want: 200 },
    Wrong: { reason: 'signed by another CA', given: { cert: foreign.cert, key: foreign.key }, want: 'refused' },
    None: { reason: 'no certificate', given: {}, want: 'refused' },
  };
  for (const [name, { reason, given, want }] of Object.entries(clients)) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      it(`client certificate over ${maxVersion}: ${name}: ${reason}`, async () => {
        await running({ tls: { ...tls(), clientCaFile: path('ca') } }, async ({ hookPort }, lines) => {
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
      });
    }
  }

  it('serves a new certificate without a restart, and asks for certificates of a new client CA', async () => {
    await running({ tls: { ...tls(), clientCaFile: path('ca') } }, async ({ hookPort, poll }) => {
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
  });

  it('does not start with files that cannot be used', async () => {
    await writeFile(path('key'), client.key);
    await assert.rejects(start({ ...settings, tls: tls() }, fakeParts().parts), /^StartError: TLS_CERT_FILE.*key values mismatch/);
    await writeFile(path('key'), 'none');
    await assert.rejects(start({ ...settings, tls: tls() }, fakeParts().parts), /^StartError: TLS_CERT_FILE/);
    await assert.rejects(
      start({ ...settings, tls: { ...tls(), certFile: path('none') } }, fakeParts().parts),
      /^StartError: TLS_CERT_FILE names .*ENOENT/,
    );
  });

  it('asks for the token of the file, and follows it', async () => {
    await writeFile(path('token'), 'first');
    await running({ authTokenFile: path('token') }, async ({ hookPort, poll }) => {
      const status = async (token: string) => (await post(hookPort).set('authorization', `Bearer ${token}`).send('{}')).status;
      assert.deepEqual([await status('first'), await status('second'), (await post(hookPort).send('{}')).status], [200, 401, 401]);
      await writeFile(path('token'), 'second');
      await poll();
      assert.deepEqual([await status('first'), await status('second')], [401, 200]);
    });
  });

  it('cuts a handshake that does not end when it closes', async () => {
    await running({ tls: tls(), shutdownGraceSeconds: 0.05 }, async ({ hookPort, drain }) => {
      const { closed } = await open(hookPort);
      await drain();
      await eventually(() => {
        assert.ok(closed());
      });
    });
  });
});
