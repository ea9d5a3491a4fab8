/** The record of fields that changed although their desired value did not: an annotation on the child. */
import { indexAt, isFields, pathOf, valueAt, withValue } from '../lib/fieldpath.ts';
import type { KubeObject, Manifest } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';

/** One field. `wanted` is its desired value, undefined if JSON left it out; `at` an RFC 3339 time. */
export interface Contest {
  wanted: unknown;
  /** When it was last sent again, or its live value taken over. */
  at: string;
  /** The index of an item of a list. */
  index?: number;
  /** Admission or another controller sets it: its live value is what is sent. */
  isLeft?: true;
  /** How often the live value that was sent was changed at once. Admission that changes any value would otherwise never settle. */
  quickChanges?: number;
}

/** By JSON pointer. */
export type Contests = ReadonlyMap<string, Contest>;

const isContest = (value: unknown): value is Contest => isFields(value) && typeof value.at === 'string';

/** The fields that an annotation lists; none where it is missing or unreadable. */
export function contestsOf(notes: Readonly<Record<string, string>> | null | undefined): Contests {
  const text = notes?.[annotations.contested];
  if (text === undefined) return new Map();
  try {
    const value: unknown = JSON.parse(text);
    return new Map(isFields(value) ? Object.entries(value).filter((entry): entry is [string, Contest] => isContest(entry[1])) : []);
  } catch {
    return new Map(); // the field is sent once more
  }
}

/** The annotation for those fields, sorted; none where there is none. */
export function contestAnnotation(contests: Contests): Record<string, string> {
  if (contests.size === 0) return {};
  const sorted = [...contests].sort(([a], [b]) => (a < b ? -1 : 1));
  return { [annotations.contested]: JSON.stringify(Object.fromEntries(sorted)) };
}

/** Quick changes after which a field is sent with its desired value, and no longer taken over. */
const QUICK_CHANGES = 3;

/** Whether the live value of the field is what is sent. */
export const isTakenOver = ({ isLeft, quickChanges = 0 }: Contest): boolean => isLeft === true && quickChanges < QUICK_CHANGES;

/** The fields of which the live value was sent, in the order of their lists. */
const takenOver = (contests: Contests): [pointer: string, contest: Contest][] =>
  [...contests].filter(([, contest]) => isTakenOver(contest)).sort(([, a], [, b]) => (a.index ?? 0) - (b.index ?? 0));

/** The last desired configuration: what was applied, with the operator's own value of each field that is left to others. */
export const wantedThen = (applied: Manifest): Manifest =>
  takenOver(contestsOf(applied.metadata.annotations)).reduce(
    (manifest, [pointer, { wanted, index }]) => withValue(manifest, pathOf(pointer), wanted, index),
    applied,
  );

/** A value without nulls, which mean nothing and must not be sent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item != null).map(withoutNulls);
  if (!isFields(value)) return value ?? undefined;
  const kept = Object.entries(value).filter(([, child]) => child != null);
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child)]));
}

/** The manifest with the live value of each field that is taken over. */
export const withLiveValues = (manifest: Manifest, live: KubeObject, contests: Contests): Manifest =>
  takenOver(contests).reduce((next, [pointer]) => {
    const path = pathOf(pointer);
    return withValue(next, path, withoutNulls(valueAt(live, path)), indexAt(live, path));
  }, manifest);
