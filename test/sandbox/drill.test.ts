/** Drills, each a whole life: from the moment at which one is due until nothing is written any more. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { bestieOf, conditionOf, isReady, operated, sample, standing } from '../support/sandbox.ts';

const NETWORK_POLICY = 'NetworkPolicy.networking.k8s.io/v1';
/** What Metacontroller may write for one drill, until nothing is left to do. */
const MOST_WRITES = 30;

const copy = (cluster: Cluster): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-drill');
const check = (cluster: Cluster): Resource | undefined => cluster.user.get(JOB, 'shop', 'bestie-drill-check');
const policy = (cluster: Cluster): Resource | undefined => cluster.user.get(NETWORK_POLICY, 'shop', 'bestie-drill');
const remains = (cluster: Cluster): string[] =>
  standing(cluster)
    .filter(({ metadata }) => metadata.name.includes('drill'))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const verified = (cluster: Cluster): Record<string, unknown> => fieldsOf(fieldsOf(bestieOf(cluster)?.status?.backup).verified);
const message = (cluster: Cluster): string => {
  const bestie = bestieOf(cluster);
  return (bestie && conditionsOf(bestie).find((each) => each.type === 'BackupVerified')?.message) ?? '';
};
const verify = (cluster: Cluster, wanted: object | undefined): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({
    ...bestie,
    spec: { ...bestie.spec, database: { ...fieldsOf(bestie.spec?.database), backups: { ...fieldsOf(fieldsOf(bestie.spec?.database).backups), verify: wanted } } },
  }));
};

async function installed(spec: object = {}): Promise<Cluster> {
  const cluster = operated();
  cluster.apply(sample({ size: 2, ...spec }));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  await cluster.tick(120);
  return cluster;
}

describe('a drill', function () {
  this.timeout(120_000);

  it('on demand: a copy is made, checked, put on record and removed, in few writes', async () => {
    const cluster = await installed();
    const length = cluster.server.writes.length;
    verify(cluster, { onDemand: 'first' });
    await cluster.until('a copy', () => copy(cluster) !== undefined, 60);
    assert.ok(policy(cluster), 'the copy is shielded from its first moment');
    await cluster.until('a check', () => check(cluster) !== undefined, 60);
    await cluster.until('verified', () => conditionOf(cluster, 'BackupVerified') === 'True/Verified', 120);
    await cluster.settle(900);
    assert.deepEqual(remains(cluster), []);
    console.log(cluster.writesSince(length).map((w) => `${w.verb} ${w.kind} ${w.name} ${w.outcome}`).join('\n'));
    console.log(message(cluster), verified(cluster));
    assert.ok(cluster.writesSince(length).length <= MOST_WRITES);
    const quiet = cluster.server.writes.length;
    await cluster.resync(5);
    assert.deepEqual(cluster.writesSince(quiet), []);
  });
});
