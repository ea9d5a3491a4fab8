/** What is said of a restore whose data is no longer what it has brought back. */
import type { Observed } from '../api/observed.ts';
import { isRequestOf } from '../decide/restorewitness.ts';

/** The most characters of the id of a restore that others have requested. */
const SHOWN = 63;

/** That a restore which others have requested on the object of the database replaces the data, or has replaced it; empty where none has since the one with that id. */
export function replacedSince(id: string, o: Observed): string {
  const [running, last] = [o.provider.restores.byOthers(o), o.provider.endedRestore(o)];
  if (running !== undefined) return `; but it is being replaced, by the restore ${running.slice(0, SHOWN)}`;
  return last === undefined || isRequestOf(id, last.id) ? '' : `; but it was replaced since, by the restore ${last.id.slice(0, SHOWN)}`;
}
