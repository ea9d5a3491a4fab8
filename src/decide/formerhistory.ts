/** The histories of the data that restores have left behind. */
import type { Observed } from '../api/observed.ts';
import type { GivenUp } from '../api/restore.ts';
import { lineage } from '../observed/lineage.ts';
import type { CurrentRestore, RestoreRecord } from '../observed/restorerecord.ts';
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

/** Every history that is known to be given up, by requests of the spec and by hand. */
export const formerHistories = ({ givenUp }: Pick<RestoreRecord, 'givenUp'>, o: Observed): GivenUp[] => [
  ...givenUp,
  ...(lineage(true, o)?.givenUp ?? []),
];
