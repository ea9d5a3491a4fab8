/** How the record of restores goes on: from what is wanted, and from what is observed of the one that is carried out. */
import { requests } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { hash8 } from '../lib/hash.ts';
import { memo } from '../observed/memo.ts';
import { isExternal } from '../observed/migrations.ts';
import {
  outcomeOf,
  outcomes,
  ownerOf,
  restoreRecord,
  withOutcome,
  type CurrentRestore,
  type Outcome,
  type RestoreRecord,
} from '../observed/restorerecord.ts';
import { firstRepository } from './backup.ts';
import { hasFailed } from './restorephase.ts';
import { isSecured } from './restoreprogress.ts';
import { refusalOf } from './restorerefusal.ts';
import { givenUpBy, targetOf, type WantedRestore } from './restoretarget.ts';
import { backupToRestore, isPending, quietBackup, restoresOnFailure } from './undoing.ts';

/** A request that ends with this answer. */
export interface Ended {
  id: string;
  outcome: Outcome;
  why?: string;
  current?: CurrentRestore;
}

/** The record, and what ends with this answer. */
export interface Course {
  record: RestoreRecord;
  ended: readonly Ended[];
}

const wantedOf = ({ bestie }: Observed): WantedRestore | undefined => bestie.spec.restore;

/** The id by which the database operator knows the restore with that id. */
const requestId = (id: string, o: Observed): string => `restore.${ownerOf(o)}.${hash8(id)}`;

const end = (course: Course, ended: Ended): Course => ({
  record: withOutcome(course.record, ended.id, ended.outcome),
  ended: [...course.ended, ended],
});

const withoutCurrent = ({ record, ended }: Course): Course => {
  const { current: _, ...rest } = record;
  return { record: rest, ended };
};

const endCurrent = (course: Course, current: CurrentRestore, outcome: Outcome): Course =>
  withoutCurrent(end(course, { id: current.id, outcome, current }));

/** Whether this Bestie had the database when it was last applied. */
function isOwn(o: Observed): boolean {
  const live = o.provider.live(o);
  const owners = live && (o.applied(live)?.metadata.ownerReferences as readonly { uid?: string }[] | null | undefined);
  return owners?.some(({ uid }) => uid === o.bestie.metadata.uid) === true;
}

/** What the record says; of one that was armed without a record, all that can be known. */
function recorded(o: Observed): RestoreRecord {
  const record = restoreRecord(o) ?? { by: isOwn(o) ? ownerOf(o) : '', ended: [], givenUp: [] };
  const armed = o.provider.restores.armed(o);
  if (record.current !== undefined || armed === undefined) return record;
  return {
    ...record,
    current: { id: armed, request: armed, target: { type: 'latest' }, repo: firstRepository(o), since: o.now, stage: 'Armed' },
  };
}

/** How a request ended whose record is lost, as status or the database operator still shows it. */
function witnessed(id: string, o: Observed): Outcome | undefined {
  const inStatus = o.bestie.status.restore?.history?.find((entry) => entry?.id === id)?.result;
  const { state } = o.provider.restores.stateOf(requestId(id, o), o);
  const shown: Outcome = hasFailed.has(state) ? 'Failed' : 'Succeeded';
  return outcomes.find((each) => each === inStatus) ?? (state === 'waiting' ? undefined : shown);
}

/** Whether the record says nothing of that request. */
const isNew = (id: string, { record }: Course): boolean => record.current?.id !== id && outcomeOf(id, record) === undefined;

/** A request of another Bestie that nothing was changed for yet is none of this one. */
function disown(course: Course): Course {
  const { current } = course.record;
  return current?.stage === 'Requested' ? endCurrent(course, current, 'PassedOver') : course;
}

/** A request that was there before the database was this Bestie's is for other data. */
function passOver(course: Course, o: Observed): Course {
  const by = ownerOf(o);
  if (o.provider.live(o) !== undefined && course.record.by === by) return course;
  const mine = disown({ ...course, record: { ...course.record, by } });
  const wanted = wantedOf(o);
  return wanted !== undefined && isNew(wanted.id, mine) ? end(mine, { id: wanted.id, outcome: 'PassedOver' }) : mine;
}

/** The data is back: the request is taken back, in the same write. */
function advance({ record, ended }: Course, o: Observed): Course {
  const { current } = record;
  const { state, endedAt = o.now } = current === undefined ? { state: 'waiting' } : o.provider.restores.stateOf(current.request, o);
  if (current?.stage !== 'Armed' || state !== 'succeeded') return { record, ended };
  const next: RestoreRecord = {
    ...record,
    current: { ...current, stage: 'Restored', restoredAt: endedAt },
    restoredAt: endedAt,
    givenUp: [...record.givenUp, ...givenUpBy(current, endedAt)],
  };
  return { record: next, ended };
}

/** The application is back, and a backup of the new history has succeeded. */
function finish(course: Course, o: Observed): Course {
  const { current } = course.record;
  return current?.stage === 'Restored' && isSecured(current, o) ? endCurrent(course, current, 'Succeeded') : course;
}

/** A user wants Postgres started on what a restore has left that did not succeed. */
function abandon(course: Course, o: Observed): Course {
  const { current } = course.record;
  const isAsked = o.bestie.metadata.annotations?.[requests.abandonRestore] === current?.id;
  if (current?.stage !== 'Armed' || !isAsked) return course;
  const abandoned = endCurrent(course, current, 'Abandoned');
  return { ...abandoned, record: { ...abandoned.record, restoredAt: o.now } };
}

/** What becomes of the one that is carried out where another one is wanted: it has brought the data back, has failed, or is replaced. */
function outcomeBefore(current: CurrentRestore, o: Observed): Outcome {
  if (current.stage === 'Restored') return 'Succeeded';
  return hasFailed.has(o.provider.restores.stateOf(current.request, o).state) ? 'Failed' : 'Replaced';
}

const begun = (wanted: WantedRestore, record: RestoreRecord, o: Observed): CurrentRestore => ({
  id: wanted.id,
  request: requestId(wanted.id, o),
  target: targetOf(wanted, record) ?? { type: 'latest' },
  repo: wanted.repository ?? firstRepository(o),
  since: o.now,
  // The database operator starts over with the new one: to take the former one back would start Postgres on what that has left.
  stage: record.current?.stage === 'Armed' ? 'Armed' : 'Requested',
});

/** Nothing new begins for a Bestie that goes, and what has not begun is called off. */
const isGoing = ({ bestie }: Observed): boolean => bestie.metadata.deletionTimestamp != null;

/** A new request takes the place of the one that is carried out; one that is impossible does not. */
function begin(course: Course, o: Observed): Course {
  const wanted = wantedOf(o);
  if (wanted === undefined || isGoing(o) || !isNew(wanted.id, course)) return course;
  const before = witnessed(wanted.id, o);
  if (before !== undefined) return { ...course, record: withOutcome(course.record, wanted.id, before) };
  const why = refusalOf(wanted, course.record, o);
  if (why !== undefined) return end(course, { id: wanted.id, outcome: 'Refused', why });
  const { current } = course.record;
  const next = begun(wanted, course.record, o);
  const freed = current === undefined ? course : endCurrent(course, current, outcomeBefore(current, o));
  return { ...freed, record: { ...freed.record, current: next } };
}

/** A request that is gone before anything was changed is called off. Later it goes on. */
function callOff(course: Course, o: Observed): Course {
  const { current } = course.record;
  if (current?.stage !== 'Requested') return course;
  const isStill = wantedOf(o)?.id === current.id || (quietBackup(o) === current.id && restoresOnFailure(o));
  return isStill && !isGoing(o) ? course : endCurrent(course, current, 'CalledOff');
}

/** The backup before a failed migration. */
function undo(course: Course, o: Observed): Course {
  const id = backupToRestore(o);
  if (id === undefined || isGoing(o) || course.record.current !== undefined) return course;
  const current: CurrentRestore = {
    id,
    request: requestId(id, o),
    target: { type: 'newest' },
    repo: firstRepository(o),
    since: o.now,
    stage: 'Requested',
  };
  return { ...course, record: { ...course.record, current } };
}

/** Nothing is left to be undone, or a user no longer wants that: the application runs again, and its data is never set back to that backup. */
function release(course: Course, o: Observed): Course {
  const id = quietBackup(o);
  if (id === undefined || course.record.current?.id === id || outcomeOf(id, course.record) !== undefined) return course;
  return restoresOnFailure(o) && isPending(id, o) ? course : { ...course, record: withOutcome(course.record, id, 'CalledOff') };
}

const steps: readonly ((course: Course, o: Observed) => Course)[] = [passOver, advance, finish, abandon, begin, callOff, undo, release];

/** The record after this answer, and what ends with it; undefined where there is no database of the operator's. */
export const restoreCourse = memo((o): Course | undefined => {
  if (isExternal(o)) return undefined;
  return steps.reduce<Course>((course, step) => step(course, o), { record: recorded(o), ended: [] });
});
