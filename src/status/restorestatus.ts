/** `status.restore`: the restore in progress or the last one, and how the ones before it ended. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { Reason } from '../api/reason.ts';
import { restoring, type ActiveRestore } from '../decide/restore.ts';
import { nextRestores } from '../decide/restorerecord.ts';
import { reachedBy, targetWords } from '../decide/restoretarget.ts';
import type { Ending, Outcome } from '../observed/restorerecord.ts';
import { lastRestore, type RestoreEntry, type RestoreStatus } from './lastrestore.ts';

/** Entries that are kept. */
const LIMIT = 10;

const reasons: Readonly<Record<Outcome, Reason | undefined>> = {
  Succeeded: undefined,
  Failed: 'RestoreFailed',
  Refused: 'RestoreRefused',
  PassedOver: 'RestorePassedOver',
  CalledOff: 'RestoreCalledOff',
  Replaced: undefined,
  Abandoned: 'RestoreAbandoned',
};

/** The endings that are on record, the latest last. */
const recent = (o: Observed): readonly Ending[] => nextRestores(o)?.recent ?? [];

/** Id of the backup that was taken before it, as long as the database operator or status shows it. */
const backupOf = (id: string, last: RestoreStatus | undefined): string | undefined => (last?.id === id ? last.backupID : undefined);

function entryOf({ id, target, outcome, at }: Ending, last: RestoreStatus | undefined): RestoreEntry {
  const [reason, backupID] = [reasons[outcome], backupOf(id, last)];
  return { id, target, result: outcome, ...(reason !== undefined && { reason }), ...(backupID !== undefined && { backupID }), at };
}

/**
 * What status has, and what is on record and not in it: the status of the answer in which a request ended may be lost. Of a request that was passed over
 * until the database was attached, and went on with it, the record knows the end.
 */
function historyOf(last: RestoreStatus | undefined, o: Observed): RestoreEntry[] {
  const before = last?.history ?? [];
  const fresh = recent(o).filter(({ id, outcome }) => !before.some((entry) => entry.id === id && entry.result === outcome));
  const others = before.filter((entry) => !fresh.some(({ id }) => id === entry.id));
  return [...fresh.map((ending) => entryOf(ending, last)).reverse(), ...others].slice(0, LIMIT);
}

type Shown = Pick<RestoreStatus, 'target' | 'repository' | 'reached' | 'backupID' | 'startedAt' | 'completedAt'> & {
  id: string;
  phase: string;
};

function shownOf({ current, phase, backup }: ActiveRestore, last: RestoreStatus | undefined): Shown {
  const { id, target, repo, since } = current;
  const [reached, backupID] = [reachedBy(current), backup?.id ?? backupOf(id, last)];
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

function endedOf({ id, target, outcome, at, repo, since, reached }: Ending, last: RestoreStatus | undefined): Shown {
  const backupID = backupOf(id, last);
  return {
    id,
    phase: outcome,
    target,
    ...(repo !== undefined && { repository: repo }),
    ...(reached !== undefined && { reached }),
    ...(backupID !== undefined && { backupID }),
    ...(since !== undefined && { startedAt: since }),
    completedAt: at,
  };
}

/** The last request that ended, as it is on record; the one of the spec, where another one was called off for it at the same time. */
export function lastEnding(o: Observed): Ending | undefined {
  const last = recent(o).at(-1);
  return recent(o).find(({ id, at }) => at === last?.at && id === o.bestie.spec.restore?.id) ?? last;
}

/** What is shown: the one that is carried out, the last one that has ended, or, where every record is lost, what was shown last. */
function shown(last: RestoreStatus | undefined, o: Observed): Shown | RestoreStatus | undefined {
  const { active } = restoring(o);
  if (active !== undefined) return shownOf(active, last);
  const ending = lastEnding(o);
  return ending === undefined ? last : endedOf(ending, last);
}

/** How often requests ended so. The record is bounded, and one that failed may end in another way: status counts on from what it had. */
function count(outcome: 'Succeeded' | 'Failed', before: number | undefined, isEntered: boolean, o: Observed): number {
  const { active } = restoring(o);
  const recorded = (nextRestores(o)?.ended ?? []).filter(([, each]) => each === outcome).length;
  return Math.max(recorded + Number(outcome === 'Failed' && active?.phase === 'Failed'), (before ?? 0) + Number(isEntered));
}

/** `status.restore`, with why it is not done yet; undefined before the first request. */
export function restoreStatus(readiness: Readiness | undefined, o: Observed): RestoreStatus | undefined {
  const last = lastRestore(o);
  const now = shown(last, o);
  if (now === undefined) return undefined;
  const { reason: _, message: __, history: ___, ...facts }: RestoreStatus = now;
  const history = historyOf(last, o);
  const isSame = last?.id === now.id && last?.phase === now.phase;
  const why = readiness?.status === 'True' ? undefined : readiness;
  return {
    ...facts,
    since: (isSame ? last?.since : undefined) ?? facts.completedAt ?? o.now,
    ...(why && { reason: why.reason, message: why.message }),
    succeeded: count('Succeeded', last?.succeeded, !isSame && now.phase === 'Succeeded', o),
    failed: count('Failed', last?.failed, !isSame && now.phase === 'Failed', o),
    ...(history.length > 0 && { history }),
  };
}
