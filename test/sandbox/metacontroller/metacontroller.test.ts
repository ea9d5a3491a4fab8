/** What Metacontroller does with each outcome of a hook. */
import assert from 'node:assert/strict';
import { createCluster, type Cluster } from '../../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, JOB, SERVICE } from '../../../src/sandbox/apiserver/discovery.ts';
import { Crash, retryAfterSeconds, type HookReply } from '../../../src/sandbox/metacontroller/hookcall.ts';
import type { Draft } from '../../../src/sandbox/apiserver/object.ts';
import { onTheWire, sortedKinds } from '../../../src/sandbox/metacontroller/objectmap.ts';
import { createQueue } from '../../../src/sandbox/metacontroller/queue.ts';
import { bestieOf, configured, reply, SAMPLE, tiny, type TinyAnswer, type TinyRequest } from '../../support/sandbox.ts';

const service = (name = 'web', port = 80): Draft => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port }] },
});
const good: TinyAnswer = { status: { size: 1 }, children: [service()] };
const changed: TinyAnswer = { status: { size: 2 }, children: [service('web', 81), service('other')] };

interface Script {
  cluster: Cluster;
  /** What the hooks answer next; by default the good answer. */
  next: { reply: () => Promise<HookReply> | HookReply };
  requests: TinyRequest[];
}

async function scripted(
  hooks: Parameters<typeof configured>[0] = ['sync'],
  settings: Parameters<typeof configured>[1] = {},
): Promise<Script> {
  const next: Script['next'] = { reply: () => reply(200, good) };
  const requests: TinyRequest[] = [];
  const cluster = createCluster({
    hooks: () => async (hook, body) => {
      if (hook === 'customize') return reply(200, { relatedResources: [] });
      requests.push(JSON.parse(body) as TinyRequest);
      return next.reply();
    },
    config: configured(hooks, settings),
  });
  cluster.apply(SAMPLE);
  await cluster.settle();
  return { cluster, next, requests };
}

const last = (cluster: Cluster): string | undefined => cluster.metacontroller.syncs.at(-1)?.outcome;
const services = (cluster: Cluster): string[] => cluster.user.list(SERVICE).map(({ metadata }) => metadata.name);

const untouched: readonly { name: string; reason: string; reply: () => Promise<HookReply> | HookReply; outcome: string }[] = [
  {
    name: 'TooManyRequests',
    reason: 'asked again after Retry-After, without an Event',
    reply: () => reply(429, '', { 'retry-after': '7' }),
    outcome: 'too many requests',
  },
  { name: 'Unavailable', reason: 'Retry-After is ignored', reply: () => reply(503, '', { 'retry-after': '7' }), outcome: 'error' },
  { name: 'BadRequest', reason: 'not 200', reply: () => reply(400, {}), outcome: 'error' },
  { name: 'Created', reason: 'only 200 is success', reply: () => reply(201, changed), outcome: 'error' },
  { name: 'TimedOut', reason: 'no answer', reply: () => Promise.reject(new Error('timeout')), outcome: 'error' },
  { name: 'NotJson', reason: 'cannot be read', reply: () => reply(200, '{'), outcome: 'error' },
  { name: 'EmptyBody', reason: 'cannot be read', reply: () => reply(200, ''), outcome: 'error' },
  { name: 'UnknownField', reason: 'strict mode', reply: () => reply(200, { ...changed, childrens: [] }), outcome: 'error' },
  { name: 'ChildrenOfAnotherType', reason: 'cannot be read', reply: () => reply(200, { status: {}, children: {} }), outcome: 'error' },
  {
    name: 'ChildWithoutKind',
    reason: 'the whole answer is rejected',
    reply: () => reply(200, { status: {}, children: [{ apiVersion: 'v1', metadata: { name: 'x' } }] }),
    outcome: 'error',
  },
  {
    name: 'ForeignLabel',
    reason: 'the child does not match the selector',
    reply: () => reply(200, { ...changed, children: [{ ...service(), metadata: { name: 'web', labels: { 'controller-uid': 'other' } } }] }),
    outcome: 'error',
  },
  {
    name: 'LabelIsNoString',
    reason: 'before any child is touched',
    reply: () => reply(200, { ...changed, children: [{ ...service(), metadata: { name: 'web', labels: { a: 1 } } }] }),
    outcome: 'error',
  },
];

const emptied: readonly { name: string; body: unknown }[] = [
  { name: 'Null', body: null },
  { name: 'NoFields', body: {} },
  { name: 'NullChildren', body: { status: null, children: null } },
];

describe('sandbox/metacontroller/metacontroller', () => {
  for (const { name, reason, reply: answer, outcome } of untouched) {
    it(`${name}: nothing is touched, ${reason}`, async () => {
      const { cluster, next } = await scripted();
      const length = cluster.server.writes.length;
      next.reply = answer;
      await cluster.resync(1);
      assert.equal(last(cluster), outcome);
      assert.deepEqual(cluster.writesSince(length), []);
      assert.deepEqual([...cluster.metacontroller.pending().keys()], ['shop/bestie']);
      next.reply = () => reply(200, good);
      await cluster.tick(10);
      assert.equal(last(cluster), 'ok');
    });
  }

  for (const { name, body } of emptied) {
    it(`Empty${name}: every child is deleted and the status wiped`, async () => {
      const { cluster, next } = await scripted();
      next.reply = () => reply(200, body);
      await cluster.resync(1);
      assert.deepEqual(services(cluster), []);
      assert.deepEqual(bestieOf(cluster)?.status, { observedGeneration: 1 });
    });
  }

  it('NullChild: the process dies before anything is changed', async () => {
    const { cluster, next } = await scripted();
    const length = cluster.server.writes.length;
    next.reply = () => reply(200, { status: {}, children: [null] });
    await assert.rejects(cluster.resync(1), Crash);
    assert.deepEqual(cluster.writesSince(length), []);
    next.reply = () => reply(200, good);
    cluster.metacontroller.restart();
    await cluster.tick();
    assert.equal(last(cluster), 'ok');
  });

  it('SomeWritesFail: the others are done, status is written, and it is tried again', async () => {
    const { cluster, next } = await scripted();
    next.reply = () => reply(200, changed);
    cluster.server.fault = ({ verb, name }) => (verb === 'create' && name === 'other' ? 'InternalError' : undefined);
    await cluster.resync(1);
    assert.equal(last(cluster), 'error');
    assert.equal(bestieOf(cluster)?.status?.size, 2);
    assert.deepEqual(cluster.user.get(SERVICE, 'shop', 'web')?.spec?.ports, [{ port: 81, protocol: 'TCP', targetPort: 81 }]);
    cluster.server.fault = () => undefined;
    await cluster.settle();
    assert.deepEqual(services(cluster), ['web', 'other']);
  });

  it('StatusConflict: tried four times, then swallowed together with the failure of a child', async () => {
    const { cluster, next } = await scripted();
    const length = cluster.server.writes.length;
    cluster.metacontroller.informer.hold([SERVICE]); // no event, so one sync only
    next.reply = () => reply(200, changed);
    cluster.server.fault = ({ verb, name }) => {
      if (verb === 'update status') return 'Conflict';
      return name === 'other' ? 'InternalError' : undefined;
    };
    await cluster.resync(1);
    assert.equal(last(cluster), 'ok');
    const tries = cluster.writesSince(length).filter(({ verb, outcome }) => verb === 'update status' && outcome === 'Conflict');
    assert.equal(tries.length, 4);
  });

  it('ChildConflict: swallowed, the next event repairs it', async () => {
    const { cluster, next } = await scripted();
    next.reply = () => reply(200, { status: {}, children: [service('web', 81)] });
    cluster.server.fault = ({ verb, kind }) => (verb === 'update' && kind === SERVICE ? 'Conflict' : undefined);
    await cluster.resync(1);
    assert.equal(last(cluster), 'ok');
    cluster.server.fault = () => undefined;
    await cluster.resync(1);
    assert.deepEqual(cluster.user.get(SERVICE, 'shop', 'web')?.spec?.ports, [{ port: 81, protocol: 'TCP', targetPort: 81 }]);
  });

  it('StatusIsReplaced: a field that is no longer sent disappears, and observedGeneration is always injected', async () => {
    const { cluster, next } = await scripted();
    next.reply = () => reply(200, { status: { other: 1, observedGeneration: 99 }, children: [service()] });
    await cluster.resync(1);
    assert.deepEqual(bestieOf(cluster)?.status, { other: 1, observedGeneration: 1 });
  });

  it('ChangingStatus: a status that differs every time is a hot loop', async () => {
    const { cluster, next } = await scripted();
    let count = 0;
    next.reply = () => reply(200, { status: { count: (count += 1) }, children: [service()] });
    await assert.rejects(cluster.resync(1), /hot loop/);
  });

  it('ResyncAfter: asked again after that time, decimals allowed, and only the nearest counts', async () => {
    const { cluster, next, requests } = await scripted(['sync'], { resyncPeriodSeconds: 3600 });
    next.reply = () => reply(200, { ...good, resyncAfterSeconds: 20.5 });
    cluster.metacontroller.resync();
    await cluster.tick();
    next.reply = () => reply(200, good);
    const before = requests.length;
    await cluster.tick(20);
    assert.equal(requests.length, before);
    await cluster.tick(1);
    assert.equal(requests.length, before + 1);
  });

  it('Undesired: deleted in the background with a uid precondition; a terminating one is left alone', async () => {
    const { cluster, next } = await scripted();
    cluster.edit(SERVICE, 'shop', 'web', (object) => ({ ...object, metadata: { ...object.metadata, finalizers: ['example.com/hold'] } }));
    await cluster.settle();
    const length = cluster.server.writes.length;
    next.reply = () => reply(200, { status: {}, children: [] });
    await cluster.resync(3);
    assert.deepEqual(
      cluster.writesSince(length).map(({ verb }) => verb),
      ['delete', 'update status'],
    );
  });

  it('Terminating: a child on its way out is not updated, and created again once it is gone', async () => {
    const { cluster, next } = await scripted();
    cluster.edit(SERVICE, 'shop', 'web', (object) => ({ ...object, metadata: { ...object.metadata, finalizers: ['example.com/hold'] } }));
    cluster.remove(SERVICE, 'shop', 'web');
    next.reply = () => reply(200, { ...good, children: [service('web', 81)] });
    const length = cluster.server.writes.length;
    await cluster.resync(1);
    assert.deepEqual(cluster.writesSince(length), []);
    cluster.edit(SERVICE, 'shop', 'web', (object) => ({ ...object, metadata: { ...object.metadata, finalizers: [] } }));
    await cluster.settle();
    assert.equal(cluster.user.get(SERVICE, 'shop', 'web')?.metadata.deletionTimestamp, undefined);
    assert.deepEqual(cluster.user.get(SERVICE, 'shop', 'web')?.spec?.ports, [{ port: 81, protocol: 'TCP', targetPort: 81 }]);
  });

  const job = (image: string): Draft => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'migrate', image }] } } },
  });

  for (const [method, want, outcome] of [
    ['OnDelete', 'a:1', 'ok'],
    ['Recreate', 'a:2', 'ok'],
    ['InPlace', 'a:1', 'error'],
  ] as const) {
    it(`Method${method}: a Job whose template changes has image ${want} afterwards`, async () => {
      const { cluster, next } = await scripted(['sync'], {
        children: [{ apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', method }],
      });
      next.reply = () => reply(200, { status: {}, children: [job('a:1')] });
      await cluster.resync(1);
      await cluster.settle();
      next.reply = () => reply(200, { status: {}, children: [job('a:2')] });
      await cluster.resync(1);
      assert.equal(last(cluster), outcome);
      await cluster.settle();
      const template = cluster.user.get(JOB, 'shop', 'migrate')?.spec?.template as { spec: { containers: { image: string }[] } };
      assert.equal(template.spec.containers[0]?.image, want);
    });
  }

  it('Finalizer: added first, and again and again where sync answers finalized', async () => {
    const { cluster, next, requests } = await scripted(['sync', 'finalize']);
    assert.deepEqual(requests[0]?.parent.metadata.finalizers, ['metacontroller.io/compositecontroller-bestie-operator']);
    next.reply = () => reply(200, { ...good, finalized: true });
    await assert.rejects(cluster.resync(1), /hot loop/);
  });

  it('FinalizerOfNoHook: taken away where no finalize hook is declared', async () => {
    const { cluster } = await scripted(['sync']);
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({
      ...bestie,
      metadata: { ...bestie.metadata, finalizers: ['metacontroller.io/compositecontroller-bestie-operator'] },
    }));
    await cluster.settle();
    assert.equal(bestieOf(cluster)?.metadata.finalizers, undefined);
  });

  it('Finalize: asked until it is finalized, with its children managed; a finalized answer ignores its children', async () => {
    const { cluster, next, requests } = await scripted(['sync', 'finalize']);
    next.reply = () => reply(200, changed);
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.tick();
    assert.equal(requests.at(-1)?.finalizing, true);
    assert.deepEqual(services(cluster), ['web', 'other']);
    next.reply = () => reply(200, { status: {}, children: [service('late')], finalized: true });
    await cluster.resync(1);
    await cluster.settle();
    assert.deepEqual([bestieOf(cluster), services(cluster)], [undefined, []]);
  });

  it('DeadWebhook: the Bestie stays, terminating', async () => {
    const { cluster, next } = await scripted(['sync', 'finalize']);
    next.reply = () => Promise.reject(new Error('connection refused'));
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.settle();
    assert.ok(bestieOf(cluster)?.metadata.deletionTimestamp);
  });

  it('StoppedMatching: a parent that loses its labels is finalized, and then ignored', async () => {
    const { cluster, next, requests } = await scripted(['sync', 'finalize'], { parentLabels: { team: 'a' } });
    assert.equal(requests.length, 0);
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, metadata: { ...bestie.metadata, labels: { team: 'a' } } }));
    await cluster.settle();
    assert.equal(requests.at(-1)?.finalizing, false);
    next.reply = () => reply(200, { ...good, finalized: true });
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, metadata: { ...bestie.metadata, labels: { team: 'b' } } }));
    await cluster.settle();
    assert.equal(requests.at(-1)?.finalizing, true);
    assert.equal(bestieOf(cluster)?.metadata.finalizers, undefined);
    const length = requests.length;
    await cluster.resync(2);
    assert.deepEqual([requests.length, services(cluster)], [length, ['web']]);
  });

  it('StaleChildren: what the cache has not shown is created again and refused, silently', async () => {
    const { cluster, next } = await scripted();
    next.reply = () => reply(200, { ...good, children: [service(), service('other')] });
    cluster.metacontroller.informer.hold([SERVICE]);
    await cluster.resync(2);
    const refusals = cluster.server.writes.filter(({ outcome }) => outcome === 'AlreadyExists');
    assert.deepEqual([refusals.length, last(cluster)], [1, 'ok']);
    cluster.metacontroller.informer.hold([]);
    await cluster.settle();
    assert.deepEqual(services(cluster), ['web', 'other']);
  });

  it('UndeclaredKindThatIsNotServed: the other children and the status are written, the sync fails', async () => {
    const { cluster, next } = await scripted();
    next.reply = () =>
      reply(200, {
        ...changed,
        children: [{ apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'x' } }, ...(changed.children ?? [])],
      });
    await cluster.resync(1);
    assert.deepEqual([last(cluster), services(cluster), bestieOf(cluster)?.status?.size], ['error', ['web', 'other'], 2]);
  });

  it('Customize: asked once per generation; a rule for a missing kind fails the sync', async () => {
    const asked: string[] = [];
    let resource = 'pods';
    const hooks = tiny((hook) => {
      if (hook === 'customize') asked.push(hook);
      return hook === 'customize' ? { relatedResources: [{ apiVersion: 'v1', resource, namespace: 'shop' }] } : good;
    });
    const cluster = createCluster({ hooks, config: configured(['sync', 'customize']) });
    cluster.apply(SAMPLE);
    await cluster.settle();
    await cluster.resync(3);
    assert.equal(asked.length, 1);
    resource = 'nothings';
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, size: 4 } }));
    await cluster.tick();
    assert.deepEqual([asked.length, last(cluster)], [2, 'error']);
  });

  it('Related: a change of a related object brings a sync, one of others does not', async () => {
    let syncs = 0;
    const rules = [{ apiVersion: 'v1', resource: 'pods', namespace: 'shop', labelSelector: { matchLabels: { app: 'a' } } }];
    const hooks = tiny((hook) => (hook === 'customize' ? { relatedResources: rules } : ((syncs += 1), good)));
    const cluster = createCluster({ hooks, config: configured(['sync', 'customize']) });
    cluster.apply(SAMPLE);
    await cluster.settle();
    const pod = (name: string, app: string): Draft => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop', labels: { app } },
      spec: { containers: [] },
    });
    const before = syncs;
    cluster.user.create(pod('theirs', 'b'));
    await cluster.metacontroller.run();
    assert.equal(syncs, before);
    cluster.user.create(pod('ours', 'a'));
    await cluster.metacontroller.run();
    assert.equal(syncs, before + 1);
  });

  it('FirstVersion: keys are names, and cluster-scoped related objects are left out', async () => {
    let seen: TinyRequest | undefined;
    const rules = [{ apiVersion: 'v1', resource: 'namespaces', names: ['shop'] }];
    const hooks = tiny((hook, request) => (hook === 'customize' ? { relatedResources: rules } : ((seen = request), good)));
    const cluster = createCluster({ hooks, config: configured(['sync', 'customize'], { version: 'v1' }) });
    cluster.apply(SAMPLE);
    await cluster.settle();
    assert.deepEqual([Object.keys(seen?.children[SERVICE] ?? {}), seen?.related['Namespace.v1']], [['web'], {}]);
  });

  it('Wire: v1 leaves out objects of other namespaces', () => {
    const groups = new Map([
      [
        SERVICE,
        new Map([
          ['shop/a', { ...service('a'), metadata: { name: 'a', namespace: 'shop' } }],
          ['other/b', { ...service('b'), metadata: { name: 'b', namespace: 'other' } }],
        ]),
      ],
    ]);
    assert.deepEqual(Object.keys(onTheWire(groups, 'shop', 'v1')[SERVICE] ?? {}), ['a']);
    assert.deepEqual(Object.keys(onTheWire(groups, 'shop', 'v2')[SERVICE] ?? {}), ['shop/a', 'other/b']);
  });

  it('Order: kinds are written by group, then version, then kind', () => {
    const kinds = [JOB, DEPLOYMENT, SERVICE, 'Pod.v1'].map((kind) => [kind, 0] as const);
    assert.deepEqual(sortedKinds(new Map(kinds)), ['Pod.v1', SERVICE, DEPLOYMENT, JOB]);
  });

  it('Backoff: doubles from 5 ms to 1000 s, and starts again once forgotten', () => {
    let clock = 0;
    const queue = createQueue(() => clock);
    const delays = Array.from({ length: 20 }, () => {
      queue.addRateLimited('a');
      const delay = (queue.pending().get('a') ?? 0) - clock;
      clock += delay;
      assert.equal(queue.take(), 'a');
      return delay;
    });
    assert.deepEqual([delays[0], delays[1], delays[17], delays[18], delays[19]], [5, 10, 655360, 1000000, 1000000]);
    queue.forget('a');
    queue.addRateLimited('a');
    assert.equal(queue.pending().get('a'), clock + 5);
  });

  it('Delay: a later one never puts off what is pending, an event comes at once', () => {
    const queue = createQueue(() => 0);
    queue.addAfter('a', 20);
    queue.addAfter('a', 50);
    assert.equal(queue.pending().get('a'), 20);
    assert.equal(queue.take(), undefined);
    queue.add('a');
    assert.equal(queue.take(), 'a');
  });

  const headers: readonly [string | undefined, number][] = [
    ['7', 7],
    ['', 0],
    [undefined, 0],
    ['soon', 0],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 9],
  ];
  for (const [header, want] of headers)
    it(`RetryAfter ${String(header)}: ${want} s`, () => {
      assert.equal(retryAfterSeconds(header, 0), want);
    });
});
