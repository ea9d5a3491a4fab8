/**
 * Random lives of a Bestie: edits, failing versions, faults, people and database operators in any order. INTERLEAVINGS sets how many (CI
 * plays 2,000), SEED repeats one run. The time is bounded: what takes longer than its share fails.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JOB } from '../../src/sandbox/discovery.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/status.ts';
import { chaos, type Chaos } from '../support/chaos.ts';
import { event, happen, lawful, shown, SPEC } from '../support/lifecycle.ts';
import { bestieOf, conditionOf, isReady, sample } from '../support/sandbox.ts';

const INTERLEAVINGS = Number(process.env.INTERLEAVINGS ?? 60);
const SECONDS = Math.max(120, INTERLEAVINGS * 0.4);

const steps = fc.array(fc.record({ what: event, wait: fc.oneof(fc.nat({ max: 4 }), fc.integer({ min: 5, max: 40 })) }), {
  minLength: 3,
  maxLength: 9,
});
const skew = fc.constantFrom(0, 0, 60);

const says = ({ cluster }: Chaos, type: string): string | undefined => {
  const bestie = bestieOf(cluster);
  return bestie && conditionsOf(bestie).find((condition) => condition.type === type)?.status;
};

/** A backup that failed is tried again by itself. */
const passing = ({ cluster }: Chaos): boolean => /^False\/Backup/.test(conditionOf(cluster, 'BackupReady') ?? '');

/** An upgrade that is still on its way. */
const underway = ({ cluster }: Chaos): boolean =>
  /^(BackingUp|Migrating|RollingOut)$/.test(String(fieldsOf(bestieOf(cluster)?.status?.upgrade).phase));

/** A state that a person can understand, and that lasts: Ready, or somebody has to act, or a registry has to, and is told what for. */
function understood(world: Chaos): boolean {
  const isBlocked = says(world, 'Stalled') === 'True' && says(world, 'Reconciling') === 'False';
  const isMissing = says(world, 'ImagePulled') === 'False' && !underway(world);
  return !passing(world) && (isReady(world.cluster)() || isBlocked || isMissing);
}

describe('any life of a Bestie', function () {
  this.timeout((SECONDS + 60) * 1000);

  it('loses no data, migrates nothing without its backup, does one thing at a time, and ends in a state that is understood', async () => {
    await fc.assert(
      fc.asyncProperty(steps, skew, async (events, skewSeconds) => {
        const world = chaos({ skewSeconds });
        const { cluster } = world;
        const laws = lawful(cluster);
        cluster.apply(sample(SPEC));
        await cluster.until('installed', isReady(cluster), 120);
        for (const { what, wait } of events) {
          happen(what, world);
          for (let second = 0; second < wait; second += 1) {
            await world.pass(1);
            laws.check();
          }
        }
        // The faults end; what people want and what became of the images stays.
        cluster.server.fault = () => undefined;
        happen({ do: 'pgo', down: false }, world);
        happen({ do: 'backups', fail: false }, world);
        await world.pass(15);
        for (let second = 0; second < 400 && !understood(world); second += 1) {
          await world.pass(1);
          laws.check();
        }
        await cluster.until('a state that is understood', () => understood(world), 2000);
        laws.check();
        await cluster.settle(2000);
        const length = cluster.server.writes.length;
        await cluster.resync(2);
        assert.deepEqual(shown(cluster.writesSince(length)), []);
        assert.ok(understood(world));
        assert.ok(cluster.user.list(JOB).length <= 12);
      }),
      {
        numRuns: INTERLEAVINGS,
        interruptAfterTimeLimit: SECONDS * 1000,
        markInterruptAsFailure: true,
        ...(process.env.SEED !== undefined && { seed: Number(process.env.SEED) }),
      },
    );
  });
});
