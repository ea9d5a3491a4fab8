/** Clusters that PGO fills from another one, as the real one was seen to do it. */
import assert from 'node:assert/strict';
import { POSTGRES_CLUSTER } from '../../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../../src/sandbox/controllers/objectstatus.ts';
import { copyWorld, database, edit, from, live, outcomes, restoreIn, step } from '../../support/copyworld.ts';
import { each } from '../../support/table.ts';

const bucket = { dataSource: { pgbackrest: { stanza: 'db', repo: { name: 'repo1', s3: { bucket: 'old' } } } } };

describe('sandbox/controllers/pgobootstrap', () => {
  it('Copy: restored before any instance runs, then up as a new cluster is', async () => {
    const { cluster, history } = await copyWorld();
    const written = cluster.server.writes.length;
    cluster.apply(database('copy', from('source')));
    await cluster.settle();
    assert.deepEqual(history.map(step), [
      [false, undefined, undefined, undefined, false, false],
      [false, 1, undefined, undefined, false, false],
      [true, undefined, 1, undefined, false, false],
      [true, undefined, 1, 1, false, false],
      [true, undefined, 1, 1, true, false],
      [true, undefined, 1, 1, true, true],
    ]);
    assert.deepEqual(
      history.slice(0, 3).map(({ observedGeneration, pgbackrest }) => [observedGeneration, fieldsOf(pgbackrest).repos !== undefined]),
      [
        [undefined, false],
        [undefined, false],
        [1, true],
      ],
      'the generation is not observed, and no repository is shown, before the Job has succeeded',
    );
    assert.equal(restoreIn(history[0]).id, '~pgo-bootstrap-copy');
    assert.deepEqual(outcomes(history[1]), ['PGBackRestoreProgressing=True/ReadyForRestore']);
    assert.deepEqual(outcomes(live(cluster)?.status), [
      'PostgresDataInitialized=True/PGBackRestRestoreComplete',
      'PGBackRestRepoHostReady=True/RepoHostReady',
      'PGBackRestReplicaRepoReady=True/StanzaCreated',
      'PGBackRestReplicaCreate=True/RepoBackupComplete',
    ]);
    assert.equal(live(cluster)?.status?.startupInstance, undefined);
    assert.deepEqual(
      cluster.server.writes.slice(written).filter(({ name, kind }) => kind === 'PostgresCluster' && name === 'source'),
      [],
      'nothing is written into the source',
    );
  });

  it('Bucket: nothing is known of it, it is tried', async () => {
    const { cluster } = await copyWorld();
    cluster.apply(database('copy', bucket));
    await cluster.settle();
    assert.equal(restoreIn(live(cluster)?.status).succeeded, 1);
  });

  it('SourceDropped: once it is up, nothing follows but the generation', async () => {
    const { cluster, history } = await copyWorld();
    cluster.apply(database('copy', from('source')));
    await cluster.settle();
    history.length = 0;
    edit(cluster, { dataSource: undefined });
    await cluster.settle();
    assert.deepEqual([...new Set(history.map((status) => step(status).join()))], ['true,,1,1,true,true']);
    assert.equal(live(cluster)?.status?.observedGeneration, 2);
  });

  it('Failed: no instance is started, and both conditions stay', async () => {
    const { cluster } = await copyWorld();
    cluster.apply(database('copy', from('source'), { 'sandbox/restore': 'fail' }));
    await cluster.settle();
    const { finished, failed, succeeded } = restoreIn(live(cluster)?.status);
    assert.deepEqual([finished, failed, succeeded], [true, 7, undefined]);
    assert.deepEqual(outcomes(live(cluster)?.status), [
      'PGBackRestoreProgressing=True/ReadyForRestore',
      'PostgresDataInitialized=False/PGBackRestRestoreFailed',
    ]);
    assert.deepEqual(live(cluster)?.status?.instances, [{ name: 'pg' }]);
    assert.equal(live(cluster)?.status?.observedGeneration, undefined);
  });

  it('Hanging: the Job never ends, and a deletion takes it along', async () => {
    const { cluster } = await copyWorld();
    cluster.apply(database('copy', from('source'), { 'sandbox/restore': 'hang' }));
    await cluster.tick(300);
    assert.equal(restoreIn(live(cluster)?.status).active, 1);
    cluster.remove(POSTGRES_CLUSTER, 'shop', 'copy');
    await cluster.settle();
    assert.equal(live(cluster), undefined);
  });

  each<[source: string, repository: string], unknown>(
    {
      NoSuchCluster: { reason: 'it waits', given: ['late', 'repo1'], want: undefined },
      NoSuchRepository: { reason: 'it waits, too', given: ['source', 'repo4'], want: undefined },
      There: { reason: 'it is copied', given: ['source', 'repo1'], want: 1 },
    },
    async ([name, repository], want) => {
      const { cluster } = await copyWorld();
      cluster.apply(database('copy', from(name, repository)));
      await cluster.settle();
      await cluster.tick(60);
      assert.equal(restoreIn(live(cluster)?.status).succeeded, want);
      assert.equal(restoreIn(live(cluster)?.status).startTime === undefined, want === undefined, 'no Job');
    },
  );

  it('LateSource: is noticed once the copy changes', async () => {
    const { cluster } = await copyWorld();
    cluster.apply(database('copy', from('late')));
    await cluster.settle();
    cluster.apply(database('late'));
    await cluster.tick(120);
    assert.equal(restoreIn(live(cluster)?.status).startTime, undefined);
    edit(cluster, { port: 5433 });
    await cluster.settle();
    assert.equal(restoreIn(live(cluster)?.status).succeeded, 1);
  });

  it('Empty: the Job finds no backup in a repository without a stanza', async () => {
    const { cluster } = await copyWorld(database('source', {}, { 'sandbox/stanza': 'repo1' }));
    cluster.apply(database('copy', from('source')));
    await cluster.tick(20);
    assert.equal(restoreIn(live(cluster)?.status).failed, 7);
  });
});
