/** What the database operator has not done about a PostgresCluster within its time. Source: PGO's status, seen on PGO 6.0. */
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Readiness } from '../../api/kubernetes.ts';
import { lastChange } from '../../observed/managedfields.ts';
import { secondsSince } from '../../lib/time.ts';
import { databaseStatus } from './cluster.ts';
import { aboutDatabase, isReported } from '../../observed/reported.ts';
import { kubectl } from '../../observed/commands.ts';

/** Seconds that it may take: to look at a new PostgresCluster or at a change, and to get through all that follows from one. */
const LATE_OPERATOR_SECONDS = 300;

/** Conditions that it brings up to date at the end of each round. */
const lastSteps: ReadonlySet<string> = new Set(['PGBackRestReplicaCreate', 'PGBackRestReplicaRepoReady']);

/** Generations of the spec: what is asked for, what was looked at, and what was carried out to the end. */
function generations(live: KubeObject): { asked: number; seen: number; done: number } {
  const status = databaseStatus(live);
  const done = (status?.conditions ?? []).flatMap((condition) =>
    lastSteps.has(condition?.type ?? '') && condition?.observedGeneration != null ? [condition.observedGeneration] : [],
  );
  return { asked: live.metadata.generation ?? 0, seen: status?.observedGeneration ?? 0, done: Math.min(...done) };
}

interface Delay {
  reason: 'NotReconciled' | 'NotCarriedOut';
  message: string;
  /** Whether it is the last change that is behind, and not the creation. */
  change?: 'change';
  /** Seconds for which it has been so, as far as is known. */
  age: number;
}

/** What is behind, however young; undefined where nothing is, or where no clock tells since when. */
function delay(live: KubeObject, o: Observed): Delay | undefined {
  const { name, creationTimestamp } = live.metadata;
  const look = `check that Crunchy PGO runs, and ${kubectl(o, `describe postgrescluster ${name}`)}`;
  if (databaseStatus(live)?.observedGeneration == null) {
    const message = `the database operator has not acted on PostgresCluster ${name}; ${look}`;
    return { reason: 'NotReconciled', message, age: secondsSince(creationTimestamp, o.now) };
  }
  const changed = lastChange(live.metadata);
  const { asked, seen, done } = generations(live);
  if (changed === undefined) return undefined;
  const age = secondsSince(changed, o.now);
  if (seen < asked)
    return {
      reason: 'NotReconciled',
      message: `the database operator has not acted on the last change of PostgresCluster ${name}; ${look}`,
      change: 'change',
      age,
    };
  // Nothing is carried out without a leader, which may take its time: that is said of the database itself.
  if (done >= asked || !databaseStatus(live)?.patroni?.systemIdentifier) return undefined;
  const message =
    `the database operator does not get through the last change of PostgresCluster ${name}: users, schedules and backups are not brought up to ` +
    `date, and no backup that is asked for is begun; its log says why, and perhaps ${kubectl(o, `describe postgrescluster ${name}`)}`;
  return { reason: 'NotCarriedOut', message, age };
}

/**
 * What is reported of it once it is late; until then only when to look again, for a change of our own takes it a second or two. Not to be asked
 * where a switch keeps it from acting.
 */
export function lateOperator(live: KubeObject, o: Observed): { late?: Readiness; recheckAfterSeconds?: number } {
  const found = delay(live, o);
  if (found === undefined) return {};
  const { reason, message, age, change } = found;
  const report = aboutDatabase(o, { reason, ...(change !== undefined && { detail: change }) });
  if (age < LATE_OPERATOR_SECONDS && !isReported(report, o)) return { recheckAfterSeconds: LATE_OPERATOR_SECONDS - age };
  return { late: { status: 'False', reason, message, reports: [report] } };
}
