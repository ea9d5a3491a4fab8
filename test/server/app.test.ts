import assert from 'node:assert/strict';
import { errors, HookError, type ErrorCode } from '../../src/hook/errors.ts';
import { hookApp, probeApp, systemClock } from '../../src/server/app.ts';
import type { Parts } from '../../src/server/handle.ts';
import { asking, type Test } from '../support/asking.ts';
import { answerAbout, answering, emptyAnswer, eventually, fakeParts, NOW, series, type Line } from './parts.ts';

const post = (parts: Parts, path: string) => asking(hookApp(parts)).post(path).set('content-type', 'application/json');
const throwing = (thrown: unknown) =>
  answering(() => {
    throw thrown;
  });
const unauthorized: Parts['authorize'] = () => {
  throw new HookError('Unauthorized');
};
/** A server at its bound, or on its way out. */
const full = () => fakeParts({ maxInFlight: 0 }).parts;
const refusing = (wanted: Partial<Parts> = {}): Parts => {
  const { parts } = fakeParts(wanted);
  parts.gate.phase = 'refusing';
  return parts;
};

/** How to provoke each row of the table over HTTP. A row without an entry here does not compile. */
const provoked: Record<ErrorCode, () => Test> = {
  MalformedJSON: () => post(fakeParts().parts, '/sync').send('{"parent":'),
  InvalidRequest: () => post(fakeParts({ answers: throwing(new HookError('InvalidRequest', '/parent')) }).parts, '/sync').send('{}'),
  UnknownParent: () => post(fakeParts({ answers: throwing(new HookError('UnknownParent')) }).parts, '/finalize').send('{}'),
  UnknownChildKind: () => post(fakeParts({ answers: throwing(new HookError('UnknownChildKind')) }).parts, '/sync').send('{}'),
  Unauthorized: () => post(fakeParts({ authorize: unauthorized }).parts, '/sync').send('{}'),
  NotFound: () => post(fakeParts().parts, '/nowhere').send('{}'),
  MethodNotAllowed: () => asking(hookApp(fakeParts().parts)).get('/customize'),
  BodyTooLarge: () => post(fakeParts().parts, '/sync').send(`"${'x'.repeat(1024)}"`),
  UnsupportedMediaType: () => asking(hookApp(fakeParts().parts)).post('/sync').set('content-type', 'text/plain').send('{}'),
  Overloaded: () => post(full(), '/sync').send('{}'),
  ShuttingDown: () => post(refusing(), '/sync').send('{}'),
  UnsupportedApplyStrategy: () =>
    post(fakeParts({ answers: throwing(new HookError('UnsupportedApplyStrategy')) }).parts, '/sync').send('{}'),
  ImpossibleAnswer: () => post(fakeParts({ answers: throwing(new HookError('ImpossibleAnswer')) }).parts, '/sync').send('{}'),
  Internal: () => post(fakeParts({ answers: throwing(new TypeError('x is undefined')) }).parts, '/sync').send('{}'),
};

describe('server/app: errors over HTTP', () => {
  it('provokes every row of the table', () => {
    assert.deepEqual(Object.keys(provoked), Object.keys(errors));
  });

  for (const [code, provoke] of Object.entries(provoked) as [ErrorCode, () => Test][]) {
    it(code, async () => {
      const response = await provoke();
      assert.equal(response.status, errors[code].status);
      const body = response.body as { code: string; message: string };
      assert.deepEqual(Object.keys(body), ['code', 'message']);
      assert.equal(body.code, code);
      assert.ok(body.message.startsWith(errors[code].message));
      assert.match(response.headers['content-type'] ?? '', /^application\/json/);
      const id = response.headers['x-request-id'] ?? '';
      assert.match(id, /^[0-9a-f-]{36}$/);
      assert.ok(!response.text.includes(id), 'an id in the body would keep equal events from being counted together');
      // Without a positive integer Metacontroller asks again at once, for ever.
      if (response.status === 429) assert.match(response.headers['retry-after'] ?? '', /^[1-9]\d*$/);
      if (response.status === 401) assert.equal(response.headers['www-authenticate'], 'Bearer');
      if (response.status === 405) assert.equal(response.headers.allow, 'POST');
    });
  }
});

describe('server/app: unforeseen errors', () => {
  const cases: Record<string, { reason: string; given: unknown }> = {
    Error: { reason: 'the usual bug', given: new Error('password=hunter2') },
    Text: { reason: 'libraries throw texts', given: 'password=hunter2' },
    Nothing: { reason: 'throw undefined is legal', given: undefined },
    LikeAHookError: {
      reason: 'a code is not trusted because it looks like ours',
      given: { code: 'NotFound', status: 404, message: 'hunter2' },
    },
  };
  for (const [name, { reason, given }] of Object.entries(cases)) {
    it(`${name}: ${reason}`, async () => {
      const { parts, lines } = fakeParts({ answers: throwing(given) });
      const response = await post(parts, '/sync').send('{}');
      assert.equal(response.status, 500);
      assert.equal(response.text, JSON.stringify({ code: 'Internal', message: errors.Internal.message }));
      await eventually(() => {
        assert.equal(lines.length, 1);
        const [line] = lines as [Line];
        assert.equal(line.level, 'error');
        assert.equal(line.code, 'Internal');
        assert.equal(line.requestId, response.headers['x-request-id']);
      });
    });
  }

  it('an answer that cannot be written as JSON is Internal too', async () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const answers = answering(() => ({ response: { status: { conditions: [] }, children: [cycle as never] } }));
    const response = await post(fakeParts({ answers }).parts, '/sync').send('{}');
    assert.equal(response.status, 500);
    assert.equal((response.body as { code: string }).code, 'Internal');
  });
});

describe('server/app: the order of the checks', () => {
  const wrong = (parts: Parts, method: 'get' | 'post', path: string, type: string, body: string) =>
    asking(hookApp(parts))[method](path).set('content-type', type).send(body);
  const large = 'x'.repeat(2000);
  const cases: Record<string, { reason: string; given: () => Test; want: ErrorCode }> = {
    PathFirst: {
      reason: 'a path that does not exist is not found by any client',
      given: () => wrong(refusing({ authorize: unauthorized }), 'get', '/nowhere', 'text/plain', large),
      want: 'NotFound',
    },
    ThenMethod: {
      reason: 'a browser that opens the URL gets a page that says what it is',
      given: () => wrong(refusing({ authorize: unauthorized }), 'get', '/sync', 'text/plain', large),
      want: 'MethodNotAllowed',
    },
    ThenToken: {
      reason: 'a stranger neither learns of nor adds to the load',
      given: () => wrong(refusing({ authorize: unauthorized }), 'post', '/sync', 'text/plain', large),
      want: 'Unauthorized',
    },
    ThenDrain: {
      reason: 'whatever the request is, another replica answers it',
      given: () => wrong(refusing(), 'post', '/sync', 'text/plain', large),
      want: 'ShuttingDown',
    },
    ThenLoad: {
      reason: 'nothing of the request is looked at',
      given: () => wrong(full(), 'post', '/sync', 'text/plain', large),
      want: 'Overloaded',
    },
    ThenType: {
      reason: 'what is not JSON is not read',
      given: () => wrong(fakeParts().parts, 'post', '/sync', 'text/plain', large),
      want: 'UnsupportedMediaType',
    },
    ThenSize: {
      reason: 'what is too large is not parsed',
      given: () => wrong(fakeParts().parts, 'post', '/sync', 'application/json', large),
      want: 'BodyTooLarge',
    },
    ThenJSON: {
      reason: 'the last check is the dearest',
      given: () => wrong(fakeParts().parts, 'post', '/sync', 'application/json', 'x'),
      want: 'MalformedJSON',
    },
  };
  for (const [name, { reason, given, want }] of Object.entries(cases)) {
    it(`${name}: ${reason}`, async () => {
      assert.equal(((await given()).body as { code: string }).code, want);
    });
  }
});

describe('server/app: answers', () => {
  it('gives each hook the parsed body and the time, and sends what it says', async () => {
    for (const hook of ['sync', 'finalize', 'customize'] as const) {
      const seen: unknown[] = [];
      const { parts } = fakeParts();
      parts.answers = { ...parts.answers, [hook]: (body: unknown, now: string) => (seen.push(body, now), emptyAnswer) };
      const response = await post(parts, `/${hook}`).send('{"a":"ä","__proto__":{"b":1}}');
      assert.equal(response.status, 200);
      assert.deepEqual(seen, [JSON.parse('{"a":"ä","__proto__":{"b":1}}'), NOW]);
      assert.equal(response.text, JSON.stringify(emptyAnswer.response));
      assert.equal(response.headers['content-length'], String(Buffer.byteLength(response.text)));
      assert.match(response.headers['content-type'] ?? '', /^application\/json/);
    }
  });

  it('sends neither an ETag nor the name of the framework, and a new request id each time', async () => {
    const { parts } = fakeParts();
    const [first, second] = [await post(parts, '/sync').send('{}'), await post(parts, '/sync').send('{}')];
    assert.equal(first.headers.etag, undefined);
    assert.equal(first.headers['x-powered-by'], undefined);
    assert.notEqual(first.headers['x-request-id'], second.headers['x-request-id']);
  });

  it('knows its paths exactly', async () => {
    for (const path of ['/sync/', '/SYNC', '/sync/x', '/', '/%E0%A4%A', '/healthz', '/metrics', '/v1/sync']) {
      assert.equal((await post(fakeParts().parts, path).send('{}')).status, 404, path);
    }
    assert.equal((await post(fakeParts().parts, '/sync?x=1').send('{}')).status, 200);
  });

  it('answers every method but POST with the method that it takes', async () => {
    for (const method of ['get', 'head', 'put', 'delete', 'patch', 'options'] as const) {
      const response = await asking(hookApp(fakeParts().parts))[method]('/sync');
      assert.deepEqual([response.status, response.headers.allow], [405, 'POST'], method);
    }
  });

  it('has a clock of whole seconds', () => {
    assert.match(systemClock(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.ok(Math.abs(Date.parse(systemClock()) - Date.now()) < 2_000);
  });
});

describe('server/app: what is reported after the answer', () => {
  it('one line at info when conditions changed', async () => {
    const { parts, lines } = fakeParts({ answers: answering(() => answerAbout('False', 'True')), level: 'info' });
    const response = await post(parts, '/sync').send('{}');
    await eventually(() => {
      assert.equal(lines.length, 1);
    });
    const [{ durationMs, timestamp, ...line }] = lines as [Line];
    assert.deepEqual(line, {
      level: 'info',
      message: 'bestie changed',
      requestId: response.headers['x-request-id'],
      hook: 'sync',
      namespace: 'pets',
      bestie: 'bestie',
      generation: 4,
      outcome: 'success',
      transitions: [{ type: 'Ready', from: 'False', to: 'True', reason: 'AllReady', message: 'as told' }],
    });
    assert.equal(typeof durationMs, 'number');
    assert.equal(typeof timestamp, 'string');
    assert.equal(await series(parts, 'bestie_transitions_total{type="Ready",status="True",reason="AllReady"}'), 1);
  });

  it('nothing at info, one line at debug, when none changed', async () => {
    for (const [level, want] of [['info', 0] as const, ['debug', 1] as const]) {
      const { parts, lines } = fakeParts({ answers: answering(() => answerAbout('True', 'True')), level });
      await post(parts, '/sync').send('{}');
      await eventually(async () => {
        assert.equal(await series(parts, 'bestie_hook_requests_total{hook="sync",code="200"}'), 1);
      });
      assert.equal(lines.length, want);
    }
  });

  it('counts results in the words of controller-runtime, customize not among them', async () => {
    const resync = answering(() => ({ response: { status: { conditions: [] }, children: [], resyncAfterSeconds: 5 } }));
    const cases: Record<string, { given: Parts; path: string; want: string | undefined }> = {
      Success: { given: fakeParts().parts, path: '/sync', want: 'success' },
      Finalize: { given: fakeParts().parts, path: '/finalize', want: 'success' },
      Later: { given: fakeParts({ answers: resync }).parts, path: '/sync', want: 'requeue_after' },
      NotNow: { given: full(), path: '/sync', want: 'requeue' },
      Bug: { given: fakeParts({ answers: throwing(1) }).parts, path: '/sync', want: 'error' },
      Customize: { given: fakeParts().parts, path: '/customize', want: undefined },
    };
    for (const [name, { given, path, want }] of Object.entries(cases)) {
      await post(given, path).send('{}');
      await eventually(async () => {
        const text = await given.metrics.registry.metrics();
        assert.match(text, /bestie_hook_requests_total\{hook="\w+",code="\d+"\} 1/);
        const results = [...text.matchAll(/bestie_controller_reconcile_total\{result="(\w+)"\} 1/g)].map(([, result]) => result);
        assert.deepEqual(results, want === undefined ? [] : [want], name);
      });
    }
  });

  it('observes duration and size, counts errors by code from zero, and counts every request out again', async () => {
    const { parts } = fakeParts();
    const app = hookApp(parts);
    assert.equal(await series(parts, 'bestie_hook_errors_total{code="MalformedJSON"}'), 0);
    await asking(app).post('/sync').set('content-type', 'application/json').send('{"a":');
    await eventually(async () => {
      assert.equal(await series(parts, 'bestie_hook_errors_total{code="MalformedJSON"}'), 1);
      assert.equal(await series(parts, 'bestie_hook_request_duration_seconds_count{hook="sync"}'), 1);
      assert.equal(await series(parts, 'bestie_hook_in_flight_requests'), 0);
    });
    await asking(app).post('/sync').set('content-type', 'application/json').send('{}');
    await eventually(async () => {
      assert.equal(await series(parts, 'bestie_hook_request_bytes_sum{hook="sync"}'), 2 + 5);
    });
    assert.equal(parts.gate.inFlight, 0);
  });

  it('never fails an answer, nor the process', async () => {
    const { parts } = fakeParts({ answers: answering(() => answerAbout('False', 'True')) });
    const broken = (): never => {
      throw new Error('disk full');
    };
    parts.logger.log = broken;
    parts.metrics.requests.inc = broken;
    const warned: string[] = [];
    const listener = (warning: Error) => warned.push(warning.message);
    process.on('warning', listener);
    try {
      assert.equal((await post(parts, '/sync').send('{}')).status, 200);
      await eventually(() => {
        assert.deepEqual(warned, ['telemetry failed: disk full', 'telemetry failed: disk full']);
      });
    } finally {
      process.off('warning', listener);
    }
  });
});

describe('server/app: probes and metrics', () => {
  it('is alive in every phase and ready in one', async () => {
    for (const [phase, want] of [
      ['starting', 503],
      ['serving', 200],
      ['shuttingDown', 503],
      ['refusing', 503],
    ] as const) {
      const { parts } = fakeParts();
      parts.gate.phase = phase;
      assert.equal((await asking(probeApp(parts)).get('/readyz')).status, want, phase);
      assert.equal((await asking(probeApp(parts)).get('/healthz')).status, 200, phase);
    }
  });

  it('renders the registry', async () => {
    const response = await asking(probeApp(fakeParts().parts)).get('/metrics');
    assert.equal(response.status, 200);
    assert.match(response.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
    assert.equal(response.headers.etag, undefined, 'a hash of every scrape, which no client uses');
    assert.match(response.text, /^bestie_hook_in_flight_requests 0$/m);
    assert.match(response.text, /^process_cpu_seconds_total /m);
  });

  it('has no hooks, and other paths are answered as JSON', async () => {
    const response = await asking(probeApp(fakeParts().parts)).post('/sync').send('{}');
    assert.deepEqual([response.status, response.body], [404, { code: 'NotFound', message: errors.NotFound.message }]);
  });

  it('answers Internal, without a stack, when the registry fails', async () => {
    const { parts } = fakeParts();
    parts.metrics.registry.metrics = () => Promise.reject(new Error('secret'));
    const response = await asking(probeApp(parts)).get('/metrics');
    assert.deepEqual([response.status, response.body], [500, { code: 'Internal', message: errors.Internal.message }]);
  });
});
