/** What a request for a restore means: its target as it is carried out, and in words. */
import type { BestieSpec } from '../api/bestie.ts';
import type { RestoreTarget } from '../api/restore.ts';
import { wholeSeconds } from '../lib/time.ts';
import type { CurrentRestore, GivenUp, RestoreRecord } from '../observed/restorerecord.ts';

export type WantedRestore = NonNullable<BestieSpec['restore']>;

/** In UTC, with milliseconds where there are any; undefined for a day that no calendar has. */
export function utc(time: string): string | undefined {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return undefined;
  // V8 takes 30 February for 2 March.
  const day = new Date(`${time.slice(0, 10)}T00:00:00Z`);
  if (day.toISOString().slice(0, 10) !== time.slice(0, 10)) return undefined;
  return at.toISOString().replace('.000Z', 'Z');
}

/** RFC 3339 time at which the backup with that label began, by a clock in UTC; undefined for a label that is none. */
export function beginOf(label: string): string | undefined {
  const [, date = '', clock = ''] = /^(?:.*_)?(\d{8})-(\d{6})[FDI]$/.exec(label) ?? [];
  const time = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}Z`;
  return date === '' ? undefined : utc(time);
}

const isWithin = (time: string, { from, until }: GivenUp): boolean =>
  Date.parse(time) > Date.parse(from) && Date.parse(time) < Date.parse(until);

/** The target that is carried out for a request. A moment of a history that was given up needs that history. */
export function targetOf({ target }: WantedRestore, { givenUp }: Pick<RestoreRecord, 'givenUp'>): RestoreTarget | undefined {
  if (target.backup !== undefined) return { type: 'backup', label: target.backup };
  if (target.time === undefined) return { type: 'latest' };
  const time = utc(target.time);
  if (time === undefined) return undefined;
  return { type: 'time', time, ...(givenUp.some((span) => isWithin(time, span)) && { isGivenUp: true as const }) };
}

const words: { [Type in RestoreTarget['type']]: (target: Extract<RestoreTarget, { type: Type }>) => string } = {
  latest: () => 'latest',
  time: ({ time }) => time,
  backup: ({ label }) => `backup ${label}`,
  newest: () => 'the newest backup',
};

/** In words. */
export const targetWords = (target: RestoreTarget): string => (words[target.type] as (target: RestoreTarget) => string)(target);

/** The target of a request in words, whatever it holds. */
export function wantedWords({ target }: WantedRestore): string {
  if (target.time !== undefined) return utc(target.time) ?? target.time;
  return target.backup === undefined ? 'latest' : `backup ${target.backup}`;
}

/** What a restore that has succeeded has given up: what was written between its target and its end. Nothing of what is archived, if it was restored to its end. */
export function givenUpBy({ target, since }: Pick<CurrentRestore, 'target' | 'since'>, until: string): GivenUp[] {
  if (target.type === 'latest') return [];
  if (target.type === 'time') return [{ from: target.time, until }];
  return [{ from: (target.type === 'backup' ? beginOf(target.label) : undefined) ?? since, until }];
}

/** The state that a restore has brought the data to, as far as is known. */
export function reachedBy({ target, restoredAt }: CurrentRestore): string | undefined {
  if (restoredAt === undefined) return undefined;
  return target.type === 'latest' ? `all that was archived by ${wholeSeconds(restoredAt)}` : targetWords(target);
}
