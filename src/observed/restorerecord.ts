/**
 * What the object of a managed database records about restores: it is written together with the request of a restore, so that a lost status repeats
 * none. JSON in an annotation.
 */
import type { Observed } from '../api/observed.ts';
import type { GivenUp, RestoreTarget } from '../api/restore.ts';
import { GIVEN_UP_LIMIT, givenUpOf } from './givenup.ts';
import { hash8 } from '../lib/hash.ts';
import { isTime } from '../lib/time.ts';
import { durable } from './lastapplied.ts';
import { annotations } from '../api/names.ts';
import { memo } from './memo.ts';

/** How a request ended. `PassedOver`: it was there before the database was this Bestie's. */
export const outcomes = ['Succeeded', 'Failed', 'Refused', 'PassedOver', 'CalledOff', 'Replaced', 'Abandoned'] as const;
export type Outcome = (typeof outcomes)[number];

/** `Requested`: nothing is changed yet; `Armed`: the database operator has it; `Restored`: it has brought the data back, and its request is gone. */
export const stages = ['Requested', 'Armed', 'Restored'] as const;
export type Stage = (typeof stages)[number];

/** The restore that is carried out. `id` is that of the user, or of the backup before a failed migration; `request` that of the database operator. */
export interface CurrentRestore {
  id: string;
  request: string;
  target: RestoreTarget;
  repo: string;
  /** RFC 3339 time at which it was first seen. */
  since: string;
  stage: Stage;
  /** It goes without a backup of what was there, because the database was down. */
  isUnbacked?: true;
  /** RFC 3339 time at which the data was back. */
  restoredAt?: string;
}

/** How a request ended, and what is known of it; times are RFC 3339. `reached`: the state of the data, in words. */
export interface Ending {
  id: string;
  target: string;
  outcome: Outcome;
  at: string;
  why?: string;
  repo?: string;
  since?: string;
  reached?: string;
}

export interface RestoreRecord {
  /** The first 8 characters of the uid of the Bestie whose requests these are. */
  by: string;
  /** Hashes of the ids that ended, with how, the latest last. */
  ended: readonly (readonly [hash: string, outcome: Outcome])[];
  /** What is known of the last ones that ended: status may be lost. */
  recent: readonly Ending[];
  current?: CurrentRestore;
  /** The end of the last restore that succeeded. */
  restoredAt?: string;
  givenUp: readonly GivenUp[];
}

/** Entries that are kept of what ended. */
const ENDED_LIMIT = 128;
const RECENT_LIMIT = 5;

/** Identifies the Bestie in the record. */
export const ownerOf = ({ bestie }: Observed): string => bestie.metadata.uid.slice(0, 8);

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function targetOf(value: unknown): RestoreTarget | undefined {
  const { type, time, label, isGivenUp } = fieldsOf(value);
  if (type === 'latest' || type === 'newest') return { type };
  if (type === 'time' && isTime(time)) return { type, time, ...(isGivenUp === true && { isGivenUp }) };
  return type === 'backup' && isText(label) ? { type, label } : undefined;
}

function currentOf(value: unknown): CurrentRestore | undefined {
  const { id, request, target, repo, since, stage, isUnbacked, restoredAt } = fieldsOf(value);
  const [wanted, known] = [targetOf(target), stages.find((each) => each === stage)];
  if (!isText(id) || !isText(request) || !isText(repo) || !isTime(since) || wanted === undefined || known === undefined) return undefined;
  return {
    id,
    request,
    target: wanted,
    repo,
    since,
    stage: known,
    ...(isUnbacked === true && { isUnbacked }),
    ...(isTime(restoredAt) && { restoredAt }),
  };
}

function endedOf(value: unknown): RestoreRecord['ended'] {
  return listOf(value).flatMap((entry) => {
    const [hash, outcome] = listOf(entry);
    const known = outcomes.find((each) => each === outcome);
    return isText(hash) && known !== undefined ? [[hash, known] as const] : [];
  });
}

function recentOf(value: unknown): Ending[] {
  return listOf(value).flatMap((entry) => {
    const { id, target, outcome, at, why, repo, since, reached } = fieldsOf(entry);
    const known = outcomes.find((each) => each === outcome);
    if (!isText(id) || !isText(target) || known === undefined || !isTime(at)) return [];
    const texts = { ...(isText(why) && { why }), ...(isText(repo) && { repo }), ...(isText(reached) && { reached }) };
    return [{ id, target, outcome: known, at, ...texts, ...(isTime(since) && { since }) }];
  });
}

/** The record in that text; undefined where it cannot be read. */
export function restoreRecordOf(text: string): RestoreRecord | undefined {
  try {
    const { by, ended, recent, current, restoredAt, givenUp } = fieldsOf(JSON.parse(text));
    const now = currentOf(current);
    return {
      by: isText(by) ? by : '',
      ended: endedOf(ended),
      recent: recentOf(recent),
      ...(now && { current: now }),
      ...(isTime(restoredAt) && { restoredAt }),
      givenUp: givenUpOf(givenUp),
    };
  } catch {
    return undefined; // another writer put something else there: the same as no record
  }
}

/** The record as it was last written; undefined without one. */
export const restoreRecord = memo((o): RestoreRecord | undefined => {
  const live = o.provider.live(o);
  const text = live && durable(o, live, annotations.restores);
  return text === undefined ? undefined : restoreRecordOf(text);
});

/** The latest ends, and that of an id that a spec still has, however long ago: it would be carried out again. */
function kept(ended: RestoreRecord['ended'], wanted: string | undefined): RestoreRecord['ended'] {
  const latest = ended.slice(-ENDED_LIMIT);
  const own = ended.find(([hash]) => wanted !== undefined && hash === hash8(wanted));
  return own === undefined || latest.includes(own) ? latest : [own, ...latest.slice(1)];
}

/** As it is written, for a spec that has the id `wanted`. */
export function restoreRecordText({ by, ended, recent, current, restoredAt, givenUp }: RestoreRecord, wanted?: string): string {
  return JSON.stringify({
    by,
    ...(ended.length > 0 && { ended: kept(ended, wanted) }),
    ...(recent.length > 0 && { recent: recent.slice(-RECENT_LIMIT) }),
    ...(current && { current }),
    ...(restoredAt !== undefined && { restoredAt }),
    ...(givenUp.length > 0 && { givenUp: givenUp.slice(-GIVEN_UP_LIMIT) }),
  });
}

/** How the request with that id ended; undefined if it has not, or is not known. */
export const outcomeOf = (id: string, { ended }: Pick<RestoreRecord, 'ended'>): Outcome | undefined =>
  ended.findLast(([hash]) => hash === hash8(id))?.[1];

/** The record with the id used up. */
export const usedUp = (record: RestoreRecord, id: string, outcome: Outcome): RestoreRecord => ({
  ...record,
  ended: [...record.ended.filter(([hash]) => hash !== hash8(id)), [hash8(id), outcome]],
});

/** The record with the end of that request. */
export const withEnding = (record: RestoreRecord, ending: Ending): RestoreRecord => ({
  ...usedUp(record, ending.id, ending.outcome),
  recent: [...record.recent.filter(({ id }) => id !== ending.id), ending],
});
