import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { answers } from '../../src/controllers.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { HookError } from '../../src/hook/errors.ts';
import { hookApp } from '../../src/server/app.ts';
import type { Parts } from '../../src/server/handle.ts';
import { entries } from '../../src/telemetry/entries.ts';
import { asking, type Response } from '../support/asking.ts';
import { exposition } from '../support/exposition.ts';
import { found, passed } from '../support/drillworlds.ts';
import { backingUp, backup, ready } from '../support/stages.ts';
import { deleted, later } from '../support/upgrades.ts';
import { carriedOut, edited, finalizeOf, overlaid, patched, request, syncOf, without, world, type World } from '../support/world.ts';
import { answering, eventually, fakeParts, type Line } from './parts.ts';
import { listening } from './running.ts';

type Rows = Record<string, { level: string; message: string; fields: readonly string[] }>;
const rows: Rows = entries;

/** A server that gives the operator's own answers, at the time of the world that it was asked about last. */
function serving(wanted: Parameters<typeof fakeParts>[0] = {}) {
  let now = '';
  const { parts, lines } = fakeParts({ answers, clock: () => now, body: { maxBytes: 10_000_000, timeoutMs: 5_000 }, ...wanted });
  const app = hookApp(parts);
  const ask = async (w: World, hook: 'sync' | 'finalize' = 'sync'): Promise<Response> => {
    now = w.now;
    return asking(app)
      .post(`/${hook}`)
      .send(request(w, 'v2', hook === 'finalize'));
  };
  return { parts, lines, app, ask };
}

const samples = async (parts: Parts, name: string): Promise<string[]> =>
  (exposition(await parts.metrics.render(Date.now() / 1000)).get(name)?.samples ?? [])
    .filter(({ value }) => value !== 0)
    .map(({ name: full, labels, value }) => `${full.slice(name.length)} ${Object.values(labels).join(' ')} ${value}`.trim());

/** The lines once there are so many, each with fields of its row alone. */
async function logged(lines: Line[], count: number): Promise<Line[]> {
  await eventually(() => {
    assert.equal(lines.length, count);
  });
  for (const { level, message, timestamp, ...fields } of lines) {
    const row = Object.values(rows).find((each) => each.message === message) ?? assert.fail(`no entry: ${message}`);
    assert.equal(level, row.level);
    assert.ok(!Number.isNaN(Date.parse(String(timestamp))));
    for (const field of Object.keys(fields)) assert.ok(row.fields.includes(field), `${field} is not in the row of ${message}`);
  }
  return lines;
}

const going = (): World => deleted({ ...ready(), children: [], related: [] });
const stated = (w: World): World => ({ ...w, parent: { ...w.parent, status: syncOf(w).status } });
const about = { hook: 'sync', namespace: 'pets', bestie: 'bestie', generation: 1, outcome: 'success' };

/** A line without what is another one each time. */
function plain({ timestamp, requestId, durationMs, ...line }: Line): Omit<Line, 'timestamp'> {
  assert.match(String(requestId), /^[0-9a-f-]{36}$/);
  assert.ok(typeof durationMs === 'number' && durationMs >= 0);
  assert.ok(timestamp);
  return line;
}

describe('server/report: one line per answer', () => {
  it('at info what changed: transitions, upgrade, children by kind and name', async () => {
    const { ask, lines } = serving();
    await ask(edited(ready(world({ maxReplicas: 4 })), { version: '1.4', maxReplicas: undefined, size: 2 }));
    const [line = assert.fail()] = await logged(lines, 1);
    const { transitions, ...rest } = plain(line);
    assert.deepEqual(rest, {
      ...about,
      level: 'info',
      message: 'bestie changed',
      generation: 2,
      outcome: 'requeue_after',
      upgrade: { from: 'quay.io/opdev/bestie:1.3', to: 'quay.io/opdev/bestie:1.4', phase: 'BackingUp' },
      changed: ['PostgresCluster bestie-pgo', 'Deployment bestie-app'],
      removed: ['HorizontalPodAutoscaler bestie-hpa'],
    });
    const [first] = transitions as Line[];
    assert.deepEqual(Object.keys(first ?? {}).sort(), ['from', 'message', 'reason', 'to', 'type']);
  });

  it('at info what changed in the status alone', async () => {
    const { ask, lines } = serving({ level: 'info' });
    await ask(edited(ready(), { size: 0 }));
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual([line.message, (line.transitions as unknown[]).length], ['bestie changed', 2]);
    for (const field of ['created', 'changed', 'removed', 'upgrade', 'backup', 'restore', 'drill']) assert.ok(!(field in line), field);
  });

  it('a restore that goes on, and how one has ended', async () => {
    const { ask, lines } = serving();
    const first = carriedOut(edited(ready(), { restore: { id: 'a', target: { latest: true }, backup: 'Skip' } }));
    await ask(edited(ready(), { restore: { id: 'a', target: { latest: true }, backup: 'Skip' } }));
    await ask(edited(first, { restore: { id: 'b', target: { time: '2020-01-01T00:00:00Z', latest: undefined } } }));
    const [begun, refused] = await logged(lines, 2);
    assert.deepEqual(begun?.restore, { id: 'a', target: 'latest', phase: 'Stopping' });
    assert.deepEqual(refused?.restore, {
      ...{ id: 'b', target: '2020-01-01T00:00:00Z', phase: 'Refused' },
      ended: [
        { id: 'a', result: 'CalledOff' },
        { id: 'b', result: 'Refused' },
      ],
    });
  });

  it('a drill that has ended, and how', async () => {
    const { ask, lines } = serving();
    await ask(passed());
    await ask(found('table pets cannot be read: SQLSTATE XX001'));
    const ended = (await logged(lines, 2)).map(({ drill }) => drill);
    assert.deepEqual(ended, [
      { id: 'on-demand.first', result: 'Succeeded' },
      { id: 'on-demand.first', result: 'Failed' },
    ]);
  });

  it('a new child is logged as created', async () => {
    const { ask, lines } = serving();
    await ask(without(ready(), 'Service'));
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual(line.created, ['Service bestie-service']);
  });

  it('a child that is changed is news, although no condition reports it', async () => {
    const { ask, lines } = serving();
    const w = patched(stated(ready()), 'Service', { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } } });
    await ask(w);
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual(
      [line.level, line.message, line.changed, line.transitions],
      ['info', 'bestie changed', ['Service bestie-service'], undefined],
    );
  });

  it('a child that is requested once more is none', async () => {
    const { ask, lines } = serving();
    await ask(stated(without(ready(), 'Service')));
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual([line.level, line.message, line.created], ['debug', 'bestie unchanged', ['Service bestie-service']]);
  });

  it('a backup is logged with its id', async () => {
    const { ask, lines } = serving();
    await ask(backup(backingUp(), 'succeeded'));
    const [line = assert.fail()] = await logged(lines, 1);
    assert.match(String(line.backup), /^pre-upgrade\./);
  });

  it('at debug, without what did not happen, when nothing changed', async () => {
    const { ask, lines } = serving();
    await ask(ready());
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual(plain(line), { ...about, level: 'debug', message: 'bestie unchanged' });
  });

  it('nothing at info when nothing changed', async () => {
    const { ask, lines, parts } = serving({ level: 'info' });
    for (const w of [ready(), later(ready(), 60), later(ready(), 3600)]) await ask(w);
    await eventually(async () => {
      assert.deepEqual(await samples(parts, 'bestie_controller_reconcile_total'), ['success 3']);
    });
    assert.deepEqual(lines, []);
  });

  it('the last finalize at info, although nothing changed in it', async () => {
    const { ask, lines } = serving({ level: 'info' });
    await ask(stated(going()), 'finalize');
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual([line.level, line.message, line.hook, line.bestie], ['info', 'bestie finalized', 'finalize', 'bestie']);
  });

  it('a Bestie that was let go, and that another controller keeps, is no news', async () => {
    const { ask, lines } = serving();
    const metadata = { finalizers: ['example.com/theirs'] };
    await ask({ ...going(), parent: overlaid(going().parent, { metadata, status: finalizeOf(going()).status }) }, 'finalize');
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual([line.level, line.message], ['debug', 'bestie unchanged']);
  });

  it('a finalize that is still at work is a change like any other', async () => {
    const { ask, lines } = serving();
    await ask(deleted(ready()), 'finalize');
    const [line = assert.fail()] = await logged(lines, 1);
    assert.equal(line.message, 'bestie changed');
    assert.equal((line.removed as string[]).length, 5);
  });

  it('customize at debug', async () => {
    const { app, lines } = serving();
    const { controller, parent } = request(world());
    await asking(app)
      .post('/customize')
      .send({ controller: { ...(controller as object), spec: { childResources: [] } }, parent });
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual(plain(line), { level: 'debug', message: 'related objects listed', hook: 'customize' });
  });

  it('the id is that of the answer', async () => {
    const { ask, lines } = serving();
    const { headers } = await ask(ready());
    const [line = assert.fail()] = await logged(lines, 1);
    assert.equal(line.requestId, headers['x-request-id']);
  });

  it('a failed request names its Bestie, as far as its body does', async () => {
    const long = 'x'.repeat(1000);
    const bodies: [body: unknown, about: object][] = [
      [{ parent: { metadata: { namespace: 'pets', name: 'bestie' } } }, { namespace: 'pets', bestie: 'bestie' }],
      [{ parent: { metadata: { name: long, namespace: 7 } } }, { bestie: long.slice(0, 253) }],
      [{ parent: { metadata: null } }, {}],
      [{ parent: 'x' }, {}],
      [[], {}],
    ];
    for (const [body, want] of bodies) {
      const { app, lines } = serving();
      await asking(app)
        .post('/sync')
        .send(body as object);
      const [{ namespace, bestie, code } = assert.fail()] = await logged(lines, 1);
      assert.deepEqual({ ...(namespace !== undefined && { namespace }), ...(bestie !== undefined && { bestie }) }, want);
      assert.equal(code, 'InvalidRequest');
    }
  });

  it('what fails is logged once, with its code, and the cause only where it is ours', async () => {
    const cases: [error: unknown, entry: string, cause: boolean][] = [
      [new HookError('InvalidRequest', '/parent'), 'refused', false],
      [new HookError('Overloaded'), 'deferred', false],
      [new HookError('ImpossibleAnswer'), 'failed', true],
      [new TypeError('x is undefined'), 'failed', true],
    ];
    for (const [error, key, hasCause] of cases) {
      const { app, lines } = serving({
        answers: answering(() => {
          throw error;
        }),
      });
      await asking(app).post('/sync').send({});
      const [line = assert.fail()] = await logged(lines, 1);
      assert.deepEqual([line.level, line.message], [rows[key]?.level, rows[key]?.message]);
      assert.equal('cause' in line, hasCause);
      assert.equal(line.code, error instanceof HookError ? error.code : 'Internal');
      assert.equal(line.problem, line.code === 'Internal' ? 'an unexpected error' : (error as Error).message);
    }
  });
});

describe('server/report: a caller that does not wait', () => {
  it('is counted as 499, and changes no state: it never saw the answer', async () => {
    const { parts, lines } = fakeParts({ body: { maxBytes: 10_000_000, timeoutMs: 5_000 }, clock: () => ready().now });
    let leave: () => void = () => undefined;
    parts.answers = answering((body, now) => {
      leave();
      return answers.sync(body, now);
    });
    const port = await listening(parts);
    const call = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/sync', headers: { 'content-type': 'application/json' } });
    call.on('error', () => undefined);
    // All of the request but its end: what is read is never answered.
    call.write(JSON.stringify(request(ready())).slice(0, -1));
    await eventually(() => {
      assert.equal(parts.gate.inFlight, 1);
    });
    leave = () => assert.fail('it was answered');
    call.destroy();
    const [line = assert.fail()] = await logged(lines, 1);
    assert.deepEqual([line.level, line.message, line.hook], ['debug', 'caller disconnected', 'sync']);
    assert.deepEqual(await samples(parts, 'bestie_hook_requests_total'), ['sync 499 1']);
    assert.deepEqual(await samples(parts, 'bestie_controller_reconcile_total'), ['error 1']);
    assert.deepEqual(await samples(parts, 'bestie_info'), []);
    assert.deepEqual(await samples(parts, 'bestie_hook_last_sync_timestamp_seconds'), []);
  });
});

describe('server/report: metrics after requests', () => {
  it('result, sizes, children and time of a sync', async () => {
    const { ask, parts } = serving();
    const before = Date.now() / 1000;
    const { text } = await ask(ready());
    await eventually(async () => {
      assert.deepEqual(await samples(parts, 'bestie_controller_reconcile_total'), ['success 1']);
    });
    assert.deepEqual(await samples(parts, 'bestie_hook_requests_total'), ['sync 200 1']);
    const sizes = await samples(parts, 'bestie_hook_response_bytes');
    assert.ok(sizes.includes(`_sum sync ${Buffer.byteLength(text)}`) && sizes.includes('_count sync 1'), sizes.join());
    const body = Buffer.byteLength(JSON.stringify(request(ready())));
    assert.ok((await samples(parts, 'bestie_hook_request_bytes')).includes(`_sum sync ${body}`));
    assert.equal((await samples(parts, 'bestie_children_desired_total')).length, 6);
    assert.equal((await samples(parts, 'bestie_children_observed_total')).length, 6);
    const [last] = await samples(parts, 'bestie_hook_last_sync_timestamp_seconds');
    assert.ok(Number(last) >= before && Number(last) <= Date.now() / 1000);
    assert.deepEqual(await samples(parts, 'bestie_last_sync_timestamp_seconds'), [`pets bestie ${last}`]);
    assert.deepEqual(await samples(parts, 'bestie_condition'), ['pets bestie Ready True 1']);
  });

  it('an answer with a deadline is requeue_after', async () => {
    const { ask, parts } = serving();
    await ask(world());
    await eventually(async () => {
      assert.deepEqual(await samples(parts, 'bestie_controller_reconcile_total'), ['requeue_after 1']);
    });
  });

  it('a child whose name another owner has is an error once, over all of its answers', async () => {
    const { ask, parts } = serving();
    const asked = stated(without(ready(), 'Service'));
    const missing = later(asked, 240);
    for (const w of [asked, missing, later(stated(missing), 60), later(stated(missing), 3600)]) await ask(w);
    await eventually(async () => {
      assert.deepEqual(await samples(parts, 'bestie_operations_total'), ['pets create requested 4', 'pets create error 1']);
    });
  });

  it('an answer that fails counts neither bytes of an answer, nor a Bestie', async () => {
    const { app, parts } = serving();
    await asking(app).post('/sync').send({});
    await eventually(async () => {
      assert.deepEqual(await samples(parts, 'bestie_controller_reconcile_total'), ['error 1']);
    });
    assert.deepEqual(await samples(parts, 'bestie_hook_response_bytes'), []);
    assert.deepEqual(await samples(parts, 'bestie_hook_errors_total'), ['InvalidRequest 1']);
    assert.deepEqual(await samples(parts, 'bestie_hook_last_sync_timestamp_seconds'), []);
  });

  it('once finalize has let the Bestie go, two times are all that is known of it', async () => {
    const { ask, parts } = serving();
    await ask(ready());
    await ask(going(), 'finalize');
    await eventually(async () => {
      assert.equal((await samples(parts, 'bestie_finalized_timestamp_seconds')).length, 1);
    });
    assert.deepEqual(
      await samples(parts, 'bestie_finalized_timestamp_seconds'),
      await samples(parts, 'bestie_last_sync_timestamp_seconds'),
    );
    assert.deepEqual(await samples(parts, 'bestie_info'), []);
    assert.deepEqual(await samples(parts, 'bestie_condition'), []);
    const later = exposition(await parts.metrics.render(Date.now() / 1000 + 3602));
    assert.deepEqual(later.get('bestie_last_sync_timestamp_seconds')?.samples, []);
  });

  it('customize is no reconciliation, and knows no Bestie', async () => {
    const { app, parts } = serving();
    const { controller, parent } = request(world());
    await asking(app)
      .post('/customize')
      .send({ controller: { ...(controller as object), spec: { childResources: [] } }, parent });
    await eventually(async () => {
      assert.deepEqual(await samples(parts, 'bestie_hook_requests_total'), ['customize 200 1']);
    });
    assert.deepEqual(await samples(parts, 'bestie_controller_reconcile_total'), []);
    assert.deepEqual(await samples(parts, 'bestie_last_sync_timestamp_seconds'), []);
    assert.deepEqual(await samples(parts, 'bestie_hook_last_sync_timestamp_seconds'), []);
  });

  it('a path that is none is an error, of no hook', async () => {
    const { app, parts } = serving();
    await asking(app).post('/nowhere').send({});
    await eventually(async () => {
      assert.deepEqual(await samples(parts, 'bestie_hook_errors_total'), ['NotFound 1']);
    });
    assert.deepEqual(await samples(parts, 'bestie_hook_requests_total'), []);
  });
});
