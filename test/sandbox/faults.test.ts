/** Whatever breaks on the way, no wanted child is ever removed, and in the end the Bestie is Ready and quiet. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, JOB, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import { chaos, life, type Chaos } from '../support/chaos.ts';
import { bestieOf, conditionOf, isReady, SAMPLE, standing } from '../support/sandbox.ts';

/** Names of what Metacontroller deleted. */
const deleted = (cluster: Cluster): string[] =>
  cluster
    .writesSince(0)
    .filter(({ verb }) => verb === 'delete')
    .map(({ kind, name }) => `${kind} ${name}`);

async function calm(world: Chaos): Promise<void> {
  const { cluster } = world;
  cluster.server.fault = () => undefined;
  world.calm();
  await world.pass(15);
  await cluster.until('Ready', isReady(cluster), 1200);
  await cluster.settle();
  const length = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(length), []);
}

describe('a Bestie among faults', function () {
  this.timeout(120_000);

  it('loses no wanted child while it is installed, and comes to rest', async () => {
    await fc.assert(
      fc.asyncProperty(life, async (events) => {
        const world = chaos();
        world.cluster.apply(SAMPLE);
        for (const { fault, wait } of events) {
          world.inject(fault);
          await world.pass(wait);
        }
        await calm(world);
        assert.deepEqual(deleted(world.cluster), []);
        assert.equal(world.cluster.user.list(JOB).length, 1, 'one migration');
      }),
      { numRuns: 20 },
    );
  });

  it('loses no wanted child while it is scaled, healed and upgraded', async () => {
    const acts: readonly ((cluster: Cluster) => void)[] = [
      (cluster) => cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, size: 4 } })),
      (cluster) => cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.4' } })),
      (cluster) => {
        if (cluster.user.get(SERVICE, 'shop', 'bestie-service')) cluster.remove(SERVICE, 'shop', 'bestie-service');
      },
    ];
    await fc.assert(
      fc.asyncProperty(life, fc.shuffledSubarray([...acts.keys()], { minLength: 1 }), async (events, order) => {
        const world = chaos();
        const { cluster } = world;
        const succeeded = new Map<string, Set<string>>();
        cluster.server.watch(({ object }) => {
          if (object.kind !== 'Job' || Number(object.status?.succeeded ?? 0) === 0) return;
          const { template } = object.spec as { template: { spec: { containers: { image: string }[] } } };
          const image = template.spec.containers[0]?.image ?? '';
          succeeded.set(image, (succeeded.get(image) ?? new Set()).add(object.metadata.uid));
        });
        cluster.apply(SAMPLE);
        await cluster.until('Ready', isReady(cluster), 120);
        const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.uid;
        for (const [index, { fault, wait }] of events.entries()) {
          world.inject(fault);
          const act = acts[order[index] ?? -1];
          if (act) act(cluster);
          await world.pass(wait);
        }
        await calm(world);
        assert.deepEqual(deleted(cluster), [], 'no Job either: none of these edits changes one that exists');
        for (const [image, runs] of succeeded) assert.equal(runs.size, 1, `${image} was migrated ${runs.size} times`);
        assert.equal(cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.uid, database);
        const done = (bestieOf(cluster)?.status?.database as { migrated: string[] }).migrated;
        assert.equal(new Set(done).size, done.length);
      }),
      { numRuns: 12 },
    );
  });

  it('goes in the end, with nothing left', async () => {
    await fc.assert(
      fc.asyncProperty(life, fc.integer({ min: 1, max: 20 }), async (events, age) => {
        const world = chaos();
        const { cluster } = world;
        cluster.apply(SAMPLE);
        await world.pass(age);
        cluster.remove(BESTIE, 'shop', 'bestie');
        for (const { fault, wait } of events) {
          world.inject(fault);
          await world.pass(wait);
        }
        cluster.server.fault = () => undefined;
        world.calm();
        await world.pass(20);
        // After failed calls Metacontroller waits for minutes.
        await cluster.until('the Bestie is gone', () => bestieOf(cluster) === undefined, 1200);
        await cluster.settle();
        assert.deepEqual(
          standing(cluster).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
          ['Namespace shop'],
        );
      }),
      { numRuns: 12 },
    );
  });

  it('is not misled by a status write that is always lost', async () => {
    const { cluster } = chaos();
    cluster.server.fault = ({ verb, by }) => (verb === 'update status' && by === 'metacontroller' ? 'Conflict' : undefined);
    cluster.apply(SAMPLE);
    await cluster.until('the pods run', () => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.status?.readyReplicas === 3, 120);
    assert.deepEqual(deleted(cluster), []);
    cluster.server.fault = () => undefined;
    await cluster.until('Ready', isReady(cluster), 120);
    assert.equal(conditionOf(cluster, 'Stalled'), 'False/NotStalled');
  });
});
