/** Which data a drill checks, and what becomes of its source: whole lives in the sandbox. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf } from '../support/data.ts';
import { conditionOf, isReady, operated, sample } from '../support/sandbox.ts';
import { each } from '../support/table.ts';

const image = (version: string): string => `quay.io/opdev/bestie:${version}`;
const s3 = { bucket: 'ours', endpoint: 's3.example', region: 'eu' };
const places: Record<string, object> = {
  volume: {},
  bucket: { repos: [{ name: 'repo1', s3, credentialsSecret: 'keys' }] },
};

/** A Bestie that has run with version 1.3 and then 1.4. */
async function upgraded(backups: object): Promise<Cluster> {
  const cluster = operated();
  dataOf(cluster);
  cluster.apply(sample({ size: 1, database: { backups } }));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.4' } }));
  await cluster.until('upgraded', isReady(cluster), 200);
  await cluster.settle();
  await cluster.tick(60);
  return cluster;
}

/** What the database of the Bestie is known by: nothing of it may change. */
const sourceOf = (cluster: Cluster): unknown => {
  const { status } = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo') ?? {};
  const { migrated, system, fills, restores, backups } = dataOf(cluster);
  return [migrated(), system(), fills(), restores(), backups().length, status];
};

describe('a drill: the data', function () {
  this.timeout(120_000);

  each<string, undefined>(
    {
      Volume: { reason: 'of a repository on a volume', given: 'volume', want: undefined },
      Bucket: { reason: 'of a repository in a bucket', given: 'bucket', want: undefined },
    },
    async (place) => {
      const backups = places[place] ?? {};
      const cluster = await upgraded(backups);
      const before = sourceOf(cluster);
      const checked: unknown[] = [];
      cluster.server.watch(({ type, object }) => {
        const isCheck = type === 'ADDED' && `${object.kind}.${object.apiVersion}` === JOB && object.metadata.name === 'bestie-drill-check';
        if (isCheck) checked.push([dataOf(cluster, 'bestie-drill').migrated(), dataOf(cluster, 'bestie-drill').system()]);
      });
      cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({
        ...bestie,
        spec: { ...bestie.spec, database: { ...fieldsOf(bestie.spec?.database), backups: { ...backups, verify: { onDemand: 'one' } } } },
      }));
      await cluster.until('verified', () => conditionOf(cluster, 'BackupVerified') === 'True/Verified', 200);
      await cluster.settle(900);
      assert.deepEqual(checked, [[[image('1.3'), image('1.4')], dataOf(cluster).system()]]);
      const drill = dataOf(cluster, 'bestie-drill');
      assert.deepEqual(
        drill.fills().map(({ wasUp }) => wasUp),
        [false],
        'made once',
      );
      assert.deepEqual(sourceOf(cluster), before);
      assert.deepEqual(drill.shared(), []);
    },
  );
});
