/** What was seen on a real control plane with a real Metacontroller about applying, adopting, releasing and collecting, row by row. */
import assert from 'node:assert/strict';
import { createCluster, type Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, HPA, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import type { Draft, OwnerReference, Resource } from '../../src/sandbox/apiserver/object.ts';
import { configured, SAMPLE, sample, tiny, type TinyAnswer, type TinyRequest } from '../support/sandbox.ts';

const service: Draft = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { ports: [{ port: 80 }] },
};
const deployment = (replicas?: number): Draft => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    ...(replicas !== undefined && { replicas }),
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
  },
});
const autoscaler: Draft = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 3, maxReplicas: 10 },
};
const database = (ownerReferences?: readonly object[]): Draft => ({
  apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
  kind: 'PostgresCluster',
  metadata: { name: 'db', ...(ownerReferences && { ownerReferences: ownerReferences as OwnerReference[] }) },
  spec: { instances: [{ name: 'pg' }] },
});
const reference = ({ apiVersion, kind, metadata: { name, uid } }: Resource): object => ({ apiVersion, kind, name, uid });
const owning = (parent: Resource): object => ({ ...reference(parent), controller: true, blockOwnerDeletion: true });

async function settled(
  answer: (request: TinyRequest) => TinyAnswer,
  hooks: Parameters<typeof configured>[0] = ['sync'],
  bestie = SAMPLE,
): Promise<Cluster> {
  const cluster = createCluster({
    hooks: tiny((_, request) => answer(request)),
    config: configured(hooks),
    namespaces: ['shop', 'bestie'],
  });
  cluster.apply(bestie);
  await cluster.settle();
  return cluster;
}

async function writesIn(cluster: Cluster, resyncs: number): Promise<string[]> {
  const length = cluster.server.writes.length;
  await cluster.resync(resyncs);
  return cluster.writesSince(length).map(({ verb, kind, outcome }) => `${verb} ${kind} ${outcome}`);
}

const live = (cluster: Cluster, kind: string, name: string): Resource | undefined => cluster.user.get(kind, 'shop', name);

describe('sandbox as observed on a real control plane', () => {
  it('Converged: resyncs cost zero writes', async () => {
    const cluster = await settled(() => ({ status: { a: 1 }, children: [service, deployment(3), autoscaler, database()] }));
    assert.deepEqual(await writesIn(cluster, 10), []);
  });

  it('Echo: an answer made of the last-applied annotations of all children causes zero child writes', async () => {
    let mode: 'build' | 'echo' = 'build';
    const echo = ({ children }: TinyRequest): Draft[] =>
      Object.values(children)
        .flatMap((objects) => Object.values(objects))
        .map(({ metadata }) => JSON.parse(metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '{}') as Draft);
    const cluster = await settled((request) => ({
      status: {},
      children: mode === 'build' ? [service, deployment(3), database()] : echo(request),
    }));
    mode = 'echo';
    assert.deepEqual(await writesIn(cluster, 3), []);
  });

  for (const apiVersion of ['v1', 'events.k8s.io/v1']) {
    const event: Draft = { apiVersion, kind: 'Event', metadata: { name: 'told' } };
    it(`UndeclaredEvent ${apiVersion}: created once; returned again it costs one 409 per sync; never deleted`, async () => {
      let again = true;
      const cluster = await settled(() => ({ status: {}, children: again ? [event] : [] }));
      assert.notEqual(live(cluster, `Event.${apiVersion}`, 'told'), undefined);
      assert.deepEqual(await writesIn(cluster, 2), Array(2).fill(`create Event.${apiVersion} AlreadyExists`));
      assert.deepEqual(
        cluster.metacontroller.syncs.filter(({ outcome }) => outcome !== 'ok'),
        [],
      );
      again = false;
      assert.deepEqual(await writesIn(cluster, 2), []);
      assert.notEqual(live(cluster, `Event.${apiVersion}`, 'told'), undefined);
    });
  }

  it('ReplicasDropped: the Deployment falls to 1 when an HPA appears, and is lifted again', async () => {
    let scaled = false;
    const cluster = await settled(() => ({ status: {}, children: scaled ? [deployment(), autoscaler] : [deployment(5)] }));
    const seen: unknown[] = [];
    cluster.server.watch(({ object }) => {
      if (object.kind === 'Deployment') seen.push(object.spec?.replicas);
    });
    scaled = true;
    await cluster.resync(1);
    await cluster.settle();
    assert.deepEqual([...new Set(seen)], [1, 3]);
  });

  it('ReplicasEchoed: the observed value keeps them', async () => {
    let scaled = false;
    const observed = ({ children }: TinyRequest): number => Number(children[DEPLOYMENT]?.['shop/web']?.spec?.replicas ?? 3);
    const cluster = await settled((request) => ({
      status: {},
      children: scaled ? [deployment(observed(request)), autoscaler] : [deployment(5)],
    }));
    scaled = true;
    await cluster.resync(1);
    await cluster.settle();
    assert.equal(live(cluster, DEPLOYMENT, 'web')?.spec?.replicas, 5);
    assert.notEqual(live(cluster, HPA, 'web'), undefined);
    assert.deepEqual(await writesIn(cluster, 3), []);
  });

  it('LabelChanged: the child is released, then one 409 per sync until the label is put back', async () => {
    const cluster = await settled(() => ({ status: {}, children: [service] }));
    const uid = live(cluster, BESTIE, 'bestie')?.metadata.uid ?? '';
    const label = (value: string): Resource =>
      cluster.edit(SERVICE, 'shop', 'web', (object) => ({
        ...object,
        metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'controller-uid': value } },
      }));
    label('other');
    await cluster.settle();
    assert.equal(live(cluster, SERVICE, 'web')?.metadata.ownerReferences, undefined);
    assert.deepEqual(await writesIn(cluster, 3), Array(3).fill('create Service.v1 AlreadyExists'));
    label(uid);
    await cluster.settle();
    assert.equal(live(cluster, SERVICE, 'web')?.metadata.ownerReferences?.[0]?.uid, uid);
    assert.deepEqual(await writesIn(cluster, 3), []);
  });

  it('KindWithdrawn: every Bestie stops before the hook is called, and heals when it returns', async () => {
    let calls = 0;
    const cluster = await settled(() => ((calls += 1), { status: {}, children: [service] }));
    cluster.server.withdraw(POSTGRES_CLUSTER);
    const before = calls;
    await cluster.resync(1);
    assert.equal(calls, before);
    assert.match(cluster.metacontroller.syncs.at(-1)?.problem ?? '', /discovery: can't find resource postgresclusters/);
    assert.notEqual(live(cluster, SERVICE, 'web'), undefined);
    cluster.server.serve(POSTGRES_CLUSTER);
    await cluster.resync(1);
    assert.equal(cluster.metacontroller.syncs.at(-1)?.outcome, 'ok');
  });

  it('KindMissingAtStart: the controller is not created, and heals by itself once the kind is there', async () => {
    const cluster = createCluster({
      hooks: tiny(() => ({ status: {}, children: [service] })),
      config: configured(['sync']),
      without: [POSTGRES_CLUSTER],
    });
    cluster.apply(SAMPLE);
    await cluster.settle();
    assert.match(cluster.metacontroller.createError() ?? '', /postgresclusters/);
    assert.equal(live(cluster, SERVICE, 'web'), undefined);
    cluster.server.serve(POSTGRES_CLUSTER);
    await cluster.settle();
    assert.equal(cluster.metacontroller.createError(), undefined);
    assert.notEqual(live(cluster, SERVICE, 'web'), undefined);
  });

  /** Retains the database: with its owner while the last-applied record lacks it, then without, then lets go. */
  const retaining =
    (explicit: 'from the start' | 'late', guard: (request: TinyRequest) => object[] = () => []) =>
    (request: TinyRequest): TinyAnswer => {
      const owned = database([owning(request.parent), ...guard(request)]);
      const free = database(guard(request).length > 0 ? guard(request) : undefined);
      if (!request.finalizing)
        return {
          status: {},
          children: [explicit === 'late' ? database() : owned],
        };
      const seen = request.children[POSTGRES_CLUSTER]?.['shop/db'];
      if (!seen) return { status: {}, children: [], finalized: true };
      const record = seen.metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '';
      return { status: {}, children: [record.includes('"controller":true') ? free : owned] };
    };

  for (const explicit of ['from the start', 'late'] as const) {
    it(`Retain, owner sent ${explicit}: the database is released in finalize and survives`, async () => {
      const cluster = await settled(retaining(explicit), ['sync', 'finalize']);
      const before = live(cluster, POSTGRES_CLUSTER, 'db');
      assert.ok(before);
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.settle();
      assert.equal(live(cluster, BESTIE, 'bestie'), undefined);
      assert.equal(live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.uid, before.metadata.uid);
      assert.equal(live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.ownerReferences, undefined);
    });
  }

  it('RetainInForeground: the garbage collector takes the database before the hook can act', async () => {
    const cluster = await settled(retaining('from the start'), ['sync', 'finalize']);
    assert.ok(live(cluster, POSTGRES_CLUSTER, 'db'));
    cluster.remove(BESTIE, 'shop', 'bestie', { propagation: 'Foreground' });
    await cluster.settle();
    assert.deepEqual([live(cluster, BESTIE, 'bestie'), live(cluster, POSTGRES_CLUSTER, 'db')], [undefined, undefined]);
  });

  const namespaceOf = ({ related }: TinyRequest): object[] => Object.values(related['Namespace.v1'] ?? {}).map(reference);
  const guarded = async (bestie = SAMPLE): Promise<Cluster> => {
    const answer = (request: TinyRequest): TinyAnswer => retaining('from the start', namespaceOf)(request);
    const namespace = bestie.metadata.namespace ?? '';
    const rules = [{ apiVersion: 'v1', resource: 'namespaces', names: [namespace] }];
    const hooks = tiny((hook, request) => (hook === 'customize' ? { relatedResources: rules } : answer(request)));
    const cluster = createCluster({ hooks, config: configured(['sync', 'finalize', 'customize']), namespaces: [namespace] });
    cluster.apply(bestie);
    await cluster.settle();
    return cluster;
  };

  it('Guard: the Namespace as second owner costs no writes and survives a foreground deletion', async () => {
    const cluster = await guarded();
    assert.deepEqual(
      live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.ownerReferences?.map(({ kind }) => kind),
      ['Bestie', 'Namespace'],
    );
    assert.deepEqual(await writesIn(cluster, 3), []);
    cluster.remove(BESTIE, 'shop', 'bestie', { propagation: 'Foreground' });
    await cluster.settle();
    assert.equal(live(cluster, BESTIE, 'bestie'), undefined);
    assert.deepEqual(
      live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.ownerReferences?.map(({ kind }) => kind),
      ['Namespace'],
    );
  });

  it('GuardAndStrippedFinalizer: the collector removes only the reference to the Bestie', async () => {
    const cluster = await guarded();
    cluster.metacontroller.informer.hold([BESTIE]);
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, metadata: { ...bestie.metadata, finalizers: [] } }));
    cluster.remove(BESTIE, 'shop', 'bestie');
    cluster.metacontroller.informer.hold([]);
    await cluster.settle();
    assert.deepEqual(
      live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.ownerReferences?.map(({ kind }) => kind),
      ['Namespace'],
    );
  });

  it('GuardOfTheSameName: both references collapse into one, so it must be left out', async () => {
    const cluster = await guarded(sample({}, { name: 'same', namespace: 'same' }));
    const owners = cluster.user.get(POSTGRES_CLUSTER, 'same', 'db')?.metadata.ownerReferences ?? [];
    assert.deepEqual(
      owners.slice(0, 2).map(({ kind }) => kind),
      ['Namespace', 'Namespace'],
    );
    assert.equal(cluster.metacontroller.syncs.at(-1)?.outcome, 'error');
  });

  it('RetainedAndNewBestie: one 409 per sync until its label is set, then adopted and quiet', async () => {
    const cluster = await settled(retaining('from the start'), ['sync', 'finalize']);
    const retained = live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.uid;
    assert.ok(retained);
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.settle();
    const uid = cluster.apply(SAMPLE).metadata.uid;
    await cluster.settle();
    assert.deepEqual(await writesIn(cluster, 3), Array(3).fill(`create ${POSTGRES_CLUSTER} AlreadyExists`));
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'db', (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { 'controller-uid': uid } },
    }));
    await cluster.settle();
    assert.equal(live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.uid, retained);
    assert.deepEqual(
      live(cluster, POSTGRES_CLUSTER, 'db')?.metadata.ownerReferences?.map((owner) => owner.uid),
      [uid],
    );
    assert.deepEqual(await writesIn(cluster, 3), []);
  });

  it('SecondVersion: keys are namespace/name, and cluster-scoped related objects arrive', async () => {
    let seen: TinyRequest | undefined;
    const rules = [{ apiVersion: 'v1', resource: 'namespaces', namespace: 'shop', names: ['shop'] }];
    const hooks = tiny((hook, request) =>
      hook === 'customize' ? { relatedResources: rules } : ((seen = request), { status: {}, children: [service] }),
    );
    const cluster = createCluster({ hooks, config: configured(['sync', 'customize']) });
    cluster.apply(SAMPLE);
    await cluster.settle();
    assert.deepEqual(Object.keys(seen?.children[SERVICE] ?? {}), ['shop/web']);
    assert.deepEqual(Object.keys(seen?.related['Namespace.v1'] ?? {}), ['shop']);
    assert.deepEqual(seen?.children[HPA], {});
  });
});
