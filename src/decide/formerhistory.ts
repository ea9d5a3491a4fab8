/** The histories of the data that restores leave behind which are not carried out to their end here: replaced, or requested by others. */
import type { Observed } from '../api/observed.ts';
import { lineageChange } from '../observed/lineage.ts';
import type { CurrentRestore, GivenUp } from '../observed/restorerecord.ts';
import { givenUpBy } from './restoretarget.ts';

/**
 * What is given up by a restore that is replaced: Postgres may have begun its new history, and archived that, before the database was usable. A
 * moment on the former history is then reached as if it was given up, which is right in either case.
 */
export function leftBy(current: CurrentRestore | undefined, o: Observed): GivenUp[] {
  if (current?.stage !== 'Armed') return [];
  const { state, endedAt } = o.provider.restores.stateOf(current.request, o);
  const until = state === 'brokenOff' ? o.now : endedAt;
  return until === undefined ? [] : givenUpBy(current, until);
}

/** What is given up by a restore that others have requested, when its end is found. */
export function leftByOthers(o: Observed): GivenUp[] {
  const ended = lineageChange(o) === 'restored' ? o.provider.restores.endedByOthers(o) : undefined;
  return ended === undefined ? [] : givenUpBy({ target: ended.target, since: ended.endedAt }, ended.endedAt);
}
