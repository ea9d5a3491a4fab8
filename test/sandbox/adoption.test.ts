/** Databases that a user hands to a Bestie which cannot take them over as they are. */
import assert from 'node:assert/strict';
import { childKindKeys } from '../../src/api/kinds.ts';
import { CONTROLLER_UID_LABEL } from '../../src/api/names.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Draft } from '../../src/sandbox/apiserver/object.ts';
import { bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const database = (cluster: Cluster) => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');

/** The command that the condition NotApplied shows, for the database or for everything that was left behind. */
function handOver(cluster: Cluster, kinds: readonly string[] = [POSTGRES_CLUSTER]): void {
  const uid = bestieOf(cluster)?.metadata.uid ?? '';
  for (const kind of kinds) {
    for (const { metadata } of cluster.user.list(kind)) {
      cluster.edit(kind, 'shop', metadata.name, (object) => ({
        ...object,
        metadata: { ...object.metadata, labels: { ...object.metadata.labels, [CONTROLLER_UID_LABEL]: uid } },
      }));
    }
  }
}

/** A Bestie that lived, was deleted and left its database behind, and a new one with another spec. */
async function succeeded(before: Draft, after: Draft): Promise<Cluster> {
  const cluster = operated();
  cluster.apply(before);
  await cluster.until('Ready', isReady(cluster), 300);
  cluster.remove(BESTIE, 'shop', 'bestie', { propagation: 'Orphan' });
  await cluster.tick(15);
  cluster.apply(after);
  await cluster.tick(5);
  return cluster;
}

describe('a database that is handed over', () => {
  for (const [what, before, after] of [
    ['with a larger volume', { storage: { size: '20Gi' } }, {}],
    ['of another Postgres version', { postgresVersion: 16 }, {}],
    ['of another storage class', { storage: { size: '5Gi', className: 'fast' } }, {}],
  ] as const) {
    it(`${what} than the spec allows is kept as it is, and belongs to the new Bestie`, async () => {
      const cluster = await succeeded(sample({ database: before }), sample({ database: after }));
      const { uid, generation } = database(cluster)?.metadata ?? {};
      handOver(cluster);
      await cluster.tick(30);
      const kept = database(cluster)?.metadata;
      assert.equal(kept?.uid, uid);
      assert.equal(kept?.generation, generation, 'nothing in its spec was changed');
      assert.deepEqual(
        kept?.ownerReferences?.map((owner) => owner.uid),
        [bestieOf(cluster)?.metadata.uid],
      );
      assert.equal(conditionOf(cluster, 'Stalled'), 'True/InvalidSpec');
    });
  }

  it('with the same spec is taken over, and is not migrated again', async () => {
    const cluster = await succeeded(sample(), sample());
    const { uid } = database(cluster)?.metadata ?? {};
    const jobs = cluster.server.writes.filter(({ kind, verb }) => kind === 'Job.batch/v1' && verb === 'create').length;
    handOver(cluster, [...childKindKeys]);
    await cluster.until('Ready', isReady(cluster), 120);
    assert.equal(database(cluster)?.metadata.uid, uid);
    assert.equal(cluster.server.writes.filter(({ kind, verb }) => kind === 'Job.batch/v1' && verb === 'create').length, jobs);
  });

  it('that a user created with other instance sets is never rewritten', async () => {
    const cluster = operated();
    const spec = {
      postgresVersion: 17,
      instances: [{ name: 'instance1' }],
      backups: { pgbackrest: { repos: [{ name: 'repo1', s3: {} }] } },
    };
    const [apiVersion, kind] = ['postgres-operator.crunchydata.com/v1beta1', 'PostgresCluster'];
    cluster.apply({ apiVersion, kind, metadata: { name: 'bestie-pgo', namespace: 'shop' }, spec });
    cluster.apply(sample());
    await cluster.tick(5);
    handOver(cluster);
    await cluster.tick(30);
    assert.deepEqual(database(cluster)?.spec, { ...spec, port: 5432 }, 'but for the default of its CRD');
    assert.equal(conditionOf(cluster, 'Stalled'), 'True/InvalidSpec');
  });
});

describe('Ready', () => {
  it('is never said of a generation whose pods are not rolled out', async () => {
    const cluster = operated();
    cluster.apply(sample());
    await cluster.until('Ready', isReady(cluster), 300);
    await cluster.settle();
    const early: string[] = [];
    cluster.server.watch(({ object }) => {
      if (object.kind !== 'Bestie' || object.status?.observedGeneration !== object.metadata.generation) return;
      const conditions = object.status?.conditions as { type: string; status: string }[];
      const isSaid = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
      const live = cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app');
      const isNew = JSON.stringify(live?.spec).includes('COLOUR');
      if (isSaid && object.metadata.generation === 2 && !(isNew && live?.status?.observedGeneration === live?.metadata.generation))
        early.push('early');
    });
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, env: [{ name: 'COLOUR', value: 'blue' }] } }));
    await cluster.tick(3);
    await cluster.until('Ready', isReady(cluster), 120);
    assert.deepEqual(early, []);
    assert.ok(JSON.stringify(cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.spec).includes('COLOUR'));
  });
});

describe('an external database whose Secret is exchanged', () => {
  it('is migrated before the application is sent to it', async () => {
    const external = (secretName: string) => ({ database: { provider: 'External', secretName }, sessionSecret: { name: 's', key: 'k' } });
    const cluster = operated();
    cluster.apply(sample(external('first')));
    await cluster.until('Ready', isReady(cluster), 300);
    await cluster.settle();
    const order: string[] = [];
    cluster.server.watch(({ object }) => {
      const text = JSON.stringify(object.spec ?? {});
      if (object.kind === 'Deployment' && text.includes('"second"')) order.push('rolled');
      if (object.kind === 'Job' && text.includes('"second"') && Number(object.status?.succeeded) > 0) order.push('migrated');
    });
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...external('second') } }));
    await cluster.until('rolled out', () => order.includes('rolled'), 120);
    assert.equal(order[0], 'migrated');
    await cluster.until('Ready', isReady(cluster), 120);
  });
});
