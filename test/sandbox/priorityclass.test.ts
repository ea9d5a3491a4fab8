/** The priority class of a database: one that does not exist, comes, and goes, while Postgres runs. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { PRIORITY_CLASS } from '../../src/api/kinds.ts';
import { conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const CLASS = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'databases' }, value: 10 };

const database = (cluster: Cluster): unknown => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.spec;
const classOf = (cluster: Cluster): unknown =>
  (database(cluster) as { instances: Record<string, unknown>[] }).instances[0]?.priorityClassName;

/** At rest, with that condition of the database, the Bestie is Ready. */
async function rests(cluster: Cluster, condition: string): Promise<void> {
  await cluster.settle();
  assert.equal(conditionOf(cluster, 'DatabaseReady'), condition);
  assert.ok(isReady(cluster)());
  const from = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(from), []);
}

describe('a Bestie whose database is to have a priority class', () => {
  it('has it once it exists, and keeps it when it goes', async () => {
    const cluster = operated();
    cluster.apply(sample());
    await cluster.until('Ready', isReady(cluster), 200);
    const before = structuredClone(database(cluster));
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({
      ...bestie,
      spec: { ...bestie.spec, database: { priorityClassName: 'databases' } },
    }));
    await rests(cluster, 'True/PriorityClassMissing');
    assert.deepEqual(database(cluster), before);

    cluster.apply(CLASS);
    await rests(cluster, 'True/Usable');
    assert.equal(classOf(cluster), 'databases');

    cluster.remove(PRIORITY_CLASS, '', 'databases');
    await rests(cluster, 'True/PriorityClassGone');
    assert.equal(classOf(cluster), 'databases');
  });

  it('comes up without it, and gets it later', async () => {
    const cluster = operated();
    cluster.apply(sample({ database: { priorityClassName: 'databases' } }));
    await cluster.until('Ready', isReady(cluster), 200);
    await rests(cluster, 'True/PriorityClassMissing');
    assert.equal(classOf(cluster), undefined);
    cluster.apply(CLASS);
    await rests(cluster, 'True/Usable');
    assert.equal(classOf(cluster), 'databases');
  });

  it('leaves the one that others have set, also once it is asked for no more', async () => {
    const cluster = operated();
    cluster.apply(sample());
    await cluster.until('Ready', isReady(cluster), 200);
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => {
      const [set, ...others] = (live.spec as { instances: Record<string, unknown>[] }).instances;
      return { ...live, spec: { ...live.spec, instances: [{ ...set, priorityClassName: 'theirs' }, ...others] } };
    });
    await rests(cluster, 'True/Usable');
    const before = structuredClone(database(cluster));
    for (const [wanted, condition] of [
      [{ database: { priorityClassName: 'databases' } }, 'True/PriorityClassMissing'],
      [{ database: {} }, 'True/Usable'],
    ] as const) {
      cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...wanted } }));
      await rests(cluster, condition);
      assert.deepEqual(database(cluster), before);
    }
  });
});
