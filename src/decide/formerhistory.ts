/** The histories of the data that restores leave behind which are not seen to succeed. */
import type { Observed } from '../api/observed.ts';
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
