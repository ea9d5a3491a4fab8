/** What the database operator has not done with a PostgresCluster in time. Source: PGO's status, seen on PGO 6.0. */
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Readiness } from '../../api/kubernetes.ts';
import { lastChange } from '../../observed/managedfields.ts';
import { secondsSince } from '../../lib/time.ts';
import { databaseStatus } from './cluster.ts';
import { aboutDatabase, isReported } from '../../observed/reported.ts';
import { kubectl } from '../../observed/commands.ts';

/** Seconds that it may take: to see a new PostgresCluster or a change, and to finish all that follows from one. */
const LATE_OPERATOR_SECONDS = 300;

/** Conditions that it updates at the end of each reconciliation. */
const lastSteps: ReadonlySet<string> = new Set(['PGBackRestReplicaCreate', 'PGBackRestReplicaRepoReady']);

/** Generations of the spec: the current one, the last one seen, and the last one finished. */
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
  /** Whether the last change is late, and not the creation. */
  change?: 'change';
  /** Seconds for which it has been late, as far as is known. */
  age: number;
}

/** What is not finished, however recent; undefined if nothing is, or if it is not known since when. */
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
  // PGO finishes nothing without a leader, which may take its time: the state of the database reports that.
  if (done >= asked || !databaseStatus(live)?.patroni?.systemIdentifier) return undefined;
  const message =
    `the database operator has not finished the last change of PostgresCluster ${name}: users and schedules are not updated, and no ` +
    `requested backup is started; see its log, and ${kubectl(o, `describe postgrescluster ${name}`)}`;
  return { reason: 'NotCarriedOut', message, age };
}

/**
 * The readiness once it is late; until then only when to look again, because a change by this operator takes it a second or two. Not for a
 * database with a switch that keeps it from acting.
 */
export function lateOperator(live: KubeObject, o: Observed): { late?: Readiness; recheckAfterSeconds?: number } {
  const found = delay(live, o);
  if (found === undefined) return {};
  const { reason, message, age, change } = found;
  const report = aboutDatabase(o, { reason, ...(change !== undefined && { detail: change }) });
  if (age < LATE_OPERATOR_SECONDS && !isReported(report, o)) return { recheckAfterSeconds: LATE_OPERATOR_SECONDS - age };
  return { late: { status: 'False', reason, message, reports: [report] } };
}
