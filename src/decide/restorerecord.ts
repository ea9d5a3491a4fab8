/** How the record of restores goes on: from what is wanted, and from what is observed of the one that is carried out. */
import { requests } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { memo } from '../observed/memo.ts';
import { isExternal } from '../observed/migrations.ts';
import { usedUp, type CurrentRestore, type Outcome, type RestoreRecord } from '../observed/restorerecord.ts';
import { firstRepository } from './backup.ts';
import { formerHistories, leftBy } from './formerhistory.ts';
import { isGoing } from './protection.ts';
import { end, endCurrent, isNew } from './restoreending.ts';
import { passOver, recorded } from './restoreowner.ts';
import { hasFailed } from './restorephase.ts';
import { isSecured } from './restoreprogress.ts';
import { obstacleSince, refusalOf } from './restorerefusal.ts';
import { givenUpBy, momentTarget, targetOf, wantedWords, type WantedRestore } from './restoretarget.ts';
import { isTakenOn, requestId, sinceOf, witnessed } from './restorewitness.ts';
import { backupToRestore, isPending, isStillWanted, quietBackup, restoresOnFailure } from './undoing.ts';

const wantedOf = ({ bestie }: Observed): WantedRestore | undefined => bestie.spec.restore;

/** A restore by hand may have given up the history of that moment since it was requested. */
function aim(record: RestoreRecord, o: Observed): RestoreRecord {
  const { current } = record;
  if (current?.stage !== 'Requested' || current.target.type !== 'time') return record;
  return { ...record, current: { ...current, target: momentTarget(current.target.time, formerHistories(record, o)) } };
}

/** The data is back: the request is taken back, in the same write. */
function advance(record: RestoreRecord, o: Observed): RestoreRecord {
  const { current } = record;
  const { state, endedAt = o.now } = current === undefined ? { state: 'waiting' } : o.provider.restores.stateOf(current.request, o);
  if (current?.stage !== 'Armed' || state !== 'succeeded') return record;
  return {
    ...record,
    current: { ...current, stage: 'Restored', restoredAt: endedAt },
    restoredAt: endedAt,
    givenUp: [...record.givenUp, ...givenUpBy(current, endedAt)],
  };
}

/** The application is back, and a backup of the new history has succeeded. */
function finish(record: RestoreRecord, o: Observed): RestoreRecord {
  const { current } = record;
  return current?.stage === 'Restored' && isSecured(current, o) ? endCurrent(record, current, 'Succeeded', o) : record;
}

/** Whether a user has given up the request with that id. */
const isGivenUp = (id: string, { bestie }: Observed): boolean => bestie.metadata.annotations?.[requests.abandonRestore] === id;

/** Whether nothing was done for it: it is not accepted, and the database is up. One that took the place of another may find half of that. */
const isUntouched = ({ request }: CurrentRestore, o: Observed): boolean =>
  o.provider.restores.stateOf(request, o).state === 'waiting' && o.provider.isUsable(o);

/** A user wants Postgres started on what a restore has left that did not succeed. */
function abandon(record: RestoreRecord, o: Observed): RestoreRecord {
  const { current } = record;
  if (current?.stage !== 'Armed' || !isGivenUp(current.id, o)) return record;
  if (isUntouched(current, o)) return endCurrent(record, current, 'CalledOff', o);
  const { givenUp, ...rest } = endCurrent(record, current, 'Abandoned', o);
  return { ...rest, restoredAt: o.now, givenUp: [...givenUp, ...givenUpBy(current, o.now)] };
}

/** What becomes of the one that is carried out where another one is wanted: it has brought the data back, has failed, or is replaced. */
function outcomeBefore(current: CurrentRestore, o: Observed): Outcome {
  if (current.stage === 'Restored') return 'Succeeded';
  return hasFailed.has(o.provider.restores.stateOf(current.request, o).state) ? 'Failed' : 'Replaced';
}

const begun = (wanted: WantedRestore, record: RestoreRecord, o: Observed): CurrentRestore => ({
  id: wanted.id,
  request: requestId(wanted.id, o),
  target: targetOf(wanted, formerHistories(record, o)) ?? { type: 'latest' },
  repo: wanted.repository ?? firstRepository(o),
  since: sinceOf(wanted.id, o),
  // The database operator starts over with the new one: to take the former one back would start Postgres on what that has left.
  stage: record.current?.stage === 'Armed' ? 'Armed' : 'Requested',
});

/** A new request takes the place of the one that is carried out; one that is impossible does not. For a Bestie that goes none begins, and what has not begun is called off. */
function begin(record: RestoreRecord, o: Observed): RestoreRecord {
  const wanted = wantedOf(o);
  if (wanted === undefined || isGoing(o) || !isNew(wanted.id, record)) return record;
  const target = wantedWords(wanted);
  const before = witnessed(wanted.id, o);
  // As long as the record is not seen, the answer is the same: with why it was refused.
  const known = before === 'Refused' ? refusalOf(wanted, record, o) : undefined;
  if (before !== undefined) return end(record, { id: wanted.id, outcome: before, target, ...(known !== undefined && { why: known }) }, o);
  if (isGivenUp(wanted.id, o)) return end(record, { id: wanted.id, outcome: 'CalledOff', target }, o);
  const why = isTakenOn(wanted.id, o) ? undefined : refusalOf(wanted, record, o);
  if (why !== undefined) return end(record, { id: wanted.id, outcome: 'Refused', target, why }, o);
  const { current } = record;
  const left: RestoreRecord = { ...record, givenUp: [...record.givenUp, ...leftBy(current, o)] };
  const freed = current === undefined ? left : endCurrent(left, current, outcomeBefore(current, o), o);
  return { ...freed, current: begun(wanted, left, o) };
}

/** A request that is gone, or given up, before anything was changed is called off. Later it goes on. */
function callOff(record: RestoreRecord, o: Observed): RestoreRecord {
  const { current } = record;
  if (current?.stage !== 'Requested') return record;
  if (isGivenUp(current.id, o)) return endCurrent(record, current, 'CalledOff', o);
  const isStill = wantedOf(o)?.id === current.id || isStillWanted(current.id, o);
  return isStill && !isGoing(o) ? record : endCurrent(record, current, 'CalledOff', o);
}

/** It has become impossible since it was requested. */
function refuse(record: RestoreRecord, o: Observed): RestoreRecord {
  const { current } = record;
  const why = current?.stage === 'Requested' ? obstacleSince(current, record, o) : undefined;
  return current === undefined || why === undefined ? record : endCurrent(record, current, 'Refused', o, why);
}

/** The backup before a failed migration. One that has brought the data back, and whose application was not started again before that, is over. */
function undo(record: RestoreRecord, o: Observed): RestoreRecord {
  const id = backupToRestore(o);
  const { current } = record;
  if (id === undefined || isGoing(o) || (current !== undefined && current.stage !== 'Restored')) return record;
  const [request, repo, since] = [requestId(id, o), firstRepository(o), sinceOf(id, o)];
  const freed = current === undefined ? record : endCurrent(record, current, 'Succeeded', o);
  return { ...freed, current: { id, request, target: { type: 'newest' }, repo, since, stage: 'Requested' } };
}

/** Nothing is left to be undone, or a user no longer wants that: the application runs again, and its data is never set back to that backup. */
function release(record: RestoreRecord, o: Observed): RestoreRecord {
  const id = quietBackup(o);
  if (id === undefined || !isNew(id, record)) return record;
  return restoresOnFailure(o) && isPending(id, o) ? record : usedUp(record, id, 'CalledOff');
}

const steps: readonly ((record: RestoreRecord, o: Observed) => RestoreRecord)[] = [
  passOver,
  aim,
  advance,
  finish,
  begin,
  abandon,
  callOff,
  undo,
  refuse,
  release,
];

/** The record after this answer; undefined where there is no database of the operator's. */
export const nextRestores = memo((o): RestoreRecord | undefined =>
  isExternal(o) ? undefined : steps.reduce((record, step) => step(record, o), recorded(o)),
);
