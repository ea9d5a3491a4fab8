/** Whole lives of Besties: the operator's own answers in the sandbox. */
import assert from 'node:assert/strict';
import { names } from '../../src/api/names.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { controllerConfig, overlays } from '../../src/sandbox/metacontroller/controllerconfig.ts';
import { BESTIE, DEPLOYMENT, EVENT, HPA, JOB, POD, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import type { Draft, Resource } from '../../src/sandbox/apiserver/object.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, SAMPLE, sample, standing } from '../support/sandbox.ts';

const live = (cluster: Cluster, kind: string, name: string): Resource | undefined => cluster.user.get(kind, 'shop', name);
const app = (cluster: Cluster, name = 'bestie'): Resource | undefined => live(cluster, DEPLOYMENT, names.deployment(name));
const imagesOf = (cluster: Cluster): string[] => [
  ...new Set(
    cluster.user
      .list(POD)
      .filter(({ metadata }) => metadata.name.startsWith('bestie-app'))
      .map(({ spec }) => (spec?.containers as { image: string }[])[0]?.image ?? ''),
  ),
];

async function ready(bestie: Draft = SAMPLE, options: Parameters<typeof operated>[0] = {}): Promise<Cluster> {
  const cluster = operated(options);
  cluster.apply(bestie);
  await cluster.until('Ready', isReady(cluster, bestie.metadata.name), 120);
  await cluster.settle();
  return cluster;
}

/** The writes of Metacontroller in that many resyncs. */
async function atRest(cluster: Cluster, times: number): Promise<unknown[]> {
  const [length, syncs] = [cluster.server.writes.length, cluster.metacontroller.syncs.length];
  await cluster.resync(times);
  assert.ok(cluster.metacontroller.syncs.length >= syncs + times);
  assert.deepEqual(
    cluster.metacontroller.syncs.slice(syncs).filter(({ outcome }) => outcome !== 'ok'),
    [],
  );
  return cluster.writesSince(length);
}

const changeSpec = (cluster: Cluster, spec: object, name = 'bestie'): void => {
  cluster.edit(BESTIE, 'shop', name, (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};

/** Every value that a field has had, in order, without repetitions. */
function history(cluster: Cluster, kind: string, read: (object: Resource) => unknown): unknown[] {
  const seen: unknown[] = [];
  cluster.server.watch(({ object }) => {
    if (`${object.kind}.${object.apiVersion}` === kind && seen.at(-1) !== read(object)) seen.push(read(object));
  });
  return seen;
}

describe('a Bestie in the sandbox', () => {
  for (const [overlay, components] of Object.entries(overlays)) {
    const external = { database: { provider: 'External', secretName: 'db' }, sessionSecret: { name: 's', key: 'k' } };
    it(`goes from nothing to Ready with ${overlay}, and 100 further syncs write nothing`, async () => {
      const cluster = await ready(sample(overlay === 'minimal' ? external : {}), { config: controllerConfig(components) });
      assert.deepEqual(await atRest(cluster, 100), []);
      assert.equal(bestieOf(cluster)?.status?.readyReplicas, 3);
    });
  }

  it('takes a status write for each step to get there, and no more', async () => {
    const cluster = await ready(SAMPLE, { config: controllerConfig(overlays.monitoring) });
    // Requested; database usable; the pod of the migration there; migrated; all objects seen; pods there; pods ready; Ready.
    assert.equal(cluster.writesSince(0).filter(({ kind, verb }) => kind === BESTIE && verb === 'update status').length, 8);
  });

  it('is answered alike under hook version v1', async () => {
    const cluster = await ready(SAMPLE, { config: controllerConfig(overlays.default, { version: 'v1' }) });
    assert.deepEqual(await atRest(cluster, 3), []);
  });

  it('owns every child as its controller', async () => {
    const cluster = await ready();
    const uid = bestieOf(cluster)?.metadata.uid;
    const children = standing(cluster).filter(
      ({ metadata }) => metadata.labels?.['controller-uid'] === uid && metadata.name.startsWith('bestie-'),
    );
    assert.ok(children.length >= 7);
    for (const { metadata } of children.filter(({ kind }) => kind !== 'Pod'))
      assert.deepEqual(
        metadata.ownerReferences?.filter(({ controller }) => controller).map((owner) => owner.uid),
        [uid],
        metadata.name,
      );
  });

  it('is migrated before its application starts', async () => {
    const cluster = operated();
    const order: string[] = [];
    cluster.server.watch(({ type, object }) => {
      if (object.kind === 'Job' && object.status?.succeeded === 1 && !order.includes('migrated')) order.push('migrated');
      if (object.kind === 'Deployment' && type === 'ADDED') order.push('started');
    });
    cluster.apply(SAMPLE);
    await cluster.until('Ready', isReady(cluster), 120);
    assert.deepEqual(order, ['migrated', 'started']);
  });

  it('scales up', async () => {
    const cluster = await ready();
    changeSpec(cluster, { size: 5 });
    await cluster.until('five pods', () => bestieOf(cluster)?.status?.readyReplicas === 5, 60);
    assert.equal(live(cluster, HPA, 'bestie-hpa')?.spec?.minReplicas, 5);
  });

  it('keeps its replicas while autoscaling is switched on and off', async () => {
    const cluster = await ready(sample({ maxReplicas: undefined, size: 4 }));
    assert.equal(live(cluster, HPA, 'bestie-hpa'), undefined);
    const replicas = history(cluster, DEPLOYMENT, ({ spec }) => spec?.replicas);
    changeSpec(cluster, { maxReplicas: 10 });
    await cluster.until('an HPA', () => live(cluster, HPA, 'bestie-hpa') !== undefined && isReady(cluster)(), 60);
    await cluster.settle();
    // The autoscaler decides for seven; no other controller changes that.
    cluster.edit(DEPLOYMENT, 'shop', 'bestie-app', (deployment) => ({ ...deployment, spec: { ...deployment.spec, replicas: 7 } }));
    await cluster.settle();
    assert.equal(app(cluster)?.spec?.replicas, 7);
    assert.deepEqual(await atRest(cluster, 3), []);
    changeSpec(cluster, { maxReplicas: undefined });
    await cluster.until('no HPA', () => live(cluster, HPA, 'bestie-hpa') === undefined && isReady(cluster)(), 60);
    await cluster.settle();
    assert.equal(app(cluster)?.spec?.replicas, 4);
    assert.ok(
      replicas.every((count) => Number(count) >= 4),
      String(replicas),
    );
  });

  for (const kind of [SERVICE, DEPLOYMENT, HPA, 'PodDisruptionBudget.policy/v1', 'Ingress.networking.k8s.io/v1']) {
    it(`makes a deleted ${kind} again`, async () => {
      const cluster = await ready();
      const [before] = cluster.user.list(kind);
      assert.ok(before);
      cluster.user.remove(before);
      await cluster.until('it is there', () => cluster.user.list(kind).length === 1, 30);
      await cluster.until('Ready', isReady(cluster), 60);
      assert.notEqual(cluster.user.list(kind)[0]?.metadata.uid, before.metadata.uid);
    });
  }

  it('repairs a child that was changed by hand, and leaves the labels of others alone', async () => {
    const cluster = await ready();
    const before = live(cluster, SERVICE, 'bestie-service');
    cluster.edit(SERVICE, 'shop', 'bestie-service', (service) => ({
      ...service,
      metadata: { ...service.metadata, labels: { ...service.metadata.labels, app: 'other', theirs: 'x' } },
      spec: { ...service.spec, selector: { app: 'nobody' } },
    }));
    await cluster.settle();
    const after = live(cluster, SERVICE, 'bestie-service');
    assert.deepEqual(after?.spec, before?.spec);
    assert.deepEqual(after?.metadata.labels, { ...before?.metadata.labels, theirs: 'x' });
  });

  it('never migrates the same image twice, even when the Job is deleted', async () => {
    const cluster = await ready();
    const [job] = cluster.user.list(JOB);
    assert.ok(job);
    cluster.user.remove(job);
    await cluster.settle();
    assert.deepEqual(await atRest(cluster, 10), []);
    assert.deepEqual(cluster.user.list(JOB), []);
    assert.equal(conditionOf(cluster, 'Ready'), 'True/AllReady');
  });

  it('migrates to another version first and then rolls, without a gap', async () => {
    const cluster = await ready();
    const order: string[] = [];
    let fewest = Infinity;
    cluster.server.watch(({ object }) => {
      const image = ((object.spec?.template as { spec?: { containers?: { image: string }[] } } | undefined)?.spec?.containers ?? [])[0]
        ?.image;
      if (object.kind === 'Job' && object.status?.succeeded === 1 && image?.endsWith('1.4') && !order.includes('migrated'))
        order.push('migrated');
      if (object.kind === 'Deployment' && image?.endsWith('1.4') && !order.includes('rolled')) order.push('rolled');
      fewest = Math.min(fewest, Number(app(cluster)?.status?.readyReplicas ?? 0));
    });
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('the new version', () => bestieOf(cluster)?.status?.appversion === '1.4' && isReady(cluster)(), 120);
    assert.deepEqual(order, ['migrated', 'rolled']);
    assert.equal(fewest, 3);
    assert.deepEqual(imagesOf(cluster), ['quay.io/opdev/bestie:1.4']);
    await cluster.settle();
    assert.deepEqual(await atRest(cluster, 10), []);
  });

  it('runs no Job for a rollback', async () => {
    const cluster = await ready();
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('1.4', () => bestieOf(cluster)?.status?.appversion === '1.4', 120);
    await cluster.settle();
    const length = cluster.server.writes.length;
    annotate(cluster, 'allow-downgrade', '1.3');
    changeSpec(cluster, { version: '1.3' });
    await cluster.until('1.3', () => bestieOf(cluster)?.status?.appversion === '1.3' && isReady(cluster)(), 120);
    assert.deepEqual(
      cluster.writesSince(length).filter(({ kind, verb }) => kind === JOB && verb === 'create'),
      [],
    );
  });

  it('reports an image that cannot be pulled, writes nothing at rest although the kubelet alternates, and is Ready after the fix', async () => {
    const cluster = operated();
    cluster.apply(sample({ version: 'nosuch' }));
    await cluster.until('reported', () => conditionOf(cluster, 'ImagePulled') === 'False/ImagePullFailed', 60);
    await cluster.settle();
    const kubelet = history(cluster, POD, ({ status }) => JSON.stringify(status));
    const length = cluster.server.writes.length;
    await cluster.tick(700);
    assert.ok(kubelet.length > 2, 'the kubelet flips between two reasons');
    assert.deepEqual(cluster.writesSince(length), []);
    assert.deepEqual(await atRest(cluster, 40), []);
    assert.match(conditionOf(cluster, 'Ready') ?? '', /^False/);
    changeSpec(cluster, { version: '1.3' });
    await cluster.until('ready again', () => isReady(cluster)() && conditionOf(cluster, 'ImagePulled') === 'True/ImagePulled', 120);
  });

  it('reports a failed migration, keeps the old version running, and writes nothing at rest', async () => {
    const cluster = await ready();
    changeSpec(cluster, { version: 'badmigration' });
    await cluster.until('reported', () => conditionOf(cluster, 'UpgradeFailed') === 'True/MigrationFailed', 1800);
    await cluster.settle();
    assert.deepEqual(imagesOf(cluster), ['quay.io/opdev/bestie:1.3']);
    assert.deepEqual(await atRest(cluster, 10), []);
    changeSpec(cluster, { version: '1.3' });
    await cluster.until('ready again', isReady(cluster), 120);
  });

  for (const [version, reason] of [
    ['crash', 'CrashLoop'],
    ['slow', 'RollingOut'],
  ] as const) {
    it(`keeps serving with the old pods while new ones are ${version}, and says so (${reason})`, async () => {
      const cluster = await ready();
      changeSpec(cluster, { version });
      await cluster.until('reported', () => conditionOf(cluster, 'DeploymentReady') === `False/${reason}`, 120);
      assert.equal(app(cluster)?.status?.readyReplicas, 3);
      assert.match(conditionOf(cluster, 'Available') ?? '', /^True/);
    });
  }

  it('waits for a database that never becomes usable, and says so', async () => {
    const cluster = operated();
    cluster.apply(SAMPLE);
    await cluster.tick(2);
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (database) => ({
      ...database,
      metadata: { ...database.metadata, annotations: { ...database.metadata.annotations, 'sandbox/fate': 'stuck' } },
    }));
    await cluster.settle();
    assert.match(conditionOf(cluster, 'DatabaseReady') ?? '', /^False/);
    assert.deepEqual(cluster.user.list(JOB), []);
    assert.deepEqual(cluster.user.list(DEPLOYMENT), []);
  });

  it('loses nothing while its database is away, and says so', async () => {
    const cluster = await ready();
    await cluster.tick(180);
    const length = cluster.server.writes.length;
    const database = cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, 'sandbox/fate': 'stuck' } },
    }));
    cluster.user.updateStatus({ ...database, status: { ...database.status, instances: [{ name: 'pg' }] } });
    await cluster.until('reported', () => (conditionOf(cluster, 'DatabaseReady') ?? '').startsWith('False'), 60);
    await cluster.settle();
    assert.deepEqual(
      new Set(cluster.writesSince(length).map(({ verb, kind }) => `${verb} ${kind}`)),
      new Set([`update status ${BESTIE}`, `create ${EVENT}`]),
    );
    await cluster.until('a fault', () => conditionOf(cluster, 'DatabaseReady') === 'False/InstancesStuck', 400);
    await cluster.settle();
    assert.deepEqual(await atRest(cluster, 10), []);
    assert.equal(app(cluster)?.status?.readyReplicas, 3);
  });

  it('does not cut a running migration short when it is deleted', async () => {
    const cluster = operated();
    cluster.apply(SAMPLE);
    const phases = (): unknown[] => cluster.user.list(POD).map(({ status }) => status?.phase);
    await cluster.until('the migration runs', () => phases().includes('Running'), 60);
    const order: string[] = [];
    cluster.server.watch(({ type, object }) => {
      if (object.kind === 'Job' && object.status?.succeeded === 1 && !order.includes('migrated')) order.push('migrated');
      if (type === 'DELETED') order.push(object.kind);
    });
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.settle();
    assert.equal(order[0], 'migrated');
    const children = order.filter((kind) => !['Pod', 'ReplicaSet'].includes(kind));
    assert.equal(children.at(-1), 'Bestie', 'the Bestie outlives its children');
    assert.deepEqual(
      standing(cluster).map(({ kind }) => kind),
      ['Namespace'],
    );
  });

  it('holds everything as it is while its spec is unacceptable', async () => {
    const cluster = await ready();
    const length = cluster.server.writes.length;
    changeSpec(cluster, { size: 0 });
    await cluster.settle();
    assert.deepEqual(
      new Set(cluster.writesSince(length).map(({ verb, kind }) => `${verb} ${kind}`)),
      new Set([`update status ${BESTIE}`, `create ${EVENT}`]),
    );
    assert.equal(conditionOf(cluster, 'Stalled'), 'True/InvalidSpec');
    assert.deepEqual(await atRest(cluster, 3), []);
    changeSpec(cluster, { size: 3 });
    await cluster.until('ready again', isReady(cluster), 60);
  });

  it('reports a name that another owner has taken, until it is handed over', async () => {
    const cluster = operated();
    cluster.user.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'bestie-service', namespace: 'shop' },
      spec: { ports: [{ port: 80 }] },
    });
    cluster.apply(SAMPLE);
    await cluster.until('reported', () => conditionOf(cluster, 'ServiceCreated') === 'False/NotApplied', 600);
    const uid = bestieOf(cluster)?.metadata.uid ?? '';
    cluster.edit(SERVICE, 'shop', 'bestie-service', (service) => ({
      ...service,
      metadata: { ...service.metadata, labels: { 'controller-uid': uid } },
    }));
    await cluster.until('Ready', isReady(cluster), 120);
  });

  it('lives beside another with a 53-character name that shares the first 50', async () => {
    const [one, two] = ['one', 'two'].map((end) => `${'b'.repeat(50)}${end}`) as [string, string];
    const cluster = operated();
    cluster.apply(sample({}, { name: one }));
    cluster.apply(sample({ size: 4 }, { name: two }));
    await cluster.until('both are Ready', () => isReady(cluster, one)() && isReady(cluster, two)(), 120);
    await cluster.settle();
    assert.deepEqual(await atRest(cluster, 10), []);
    assert.deepEqual(
      [one, two].map((name) => app(cluster, name)?.status?.readyReplicas),
      [3, 4],
    );
    const before = standing(cluster).filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === two).length;
    cluster.remove(BESTIE, 'shop', one);
    await cluster.until('one is gone', () => bestieOf(cluster, one) === undefined, 60);
    await cluster.settle();
    assert.equal(standing(cluster).filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === two).length, before);
    assert.equal(standing(cluster).filter(({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === one)).length, 0);
    assert.equal(isReady(cluster, two)(), true);
  });

  for (const propagation of ['Background', 'Foreground'] as const) {
    it(`is deleted in the ${propagation.toLowerCase()} with nothing left`, async () => {
      const cluster = await ready();
      const syncs = cluster.metacontroller.syncs.length;
      cluster.remove(BESTIE, 'shop', 'bestie', { propagation });
      await cluster.settle();
      assert.deepEqual(
        standing(cluster).map(({ kind }) => kind),
        ['Namespace'],
      );
      assert.deepEqual(
        cluster.metacontroller.syncs.slice(syncs).filter(({ outcome }) => outcome !== 'ok'),
        [],
      );
    });
  }

  for (const after of [1, 4, 8, 12, 14]) {
    it(`is deleted ${after} s after it was made with nothing left, and no error`, async () => {
      const cluster = operated();
      cluster.apply(SAMPLE);
      await cluster.tick(after);
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.settle();
      assert.deepEqual(
        standing(cluster).map(({ kind }) => kind),
        ['Namespace'],
      );
      assert.deepEqual(
        cluster.metacontroller.syncs.filter(({ outcome }) => outcome === 'error'),
        [],
      );
    });
  }

  it('is let go with everything when it merely stops matching the controller', async () => {
    const cluster = operated({ config: controllerConfig(overlays.default, { parentLabels: { team: 'a' } }) });
    cluster.apply({ ...SAMPLE, metadata: { ...SAMPLE.metadata, labels: { team: 'a' } } });
    await cluster.until('Ready', isReady(cluster), 120);
    await cluster.settle();
    const count = standing(cluster).length;
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, metadata: { ...bestie.metadata, labels: { team: 'b' } } }));
    await cluster.settle();
    assert.equal(bestieOf(cluster)?.metadata.finalizers, undefined);
    assert.equal(standing(cluster).length, count);
  });
});
