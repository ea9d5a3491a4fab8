/** Histories of the data that were given up, as records have them. */
import type { GivenUp } from '../api/restore.ts';
import { isTime } from '../lib/time.ts';

/** Entries that a record keeps, the latest. */
export const GIVEN_UP_LIMIT = 16;

/** Those of a list that can be read. */
export const givenUpOf = (value: unknown): GivenUp[] =>
  (Array.isArray(value) ? value : []).flatMap((entry) => {
    const { from, until } = (entry ?? {}) as Record<string, unknown>;
    return isTime(from) && isTime(until) ? [{ from, until }] : [];
  });
