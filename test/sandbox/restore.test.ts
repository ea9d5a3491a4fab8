/** Restores on request, each a whole life: from the request until nothing is written any more. */
import assert from 'node:assert/strict';
import { CONTROLLER_UID_LABEL } from '../../src/api/names.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, JOB, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { RESTORE_ANNOTATION } from '../support/data.ts';
import { imageOf, isSeeding } from '../support/jobs.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

/** What Metacontroller may write for one restore, until nothing is left to do. */
const MOST_WRITES = 45;

const database = (cluster: Cluster): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
const requested = (cluster: Cluster): string | undefined => database(cluster)?.metadata.annotations?.[RESTORE_ANNOTATION];
const block = (cluster: Cluster): unknown => fieldsOf(fieldsOf(database(cluster)?.spec?.backups).pgbackrest).restore;
const replicas = (cluster: Cluster): unknown => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.spec?.replicas;
const restoreOf = (cluster: Cluster): Record<string, unknown> => fieldsOf(bestieOf(cluster)?.status?.restore);
const phase = (cluster: Cluster): unknown => restoreOf(cluster).phase;
const message = (cluster: Cluster, type = 'Restored'): string => {
  const bestie = bestieOf(cluster);
  return (bestie && conditionsOf(bestie).find((each) => each.type === type)?.message) ?? '';
};
const ago = (cluster: Cluster, seconds: number): string =>
  new Date(Date.parse(cluster.now()) - seconds * 1000).toISOString().slice(0, 19) + 'Z';
const byMetacontroller = (cluster: Cluster, since: number): number =>
  cluster.writesSince(since).filter(({ by }) => by === 'metacontroller').length;

const edit = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const restore = (cluster: Cluster, id: string, target: object = { time: ago(cluster, 60) }, more: object = {}): void => {
  edit(cluster, { restore: { id, target, ...more } });
};
const removeRequest = (cluster: Cluster): void => {
  edit(cluster, { restore: undefined });
};
/** How restores go from now on. */
const fate = (cluster: Cluster, how: 'fail' | 'hang' | 'pass'): void => {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => ({
    ...live,
    metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, 'sandbox/restore': how } },
  }));
};

/** A Bestie of two pods that has run for a while, and the Jobs that are made for it. */
async function installed(spec: object = {}): Promise<{ cluster: Cluster; jobs: Resource[] }> {
  const cluster = operated();
  const jobs: Resource[] = [];
  cluster.server.watch(({ type, object }) => {
    if (type === 'ADDED' && `${object.kind}.${object.apiVersion}` === JOB) jobs.push(object);
  });
  cluster.apply(sample({ size: 2, maxReplicas: 4, ...spec }));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  await cluster.tick(120);
  return { cluster, jobs };
}

const isOver =
  (cluster: Cluster, how = 'Succeeded') =>
  (): boolean =>
    phase(cluster) === how;

async function restsWithoutAWrite(cluster: Cluster): Promise<void> {
  await cluster.settle(900);
  const length = cluster.server.writes.length;
  await cluster.resync(5);
  assert.deepEqual(cluster.writesSince(length), []);
}

/** The phases that status goes through from now on. */
function followed(cluster: Cluster): string[] {
  const phases: string[] = [];
  cluster.server.watch(({ object }) => {
    const now = object.kind === 'Bestie' ? fieldsOf(object.status?.restore).phase : undefined;
    if (typeof now === 'string' && phases.at(-1) !== now) phases.push(now);
  });
  return phases;
}

describe('a restore on request', function () {
  this.timeout(120_000);

  it('to a moment: the application is stopped, migrated and started again, in few writes', async () => {
    const { cluster, jobs } = await installed();
    const phases = followed(cluster);
    const armedWith: unknown[] = [];
    const besidePods: string[] = [];
    cluster.server.watch(({ object }) => {
      if (object.kind !== 'PostgresCluster' || object.metadata.annotations?.[RESTORE_ANNOTATION] === undefined) return;
      armedWith.push(JSON.stringify(fieldsOf(fieldsOf(object.spec?.backups).pgbackrest).restore));
      for (const pod of cluster.user.list(POD))
        if (pod.metadata.labels?.['app.kubernetes.io/component'] === 'web') besidePods.push(pod.metadata.name);
    });
    const since = cluster.server.writes.length;
    restore(cluster, 'lost-pets');
    await cluster.until('over', isOver(cluster), 200);
    await cluster.settle(600);
    assert.deepEqual(phases, ['BackingUp', 'Stopping', 'Restoring', 'Migrating', 'Starting', 'Finishing', 'Succeeded']);
    assert.equal(new Set(armedWith).size, 1, 'one block, byte for byte');
    assert.deepEqual(besidePods, [], 'pods of the application beside it');
    assert.deepEqual(
      jobs.slice(1).map((job) => [imageOf(job), isSeeding(job)]),
      [['quay.io/opdev/bestie:1.3', false]],
    );
    assert.deepEqual([requested(cluster), block(cluster), replicas(cluster)], [undefined, undefined, 2]);
    assert.ok(byMetacontroller(cluster, since) <= MOST_WRITES, `${byMetacontroller(cluster, since)} writes`);
    await restsWithoutAWrite(cluster);
    assert.equal(isReady(cluster)(), true);
  });

  it('to the latest state, and to a backup, one after the other; the same id again is nothing', async () => {
    const { cluster } = await installed();
    restore(cluster, 'first', { latest: true });
    await cluster.until('over', isOver(cluster), 200);
    assert.match(String(restoreOf(cluster).reached), /^all that was archived by 20/);
    await cluster.tick(60);
    const label = `${ago(cluster, 0).slice(0, 10).replaceAll('-', '')}-000000F`;
    restore(cluster, 'second', { backup: label });
    await cluster.until('the second is over', () => isOver(cluster)() && restoreOf(cluster).id === 'second', 200);
    await restsWithoutAWrite(cluster);
    const before = cluster.server.writes.length;
    restore(cluster, 'first', { latest: true });
    await cluster.settle(300);
    assert.deepEqual(
      cluster.writesSince(before).filter(({ kind }) => kind === POSTGRES_CLUSTER),
      [],
    );
    assert.match(message(cluster), /; spec\.restore\.id is first, which is used up \(Succeeded\): another restore needs a new id$/);
    assert.deepEqual([restoreOf(cluster).succeeded, isReady(cluster)()], [2, true]);
    await restsWithoutAWrite(cluster);
  });

  it('that fails: the database stays down and is at rest; the next id brings it back', async () => {
    const { cluster } = await installed();
    const early = ago(cluster, 60);
    fate(cluster, 'fail');
    restore(cluster, 'too-late');
    await cluster.until('failed', isOver(cluster, 'Failed'), 200);
    assert.deepEqual([conditionOf(cluster, 'Stalled'), replicas(cluster)], ['True/RestoreFailed', 0]);
    await restsWithoutAWrite(cluster);
    removeRequest(cluster);
    await cluster.settle(300);
    assert.notEqual(requested(cluster), undefined, 'taken back, PGO would start Postgres on half of it');
    await restsWithoutAWrite(cluster);
    fate(cluster, 'pass');
    const since = cluster.server.writes.length;
    const ids = new Set<string | undefined>();
    cluster.server.watch(({ object }) => {
      if (object.kind === 'PostgresCluster' && object.status?.patroni === undefined)
        ids.add(object.metadata.annotations?.[RESTORE_ANNOTATION]);
    });
    restore(cluster, 'earlier', { time: early });
    await cluster.until('over', isOver(cluster), 300);
    await restsWithoutAWrite(cluster);
    assert.ok(!ids.has(undefined), 'the request was never absent while the database was down');
    assert.ok(byMetacontroller(cluster, since) <= MOST_WRITES);
    assert.deepEqual([restoreOf(cluster).succeeded, restoreOf(cluster).failed, isReady(cluster)()], [1, 1, true]);
  });

  it('that hangs: it is at rest, and is said to last; a new id takes its place', async () => {
    const { cluster } = await installed();
    const early = ago(cluster, 60);
    fate(cluster, 'hang');
    restore(cluster, 'one');
    await cluster.until('it runs', () => message(cluster).includes('replaces the data'), 200);
    await cluster.tick(700);
    assert.match(message(cluster), /its log shows how far it is: kubectl /);
    await restsWithoutAWrite(cluster);
    const before = block(cluster);
    restore(cluster, 'two', { time: '2020-01-01T00:00:00Z' });
    await cluster.until('refused', () => message(cluster).includes('which is used up (Refused: '), 60);
    assert.deepEqual(block(cluster), before);
    restore(cluster, 'three', { time: early });
    await cluster.until('replaced', () => restoreOf(cluster).id === 'three', 60);
    fate(cluster, 'pass');
    await cluster.until('over', () => restoreOf(cluster).id === 'three' && isOver(cluster)(), 300);
    await restsWithoutAWrite(cluster);
    assert.equal(isReady(cluster)(), true);
  });

  for (const at of ['BackingUp', 'Stopping'])
    it(`called off in phase ${at}: nothing was changed, and the application serves`, async () => {
      const { cluster } = await installed();
      restore(cluster, 'one');
      await cluster.until(at, isOver(cluster, at), 200);
      removeRequest(cluster);
      await cluster.until('called off', isOver(cluster, 'CalledOff'), 60);
      await cluster.until('Ready', isReady(cluster), 120);
      await restsWithoutAWrite(cluster);
      assert.deepEqual([requested(cluster), replicas(cluster)], [undefined, 2]);
      assert.equal(fieldsOf(fieldsOf(database(cluster)?.status?.pgbackrest).restore).id, undefined, 'PGO was never asked');
    });

  for (const at of ['Restoring', 'Migrating', 'Starting', 'Finishing'])
    it(`removed from the spec in phase ${at}: it goes on to its end`, async () => {
      const { cluster } = await installed();
      restore(cluster, 'one');
      await cluster.until(at, isOver(cluster, at), 200);
      removeRequest(cluster);
      await cluster.until('over', isOver(cluster), 300);
      await restsWithoutAWrite(cluster);
      assert.equal(isReady(cluster)(), true);
    });

  for (const how of ['fail', 'hang'] as const)
    it(`abandoned where it would ${how}: Postgres is started on what is there, its migrations run, and that is said`, async () => {
      const { cluster, jobs } = await installed();
      fate(cluster, how);
      restore(cluster, 'one');
      await cluster.until('no way on', () => phase(cluster) === 'Failed' || message(cluster).includes('replaces the data'), 200);
      await cluster.tick(30);
      annotate(cluster, 'abandon-restore', 'one');
      await cluster.until('the application is back', () => isOver(cluster, 'Abandoned')() && isReady(cluster)(), 300);
      await restsWithoutAWrite(cluster);
      assert.equal(jobs.length, 2, 'the schema of what is there is not known');
      assert.match(
        message(cluster),
        /which may be neither the former data nor that of the target; check it, or restore again under a new id$/,
      );
      assert.deepEqual([requested(cluster), replicas(cluster)], [undefined, 2]);
    });

  it('in the spec of a new Bestie is passed over', async () => {
    const { cluster } = await installed({ restore: { id: 'from-git', target: { latest: true } } });
    assert.deepEqual(
      [phase(cluster), conditionOf(cluster, 'Restored'), requested(cluster)],
      ['PassedOver', 'False/RestorePassedOver', undefined],
    );
    await restsWithoutAWrite(cluster);
  });

  it('undoes a failed migration with upgrade.onFailure Restore, and the next version is tried as ever', async () => {
    const { cluster, jobs } = await installed({ upgrade: { onFailure: 'Restore' } });
    const served: string[] = [];
    edit(cluster, { version: '1.4-badmigration' });
    await cluster.until('stopped', () => replicas(cluster) === 0, 60);
    cluster.server.watch(({ type, object }) => {
      if (type === 'ADDED' && object.kind === 'Pod' && object.metadata.labels?.['app.kubernetes.io/component'] === 'web')
        served.push(phase(cluster) as string);
    });
    await cluster.until('undone', isOver(cluster), 900);
    assert.deepEqual([...new Set(served)], ['Starting'], 'nothing is served between the backup and the end');
    assert.deepEqual(
      jobs.map(imageOf),
      ['1.3', '1.4-badmigration'].map((tag) => `quay.io/opdev/bestie:${tag}`),
    );
    assert.equal(conditionOf(cluster, 'UpgradeFailed'), 'True/MigrationFailed');
    assert.match(message(cluster, 'UpgradeFailed'), /; the backup before it was restored; /);
    assert.deepEqual([replicas(cluster), conditionOf(cluster, 'Available')], [2, 'True/EnoughReplicas']);
    await restsWithoutAWrite(cluster);
    edit(cluster, { version: '1.5' });
    await cluster.until('Ready', isReady(cluster), 300);
    await restsWithoutAWrite(cluster);
    assert.equal(restoreOf(cluster).succeeded, 1);
  });
});

describe('a Bestie that is deleted during a restore', function () {
  this.timeout(120_000);

  for (const at of ['BackingUp', 'Stopping', 'Restoring', 'Failed', 'Migrating', 'Starting', 'Finishing'])
    for (const deletionPolicy of ['Delete', 'Retain'] as const)
      it(`${deletionPolicy} in phase ${at}`, async () => {
        const { cluster } = await installed({ deletionPolicy });
        fate(cluster, at === 'Failed' ? 'fail' : 'pass');
        restore(cluster, 'one');
        await cluster.until(at, isOver(cluster, at), 200);
        const before = block(cluster);
        cluster.remove(BESTIE, 'shop', 'bestie');
        await cluster.until('gone', () => bestieOf(cluster) === undefined, 900);
        await cluster.settle(600);
        assert.equal(database(cluster) !== undefined, deletionPolicy === 'Retain');
        // What is armed stays so: Postgres is not started on half of a restore.
        if (deletionPolicy === 'Retain') assert.deepEqual(block(cluster), before);
        const length = cluster.server.writes.length;
        await cluster.resync(5);
        assert.equal(byMetacontroller(cluster, length), 0);
      });

  it('waits for its final backup with a restore that has failed, and says how that is given up', async () => {
    const repos = [
      { name: 'repo1', volume: {} },
      { name: 'repo2', s3: { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' } },
    ];
    const { cluster } = await installed({
      deletionPolicy: 'BackupThenDelete',
      upgrade: { backupTimeoutSeconds: 60 },
      database: { backups: { repos } },
    });
    fate(cluster, 'fail');
    restore(cluster, 'one');
    await cluster.until('failed', isOver(cluster, 'Failed'), 200);
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.until('it is late', () => conditionOf(cluster, 'DeletionBlocked') === 'True/BackupTimeout', 300);
    assert.match(
      message(cluster, 'DeletionBlocked'),
      /; the database is down, because restore one has failed: .* pets\.bestie\.com\/abandon-restore=one; to delete the database/,
    );
    annotate(cluster, 'abandon-restore', 'one');
    await cluster.until('backed up, and gone', () => bestieOf(cluster) === undefined, 900);
    assert.equal(database(cluster), undefined);
  });

  it('and whose database another Bestie takes over: what was armed goes on, and its own request is passed over', async () => {
    const { cluster } = await installed({ deletionPolicy: 'Retain' });
    fate(cluster, 'hang');
    restore(cluster, 'one');
    await cluster.until('it runs', () => message(cluster).includes('replaces the data'), 200);
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.until('gone', () => bestieOf(cluster) === undefined, 300);
    const armed = [requested(cluster), block(cluster)];
    assert.notEqual(armed[0], undefined);
    cluster.apply(sample({ size: 2, maxReplicas: 4, restore: { id: 'of-git', target: { latest: true } } }));
    await cluster.tick(5);
    const uid = bestieOf(cluster)?.metadata.uid ?? '';
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => ({
      ...live,
      metadata: { ...live.metadata, labels: { ...live.metadata.labels, [CONTROLLER_UID_LABEL]: uid } },
    }));
    await cluster.tick(60);
    assert.deepEqual([requested(cluster), block(cluster)], armed);
    assert.equal(conditionOf(cluster, 'Ready'), 'False/Restoring');
    fate(cluster, 'pass');
    await cluster.until('Ready', isReady(cluster), 300);
    await restsWithoutAWrite(cluster);
    assert.equal(requested(cluster), undefined);
    assert.deepEqual((restoreOf(cluster).history as { id: string; result: string }[]).map(({ id, result }) => `${id} ${result}`).sort(), [
      'of-git PassedOver',
      'one Succeeded',
    ]);
  });
});
