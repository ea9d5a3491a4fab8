/** What a request for a restore means: its target as it is carried out, and in words. */
import type { BestieSpec } from '../api/bestie.ts';
import type { GivenUp, RestoreTarget } from '../api/restore.ts';
import { beginOf } from '../database/backuplabel.ts';
import { utc, wholeSeconds } from '../lib/time.ts';
import type { CurrentRestore } from '../observed/restorerecord.ts';

export type WantedRestore = NonNullable<BestieSpec['restore']>;

/** Milliseconds by which the time in a label may differ from UTC: it is in the time zone of the host of the repository. */
const LABEL_ZONE = 86_400_000;

/** The moment, or the beginning of the backup, in milliseconds; undefined where neither is named. */
export function momentOf(target: RestoreTarget): number | undefined {
  if (target.type === 'time') return Date.parse(target.time);
  const begin = target.type === 'backup' ? beginOf(target.label) : undefined;
  return begin === undefined ? undefined : Date.parse(begin) + LABEL_ZONE;
}

const isWithin = (time: string, { from, until }: GivenUp): boolean =>
  Date.parse(time) > Date.parse(from) && Date.parse(time) < Date.parse(until);

/** A moment as a target. One of a history that was given up needs that history. */
export const momentTarget = (time: string, givenUp: readonly GivenUp[]): RestoreTarget => ({
  type: 'time',
  time,
  ...(givenUp.some((span) => isWithin(time, span)) && { isGivenUp: true as const }),
});

/** The target that is carried out for a request. */
export function targetOf({ target }: Pick<WantedRestore, 'target'>, givenUp: readonly GivenUp[]): RestoreTarget | undefined {
  if (target.backup !== undefined) return { type: 'backup', label: target.backup };
  if (target.time === undefined) return { type: 'latest' };
  const time = utc(target.time);
  return time === undefined ? undefined : momentTarget(time, givenUp);
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
export function givenUpBy({ target, since }: CurrentRestore, until: string): GivenUp[] {
  if (target.type === 'latest') return [];
  if (target.type === 'time') return [{ from: target.time, until }];
  return [{ from: (target.type === 'backup' ? beginOf(target.label) : undefined) ?? since, until }];
}

/** The state that a restore has brought the data to, as far as is known. */
export function reachedBy({ target, restoredAt }: CurrentRestore): string | undefined {
  if (restoredAt === undefined) return undefined;
  return target.type === 'latest' ? `all that was archived by ${wholeSeconds(restoredAt)}` : targetWords(target);
}
