/** PGO as it was seen: which status comes after which. */
import assert from 'node:assert/strict';
import { createCluster, type Cluster } from '../../../src/sandbox/cluster.ts';
import { POSTGRES_CLUSTER } from '../../../src/sandbox/apiserver/discovery.ts';
import type { Draft, Fields, Resource } from '../../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../../src/sandbox/controllers/objectstatus.ts';
import { configured, tiny } from '../../support/sandbox.ts';

const PREFIX = 'postgres-operator.crunchydata.com/';
const volume = { volumeClaimSpec: { accessModes: ['ReadWriteOnce'] } };
const database = (pgbackrest: object = {}, annotations: Record<string, string> = {}): Draft => ({
  apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
  kind: 'PostgresCluster',
  metadata: { name: 'db', namespace: 'shop', ...(Object.keys(annotations).length > 0 && { annotations }) },
  spec: { instances: [{ name: 'pg' }], backups: { pgbackrest: { repos: [{ name: 'repo1', volume }], ...pgbackrest } } },
});

async function world(given: Draft): Promise<{ cluster: Cluster; history: Fields[] }> {
  const cluster = createCluster({ hooks: tiny(() => ({})), config: configured(['sync']) });
  const history: Fields[] = [];
  cluster.server.watch(({ object }) => {
    if (object.kind === 'PostgresCluster' && object.status) history.push(object.status);
  });
  cluster.apply(given);
  await cluster.settle();
  return { cluster, history };
}

const live = (cluster: Cluster): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'db');
const pgbackrest = (status: Fields | undefined): Fields => fieldsOf(status?.pgbackrest);
const outcomes = (object: Resource | undefined): Record<string, string> =>
  Object.fromEntries((object ? conditionsOf(object) : []).map(({ type, status, reason }) => [type, `${status}/${reason}`]));
const firstInstance = (status: Fields): Fields => fieldsOf((status.instances as Fields[])[0]);

describe('sandbox/controllers/pgo', () => {
  it('Install: finalizer, seen, instance ready, initialised, then everything else in one patch', async () => {
    const { cluster, history } = await world(database());
    assert.deepEqual(live(cluster)?.metadata.finalizers, [`${PREFIX}finalizer`]);
    assert.deepEqual(
      history.map((status) => [firstInstance(status).readyReplicas, status.patroni !== undefined, status.databaseRevision !== undefined]),
      [
        [undefined, false, false],
        [1, false, false],
        [1, true, false],
        [1, true, true],
      ],
    );
    assert.deepEqual(outcomes(live(cluster)), {
      PGBackRestRepoHostReady: 'True/RepoHostReady',
      PGBackRestReplicaRepoReady: 'True/StanzaCreated',
      PGBackRestReplicaCreate: 'True/RepoBackupComplete',
    });
    assert.equal(live(cluster)?.status?.postgresVersion, 0);
  });

  it('Bucket: a cloud repository has no host and is never bound', async () => {
    const { cluster } = await world(database({ repos: [{ name: 'repo1', s3: { bucket: 'b' } }] }));
    assert.equal(outcomes(live(cluster)).PGBackRestRepoHostReady, undefined);
    assert.equal(pgbackrest(live(cluster)?.status).repoHost, undefined);
    assert.equal(JSON.stringify(pgbackrest(live(cluster)?.status).repos).includes('bound'), false);
  });

  it('Stuck: seen, and then nothing', async () => {
    const { cluster, history } = await world(database({}, { 'sandbox/fate': 'stuck' }));
    await cluster.tick(100);
    assert.equal(history.length, 1);
  });

  it('SpecChange: the generation is observed a step later', async () => {
    const { cluster } = await world(database());
    cluster.apply({ ...database(), spec: { ...database().spec, postgresVersion: 17 } });
    assert.equal(live(cluster)?.status?.observedGeneration, 1);
    await cluster.settle();
    assert.equal(live(cluster)?.status?.observedGeneration, 2);
  });

  for (const [fate, want] of [
    ['', 'True/ManualBackupComplete'],
    ['fail', 'False/ManualBackupFailed'],
  ] as const) {
    it(`Backup${fate}: accepted, started, then ended together with ${want}`, async () => {
      const { cluster, history } = await world(database({}, fate ? { 'sandbox/backup': fate } : {}));
      history.length = 0;
      const armed = database(
        { manual: { repoName: 'repo1' } },
        { [`${PREFIX}pgbackrest-backup`]: 'one', ...(fate && { 'sandbox/backup': fate }) },
      );
      cluster.apply(armed);
      await cluster.settle();
      const backups = history.map((status) => fieldsOf(pgbackrest(status).manualBackup)).filter(({ id }) => id !== undefined);
      assert.deepEqual(
        backups.map(({ finished, active }) => [finished, active]),
        [
          [false, undefined],
          [false, 1],
          [true, undefined],
        ],
      );
      assert.equal(outcomes(live(cluster)).PGBackRestManualBackupSuccessful, want);
      assert.equal(backups.at(-1)?.completionTime === undefined, fate === 'fail');
      history.length = 0;
      await cluster.tick(30);
      assert.deepEqual(history, [], 'the same id is not run again');
    });
  }

  it('UnarmedBackup: an annotation without spec.backups.pgbackrest.manual is never accepted', async () => {
    const { cluster } = await world(database({}, { [`${PREFIX}pgbackrest-backup`]: 'one' }));
    assert.equal(pgbackrest(live(cluster)?.status).manualBackup, undefined);
  });

  it('Restore: torn down, restored while no instance runs, then up again', async () => {
    const { cluster, history } = await world(database());
    history.length = 0;
    cluster.apply(database({ restore: { enabled: true, repoName: 'repo1' } }, { [`${PREFIX}pgbackrest-restore`]: 'r' }));
    await cluster.settle();
    const steps = history.map((status) => {
      const restore = fieldsOf(pgbackrest(status).restore);
      return [restore.finished, restore.active, firstInstance(status).readyReplicas, status.patroni !== undefined];
    });
    assert.deepEqual(steps.slice(-4), [
      [false, undefined, 1, true],
      [false, 1, undefined, false],
      [true, undefined, undefined, false],
      [true, undefined, 1, true],
    ]);
    assert.equal(outcomes(live(cluster)).PostgresDataInitialized, 'True/PGBackRestRestoreComplete');
    assert.equal(outcomes(live(cluster)).PGBackRestoreProgressing, undefined);
    assert.equal(live(cluster)?.status?.databaseRevision, '5c9966f6bc');
  });

  it('Deleted: stays until PGO lets go, without another status', async () => {
    const { cluster, history } = await world(database());
    history.length = 0;
    cluster.remove(POSTGRES_CLUSTER, 'shop', 'db');
    assert.ok(live(cluster)?.metadata.deletionTimestamp);
    await cluster.settle();
    assert.equal(live(cluster), undefined);
    assert.equal(new Set(history.map((status) => JSON.stringify(status))).size, 1);
  });
});
