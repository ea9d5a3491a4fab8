/** The record of fields that were found changed although nothing else was asked for: an annotation on the child that has them. */
import { isFields, pathOf, withValue } from './fieldpath.ts';
import type { Manifest } from './kubernetes.ts';
import { annotations } from './names.ts';

/** One field. `wanted` is what the operator asked for, undefined where JSON left it out; `at` an RFC 3339 time. */
export interface Contest {
  wanted: unknown;
  /** When it was last sent again. */
  at: string;
  /** Admission or another controller sets it: its live value is what is sent. */
  isLeft?: true;
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

/** What the operator wanted when it last wrote: what was applied, with its own value of each field that is left to others. */
export const wantedThen = (applied: Manifest): Manifest =>
  [...contestsOf(applied.metadata.annotations)]
    .filter(([, { isLeft }]) => isLeft)
    .reduce((manifest, [pointer, { wanted }]) => withValue(manifest, pathOf(pointer), wanted), applied);
