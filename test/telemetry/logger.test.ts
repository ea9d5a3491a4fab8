import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { logEntry } from '../../src/telemetry/entries.ts';
import { createLogger, redact } from '../../src/telemetry/logger.ts';
import { readableLog, type Line } from '../server/parts.ts';
import { each, type Cases } from '../support/table.ts';

describe('telemetry/logger: redaction', () => {
  const cases: Cases<unknown, unknown> = {
    Header: {
      reason: 'by key',
      given: { headers: { authorization: 'Bearer abc', host: 'x' } },
      want: { headers: { authorization: '[redacted]', host: 'x' } },
    },
    Keys: {
      reason: 'whatever is before the word',
      given: { DB_PASSWORD: 'x', accessToken: 'x', apiKey: 'x', uri: 'x', 'set-cookie': ['x'], verifier: 'x', clientSecret: { a: 1 } },
      want: {
        DB_PASSWORD: '[redacted]',
        accessToken: '[redacted]',
        apiKey: '[redacted]',
        uri: '[redacted]',
        'set-cookie': '[redacted]',
        verifier: '[redacted]',
        clientSecret: '[redacted]',
      },
    },
    References: {
      reason: 'the name of a Secret is what a person looks for',
      given: { secretName: 'tls', secretKeyRef: { name: 'db', key: 'uri' }, tokens: 3 },
      want: { secretName: 'tls', secretKeyRef: { name: 'db', key: 'uri' }, tokens: 3 },
    },
    UserInfo: {
      reason: 'a connection string in a message',
      given: 'cannot reach postgresql://bestie:pa:ss@db:5432/bestie?x=1',
      want: 'cannot reach postgresql://[redacted]@db:5432/bestie?x=1',
    },
    URL: { reason: 'no credential in it', given: 'see https://host/a@b', want: 'see https://host/a@b' },
    Bearer: { reason: 'a header in a message', given: 'got Bearer abcdef.ghi-jkl', want: 'got Bearer [redacted]' },
    Prose: {
      reason: 'the word alone is none',
      given: 'the bearer token is missing or wrong',
      want: 'the bearer token is missing or wrong',
    },
    Assignment: {
      reason: 'JSON or a query in a message',
      given: 'bad {"password":"hunter2","size":3} db_password=hunter2&x=1',
      want: 'bad {"password":"[redacted]","size":3} db_password=[redacted]&x=1',
    },
    PrivateKey: {
      reason: 'PEM in a message',
      given: 'x -----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY----- y',
      want: 'x [redacted] y',
    },
    Lists: { reason: 'everywhere', given: ['token=abc', [{ password: 'x' }]], want: ['token=[redacted]', [{ password: '[redacted]' }]] },
    Plain: {
      reason: 'the rest is kept',
      given: { a: 1, b: null, c: true, d: undefined, e: 5n },
      want: { a: 1, b: null, c: true, d: undefined, e: '5' },
    },
  };
  each(cases, (given, want) => {
    assert.deepEqual(redact(given), want);
  });

  it('an error keeps its stack and its cause, without what is secret in them', () => {
    const error = new TypeError('token=abc', { cause: new Error('postgresql://u:p@h') });
    const { name, message, stack, cause } = redact(error) as { name: string; message: string; stack: string; cause: { message: string } };
    assert.deepEqual([name, message, cause.message], ['TypeError', 'token=[redacted]', 'postgresql://[redacted]@h']);
    assert.match(stack, /^TypeError: token=\[redacted\]\n +at /);
  });

  it('ends at a cycle', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    assert.match(JSON.stringify(redact(cycle)), /…/);
  });
});

describe('telemetry/logger', () => {
  it('writes one JSON line per entry, with level, message and time, nothing secret in it', () => {
    const { logger, lines } = readableLog('info');
    logger.info('said\ntoken=abc', { requestId: 'r', password: 'x', cause: new Error('boom') });
    const [{ timestamp, cause, ...line }] = lines as [Line];
    assert.deepEqual(line, { level: 'info', message: 'said\ntoken=[redacted]', requestId: 'r', password: '[redacted]' });
    assert.match(String(timestamp), /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.equal((cause as { message: string }).message, 'boom');
    assert.equal(lines.length, 1);
  });

  it('redacts also in the entries of the table, however deep', () => {
    const { logger, lines } = readableLog('debug');
    logEntry(logger, 'failed', {
      code: 'Internal',
      problem: 'token=abc',
      cause: new Error('postgresql://u:p@h', { cause: 'Bearer abcdefghij' }),
    });
    logEntry(logger, 'changed', { transitions: [{ type: 'Ready', message: 'db_password=hunter2 is wrong' }] });
    const written = JSON.stringify(lines);
    assert.ok(!/abc|u:p|hunter2/.test(written), written);
    assert.equal((lines[0]?.cause as { message: string }).message, 'postgresql://[redacted]@h');
    assert.deepEqual(lines[1]?.transitions, [{ type: 'Ready', message: 'db_password=[redacted] is wrong' }]);
  });

  it('writes its level and worse', () => {
    for (const [level, want] of [
      ['error', ['error']],
      ['warn', ['error', 'warn']],
      ['info', ['error', 'warn', 'info']],
      ['debug', ['error', 'warn', 'info', 'debug']],
    ] as const) {
      const { logger, lines } = readableLog(level);
      for (const each of ['error', 'warn', 'info', 'debug']) logger.log(each, 'x');
      assert.deepEqual(
        lines.map((line) => line.level),
        want,
      );
    }
  });

  it('neither throws nor tries again once its stream fails', async () => {
    let tries = 0;
    // As process.stdout does when nothing reads it: each write fails a moment later, and the next one is tried all the same.
    const failing: Writable = Object.assign(new Writable(), {
      write: () => {
        tries += 1;
        process.nextTick(() => failing.emit('error', new Error('EPIPE')));
        return true;
      },
    });
    const logger = createLogger('info', failing);
    for (let count = 0; count < 3; count += 1) {
      logger.info('said');
      await new Promise(setImmediate);
    }
    assert.equal(tries, 1);
  });
});
