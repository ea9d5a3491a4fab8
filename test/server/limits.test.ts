import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { HookError } from '../../src/hook/errors.ts';
import { probeApp } from '../../src/server/app.ts';
import { createGate, parseJSON, type Gate } from '../../src/server/limits.ts';
import { asking } from '../support/asking.ts';
import { perTest } from '../support/pertest.ts';
import { answering, emptyAnswer, eventually, fakeParts, series } from './parts.ts';
import { listening, open } from './running.ts';

const codeOf = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    return (error as HookError).code;
  }
  return 'none';
};

const admit = (gate: Gate) => (): void => {
  gate.admit();
};

describe('server/limits: the gate', () => {
  it('lets in as many as it may, and another when one has left', () => {
    const gate = createGate(2);
    gate.admit();
    gate.admit();
    assert.equal(codeOf(admit(gate)), 'Overloaded');
    gate.leave();
    assert.equal(codeOf(admit(gate)), 'none');
    assert.equal(gate.inFlight, 2);
  });

  it('answers while it is leaving, and refuses afterwards, even when it is full', () => {
    const gate = createGate(1);
    gate.phase = 'shuttingDown';
    gate.admit();
    gate.phase = 'refusing';
    assert.equal(codeOf(admit(gate)), 'ShuttingDown');
  });

  it('reports when it is empty: at once, or when the last one leaves', async () => {
    const gate = createGate(2);
    await gate.whenEmpty();
    gate.admit();
    gate.admit();
    let empty = 0;
    const waiting = Promise.all([gate.whenEmpty().then(() => (empty += 1)), gate.whenEmpty().then(() => (empty += 1))]);
    gate.leave();
    await new Promise(setImmediate);
    assert.equal(empty, 0);
    gate.leave();
    await waiting;
    assert.equal(empty, 2);
  });
});

describe('server/limits: JSON', () => {
  const cases: Record<string, { reason: string; given: Buffer }> = {
    Empty: { reason: 'no document', given: Buffer.of() },
    Half: { reason: 'cut off', given: Buffer.from('{"a"') },
    ByteOrderMark: { reason: 'RFC 8259 forbids it', given: Buffer.from('\ufeff{}') },
    NotUTF8: { reason: 'would be replaced silently', given: Buffer.from('"\xe4"', 'latin1') },
    Two: { reason: 'one document is expected', given: Buffer.from('{}{}') },
  };
  for (const [name, { reason, given }] of Object.entries(cases)) {
    it(`${name}: ${reason}`, () => {
      assert.throws(
        () => parseJSON(given),
        // the parser's words would quote the body
        (error: HookError) => error.code === 'MalformedJSON' && error.message === 'the body is not JSON' && error.cause === undefined,
      );
    });
  }

  it('takes everything that is JSON', () => {
    for (const text of ['null', '1', '"ä€😀"', '[]', '{"a":{"b":null}}']) assert.deepEqual(parseJSON(Buffer.from(text)), JSON.parse(text));
  });
});

const head = (length: number | 'chunked'): string =>
  `POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`}\r\n\r\n`;

const statuses = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status ?? '');

describe('server/limits: over a socket', () => {
  it('answers 429 at the bound while probes still answer, and the one inside in the end', async () => {
    const { parts } = fakeParts({ maxInFlight: 1 });
    const port = await listening(parts);
    const { socket, received } = await open(port);
    socket.write(`${head(2)}{`);
    await eventually(() => {
      assert.equal(parts.gate.inFlight, 1);
    });
    assert.equal(await series(parts, 'bestie_hook_in_flight_requests'), 1);
    const refused = await asking(`http://127.0.0.1:${port}`).post('/sync').set('content-type', 'application/json').send('{}');
    assert.equal(refused.status, 429);
    assert.equal((refused.body as { code: string }).code, 'Overloaded');
    assert.match(refused.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    for (const path of ['/healthz', '/readyz', '/metrics']) assert.equal((await asking(probeApp(parts)).get(path)).status, 200, path);
    socket.write('}');
    await eventually(() => {
      assert.deepEqual(statuses(received()), ['200']);
      assert.equal(parts.gate.inFlight, 0);
    });
  });

  it('answers any number of requests on one connection, chunked or not, errors in between', async () => {
    const bodies: unknown[] = [];
    const { parts } = fakeParts({ answers: answering((body) => (bodies.push(body), emptyAnswer)) });
    const port = await listening(parts);
    const { socket, received } = await open(port);
    const large = 'x'.repeat(3000);
    const requests = [
      `${head(7)}{"a":1}`,
      `${head('chunked')}4\r\n{"a"\r\n3\r\n:2}\r\n0\r\n\r\n`,
      `${head(1)}{`,
      `${head(3000)}${large}`,
      `${head('chunked')}bb8\r\n${large}\r\nbb8\r\n${large}\r\n0\r\n\r\n`,
      `${head(7)}{"a":3}`,
    ];
    for (const [index, text] of requests.entries()) {
      socket.write(text);
      await eventually(() => {
        assert.equal(statuses(received()).length, index + 1);
      });
    }
    assert.deepEqual(statuses(received()), ['200', '200', '400', '413', '413', '200']);
    assert.deepEqual(bodies, [{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  it('takes a body of exactly the limit, and not one byte more', async () => {
    for (const [size, want] of [
      [1024, '200'],
      [1025, '413'],
    ] as const) {
      for (const kind of ['length', 'chunked'] as const) {
        const { parts } = fakeParts();
        const port = await listening(parts);
        const { socket, received } = await open(port);
        const body = `"${'x'.repeat(size - 2)}"`;
        socket.write(kind === 'length' ? head(size) + body : `${head('chunked')}${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
        await eventually(() => {
          assert.deepEqual(statuses(received()), [want], `${size} ${kind}`);
        });
        socket.destroy();
      }
    }
  });

  it('refuses a large body before it has arrived', async () => {
    const port = await listening(fakeParts().parts);
    const { socket, received } = await open(port);
    socket.write(head(5000));
    await eventually(() => {
      assert.deepEqual(statuses(received()), ['413']);
    });
  });

  it('a caller that goes away in the middle is no error, and leaves its place', async () => {
    const { parts, lines } = fakeParts();
    const port = await listening(parts);
    const { socket } = await open(port);
    socket.write(`${head(100)}{"a":`);
    await eventually(() => {
      assert.equal(parts.gate.inFlight, 1);
    });
    socket.destroy();
    await eventually(async () => {
      assert.equal(parts.gate.inFlight, 0);
      assert.equal(await series(parts, 'bestie_hook_requests_total{hook="sync",code="499"}'), 1);
      assert.deepEqual(
        lines.map(({ level, message }) => [level, message]),
        [['debug', 'caller disconnected']],
      );
    });
  });

  it('cuts off a body that arrives too slowly, and leaves its place', async () => {
    const { parts } = fakeParts({ body: { maxBytes: 1024, timeoutMs: 40 } });
    const port = await listening(parts);
    const { socket, received, closed } = await open(port);
    socket.write(`${head(100)}{`);
    perTest.interval(10, () => socket.write(' '));
    const started = Date.now();
    // Not once(socket, 'close'), which rejects at a reset: a byte that arrives as the server hangs up is answered by one.
    await eventually(() => {
      assert.ok(closed());
    });
    assert.ok(Date.now() - started < 2_000);
    assert.equal(received(), '');
    await eventually(async () => {
      assert.equal(parts.gate.inFlight, 0);
      assert.equal(await series(parts, 'bestie_hook_requests_total{hook="sync",code="499"}'), 1);
    });
  });
});

describe('server/limits: on the way out', () => {
  const cases = { shuttingDown: '200', refusing: '429' } as const;
  for (const [phase, want] of Object.entries(cases)) {
    it(`${phase}: ${want} with Connection: close, after the whole request: a reset would take the answer along`, async () => {
      const { parts } = fakeParts();
      parts.gate.phase = phase as keyof typeof cases;
      const port = await listening(parts);
      const { socket, received } = await open(port);
      const errors: Error[] = [];
      socket.on('error', (error) => errors.push(error));
      socket.write(`${head(1000)}"`);
      // Time enough for an answer that does not wait.
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(received(), '');
      socket.write(`${'x'.repeat(998)}"`);
      await once(socket, 'close');
      assert.deepEqual(statuses(received()), [want]);
      assert.match(received(), /^connection: close\r$/im);
      assert.deepEqual(errors, []);
    });
  }
});
