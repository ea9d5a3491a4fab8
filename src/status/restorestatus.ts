/** `status.restore`: the restore in progress or the last one, and how the ones before it ended. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { Reason } from '../api/reason.ts';
import { restoring, type ActiveRestore } from '../decide/restore.ts';
import { restoreCourse, type Ended } from '../decide/restorerecord.ts';
import { targetWords, wantedWords } from '../decide/restoretarget.ts';
import { wholeSeconds } from '../lib/time.ts';
import { outcomeOf, type CurrentRestore, type Outcome } from '../observed/restorerecord.ts';
import { lastRestore, type RestoreEntry, type RestoreStatus } from './lastrestore.ts';

/** Entries that are kept. */
const LIMIT = 10;

export const reasonOf: Readonly<Record<Outcome, Reason | undefined>> = {
  Succeeded: undefined,
  Failed: 'RestoreFailed',
  Refused: 'RestoreRefused',
  PassedOver: 'RestorePassedOver',
  CalledOff: 'RestoreCalledOff',
  Replaced: undefined,
  Abandoned: 'RestoreAbandoned',
};

/** The state that a restore has brought the data to, as far as is known. */
export function reachedBy({ target, restoredAt }: CurrentRestore): string | undefined {
  if (restoredAt === undefined) return undefined;
  return target.type === 'latest' ? `all that was archived by ${wholeSeconds(restoredAt)}` : targetWords(target);
}

/** The target of a request that has ended; of one that was not carried out, that of the spec. */
function targetOf({ id, current }: Pick<Ended, 'id' | 'current'>, o: Observed): string {
  const { restore } = o.bestie.spec;
  if (current !== undefined) return targetWords(current.target);
  return restore?.id === id ? wantedWords(restore) : 'unknown';
}

function entryOf(ended: Ended, o: Observed): RestoreEntry {
  const reason = reasonOf[ended.outcome];
  return { id: ended.id, target: targetOf(ended, o), result: ended.outcome, ...(reason !== undefined && { reason }), at: o.now };
}

/** A request ends once: an answer that is repeated adds nothing. */
function historyOf(ended: readonly Ended[], last: RestoreStatus | undefined, o: Observed): RestoreEntry[] {
  const before = last?.history ?? [];
  const fresh = ended.filter(({ id }) => !before.some((entry) => entry.id === id)).map((each) => entryOf(each, o));
  return [...fresh.reverse(), ...before].slice(0, LIMIT);
}

type Shown = Omit<RestoreStatus, 'since' | 'succeeded' | 'failed' | 'history'>;

function shownOf({ current, phase, backup }: ActiveRestore, last: RestoreStatus | undefined): Shown {
  const { id, target, repo, since } = current;
  const reached = reachedBy(current);
  const backupID = backup?.id ?? (last?.id === id ? last.backupID : undefined);
  return {
    id,
    phase,
    target: targetWords(target),
    repository: repo,
    ...(reached !== undefined && { reached }),
    ...(backupID !== undefined && { backupID }),
    startedAt: since,
  };
}

/** A request that has ended, with what status knew of it while it was carried out. */
function endedShown(ended: Ended, last: RestoreStatus | undefined, o: Observed): Shown {
  const { id, outcome, current } = ended;
  const { repository, backupID, startedAt, reached, completedAt } = last?.id === id ? last : ({} as RestoreStatus);
  const state = current && reachedBy(current);
  const from = current?.repo ?? repository;
  const began = current?.since ?? startedAt;
  return {
    id,
    phase: outcome,
    target: targetOf(ended, o),
    ...(from !== undefined && { repository: from }),
    ...((state ?? reached) !== undefined && { reached: state ?? reached }),
    ...(backupID !== undefined && { backupID }),
    ...(began !== undefined && { startedAt: began }),
    completedAt: (last?.phase === outcome ? completedAt : undefined) ?? o.now,
  };
}

/** What is shown: the one that is carried out, what has just ended, what the record says of the requested one, or what was shown last. */
function shown(last: RestoreStatus | undefined, o: Observed): Shown | undefined {
  const { active, ended } = restoring(o);
  if (active !== undefined) return shownOf(active, last);
  const [just] = ended.slice(-1);
  if (just !== undefined) return endedShown(just, last, o);
  const wanted = o.bestie.spec.restore;
  const record = restoreCourse(o)?.record;
  const outcome = wanted && record && outcomeOf(wanted.id, record);
  if (wanted === undefined || outcome === undefined || (last?.id === wanted.id && last.phase === outcome)) return last;
  return endedShown({ id: wanted.id, outcome }, last, o);
}

/** How often requests ended so; more than the record has, where status has counted more. */
function count(outcome: Outcome, before: number | undefined, o: Observed): number {
  const { active } = restoring(o);
  const recorded = (restoreCourse(o)?.record.ended ?? []).filter(([, each]) => each === outcome).length;
  return Math.max(recorded + Number(outcome === 'Failed' && active?.phase === 'Failed'), before ?? 0);
}

/** `status.restore`, with why it is not done yet; undefined before the first request. */
export function restoreStatus(readiness: Readiness | undefined, o: Observed): RestoreStatus | undefined {
  const last = lastRestore(o);
  const now = shown(last, o);
  if (now === undefined) return undefined;
  const history = historyOf(restoring(o).ended, last, o);
  const isSame = last?.id === now.id && last?.phase === now.phase;
  const { reason: _, message: __, ...facts } = now;
  const why = readiness?.status === 'True' ? undefined : readiness;
  return {
    ...facts,
    since: (isSame ? last?.since : undefined) ?? o.now,
    ...(why && { reason: why.reason, message: why.message }),
    succeeded: count('Succeeded', last?.succeeded, o),
    failed: count('Failed', last?.failed, o),
    ...(history.length > 0 && { history }),
  };
}

/** The id, phase and data of the restore that status is about, for its condition. */
export const shownRestore = (o: Observed): Shown | undefined => shown(lastRestore(o), o);
