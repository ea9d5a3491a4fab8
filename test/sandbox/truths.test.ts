/** What status and Events say over time where others act: finalizers, a token that is set early, a database of another Bestie. */
import assert from 'node:assert/strict';
import { CONTROLLER_UID_LABEL, names } from '../../src/api/names.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, EVENT, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const installed = async (cluster: Cluster, spec: object = {}): Promise<void> => {
  cluster.apply(sample(spec));
  await cluster.until('Ready', isReady(cluster), 600);
  await cluster.settle();
};
const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const finalized = (cluster: Cluster, kind: string, name: string, finalizers: string[]): void => {
  cluster.edit(kind, 'shop', name, (object) => ({ ...object, metadata: { ...object.metadata, finalizers } }));
};
const statusWrites = (cluster: Cluster, mark: number): number =>
  cluster.writesSince(mark).filter(({ kind, verb, outcome }) => kind === BESTIE && verb === 'update status' && outcome === 'ok').length;
const reasons = (cluster: Cluster): string[] => cluster.user.list(EVENT).map((event) => String((event as { reason?: unknown }).reason));
const upgradeOf = (cluster: Cluster) => fieldsOf(bestieOf(cluster)?.status?.upgrade);

describe('a finalizer of another controller', function () {
  this.timeout(60_000);

  for (const skewSeconds of [0, 20]) {
    it(`on a Service is reported after five minutes, once, by replicas whose clocks are ${skewSeconds} s apart`, async () => {
      const cluster = operated({ skewSeconds });
      await installed(cluster);
      finalized(cluster, SERVICE, names.service('bestie'), ['example.com/dns']);
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.tick(240);
      assert.equal(conditionOf(cluster, 'DeletionBlocked'), 'False/NothingBlocks');
      await cluster.tick(80);
      assert.equal(conditionOf(cluster, 'DeletionBlocked'), 'True/HeldByFinalizer');
      assert.equal(conditionOf(cluster, 'Stalled'), 'True/HeldByFinalizer');
      const mark = cluster.server.writes.length;
      await cluster.tick(600);
      assert.equal(statusWrites(cluster, mark), 0, 'it is not written in turn');
      assert.equal(reasons(cluster).filter((reason) => reason === 'DeletionBlocked').length, 1);
      finalized(cluster, SERVICE, names.service('bestie'), []);
      await cluster.until('gone', () => bestieOf(cluster) === undefined, 120);
    });
  }
});

describe('retry-upgrade', function () {
  this.timeout(60_000);

  it('that is set while the attempt is under way makes one more, after the failure, and no third', async () => {
    const cluster = operated();
    await installed(cluster);
    const starts: string[] = [];
    cluster.server.watch(({ object }) => {
      if (object.kind !== 'Bestie') return;
      const { phase, failed } = fieldsOf(object.status?.upgrade);
      if (starts.at(-1) !== `${String(phase)} ${String(failed)}`) starts.push(`${String(phase)} ${String(failed)}`);
    });
    changeSpec(cluster, { version: '1.4-badmigration' });
    await cluster.until('under way', () => upgradeOf(cluster).phase === 'Migrating', 300);
    annotate(cluster, 'retry-upgrade', 'early');
    await cluster.until('failed once', () => upgradeOf(cluster).failed === 1, 600);
    await cluster.until('failed twice', () => upgradeOf(cluster).failed === 2, 1200);
    await cluster.tick(1200);
    assert.deepEqual([upgradeOf(cluster).failed, upgradeOf(cluster).phase, upgradeOf(cluster).retry], [2, 'Failed', 'early']);
    assert.equal(starts.filter((start) => start === 'Failed 1').length, 1);
  });
});

describe('a database of another Bestie', function () {
  this.timeout(60_000);

  const left = async (): Promise<Cluster> => {
    const cluster = operated();
    await installed(cluster, { deletionPolicy: 'Retain' });
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('1.4', () => bestieOf(cluster)?.status?.appversion === '1.4' && isReady(cluster)(), 1200);
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.until('gone', () => bestieOf(cluster) === undefined, 300);
    return cluster;
  };
  const attach = (cluster: Cluster): void => {
    const uid = bestieOf(cluster)?.metadata.uid ?? '';
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, [CONTROLLER_UID_LABEL]: uid } },
    }));
  };

  it('brings no Events of its past, whatever was migrated and backed up', async () => {
    const cluster = await left();
    const before = reasons(cluster).length;
    cluster.apply(sample({ deletionPolicy: 'Retain', version: '1.4' }));
    await cluster.until('reported', () => conditionOf(cluster, 'DatabaseReady') === 'False/DatabaseNotAttached', 60);
    attach(cluster);
    await cluster.until('Ready', isReady(cluster), 300);
    await cluster.settle();
    assert.deepEqual(reasons(cluster).slice(before).sort(), ['DatabaseNotAttached', 'Ready']);
  });

  it('that is too new for the version has nothing before it, and says why in each condition', async () => {
    const cluster = await left();
    cluster.apply(sample({ deletionPolicy: 'Retain', version: '1.3' }));
    await cluster.until('reported', () => conditionOf(cluster, 'DatabaseReady') === 'False/DatabaseNotAttached', 60);
    attach(cluster);
    await cluster.until('refused', () => conditionOf(cluster, 'UpgradeFailed') === 'True/DowngradeRefused', 120);
    await cluster.settle();
    const own = cluster.user.everything().filter(({ metadata, kind }) => metadata.name.startsWith('bestie-') && kind !== 'Event');
    assert.deepEqual(
      own.filter(({ kind }) => ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Ingress'].includes(kind)),
      [],
    );
    for (const type of ['DeploymentReady', 'ServiceCreated', 'HPACreated', 'PDBCreated', 'IngressCreated'])
      assert.equal(conditionOf(cluster, type), 'False/DowngradeRefused', type);
    assert.deepEqual([bestieOf(cluster)?.status?.upgrade, bestieOf(cluster)?.status?.url], [undefined, undefined]);
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('Ready', isReady(cluster), 300);
    assert.ok(cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app'));
  });
});

describe('Events of what is put back and of a new size', function () {
  this.timeout(60_000);

  it('one each, and none at rest', async () => {
    const cluster = operated();
    await installed(cluster, { maxReplicas: undefined });
    const before = reasons(cluster).length;
    cluster.remove(SERVICE, 'shop', names.service('bestie'));
    await cluster.until(
      'there again',
      () => cluster.user.get(SERVICE, 'shop', names.service('bestie')) !== undefined && isReady(cluster)(),
      120,
    );
    changeSpec(cluster, { size: 5 });
    await cluster.until('five', () => bestieOf(cluster)?.status?.readyReplicas === 5 && isReady(cluster)(), 120);
    await cluster.settle();
    await cluster.resync(30);
    assert.deepEqual(
      reasons(cluster)
        .slice(before)
        .filter((reason) => reason !== 'Ready'),
      ['ChildRecreated', 'Scaled'],
    );
  });

  it('one for a size that the API server refuses, however long', async () => {
    const cluster = operated();
    await installed(cluster, { maxReplicas: undefined });
    const before = reasons(cluster).length;
    cluster.server.fault = ({ by, kind, verb }) =>
      by === 'metacontroller' && kind === DEPLOYMENT && verb === 'update' ? 'Forbidden' : undefined;
    changeSpec(cluster, { size: 5 });
    await cluster.tick(900);
    assert.deepEqual(
      reasons(cluster)
        .slice(before)
        .filter((reason) => reason === 'Scaled'),
      ['Scaled'],
    );
    const repeated = cluster.server.writes.filter(({ kind, outcome }) => kind === EVENT && outcome !== 'ok');
    assert.deepEqual(repeated, []);
  });
});
