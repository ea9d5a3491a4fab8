/**
 * Random lives of a Bestie: edits, failing versions, faults, people and database operators in any order. INTERLEAVINGS sets how many (CI
 * plays 2,000), SEED chooses others than last time. The time is bounded: what takes longer than its share fails.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { chaos } from '../support/chaos.ts';
import { cloneLaws } from '../support/clonelaws.ts';
import { drillLaws } from '../support/drilllaws.ts';
import { endOfFaults, live } from '../support/life.ts';
import { event, happen, SPEC } from '../support/lifecycle.ts';
import { takeOn } from '../support/restoreevents.ts';
import { restoreLaws } from '../support/restorelaws.ts';
import { sourceLaws } from '../support/sourcelaws.ts';
import { bestieOf, isReady, sample } from '../support/sandbox.ts';

const INTERLEAVINGS = Number(process.env.INTERLEAVINGS ?? 60);
const SECONDS = Math.max(120, INTERLEAVINGS * 2.4);

const bounds = (numRuns: number) => ({
  numRuns,
  interruptAfterTimeLimit: SECONDS * 1000,
  markInterruptAsFailure: true,
  seed: Number(process.env.SEED ?? 20260101),
});

/** Seconds until the next event; a long one is longer than the bound of a drill. */
const wait = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 4 }) },
  { weight: 8, arbitrary: fc.integer({ min: 5, max: 40 }) },
  { weight: 1, arbitrary: fc.constant(400) },
);
const steps = fc.array(fc.record({ what: event, wait }), { minLength: 3, maxLength: 9 });
const endings = fc.constantFrom('leave', 'anew', 'abandon');
const skew = fc.constantFrom(0, 0, 60);

const policies = fc.constantFrom('Delete', 'BackupThenDelete', 'Retain');
const ways = fc.constantFrom('Background', 'Foreground', 'Orphan', 'Stripped');
const REPOSITORIES = [
  { name: 'repo1', volume: {} },
  { name: 'repo2', s3: { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' } },
];
/** What may happen to a Bestie whose policy stays as it is. */
const harmless = new Set([
  ...['annotate', 'touch', 'backups', 'pgo', 'image', 'fault', 'remove'],
  ...['request', 'withdraw', 'abandon', 'restores', 'forget', 'instances', 'failover'],
  ...['verify', 'copies', 'unfit', 'drill', 'record'],
  ...['clone', 'discard', 'fills', 'twin', 'meddle'],
]);

/** Ids of the final backups that have succeeded. */
function finalBackups(cluster: Cluster): Set<string> {
  const ids = new Set<string>();
  cluster.server.watch(({ object }) => {
    const { id, finished, succeeded } = fieldsOf(fieldsOf(object.status?.pgbackrest).manualBackup);
    if (finished === true && succeeded === 1 && String(id).startsWith('final.')) ids.add(String(id));
  });
  return ids;
}

function go(way: string, cluster: Cluster): void {
  if (way === 'Stripped') {
    cluster.remove(BESTIE, 'shop', 'bestie');
    if (bestieOf(cluster))
      cluster.edit(BESTIE, 'shop', 'bestie', ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, finalizers: [] } }));
  } else cluster.remove(BESTIE, 'shop', 'bestie', { propagation: way as 'Background' | 'Foreground' | 'Orphan' });
}

describe('any life of a Bestie', function () {
  this.timeout((SECONDS + 60) * 1000);

  it('loses no data, migrates nothing without its backup, does one thing at a time, and ends in a state that is understood', async function () {
    const all = { restores: 0, drills: 0, clones: 0 };
    await fc.assert(
      fc.asyncProperty(steps, skew, endings, async (events, skewSeconds, ending) => {
        const { restores, drills, clones } = await live({ events, skewSeconds, ending });
        all.restores += restores;
        all.drills += drills;
        all.clones += clones;
      }),
      bounds(INTERLEAVINGS),
    );
    const { restores, drills, clones } = all;
    const counts = `${restores} restores, ${drills} drills, ${clones} clones`;
    if (this.test) this.test.title += `: ${counts}`;
    assert.ok(Math.min(restores, drills, clones) > INTERLEAVINGS / 8, `${counts} in ${INTERLEAVINGS} lives`);
  });

  it('keeps or deletes the database as its policy says, whatever way the Bestie goes and whatever breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        policies,
        ways,
        steps,
        steps,
        fc.nat({ max: 30 }),
        skew,
        async (deletionPolicy, way, before, after, age, skewSeconds) => {
          const world = chaos({ skewSeconds });
          const { cluster } = world;
          const laws = restoreLaws(cluster, world.lost);
          const drills = drillLaws(cluster, world.lost);
          const others = [cloneLaws(cluster, world.lost), sourceLaws(cluster, world.lost)];
          cluster.apply(sample({ ...SPEC, deletionPolicy, database: { backups: { repos: REPOSITORIES } } }));
          await cluster.until('installed', isReady(cluster), 120);
          const trouble = (events: typeof before): typeof before => events.filter(({ what }) => harmless.has(what.do));
          const pass = async (seconds: number): Promise<void> => {
            for (let second = 0; second < seconds; second += 1) {
              await world.pass(1);
              const all = [laws, drills, ...others];
              for (const { check } of all) check();
              assert.deepEqual(
                all.flatMap(({ broken }) => broken),
                [],
              );
            }
          };
          const through = async (events: typeof before): Promise<void> => {
            for (const { what, wait } of trouble(events)) {
              happen(what, world);
              await pass(wait);
            }
          };
          await through(before);
          await pass(age);
          const evidence = finalBackups(cluster);
          go(way, cluster);
          await through(after);
          endOfFaults(world);
          await pass(15);
          // A restore that does not succeed keeps the database from its final backup, until a user gives it up.
          for (let second = 0; second < 4000 && bestieOf(cluster) !== undefined; second += 1) {
            if (second % 120 === 0) takeOn('abandon', cluster);
            await pass(1);
          }
          await cluster.until('the Bestie is gone', () => bestieOf(cluster) === undefined, 1);
          await cluster.settle(2000);
          // What is orphaned stays, also of a drill.
          if (way !== 'Orphan') drills.end();
          assert.deepEqual(drills.broken, []);
          const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
          const isLeft = way === 'Orphan';
          const isTaken = deletionPolicy === 'Delete' || (deletionPolicy === 'BackupThenDelete' && way === 'Background');
          // An orphaned database whose release is not seen yet is deleted under `Delete`: nothing shows that it was orphaned.
          if (deletionPolicy === 'Retain' || (isLeft && deletionPolicy !== 'Delete'))
            assert.ok(database !== undefined, 'the database was lost');
          if (isTaken && !isLeft) assert.equal(database, undefined, 'the database is left');
          if (database === undefined && deletionPolicy === 'BackupThenDelete') assert.ok(evidence.size > 0, 'no final backup was taken');
          if (!isTaken) assert.equal(database?.metadata.deletionTimestamp, undefined);
        },
      ),
      bounds(Math.ceil(INTERLEAVINGS / 3)),
    );
  });
});
