/** A whole life of a Bestie: events, the end of all faults, and what is left in the end. */
import assert from 'node:assert/strict';
import { annotations } from '../../src/api/names.ts';
import { JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { conditionsOf, fieldsOf, type StatusCondition } from '../../src/sandbox/controllers/objectstatus.ts';
import { chaos, type Chaos } from './chaos.ts';
import { isTwinUnderstood } from './clonelaws.ts';
import { endDrillFaults } from './drillevents.ts';
import { copyOf } from './drills.ts';
import { happen, SPEC, type Event } from './lifecycle.ts';
import { lawful, shown, type Ended } from './lifelaws.ts';
import { endFaults, takeOn } from './restoreevents.ts';
import { bestieOf, conditionOf, isReady, sample } from './sandbox.ts';
import { own } from './whose.ts';

export interface Life {
  /** What happens, each with the seconds until the next. */
  events: readonly { what: Event; wait: number }[];
  /** Seconds by which the clock of the second replica is ahead. */
  skewSeconds: number;
  /** What a user does about a restore that does not succeed; see `takeOn`. */
  ending: string;
}

/** What was requested beside an upgrade may still be under way; in the end nothing is written over two resyncs. */
export async function rest(cluster: Cluster): Promise<void> {
  let written: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    await cluster.settle(2000);
    const length = cluster.server.writes.length;
    await cluster.resync(2);
    written = shown(cluster.writesSince(length));
    if (written.length === 0) return;
  }
  assert.deepEqual(written, []);
}

function found({ cluster }: Chaos, type: string): StatusCondition | undefined {
  const bestie = bestieOf(cluster);
  return bestie && conditionsOf(bestie).find((condition) => condition.type === type);
}

const says = (world: Chaos, type: string): string | undefined => found(world, type)?.status;

const phase = ({ cluster }: Chaos): string => String(fieldsOf(bestieOf(cluster)?.status?.upgrade).phase);

/** An upgrade that is still on its way. */
const underway = (world: Chaos): boolean => /^(Stopping|BackingUp|Migrating|RollingOut)$/.test(phase(world));

/** A backup that is still needed, and has failed, is tried again by itself. That of an upgrade that continues without it has failed for good. */
function passing(world: Chaos): boolean {
  const { cluster } = world;
  const { onDemand } = fieldsOf(fieldsOf(bestieOf(cluster)?.spec?.database).backups);
  const done = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.annotations?.[annotations.onDemand];
  const { phase: ofRestore } = fieldsOf(bestieOf(cluster)?.status?.restore);
  const isOfRestore = ofRestore === 'BackingUp' || ofRestore === 'Finishing';
  const isNeeded = isOfRestore || phase(world) === 'BackingUp' || (onDemand !== undefined && onDemand !== done);
  return isNeeded && (conditionOf(cluster, 'BackupReady') ?? '').startsWith('False/Backup');
}

/** A restore that the database operator never ends: nothing but the time that passes shows that, and it is reported. */
function isHung(world: Chaos): boolean {
  const { reported = [] } = fieldsOf(bestieOf(world.cluster)?.status) as { reported?: { reason: string }[] };
  return says(world, 'Restored') === 'False' && reported.some(({ reason }) => reason === 'RestoreStuck');
}

/**
 * A state that a user can understand, and that lasts: Ready, or a user or a registry has to act, and a condition says why; or an image crashes
 * that is installed, as on a first day, where nothing is known to which the operator could go back.
 */
function understood(world: Chaos): boolean {
  const isBlocked = says(world, 'Stalled') === 'True' && says(world, 'Reconciling') === 'False';
  const isMissing = says(world, 'ImagePulled') === 'False' && !underway(world);
  const isCrashing = conditionOf(world.cluster, 'Ready') === 'False/CrashLoop' && !underway(world);
  // A drill ends by itself, at its bound at the latest.
  const isOver = copyOf(world.cluster) === undefined && isTwinUnderstood(world.cluster);
  return isOver && !passing(world) && (isHung(world) || isReady(world.cluster)() || isBlocked || isMissing || isCrashing);
}

/** The faults end; what people want and what became of the images stays. */
export function endOfFaults(world: Chaos): void {
  const { cluster } = world;
  cluster.server.fault = () => undefined;
  world.calm();
  happen({ do: 'pgo', down: false }, world);
  happen({ do: 'backups', fail: false }, world);
  happen({ do: 'pooler', fate: '' }, world);
  endFaults(cluster);
  endDrillFaults(cluster);
  happen({ do: 'fills', fate: '' }, world);
}

/** Plays it against the laws; returns how much of each there was. */
export async function live({ events, skewSeconds, ending }: Life): Promise<Ended> {
  const world = chaos({ skewSeconds });
  const { cluster } = world;
  const laws = lawful(cluster, world.lost);
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await world.pass(1);
      laws.check();
      assert.deepEqual(world.strangers, []);
    }
  };
  cluster.apply(sample(SPEC));
  await cluster.until('installed', isReady(cluster), 120);
  for (const { what, wait } of events) {
    happen(what, world);
    await pass(wait);
  }
  endOfFaults(world);
  await pass(15);
  takeOn(ending, cluster);
  await pass(15);
  for (let second = 0; second < 4000 && !understood(world); second += 1) await pass(1);
  await cluster.until('a state that is understood', () => understood(world), 1);
  laws.check();
  await rest(cluster);
  assert.ok(understood(world));
  laws.check();
  assert.ok(own(cluster, JOB).length <= 12);
  return laws.end();
}
