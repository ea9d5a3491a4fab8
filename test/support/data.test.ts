/** What a copy holds, by the database that it was made from. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { createCluster } from '../../src/sandbox/cluster.ts';
import { database } from './copyworld.ts';
import { dataOf } from './data.ts';
import { configured, tiny } from './sandbox.ts';
import { each } from './table.ts';
import { labelOf } from './timelines.ts';

const inBucket = (path: string): object => ({
  backups: { pgbackrest: { global: { 'repo1-path': path }, repos: [{ name: 'repo1', s3: { bucket: 'ours' } }] } },
});
const fromCluster = (...options: string[]): object => ({
  dataSource: { postgresCluster: { clusterName: 'a-pgo', repoName: 'repo1', options } },
});
const fromBucket = (path: string, ...options: string[]): object => ({
  dataSource: { pgbackrest: { global: { 'repo1-path': path }, repo: { name: 'repo1', s3: { bucket: 'ours' } }, options } },
});

/** A Job of the Bestie whose database has that name. */
function run(cluster: Cluster, bestie: string, tag: string, component = 'migration'): Promise<void> {
  const labels = { 'app.kubernetes.io/instance': bestie, 'app.kubernetes.io/component': component };
  cluster.apply({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${bestie}-${tag}`, namespace: 'shop', labels },
    spec: { template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: `app:${tag}` }] } } },
  });
  return cluster.settle();
}

/** A database a-pgo that has a backup and then the migrations of app:1, and a minute later those of app:2; `between` is a moment between them. */
async function world(spec: object = inBucket('/a')): Promise<{ cluster: Cluster; between: string }> {
  const cluster = createCluster({ hooks: tiny(() => ({})), config: configured(['sync']) });
  dataOf(cluster);
  cluster.apply(database('a-pgo', spec));
  await cluster.settle();
  await run(cluster, 'a', '1');
  await cluster.tick(30);
  const between = cluster.now().replace('T', ' ').replace('Z', '+00');
  await cluster.tick(30);
  await run(cluster, 'a', '2');
  await cluster.tick(30);
  return { cluster, between };
}

async function copied(cluster: Cluster, spec: object, name = 'b-pgo'): Promise<ReturnType<typeof dataOf>> {
  cluster.apply(database(name, { ...inBucket(`/${name}`), ...spec }));
  await cluster.settle();
  return dataOf(cluster, name);
}

const statusOf = (cluster: Cluster, name = 'b-pgo') => cluster.user.get(POSTGRES_CLUSTER, 'shop', name)?.status;
const fateOf = (cluster: Cluster): string =>
  cluster.user.get(POSTGRES_CLUSTER, 'shop', 'b-pgo')?.metadata.annotations?.['sandbox/restore'] ?? '';

describe('support/data: what a copy holds', () => {
  it('all that was archived, and the identifier of the system; what follows is not shared', async () => {
    const { cluster } = await world();
    const copy = await copied(cluster, fromCluster());
    assert.deepEqual(copy.migrated(), ['app:1', 'app:2']);
    assert.equal(copy.system(), dataOf(cluster, 'a-pgo').system());
    await run(cluster, 'a', '3');
    await run(cluster, 'b', '4');
    assert.deepEqual(dataOf(cluster, 'a-pgo').migrated(), ['app:1', 'app:2', 'app:3']);
    assert.deepEqual(copy.migrated(), ['app:1', 'app:2', 'app:4']);
    assert.deepEqual(
      copy.fills().map(({ wasUp }) => wasUp),
      [false],
    );
    assert.deepEqual(copy.restores(), []);
    assert.equal(copy.backups().length, 1, 'of its own alone');
  });

  each<(between: string, label: string) => string[], string>(
    {
      Time: { reason: 'as of that moment', given: (between) => ['--type=time', `--target='${between}'`], want: 'app:1' },
      Backup: { reason: 'as of its end', given: (_, label) => [`--set=${label}`, '--type=immediate'], want: '' },
      BeforeAnyBackup: { reason: 'nothing can be made', given: () => ['--type=time', "--target='2020-01-01 00:00:00+00'"], want: 'fail' },
      Future: { reason: 'the log ends before', given: () => ['--type=time', "--target='2099-01-01 00:00:00+00'"], want: 'hang' },
      NoSuchBackup: { reason: 'it is not there', given: () => ['--set=20200101-000000F', '--type=immediate'], want: 'fail' },
    },
    async (options, want) => {
      const { cluster, between } = await world();
      const [backup] = dataOf(cluster, 'a-pgo').backups();
      assert.ok(backup);
      const copy = await copied(cluster, fromCluster(...options(between, labelOf(backup))));
      assert.equal(fateOf(cluster) || copy.migrated().join(), want);
      assert.equal(statusOf(cluster)?.patroni !== undefined, fateOf(cluster) === '', 'up, or not at all');
    },
  );

  it('from a bucket, also where the database is gone and another one has its name', async () => {
    const { cluster } = await world();
    const former = dataOf(cluster, 'a-pgo').system();
    cluster.remove(POSTGRES_CLUSTER, 'shop', 'a-pgo');
    await cluster.settle();
    cluster.apply(database('a-pgo', inBucket('/a2')));
    await cluster.settle();
    assert.deepEqual([dataOf(cluster, 'a-pgo').migrated(), dataOf(cluster, 'a-pgo').system() === former], [[], false]);
    const copy = await copied(cluster, fromBucket('/a'));
    assert.deepEqual([copy.migrated(), copy.system()], [['app:1', 'app:2'], former]);
    await copied(cluster, fromBucket('/a2'), 'c-pgo');
    assert.deepEqual(dataOf(cluster, 'c-pgo').migrated(), []);
  });

  it('nothing, from a path into which nothing was archived: it fails', async () => {
    const { cluster } = await world();
    await copied(cluster, fromBucket('/nowhere'));
    assert.deepEqual([fateOf(cluster), statusOf(cluster)?.patroni], ['fail', undefined]);
  });

  it('nothing, without backups of its own: Postgres begins anew', async () => {
    const { cluster } = await world();
    cluster.apply(database('b-pgo', { ...fromCluster(), backups: undefined }));
    await cluster.tick(20);
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'b-pgo', ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, dataSource: undefined } }));
    await cluster.settle();
    const copy = dataOf(cluster, 'b-pgo');
    assert.notEqual(statusOf(cluster)?.databaseRevision, undefined);
    assert.deepEqual([copy.migrated(), copy.system() === dataOf(cluster, 'a-pgo').system()], [[], false]);
  });

  it('another than it held, where a source is added to a database that lives', async () => {
    const { cluster } = await world();
    const other = await copied(cluster, {});
    await run(cluster, 'b', '9');
    assert.deepEqual(other.migrated(), ['app:9']);
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'b-pgo', ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, ...fromCluster() } }));
    await cluster.settle();
    assert.deepEqual(other.migrated(), ['app:1', 'app:2']);
    assert.deepEqual(
      other.fills().map(({ wasUp }) => wasUp),
      [true],
    );
  });

  it('no more than before, after the check of a drill', async () => {
    const { cluster } = await world();
    await run(cluster, 'a', 'checked', 'drill');
    assert.deepEqual(dataOf(cluster, 'a-pgo').migrated(), ['app:1', 'app:2']);
  });

  it('two databases that archive into one path are named', async () => {
    const { cluster } = await world();
    assert.deepEqual(dataOf(cluster).shared(), []);
    await copied(cluster, fromCluster());
    assert.deepEqual(dataOf(cluster).shared(), []);
    await copied(cluster, { ...fromCluster(), ...inBucket('/a') }, 'c-pgo');
    assert.deepEqual(dataOf(cluster).shared(), ['ours /a']);
  });
});
