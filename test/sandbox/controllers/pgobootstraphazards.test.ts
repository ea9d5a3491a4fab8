/** What a source of data does to a cluster that lives, or that has no backups of its own, as the real PGO was seen to do it. */
import assert from 'node:assert/strict';
import { POSTGRES_CLUSTER } from '../../../src/sandbox/apiserver/discovery.ts';
import type { Cluster } from '../../../src/sandbox/cluster.ts';
import { backups, copyWorld, database, edit, forget, from, instanceOf, live, outcomes, restoreIn } from '../../support/copyworld.ts';
import { each } from '../../support/table.ts';

describe('sandbox/controllers/pgobootstrap: hazards', () => {
  it('WithoutBackups: nothing of repositories is shown', async () => {
    const { cluster } = await copyWorld();
    cluster.apply(database('copy', { backups: undefined }));
    await cluster.settle();
    assert.deepEqual(live(cluster)?.status?.pgbackrest, {});
    assert.deepEqual(outcomes(live(cluster)?.status), []);
    edit(cluster, { port: 5433 });
    await cluster.settle();
    assert.equal(live(cluster)?.status?.observedGeneration, 2);
  });

  it('CopyWithoutBackups: PGO forgets that it was restored, and restores it again and again', async () => {
    const { cluster, history } = await copyWorld();
    cluster.apply(database('copy', { ...from('source'), backups: undefined }));
    await cluster.tick(60);
    assert.ok(history.filter((status) => restoreIn(status).active === 1).length >= 3);
    assert.equal(
      history.every(({ patroni }) => patroni === undefined),
      true,
    );
  });

  each<(cluster: Cluster) => void, boolean>(
    {
      SourceAdded: {
        reason: 'a source is added to a cluster that lives',
        given: (cluster) => {
          edit(cluster, from('source'));
        },
        want: true,
      },
      StatusLost: {
        reason: 'the source stayed, and the status that named the restore is lost',
        given: (cluster) => {
          edit(cluster, from('source'));
          forget(cluster);
        },
        want: true,
      },
      Untouched: { reason: 'it has no source', given: () => undefined, want: false },
    },
    async (happens, want) => {
      const { cluster, history } = await copyWorld();
      cluster.apply(database('copy'));
      await cluster.settle();
      history.length = 0;
      happens(cluster);
      await cluster.settle();
      const isTornDown = history.some((status) => instanceOf(status).readyReplicas === undefined && status.patroni === undefined);
      assert.equal(isTornDown, want);
      assert.equal(
        history.some((status) => outcomes(status).includes('PGBackRestoreProgressing=True/RestoreInPlaceRequested')),
        want,
      );
      assert.notEqual(live(cluster)?.status?.patroni, undefined);
    },
  );

  it('DroppedInTheJob: instances are started beside it, and wait for its end', async () => {
    const { cluster, history } = await copyWorld();
    cluster.apply(database('copy', from('source'), { 'sandbox/restore': 'hang' }));
    await cluster.settle();
    history.length = 0;
    edit(cluster, { dataSource: undefined });
    await cluster.settle();
    assert.deepEqual(history.at(-1)?.instances, [{ name: 'pg', replicas: 1, updatedReplicas: 1 }]);
    assert.equal(restoreIn(history.at(-1)).active, 1);
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'copy', ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, annotations: {} } }));
    await cluster.settle();
    assert.notEqual(live(cluster)?.status?.databaseRevision, undefined);
  });

  it('RestoreInPlace: of a copy goes as that of any other', async () => {
    const { cluster } = await copyWorld();
    cluster.apply(database('copy', from('source')));
    await cluster.settle();
    edit(cluster, {
      dataSource: undefined,
      backups: { pgbackrest: { ...backups.pgbackrest, restore: { enabled: true, repoName: 'repo1' } } },
    });
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'copy', ({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, annotations: { 'postgres-operator.crunchydata.com/pgbackrest-restore': 'r' } },
    }));
    await cluster.settle();
    assert.deepEqual([restoreIn(live(cluster)?.status).id, restoreIn(live(cluster)?.status).succeeded], ['r', 1]);
    assert.notEqual(live(cluster)?.status?.patroni, undefined);
  });
});
