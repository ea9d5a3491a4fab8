/** Which data a clone begins with, and what becomes of its source: whole lives in the sandbox. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf } from '../support/data.ts';
import { imageOf, isSeeding } from '../support/jobs.ts';
import { conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const image = (version: string): string => `quay.io/opdev/bestie:${version}`;
const s3 = { bucket: 'ours', endpoint: 's3.example', region: 'eu' };
const backups = { repos: [{ name: 'repo1', s3, credentialsSecret: 'keys' }] };
const database = (cluster: Cluster, name: string) => cluster.user.get(POSTGRES_CLUSTER, 'shop', name);
const pathOf = (cluster: Cluster, name: string): string =>
  String(fieldsOf(fieldsOf(fieldsOf(database(cluster, name)?.spec?.backups).pgbackrest).global)['repo1-path']);

/** A Bestie that has run with version 1.3 and then 1.4; `between` is a moment between them. */
async function upgraded(): Promise<{ cluster: Cluster; between: string; jobs: string[] }> {
  const cluster = operated();
  dataOf(cluster);
  cluster.apply(sample({ size: 1, database: { backups } }));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  await cluster.tick(30);
  const between = cluster.now();
  await cluster.tick(30);
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.4' } }));
  await cluster.until('upgraded', isReady(cluster), 200);
  await cluster.settle();
  await cluster.tick(60);
  const jobs: string[] = [];
  cluster.server.watch(({ type, object }) => {
    const isNew = type === 'ADDED' && `${object.kind}.${object.apiVersion}` === JOB;
    if (isNew) jobs.push(`${imageOf(object)}${isSeeding(object) ? ' seeded' : ''}`);
  });
  return { cluster, between, jobs };
}

async function cloned(cluster: Cluster, dataSource: object, version = '1.4'): Promise<ReturnType<typeof dataOf>> {
  cluster.apply(sample({ size: 1, version, database: { backups, dataSource } }, { name: 'clone' }));
  await cluster.until('the clone is ready', isReady(cluster, 'clone'), 300);
  await cluster.settle();
  return dataOf(cluster, 'clone-pgo');
}

const made = (data: ReturnType<typeof dataOf>): boolean[] => data.fills().map(({ wasUp }) => wasUp);

describe('a clone: the data', function () {
  this.timeout(120_000);

  it('of a living Bestie: all of it, migrated to the wanted version, never seeded; the source is as it was', async () => {
    const { cluster, jobs } = await upgraded();
    const source = dataOf(cluster);
    const before = [source.migrated(), source.fills(), source.restores(), source.backups().length, database(cluster, 'bestie-pgo')];
    const clone = await cloned(cluster, { bestie: { name: 'bestie' } }, '1.5');
    assert.deepEqual(clone.migrated(), ['1.3', '1.4', '1.5'].map(image));
    assert.equal(clone.system(), source.system());
    assert.deepEqual(jobs, [image('1.5')]);
    assert.deepEqual(made(clone), [false], 'made once');
    assert.equal(conditionOf(cluster, 'Copied', 'clone'), 'True/Copied');
    assert.deepEqual(before, [
      source.migrated(),
      source.fills(),
      source.restores(),
      source.backups().length,
      database(cluster, 'bestie-pgo'),
    ]);
    assert.deepEqual(source.shared(), []);
    await cluster.tick(120);
    await cluster.resync(3);
    assert.deepEqual([made(clone), database(cluster, 'clone-pgo')?.spec?.dataSource], [[false], undefined]);
  });

  it('of a moment: as it was then, and the migrations since run again', async () => {
    const { cluster, between, jobs } = await upgraded();
    const clone = await cloned(cluster, { bestie: { name: 'bestie' }, target: { time: between } });
    assert.deepEqual(clone.migrated(), ['1.3', '1.4'].map(image));
    assert.deepEqual(jobs, [image('1.4')]);
    const [begin] = clone.past();
    assert.deepEqual(begin?.held, [image('1.3')]);
  });

  it('of a Bestie that is gone, from its bucket, under the same name', async () => {
    const { cluster } = await upgraded();
    const [former, path] = [dataOf(cluster).system(), pathOf(cluster, 'bestie-pgo')];
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.until('gone', () => database(cluster, 'bestie-pgo') === undefined, 300);
    await cluster.settle();
    cluster.apply(
      sample({ size: 1, version: '1.4', database: { backups, dataSource: { repository: { s3, path, credentialsSecret: 'keys' } } } }),
    );
    await cluster.until('Ready', isReady(cluster), 300);
    await cluster.settle();
    assert.deepEqual([dataOf(cluster).migrated(), dataOf(cluster).system()], [['1.3', '1.4'].map(image), former]);
    assert.notEqual(pathOf(cluster, 'bestie-pgo'), path);
    assert.deepEqual(dataOf(cluster).shared(), []);
  });
});
