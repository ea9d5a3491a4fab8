/** The condition BackupVerified: how the last drill ended, whether it is too old, and what is going on. */
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import { drilling, dueReport } from '../decide/drill.ts';
import { nextDue, type Verify } from '../decide/drilldue.ts';
import { stageOf } from '../decide/drillend.ts';
import { longestGap } from '../lib/crongap.ts';
import { secondsSince, wholeSeconds } from '../lib/time.ts';
import { failedAttempt } from '../observed/attempts.ts';
import { drillCopy, drillPolicy, isOverdue } from '../observed/drill.ts';
import { drillOf, type DrillRecord } from '../observed/drillrecord.ts';
import { refusalCommand } from '../observed/pendingchanges.ts';
import { aboutDatabase, isReported } from '../observed/reported.ts';

/** Periods of the schedule after which a success says too little about the backups of today. */
const PERIODS = 2;

/** Whether the copy that is there is to go. */
function isOver(o: Observed): boolean {
  const { wanted, record } = drilling(o);
  const copy = drillCopy(o);
  return wanted?.copy === undefined || (copy !== undefined && (record.last?.id === drillOf(copy, o).id || isOverdue(copy, o)));
}

/** How far the drill is. The logs go with the copy: what says why an attempt has failed is said while they are there. */
function stageInWords(copy: KubeObject, o: Observed): string {
  const { copies } = o.provider;
  return `${stageOf(copy, o)}${failedAttempt(copies.stateOf(copy), copies.logs(copy.metadata.name, o))}`;
}

/** That the policy of a copy is missing, as a clause: it was removed, and that it may not be made again is seen by Metacontroller alone. */
const unshielded = (o: Observed): string =>
  drillPolicy(o) === undefined
    ? `; nothing shields the copy: its NetworkPolicy is missing; if that lasts, see why it is refused: ${refusalCommand(o)}`
    : '';

/** What is going on, as a clause; empty where nothing is. */
function progress(o: Observed): string {
  const { pending } = drilling(o);
  const copy = drillCopy(o);
  if (copy === undefined) return pending === undefined ? '' : `; a drill is due and waits for ${pending.waits}`;
  const since = wholeSeconds(drillOf(copy, o).since);
  const going = copy.metadata.deletionTimestamp;
  return isOver(o)
    ? `; the copy ${copy.metadata.name} is being removed${going == null ? '' : `, since ${wholeSeconds(going)}`}`
    : `; a drill has been under way since ${since}: ${stageInWords(copy, o)}${unshielded(o)}`;
}

/** What the last drill says; Unknown before the first one has ended. */
function lastResult({ last, verified }: DrillRecord, next: string | undefined): Readiness {
  if (last === undefined) {
    const message = `no drill has ended yet${next === undefined ? '' : `; the next one is due at ${next}`}`;
    return { status: 'Unknown', reason: 'NotYetVerified', message };
  }
  if (last.hasSucceeded) {
    const took = verified?.at === last.at ? `, in ${verified.took} s` : '';
    return {
      status: 'True',
      reason: 'Verified',
      message: `a copy was made from ${last.repo} and checked at ${last.at}${took}: ${last.words}`,
    };
  }
  const before = verified === undefined ? 'none has succeeded before' : `the last one that succeeded ended at ${verified.at}`;
  return { status: 'False', reason: 'DrillFailed', message: `the drill of ${last.repo} failed at ${last.at}: ${last.words}; ${before}` };
}

/** Since when there is no drill by time, once that is too long; until then in how many seconds. Without a schedule none is missed. */
function overdue({ schedule }: Verify, { verified, since }: DrillRecord, o: Observed): { late?: Readiness; left?: number } {
  const gap = schedule === undefined ? undefined : longestGap([schedule]);
  const from = verified?.at ?? since;
  if (gap === undefined || from === undefined) return {};
  // By another schedule it may be in time again.
  const report = aboutDatabase(o, { reason: 'DrillOverdue', detail: `${from} ${schedule ?? ''}` });
  const left = PERIODS * gap - secondsSince(from, o.now);
  if (left > 0 && !isReported(report, o)) return { left };
  const what =
    verified === undefined
      ? `no drill has succeeded since they were requested, at ${from}`
      : `the last drill that succeeded ended at ${from}`;
  return {
    late: { status: 'False', reason: 'DrillOverdue', message: `${what}, longer ago than two periods of its schedule`, reports: [report] },
  };
}

const sooner = (...seconds: readonly (number | undefined)[]): number | undefined => {
  const known = seconds.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.max(1, Math.min(...known));
};

const until = (time: string | undefined, now: string): number | undefined =>
  time === undefined ? undefined : Math.ceil((Date.parse(time) - Date.parse(now)) / 1000);

/** Undefined where the spec wants no drills. */
export function backupVerified(o: Observed): Readiness | undefined {
  const { verify } = o.bestie.spec.database.backups;
  if (verify === undefined || o.provider.kind === undefined) return undefined;
  const { record, pending } = drilling(o);
  const next = nextDue(verify, record);
  const result = lastResult(record, next);
  const { late, left } = result.status === 'False' ? {} : overdue(verify, record, o);
  const finding = late ?? result;
  const copy = drillCopy(o);
  const bound = copy === undefined || isOver(o) ? undefined : until(drillOf(copy, o).until, o.now);
  const recheck = sooner(left, bound, pending === undefined && copy === undefined ? until(next, o.now) : undefined);
  // What is due by time alone is due for every replica once one of them has reported it.
  const isDue = copy === undefined && pending?.due.due !== undefined;
  const reports = [...(finding.reports ?? []), ...(isDue ? [dueReport(verify, record, o)] : [])];
  return {
    ...finding,
    message: `${finding.message}${progress(o)}`,
    ...(reports.length > 0 && { reports }),
    ...(recheck !== undefined && { recheckAfterSeconds: recheck }),
  };
}
