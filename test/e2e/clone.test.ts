/** Databases that are made from the backups of others: of a Bestie that lives, and from the bucket of one that is gone. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, list, type ClusterObject } from './support/kubectl.ts';
import { COPIES_FATE } from './support/pgocopies.ts';
import { POSTGRES_CLUSTERS } from './support/pgostatus.ts';
import { auditedWrites, writesAtRest } from './support/writes.ts';

const NS = 'e2e-clone';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
/** Writes of Metacontroller that a copy may take beyond those of a Bestie without a source. */
const MORE_WRITES = 10;

const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const inBucket = { database: { backups: { repos: [{ name: 'repo1', s3 }] } } };
const small = { size: 1, version: '1.3' };
const copyOf = (name: string, more: object = {}): object => ({ ...small, database: { dataSource: { bestie: { name } }, ...more } });

const database = (name: string): Promise<ClusterObject | undefined> => get(NS, POSTGRES_CLUSTERS, `${name}-pgo`);
const specOf = async (name: string): Promise<Record<string, unknown>> => ((await database(name)) ?? assert.fail(name)).spec ?? {};
const pathOf = async (name: string): Promise<string> => {
  const { backups } = (await specOf(name)) as { backups: { pgbackrest: { global: Record<string, string> } } };
  return backups.pgbackrest.global['repo1-path'] ?? '';
};
const messageOf = async (name: string, type: string): Promise<string> => condition(await get(NS, 'besties', name), type)?.message ?? '';
const isReady = (name: string): Promise<unknown> => becomes(NS, name, 'Ready', 'True', undefined, 180);
const isQuiet = (): Promise<unknown> => eventually('it is quiet', 240, async () => (await writesAtRest(NS, 8)).length === 0);
/** Writes about that Bestie and its children since then, Events included. */
const writesOf = async (name: string, since: string): Promise<string[]> =>
  (await auditedWrites(since, NS)).filter((line) => new RegExp(` ${name}(?:$|[-.])`).test(line));
const fate = (name: string, value: string): Promise<string> =>
  kubectl('-n', NS, 'annotate', '--overwrite', POSTGRES_CLUSTERS, `${name}-pgo`, `${COPIES_FATE}=${value}`);
const seeds = async (name: string): Promise<boolean[]> =>
  (await list(NS, 'jobs'))
    .filter(({ metadata }) => metadata.name.startsWith(`${name}-job-`))
    .map(({ spec }) => JSON.stringify(spec).includes('"name":"seed"'));

describe('clone', () => {
  let [since, plain] = ['', 0];

  before(async function () {
    this.timeout(400_000);
    await namespace(NS);
    await apply(NS, bestie('live', { ...small, ...inBucket }));
    await isReady('live');
    await isQuiet();
    const before = new Date().toISOString();
    await apply(NS, bestie('plain', small));
    await isReady('plain');
    await isQuiet();
    plain = (await writesOf('plain', before)).length;
  });

  it('of a living Bestie: it is sent its source until it is there, and has a path of its own', async function () {
    this.timeout(400_000);
    since = new Date().toISOString();
    await apply(NS, bestie('staging', copyOf('live')));
    const { dataSource } = await eventually('the copy is requested', 60, async () => (await database('staging'))?.spec);
    const { pgbackrest } = dataSource as { pgbackrest: { stanza: string; repo: object; global: Record<string, string> } };
    assert.deepEqual(
      [pgbackrest.stanza, pgbackrest.repo, pgbackrest.global['repo1-path']],
      ['db', { name: 'repo1', s3 }, await pathOf('live')],
    );
    await isReady('staging');
    await becomes(NS, 'staging', 'Copied', 'True', 'Copied');
    assert.equal((await specOf('staging')).dataSource, undefined);
    assert.notEqual(await pathOf('staging'), await pathOf('live'));
    assert.match(
      await messageOf('staging', 'Copied'),
      /^PostgresCluster staging-pgo is a copy of repo1 of PostgresCluster live-pgo, made at 20/,
    );
    assert.deepEqual([await seeds('plain'), await seeds('staging')], [[true], [false]]);
  });

  it(`took ${MORE_WRITES} writes at most more than a Bestie without a source, none of them about the source, and none follow`, async function () {
    this.timeout(400_000 + REST * 1000);
    if (process.env.E2E_AUDIT_LOG === undefined) this.skip();
    await isQuiet();
    const writes = await writesOf('staging', since);
    console.log(`      plain: ${plain} writes, staging: ${writes.length}`);
    assert.ok(writes.length <= plain + MORE_WRITES, writes.join('\n'));
    assert.deepEqual(await writesOf('live', since), []);
    assert.deepEqual(await writesAtRest(NS, REST), []);
  });

  it('the API server takes no other source for it, and none for a Bestie that has none', async () => {
    const patch = (name: string, dataSource: object | null): Promise<string> =>
      kubectl('-n', NS, 'patch', 'bestie', name, '--type=merge', '-p', JSON.stringify({ spec: { database: { dataSource } } }));
    for (const [name, dataSource] of [
      ['staging', null],
      ['staging', { bestie: { name: 'plain' } }],
      ['plain', { bestie: { name: 'live' } }],
    ] as const)
      await assert.rejects(patch(name, dataSource), /database\.dataSource can be neither added, changed nor removed/);
  });

  it('from the bucket of a Bestie that is gone', async function () {
    this.timeout(400_000);
    await apply(NS, bestie('gone', { ...small, ...inBucket }));
    await isReady('gone');
    const path = await pathOf('gone');
    await kubectl('-n', NS, 'delete', 'bestie', 'gone', '--timeout=120s');
    assert.equal(await database('gone'), undefined);
    const dataSource = { repository: { path, s3 }, target: { time: '2026-01-01T00:00:00Z' } };
    await apply(NS, bestie('heir', { ...small, database: { ...inBucket.database, dataSource } }));
    await isReady('heir');
    assert.match(
      await messageOf('heir', 'Copied'),
      new RegExp(`is a copy of path ${path} of a bucket, as of 2026-01-01T00:00:00Z, made at 20`),
    );
    assert.equal((await specOf('heir')).dataSource, undefined);
    assert.notEqual(await pathOf('heir'), path);
  });

  it('of one that is not there waits, and creates nothing until it is', async function () {
    this.timeout(400_000);
    await apply(NS, bestie('early', copyOf('late')));
    await becomes(NS, 'early', 'Stalled', 'True', 'SourceMissing');
    assert.match(await messageOf('early', 'Copied'), /^PostgresCluster late-pgo of Bestie late does not exist in Namespace e2e-clone/);
    assert.deepEqual(await writesAtRest(NS, 15), []);
    assert.equal(await database('early'), undefined);
    await apply(NS, bestie('late', small));
    await isReady('early');
    assert.match(await messageOf('early', 'Copied'), /is a copy of repo1 of PostgresCluster late-pgo/);
  });

  it('of another version of Postgres is refused', async () => {
    await apply(NS, bestie('newer', copyOf('plain', { postgresVersion: 16 })));
    await becomes(NS, 'newer', 'Stalled', 'True', 'SourceDiffers');
    assert.equal(await database('newer'), undefined);
  });

  it('that fails stays as it is, and is made again, into another path, once its PostgresCluster is deleted', async function () {
    this.timeout(400_000);
    await fate('plain', 'fail');
    await apply(NS, bestie('second', copyOf('plain')));
    await becomes(NS, 'second', 'Stalled', 'True', 'CopyFailed', 120);
    const path = await pathOf('second');
    assert.notEqual((await specOf('second')).dataSource, undefined);
    await fate('plain', 'work');
    const message = await messageOf('second', 'Copied');
    assert.match(message, /to copy again, kubectl -n e2e-clone delete postgrescluster second-pgo;/);
    await kubectl('-n', NS, 'delete', 'postgrescluster', 'second-pgo');
    await isReady('second');
    assert.notEqual(await pathOf('second'), path);
    await assert.rejects(kubectl('-n', NS, 'delete', 'postgrescluster', 'second-pgo'), /its data would be lost/);
  });

  it('whose source others remove is sent it again, and can be deleted in the middle', async function () {
    this.timeout(400_000);
    await fate('plain', 'hang');
    await apply(NS, bestie('third', copyOf('plain', {})));
    await becomes(NS, 'third', 'Copied', 'False', 'Copying');
    const { dataSource } = await eventually('the copy is requested', 60, async () => (await database('third'))?.spec);
    await kubectl('-n', NS, 'patch', POSTGRES_CLUSTERS, 'third-pgo', '--type=json', '-p', '[{"op":"remove","path":"/spec/dataSource"}]');
    await eventually('it is there again', 60, async () => (await database('third'))?.spec?.dataSource !== undefined);
    assert.deepEqual((await specOf('third')).dataSource, dataSource);
    await kubectl('-n', NS, 'delete', 'bestie', 'third', '--timeout=120s');
    assert.equal(await database('third'), undefined);
  });
});
