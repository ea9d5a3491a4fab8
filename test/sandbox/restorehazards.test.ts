/** What users do while an upgrade that can be undone goes on, or to a Bestie that is kept from being deleted. */
import assert from 'node:assert/strict';
import { annotations, CONTROLLER_UID_LABEL } from '../../src/api/names.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { restoreByHand } from '../support/data.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const replicas = (cluster: Cluster): unknown => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.spec?.replicas;
const restoreOf = (cluster: Cluster) => fieldsOf(bestieOf(cluster)?.status?.restore);
const ago = (cluster: Cluster, seconds: number): string =>
  new Date(Date.parse(cluster.now()) - seconds * 1000).toISOString().replace('.000Z', 'Z');

async function installed(spec: object): Promise<Cluster> {
  const cluster = operated();
  cluster.apply(sample(spec));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  await cluster.tick(60);
  return cluster;
}

/** Until a first attempt at a migration has failed: others follow. */
const failing = (cluster: Cluster): Promise<void> =>
  cluster.until('an attempt has failed', () => cluster.user.list(JOB).some(({ status }) => Number(status?.failed) > 0), 200);

async function nothingFollows(cluster: Cluster): Promise<void> {
  await cluster.settle(600);
  const length = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(length), []);
}

const undone = (cluster: Cluster) => (): boolean => restoreOf(cluster).phase === 'Succeeded';
const wasUndone = (cluster: Cluster): boolean => String(restoreOf(cluster).id).startsWith('quiet-upgrade.');

describe('what users do meanwhile', () => {
  describe('an upgrade with onFailure Restore', () => {
    it('VersionBack: the version is set back while its migration fails: nothing serves before that is undone', async () => {
      const cluster = await installed({ upgrade: { onFailure: 'Restore' } });
      // The Job of the version to which it is set back is still there.
      changeSpec(cluster, { version: '1.4' });
      await cluster.until('upgraded', isReady(cluster), 200);
      changeSpec(cluster, { version: '1.5-badmigration' });
      await failing(cluster);
      changeSpec(cluster, { version: '1.4' });
      const served: string[] = [];
      cluster.server.watch(({ object }) => {
        if (object.kind === 'Deployment' && object.spec?.replicas !== 0 && restoreOf(cluster).phase === undefined)
          served.push(cluster.now());
      });
      await cluster.until('undone', undone(cluster));
      assert.deepEqual(served, []);
      assert.ok(wasUndone(cluster));
      await cluster.until('Ready', isReady(cluster));
      await nothingFollows(cluster);
    });

    it('AfterARestore: an upgrade that fails before a restore has its last backup is undone as well', async () => {
      const cluster = await installed({ upgrade: { onFailure: 'Restore' } });
      changeSpec(cluster, { restore: { id: 'a', target: { time: ago(cluster, 30) } } });
      await cluster.until('its last backup runs', () => restoreOf(cluster).phase === 'Finishing');
      changeSpec(cluster, { version: '1.4-badmigration' });
      await cluster.until('undone', () => undone(cluster)() && wasUndone(cluster));
      assert.notEqual(replicas(cluster), 0);
      await nothingFollows(cluster);
    });

    it('Protected: a Bestie that is kept from being deleted is not left without its application', async () => {
      const cluster = await installed({ upgrade: { onFailure: 'Restore' }, deletionProtection: true });
      changeSpec(cluster, { version: '1.4-badmigration' });
      await failing(cluster);
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.until('undone', undone(cluster));
      assert.ok(wasUndone(cluster));
      assert.notEqual(replicas(cluster), 0);
      await nothingFollows(cluster);
    });
  });

  describe('a restore of a Bestie that is kept from being deleted', () => {
    it('Requested: is carried out', async () => {
      const cluster = await installed({ deletionProtection: true });
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.settle();
      changeSpec(cluster, { restore: { id: 'a', target: { time: ago(cluster, 30) } } });
      await cluster.until('restored', undone(cluster));
      assert.equal(conditionOf(cluster, 'Restored'), 'True/Restored');
      await nothingFollows(cluster);
    });

    it('Unprotected: is called off where nothing is changed yet', async () => {
      const cluster = await installed({ deletionProtection: true, deletionPolicy: 'Retain' });
      changeSpec(cluster, { restore: { id: 'a', target: { time: ago(cluster, 30) } } });
      await cluster.until('requested', () => restoreOf(cluster).phase === 'BackingUp');
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.tick(1);
      assert.equal(restoreOf(cluster).phase, 'BackingUp');
      changeSpec(cluster, { deletionProtection: false });
      await cluster.settle();
      assert.equal(bestieOf(cluster), undefined);
      const kept = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
      assert.match(kept?.metadata.annotations?.[annotations.restores] ?? '', /"CalledOff"/);
      assert.equal(kept?.metadata.annotations?.[RESTORE_ANNOTATION], undefined);
    });
  });

  describe('a restore by hand after one on request', () => {
    it('Replaced: the data is not said to be that of the former', async () => {
      const cluster = await installed({});
      changeSpec(cluster, { restore: { id: 'a', target: { time: ago(cluster, 30) } } });
      await cluster.until('restored', undone(cluster));
      const restored = (): string | undefined =>
        conditionsOf(bestieOf(cluster) ?? assert.fail()).find(({ type }) => type === 'Restored')?.message;
      assert.match(restored() ?? '', /^the data is as of \S+, by restore a$/);
      restoreByHand(cluster, 'by-hand');
      await cluster.tick(10);
      await cluster.until('Ready', isReady(cluster));
      assert.match(restored() ?? '', /^the data is as of \S+, by restore a; but it was replaced since, by the restore by-hand$/);
      await nothingFollows(cluster);
    });
  });

  describe('a Bestie that is deleted with its database down after a restore', () => {
    it('BackupThenDelete: says why the final backup waits, and the way on', async () => {
      const bucket = { name: 'repo1', s3: { bucket: 'b', endpoint: 's3.example.com', region: 'eu' }, credentialsSecret: 'bucket' };
      const cluster = await installed({ deletionPolicy: 'BackupThenDelete', database: { backups: { repos: [bucket] } } });
      cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, annotations: { ...metadata.annotations, 'sandbox/restore': 'fail' } },
      }));
      changeSpec(cluster, { restore: { id: 'a', target: { time: ago(cluster, 30) } } });
      await cluster.until('failed', () => restoreOf(cluster).phase === 'Failed');
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.tick(60);
      const blocked = conditionsOf(bestieOf(cluster) ?? assert.fail()).find(({ type }) => type === 'DeletionBlocked');
      const [, command = ''] =
        /because restore a has failed: to back up what that has left: (kubectl .*)$/.exec(blocked?.message ?? '') ?? [];
      assert.match(command, /abandon-restore=a$/);
      await nothingFollows(cluster);
      annotate(cluster, 'abandon-restore', 'a');
      await cluster.until('deleted', () => bestieOf(cluster) === undefined, 120);
    });
  });

  describe('a database that is handed over with a restore in progress', () => {
    it('Attached: what was passed over until then is reported as it ended', async () => {
      const cluster = await installed({ deletionPolicy: 'Retain' });
      changeSpec(cluster, { restore: { id: 'a', target: { time: ago(cluster, 30) } } });
      await cluster.until('requested from PGO', () => restoreOf(cluster).phase === 'Restoring');
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.until('gone', () => bestieOf(cluster) === undefined);
      cluster.apply(sample({ deletionPolicy: 'Retain', restore: { id: 'a', target: { time: ago(cluster, 30) } } }));
      await cluster.until('passed over', () => restoreOf(cluster).phase === 'PassedOver');
      await cluster.tick(5);
      const uid = bestieOf(cluster)?.metadata.uid ?? '';
      cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, labels: { ...metadata.labels, [CONTROLLER_UID_LABEL]: uid } },
      }));
      await cluster.until('restored', undone(cluster));
      const { history, completedAt } = restoreOf(cluster) as { history: { id: string; result: string }[]; completedAt: string };
      assert.deepEqual(
        history.map(({ id, result }) => `${id} ${result}`),
        ['a Succeeded'],
      );
      assert.equal(completedAt, cluster.now());
      await nothingFollows(cluster);
    });
  });
});
