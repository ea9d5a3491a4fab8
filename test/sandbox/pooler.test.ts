/** Whole lives of a Bestie with a pooler: switched on and off, during a restore, an upgrade and a pause, and with a pooler that does not come up. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, JOB, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { restoreByHand } from '../support/data.ts';
import { shown } from '../support/lifelaws.ts';
import { hasProxy, isPooled, poolerLaws } from '../support/pooler.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const SPEC = { size: 2, maxReplicas: undefined, version: '1.3' };
const on = { database: { pooler: { enabled: true } } };
const off = { database: { pooler: { enabled: false } } };

const database = (cluster: Cluster): Resource => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo') ?? assert.fail('no database');
const pods = (cluster: Cluster): Resource[] =>
  cluster.user.list(POD).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'web');
const areAllPooled = (cluster: Cluster) => (): boolean => pods(cluster).length === 2 && pods(cluster).every(isPooled);
const isRemoved = (cluster: Cluster) => (): boolean => !hasProxy(database(cluster)) && !pods(cluster).some(isPooled);
const edit = (cluster: Cluster, change: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...change } }));
};
const played = (cluster: Cluster, value: string): void => {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, 'sandbox/pooler': value } },
  }));
};
const message = (cluster: Cluster, type: string): string =>
  conditionsOf(bestieOf(cluster) ?? assert.fail('no Bestie')).find((each) => each.type === type)?.message ?? '';

async function installed(spec: object = {}): Promise<{ cluster: Cluster; broken: string[] }> {
  const cluster = operated();
  const broken = poolerLaws(cluster);
  cluster.apply(sample({ ...SPEC, ...spec }));
  await cluster.until('installed', isReady(cluster), 200);
  return { cluster, broken };
}

/** The same, and the pods of the application connect through the pooler. */
async function pooled(): Promise<{ cluster: Cluster; broken: string[] }> {
  const world = await installed(on);
  await world.cluster.until('pooled', areAllPooled(world.cluster), 200);
  await world.cluster.until('ready again', isReady(world.cluster), 200);
  return world;
}

async function isAtRest(cluster: Cluster): Promise<void> {
  await cluster.settle(2000);
  const length = cluster.server.writes.length;
  await cluster.resync(2);
  assert.deepEqual(shown(cluster.writesSince(length)), []);
}

describe('a pooler in the sandbox', () => {
  it('is switched on and off without a pod that lacks its keys, each with one rollout, and is at rest in between', async () => {
    const { cluster, broken } = await installed();
    await isAtRest(cluster);
    const generation = (): number | undefined => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.metadata.generation;
    const before = generation();
    edit(cluster, on);
    await cluster.until('pooled', areAllPooled(cluster), 200);
    await cluster.until('ready', isReady(cluster), 200);
    assert.deepEqual([generation(), fieldsOf(bestieOf(cluster)?.status?.database).pooler], [Number(before) + 1, true]);
    await isAtRest(cluster);
    edit(cluster, off);
    await cluster.until('removed', isRemoved(cluster), 200);
    await cluster.until('ready', isReady(cluster), 200);
    assert.deepEqual([generation(), fieldsOf(bestieOf(cluster)?.status?.database).pooler], [Number(before) + 2, undefined]);
    await isAtRest(cluster);
    assert.deepEqual(fieldsOf(database(cluster).status?.proxy).pgBouncer, { postgresRevision: '5c9966f6bc' });
    edit(cluster, on);
    await cluster.until('pooled again', areAllPooled(cluster), 200);
    edit(cluster, off);
    await cluster.until('removed again', isRemoved(cluster), 200);
    assert.deepEqual(broken, []);
  });

  it('is wanted from the beginning: the migrations connect directly, and the application waits for nothing', async () => {
    const { cluster, broken } = await pooled();
    assert.deepEqual([cluster.user.list(JOB).length, cluster.user.list(JOB).some(isPooled)], [1, false]);
    await isAtRest(cluster);
    assert.deepEqual(broken, []);
  });

  it('is waited for while it is not ready, and named once that lasts; the application runs on as before', async () => {
    const { cluster, broken } = await installed();
    played(cluster, '1');
    edit(cluster, on);
    await cluster.until('starting', () => conditionOf(cluster, 'DatabaseReady') === 'False/PoolerNotReady', 100);
    await cluster.until('stuck', () => conditionOf(cluster, 'DatabaseReady') === 'False/PoolerStuck', 900);
    assert.match(message(cluster, 'DatabaseReady'), /1 of 2 pods of PgBouncer/);
    assert.deepEqual([conditionOf(cluster, 'Available'), pods(cluster).some(isPooled)], ['True/EnoughReplicas', false]);
    played(cluster, '');
    await cluster.until('pooled', areAllPooled(cluster), 200);
    await cluster.until('ready', isReady(cluster), 200);
    assert.deepEqual(broken, []);
  });

  it('is not used before its login is written, although its pods are ready', async () => {
    const { cluster } = await installed();
    played(cluster, 'refused');
    edit(cluster, on);
    await cluster.until('starting', () => conditionOf(cluster, 'DatabaseReady') === 'False/PoolerNotReady', 100);
    await cluster.resync(3);
    assert.match(message(cluster, 'DatabaseReady'), /has no login to the database/);
    assert.equal(pods(cluster).some(isPooled), false);
    played(cluster, '');
    await cluster.until('pooled', areAllPooled(cluster), 200);
  });

  it('that loses a pod is named, and the application stays on it', async () => {
    const { cluster } = await pooled();
    played(cluster, '1');
    await cluster.until('named', () => conditionOf(cluster, 'DatabaseReady') === 'False/PoolerNotReady', 100);
    await cluster.resync(2);
    assert.ok(areAllPooled(cluster)());
  });

  it('stays through an upgrade, whose migrations connect directly', async () => {
    const { cluster, broken } = await pooled();
    edit(cluster, { version: '1.4' });
    await cluster.until('upgraded', () => bestieOf(cluster)?.status?.appversion === '1.4' && isReady(cluster)(), 400);
    assert.ok(areAllPooled(cluster)());
    assert.equal(cluster.user.list(JOB).some(isPooled), false);
    assert.deepEqual(broken, []);
  });

  it('is not switched on while an image is on trial, and is once what ran before runs again', async () => {
    const { cluster, broken } = await installed({ upgrade: { progressDeadlineSeconds: 30, backup: 'Skip' } });
    edit(cluster, { version: '1.4-slow' });
    await cluster.until('on trial', () => fieldsOf(bestieOf(cluster)?.status?.upgrade).phase === 'RollingOut', 200);
    edit(cluster, on);
    await cluster.until(
      'given up',
      () => {
        if (fieldsOf(bestieOf(cluster)?.status?.upgrade).phase === 'RollingOut') assert.equal(pods(cluster).some(isPooled), false);
        return conditionOf(cluster, 'RolledBack') === 'True/RolledBack';
      },
      400,
    );
    await cluster.until('pooled', areAllPooled(cluster), 200);
    assert.deepEqual(broken, []);
  });

  it('is switched off and on during restores', async () => {
    const { cluster, broken } = await pooled();
    restoreByHand(cluster, 'tuesday');
    await cluster.until('stopped', () => pods(cluster).length === 0, 100);
    edit(cluster, off);
    await cluster.until('restored', isReady(cluster), 400);
    await cluster.until('removed', isRemoved(cluster), 200);
    restoreByHand(cluster, 'wednesday');
    await cluster.until('stopped again', () => pods(cluster).length === 0, 100);
    edit(cluster, on);
    await cluster.until('restored again', isReady(cluster), 400);
    await cluster.until('pooled', areAllPooled(cluster), 200);
    await isAtRest(cluster);
    assert.deepEqual(broken, []);
  });

  it('waits for the end of a pause', async () => {
    const { cluster, broken } = await pooled();
    annotate(cluster, 'paused', 'true');
    edit(cluster, off);
    await cluster.resync(3);
    assert.ok(areAllPooled(cluster)() && hasProxy(database(cluster)));
    annotate(cluster, 'paused', 'false');
    await cluster.until('removed', isRemoved(cluster), 200);
    assert.deepEqual(broken, []);
  });

  it('that another owner keeps taking away is not used: the pods return to the database', async () => {
    const { cluster } = await pooled();
    cluster.server.watch(({ object }) => {
      if (object.kind === 'PostgresCluster' && hasProxy(object))
        cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ spec, ...rest }) => {
          const { proxy: _, ...kept } = spec ?? {};
          return { ...rest, spec: kept };
        });
    });
    played(cluster, '2');
    await cluster.until('direct', () => pods(cluster).length === 2 && !pods(cluster).some(isPooled), 400);
    await cluster.resync(3);
    assert.equal(pods(cluster).some(isPooled), false);
  });

  it('goes with the Bestie', async () => {
    const { cluster, broken } = await pooled();
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.until('gone', () => bestieOf(cluster) === undefined, 400);
    assert.deepEqual(broken, []);
  });
});
