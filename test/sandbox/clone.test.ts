/** Clones, each a whole life: from the creation of the Bestie until nothing is written any more. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import {
  byMetacontroller,
  change,
  clone,
  cloned,
  databaseOf,
  fate,
  jobsOf,
  living,
  messageOf,
  pathOf,
  sourceIn,
} from '../support/clones.ts';
import { imageOf, isSeeding } from '../support/jobs.ts';
import { bestieOf, conditionOf, isReady, sample } from '../support/sandbox.ts';

/** What Metacontroller may write more than for a Bestie without a source. */
const MORE_WRITES = 10;

const says = (cluster: Cluster, what: string) => (): boolean => conditionOf(cluster, 'Copied', 'copy') === what;

async function restsWithoutAWrite(cluster: Cluster): Promise<void> {
  await cluster.settle(900);
  const length = cluster.server.writes.length;
  await cluster.resync(5);
  assert.deepEqual(cluster.writesSince(length), []);
}

describe('a clone', function () {
  this.timeout(120_000);

  it('of a living Bestie: is made once, migrated once, never seeded, in few writes, and leaves its source alone', async () => {
    const cluster = await living();
    const plain = cluster.server.writes.length;
    cluster.apply(sample({ size: 1, maxReplicas: 1 }, { name: 'plain' }));
    await cluster.until('the plain one is Ready', isReady(cluster, 'plain'), 120);
    await cluster.settle();
    const most = byMetacontroller(cluster, plain) + MORE_WRITES;
    await cluster.settle(900);
    const jobs = jobsOf(cluster);
    const [since, before] = [cluster.server.writes.length, JSON.stringify([bestieOf(cluster), databaseOf(cluster, 'bestie')])];
    cluster.apply(clone());
    await cluster.until('Ready', isReady(cluster, 'copy'), 200);
    await cluster.settle(300);
    assert.ok(byMetacontroller(cluster, since) <= most, `${byMetacontroller(cluster, since)} writes, ${most} at most`);
    assert.deepEqual(
      jobs.map((job) => [imageOf(job), isSeeding(job)]),
      [['quay.io/opdev/bestie:1.3', false]],
    );
    assert.deepEqual([sourceIn(cluster), conditionOf(cluster, 'Copied', 'copy')], [undefined, 'True/Copied']);
    assert.match(messageOf(cluster, 'Copied'), /^PostgresCluster copy-pgo is a copy of repo1 of PostgresCluster bestie-pgo, made at 20/);
    assert.notEqual(pathOf(cluster), pathOf(cluster, 'bestie'));
    assert.equal(JSON.stringify([bestieOf(cluster), databaseOf(cluster, 'bestie')]), before);
    assert.deepEqual(
      cluster.writesSince(since).filter(({ name }) => name.startsWith('bestie')),
      [],
    );
    await restsWithoutAWrite(cluster);
  });

  it('is never made again: not when PGO loses its status, nor when the source changes or goes', async () => {
    const cluster = await cloned();
    const system = (): unknown => JSON.stringify(databaseOf(cluster)?.metadata.uid);
    const before = system();
    const live = databaseOf(cluster);
    assert.ok(live);
    cluster.user.updateStatus({ ...live, status: { ...live.status, pgbackrest: {} } });
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.settle(600);
    assert.deepEqual([system(), sourceIn(cluster), isReady(cluster, 'copy')()], [before, undefined, true]);
    assert.equal(fieldsOf(fieldsOf(databaseOf(cluster)?.status?.pgbackrest).restore).id, undefined);
  });

  it('waits for a source that is not there yet, creates nothing meanwhile, and is at rest', async () => {
    const cluster = await living();
    cluster.apply(clone({ bestie: { name: 'later' } }));
    await cluster.until('missing', says(cluster, 'False/SourceMissing'), 60);
    await restsWithoutAWrite(cluster);
    assert.deepEqual([databaseOf(cluster), conditionOf(cluster, 'Stalled', 'copy')], [undefined, 'True/SourceMissing']);
    cluster.apply(sample({ size: 1, maxReplicas: 1 }, { name: 'later' }));
    await cluster.until('not ready', says(cluster, 'False/SourceNotReady'), 60);
    assert.equal(databaseOf(cluster), undefined);
    await cluster.until('Ready', isReady(cluster, 'copy'), 300);
    assert.match(messageOf(cluster, 'Copied'), /repo1 of PostgresCluster later-pgo/);
    await restsWithoutAWrite(cluster);
  });

  it('that fails is at rest, and is made into another path once its object is deleted', async () => {
    const cluster = await living();
    cluster.apply(clone());
    await cluster.until('there', () => databaseOf(cluster) !== undefined, 60);
    fate(cluster, 'fail');
    await cluster.until('failed', says(cluster, 'False/CopyFailed'), 120);
    assert.deepEqual(
      [conditionOf(cluster, 'DatabaseReady', 'copy'), conditionOf(cluster, 'Stalled', 'copy')],
      ['False/CopyFailed', 'True/CopyFailed'],
    );
    await restsWithoutAWrite(cluster);
    const path = pathOf(cluster);
    assert.notEqual(sourceIn(cluster), undefined);
    cluster.remove(POSTGRES_CLUSTER, 'shop', 'copy-pgo');
    await cluster.until('Ready', isReady(cluster, 'copy'), 200);
    assert.notEqual(pathOf(cluster), path);
    assert.doesNotMatch(messageOf(cluster, 'Copied'), /had run before/);
    await restsWithoutAWrite(cluster);
  });

  it('that hangs says where to look, and can be deleted at once', async () => {
    const cluster = await living();
    cluster.apply(clone({}, { deletionPolicy: 'Delete' }));
    await cluster.until('there', () => databaseOf(cluster) !== undefined, 60);
    fate(cluster, 'hang');
    await cluster.tick(2400);
    assert.match(
      messageOf(cluster, 'Copied'),
      /, since 20\S+; a large database may need longer; its log shows how far it is: kubectl -n shop logs job/,
    );
    await restsWithoutAWrite(cluster);
    cluster.remove(BESTIE, 'shop', 'copy');
    await cluster.until('gone', () => bestieOf(cluster, 'copy') === undefined, 200);
    assert.equal(databaseOf(cluster), undefined);
  });

  it('whose object a person deletes later gets it without the source: that would be restored over what is there', async () => {
    const cluster = await cloned();
    const uid = databaseOf(cluster)?.metadata.uid;
    const jobs: string[] = [];
    cluster.server.watch(({ type, object }) => {
      if (type === 'ADDED' && object.kind === 'Job' && isSeeding(object)) jobs.push(object.metadata.name);
    });
    cluster.remove(POSTGRES_CLUSTER, 'shop', 'copy-pgo');
    await cluster.until(
      'made anew',
      () => ![uid, undefined].includes(databaseOf(cluster)?.metadata.uid) && isReady(cluster, 'copy')(),
      300,
    );
    assert.equal(databaseOf(cluster)?.spec?.dataSource, undefined);
    assert.match(
      messageOf(cluster, 'Copied'),
      /has no record of having been copied, so its data stays as it is; database.dataSource is ignored$/,
    );
    assert.deepEqual(jobs, [], 'nothing is seeded');
    await restsWithoutAWrite(cluster);
  });

  it('in a pause goes on by itself, and loses its source once the Bestie is resumed', async () => {
    const cluster = await living();
    cluster.apply(clone());
    await cluster.until('there', () => databaseOf(cluster) !== undefined, 60);
    change(cluster, {}, { annotations: { 'pets.bestie.com/paused': 'true' } });
    await cluster.settle(600);
    assert.notEqual(sourceIn(cluster), undefined);
    assert.equal(conditionOf(cluster, 'Copied', 'copy'), 'True/Copied');
    await restsWithoutAWrite(cluster);
    change(cluster, {}, { annotations: {} });
    await cluster.until('Ready', isReady(cluster, 'copy'), 200);
    assert.equal(sourceIn(cluster), undefined);
  });

  it('lets a restore that is requested meanwhile wait, and carries it out with a backup of what was copied', async () => {
    const cluster = await living();
    cluster.apply(clone());
    await cluster.until('there', () => databaseOf(cluster) !== undefined, 60);
    change(cluster, { restore: { id: 'again', target: { latest: true } } });
    await cluster.until('it waits', () => conditionOf(cluster, 'Restored', 'copy') === 'False/RestorePending', 60);
    assert.match(messageOf(cluster, 'Restored'), /waiting for the copy that the database is made from to end/);
    await cluster.until('restored', () => fieldsOf(bestieOf(cluster, 'copy')?.status?.restore).phase === 'Succeeded', 400);
    assert.equal(sourceIn(cluster), undefined);
    assert.doesNotMatch(messageOf(cluster, 'Restored'), /there is no backup of what was there/);
    await restsWithoutAWrite(cluster);
  });
});
