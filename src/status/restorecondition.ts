/** The condition Restored: the phase of the restore that is carried out, or how the last one ended. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { restoring, type ActiveRestore } from '../decide/restore.ts';
import { wantedWords } from '../decide/restoretarget.ts';
import { secondsSince } from '../lib/time.ts';
import { aboutDatabase, isReported } from '../observed/reported.ts';
import { outcomes, type Outcome } from '../observed/restorerecord.ts';
import { lastRestore } from './lastrestore.ts';
import { shownRestore } from './restorestatus.ts';
import { saidOf } from './restorewords.ts';

/** Seconds without progress after which that is reported. */
const STUCK_SECONDS = 1800;

/** The phase as a finding: late, once it has lasted too long by the time that status gives it. */
function underway(active: ActiveRestore, o: Observed): Readiness {
  const { reason, message, status = 'False', late: look, isLong } = saidOf(active, o);
  const last = lastRestore(o);
  const recheck = active.waits?.recheckAfterSeconds;
  const soon = recheck === undefined ? {} : { recheckAfterSeconds: recheck };
  const reports = active.waits?.reports ?? [];
  const kept = reports.length > 0 ? { reports } : {};
  if (look === undefined) return { status, reason, message, ...soon, ...kept };
  const isSame = last?.id === active.current.id && last.phase === active.phase;
  const since = (isSame ? last.since : undefined) ?? o.now;
  const report = aboutDatabase(o, { reason: 'RestoreStuck', detail: `${active.current.id} ${active.phase}` });
  const left = STUCK_SECONDS - secondsSince(since, o.now);
  if (left > 0 && !isReported(report, o)) return { status, reason, message, recheckAfterSeconds: Math.min(recheck ?? left, left), ...kept };
  return {
    status,
    reason: isLong === true ? reason : 'RestoreStuck',
    message: `${message}; that has lasted for half an hour, since ${since}; ${look}`,
    reports: [...reports, report],
    ...soon,
  };
}

const ends: Readonly<Record<Outcome, (id: string, what: string, why: string) => Pick<Readiness, 'status' | 'reason' | 'message'>>> = {
  Succeeded: (id, what) => ({ status: 'True', reason: 'Restored', message: `the data is as of ${what}, by restore ${id}` }),
  Failed: (id, what) => ({ status: 'False', reason: 'RestoreFailed', message: `restore ${id} to ${what} has failed` }),
  Refused: (id, what, why) => ({
    status: 'False',
    reason: 'RestoreRefused',
    message: `restore ${id} to ${what} is refused, and nothing was changed: ${why}; request what is possible under a new id`,
  }),
  PassedOver: (id) => ({
    status: 'False',
    reason: 'RestorePassedOver',
    message: `restore ${id} was requested before this Bestie had its database, so it is not carried out; a restore needs a new id`,
  }),
  CalledOff: (id, what) => ({
    status: 'False',
    reason: 'RestoreCalledOff',
    message: `restore ${id} to ${what} was called off before anything was changed; a restore needs a new id`,
  }),
  Replaced: (id, what) => ({
    status: 'False',
    reason: 'RestoreCalledOff',
    message: `restore ${id} to ${what} was replaced by another one`,
  }),
  Abandoned: (id, what) => ({
    status: 'False',
    reason: 'RestoreAbandoned',
    message:
      `restore ${id} to ${what} was taken back before it had succeeded: Postgres was started on what it has left, which may be neither the former ` +
      'data nor that of the target; check it, or restore again under a new id',
  }),
};

const UNKNOWN = 'why is not on record any more';

/** How the last request ended, in the sentence that was made then: it has what only that answer knew. */
function ending(o: Observed): Readiness | undefined {
  const now = shownRestore(o);
  const outcome = outcomes.find((each) => each === now?.phase);
  if (now?.id === undefined || outcome === undefined) return undefined;
  const last = lastRestore(o);
  const why = restoring(o).ended.find(({ id }) => id === now.id)?.why;
  const finding = ends[outcome](now.id, now.reached ?? now.target ?? 'its target', why ?? UNKNOWN);
  return last?.id === now.id && last.phase === outcome && last.message !== undefined ? { ...finding, message: last.message } : finding;
}

/** What status.restore says of the restore that is carried out, or of the last one; undefined before the first request. */
export function restoreFinding(o: Observed): Readiness | undefined {
  const { active } = restoring(o);
  return active === undefined ? ending(o) : underway(active, o);
}

/** Restored. The spec may have another target by now under the same id. */
export function restored(finding: Readiness | undefined, o: Observed): Readiness | undefined {
  const { restore: wanted } = o.bestie.spec;
  const now = shownRestore(o);
  const isOther = wanted !== undefined && wanted.id === now?.id && now.target !== undefined && wantedWords(wanted) !== now.target;
  if (finding === undefined || !isOther) return finding;
  return {
    ...finding,
    message: `${finding.message}; spec.restore.target has changed since under the same id: another target needs a new id`,
  };
}
