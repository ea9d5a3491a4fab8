/** The condition Restored: the phase of the restore that is carried out, or how the last one ended. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { restoring, type ActiveRestore } from '../decide/restore.ts';
import { nextRestores } from '../decide/restorerecord.ts';
import { targetWords, wantedWords } from '../decide/restoretarget.ts';
import { secondsSince } from '../lib/time.ts';
import { aboutDatabase, isReported } from '../observed/reported.ts';
import { outcomeOf, outcomes, type Outcome } from '../observed/restorerecord.ts';
import { lastRestore } from './lastrestore.ts';
import { lastEnding } from './restorestatus.ts';
import { replacedSince } from './replacedsince.ts';
import { saidOf } from './restorewords.ts';

/** Seconds without progress after which that is reported. */
const STUCK_SECONDS = 1800;

/** Since when it has been so: since status has the phase, or since a later time that what is said names. */
function since(active: ActiveRestore, own: string | undefined, o: Observed): string {
  const last = lastRestore(o);
  const isSame = last?.id === active.current.id && last.phase === active.phase;
  const begun = (isSame ? last.since : undefined) ?? o.now;
  return own !== undefined && Date.parse(own) > Date.parse(begun) ? own : begun;
}

/** The phase as a finding: late, once it has lasted too long by the time that status gives it. */
function underway(active: ActiveRestore, o: Observed): Readiness {
  const { reason, message, status = 'False', late: look, isLong = false, patience = STUCK_SECONDS, since: own } = saidOf(active, o);
  const { recheckAfterSeconds, reports = [] } = active.waits ?? {};
  const soon = recheckAfterSeconds === undefined ? {} : { recheckAfterSeconds };
  const kept = reports.length > 0 ? { reports } : {};
  if (look === undefined) return { status, reason, message, ...soon, ...kept };
  const begun = since(active, own, o);
  const report = aboutDatabase(o, { reason: 'RestoreStuck', detail: `${active.current.id} ${active.phase}${isLong ? ' of data' : ''}` });
  const left = patience - secondsSince(begun, o.now);
  if (left > 0 && !isReported(report, o))
    return { status, reason, message, recheckAfterSeconds: Math.min(recheckAfterSeconds ?? left, left), ...kept };
  return {
    status,
    reason: isLong ? reason : 'RestoreStuck',
    message: begun === own ? `${message}; ${look}` : `${message}; that has lasted since ${begun}; ${look}`,
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

/** How the last request ended; where every record is lost, in the words of status. */
function ending(o: Observed): Readiness | undefined {
  const [known, last] = [lastEnding(o), lastRestore(o)];
  if (known !== undefined) {
    const finding = ends[known.outcome](known.id, known.reached ?? known.target, known.why ?? UNKNOWN);
    return known.outcome === 'Succeeded' ? { ...finding, message: `${finding.message}${replacedSince(known.id, o)}` } : finding;
  }
  const outcome = outcomes.find((each) => each === last?.phase);
  if (last?.id === undefined || outcome === undefined) return undefined;
  const finding = ends[outcome](last.id, last.reached ?? last.target ?? 'its target', UNKNOWN);
  return last.message === undefined ? finding : { ...finding, message: last.message };
}

/** What status.restore says of the restore that is carried out, or of the last one; undefined before the first request. */
export function restoreFinding(o: Observed): Readiness | undefined {
  const { active } = restoring(o);
  return active === undefined ? ending(o) : underway(active, o);
}

/** What the spec asks for that is not carried out, because its id is used up. */
function unheard(o: Observed): string {
  const { restore: wanted } = o.bestie.spec;
  const { active } = restoring(o);
  const [id, target] =
    active === undefined ? [lastEnding(o)?.id, lastEnding(o)?.target] : [active.current.id, targetWords(active.current.target)];
  if (wanted === undefined || id === undefined) return '';
  if (wanted.id === id)
    return wantedWords(wanted) === target ? '' : '; spec.restore.target has changed since under the same id: another target needs a new id';
  const record = nextRestores(o);
  const outcome = record && outcomeOf(wanted.id, record);
  const why = record?.recent.find((each) => each.id === wanted.id)?.why;
  if (outcome === undefined) return '';
  return `; spec.restore.id is ${wanted.id}, which is used up (${outcome}${why === undefined ? '' : `: ${why}`}): another restore needs a new id`;
}

/** Restored, with what the spec asks for by now. */
export function restored(finding: Readiness | undefined, o: Observed): Readiness | undefined {
  return finding && { ...finding, message: `${finding.message}${unheard(o)}` };
}
