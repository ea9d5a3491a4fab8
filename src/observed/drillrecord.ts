/**
 * What the object of a managed database records about drills, and what the copy of a drill records about itself. JSON in annotations: status may be
 * lost, and a drill must neither be repeated nor go on for ever because of that.
 */
import type { BestieStatus } from '../api/bestie.ts';
import type { Drill } from '../api/drill.ts';
import type { KubeObject } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { isTime } from '../lib/time.ts';
import { durable } from './lastapplied.ts';
import { memo } from './memo.ts';

/** The last drill that succeeded, as status shows it. */
export type Verified = NonNullable<NonNullable<BestieStatus['backup']>['verified']>;

/** How a drill ended. `words`: what the check found, or why it failed. */
export interface DrillEnd {
  id: string;
  hasSucceeded: boolean;
  at: string;
  repo: string;
  words: string;
}

export interface DrillRecord {
  /** The schedule, and the RFC 3339 time at which it was first seen: no earlier run of it is due. */
  schedule?: string;
  since?: string;
  /** The last run of a schedule, and the last token, that was carried out. */
  due?: string;
  token?: string;
  last?: DrillEnd;
  verified?: Verified;
}

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function parsed(text: string | undefined): Fields | undefined {
  if (text === undefined) return undefined;
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {}; // another writer put something else there: a record without facts
  }
}

/** The texts, and the times, among these that are well-formed. */
const texts = <K extends string>(given: Record<K, unknown>): Partial<Record<K, string>> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => isText(value))) as Partial<Record<K, string>>;
const times = <K extends string>(given: Record<K, unknown>): Partial<Record<K, string>> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => isTime(value))) as Partial<Record<K, string>>;

function endOf(value: unknown): DrillEnd | undefined {
  const { id, hasSucceeded, at, repo, words } = fieldsOf(value);
  const isWhole = isText(id) && typeof hasSucceeded === 'boolean' && isTime(at) && isText(repo) && isText(words);
  return isWhole ? { id, hasSucceeded, at, repo, words } : undefined;
}

/** What is well-formed of a verification, wherever it was recorded. */
export function verifiedOf(value: unknown): Verified | undefined {
  const { at, repository, target, took, revision } = fieldsOf(value);
  const isWhole = isTime(at) && isText(repository) && isText(target) && Number.isSafeInteger(took) && isText(revision);
  return isWhole ? { at, repository, target, took: Number(took), revision } : undefined;
}

/** What is well-formed in the text of a record; empty where there is none. */
export function drillRecordIn(text: string | undefined): DrillRecord {
  const { schedule, since, due, token, last, verified } = parsed(text) ?? {};
  const [end, success] = [endOf(last), verifiedOf(verified)];
  return { ...texts({ schedule, token }), ...times({ since, due }), ...(end && { last: end }), ...(success && { verified: success }) };
}

/** The record of drills; empty where there is none. */
export const drillRecord = memo((o): DrillRecord => {
  const live = o.provider.live(o);
  return drillRecordIn(live && durable(o, live, annotations.drills));
});

/** As it is written; undefined for a record of nothing. */
export const drillRecordText = (record: DrillRecord): string | undefined =>
  Object.keys(record).length === 0 ? undefined : JSON.stringify(record);

/** As it was applied alone: the copy has always been applied, and its bound must not be one that another writer has put there. */
const recorded = (copy: KubeObject, o: Pick<Observed, 'applied'>): Fields | undefined =>
  parsed(o.applied(copy)?.metadata.annotations?.[annotations.drill]);

/** What the copy records about its drill. A copy without that is given up at once: nothing says how long it may take. */
export function drillOf(copy: KubeObject, o: Pick<Observed, 'applied'>): Drill {
  const { id, repo, since, until, due, token } = recorded(copy, o) ?? {};
  const created = copy.metadata.creationTimestamp ?? '';
  return {
    id: isText(id) ? id : `unknown.${created}`,
    repo: isText(repo) ? repo : 'unknown',
    since: isTime(since) ? since : created,
    until: isTime(until) ? until : created,
    ...times({ due }),
    ...texts({ token }),
  };
}

/** Whether the copy says of which drill it is. Of one that does not, the drill that is due is carried out with it: else the next copy would follow at once. */
export const isKnown = (copy: KubeObject, o: Pick<Observed, 'applied'>): boolean => isText(recorded(copy, o)?.id);

/** As it is written, in one order of fields: the copy is not written again because of its record. */
export const drillText = ({ id, repo, since, until, due, token }: Drill): string => JSON.stringify({ id, repo, since, until, due, token });
