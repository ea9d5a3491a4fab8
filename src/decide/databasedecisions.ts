/** What is decided about the object of the database, whatever becomes of the version. */
import type { DatabaseDecisions } from '../api/decisions.ts';
import type { Observed } from '../api/observed.ts';
import { carriedOut, onDemand } from './backup.ts';
import { usedBackup } from './migrationgate.ts';
import { requestOf, type DatabaseOperation } from './operation.ts';

/**
 * What stays, or comes, onto the object of the database. A backup on demand that has succeeded is noted, and asked for no more.
 */
export function databaseDecisions(operation: DatabaseOperation, o: Observed): DatabaseDecisions {
  // What was asked for last may have ended while something else is to be asked for now.
  const last = o.provider.backups.request(o);
  const isDone =
    last?.purpose === 'on-demand' && onDemand(o)?.key === last.key && o.provider.backups.stateOf(last, o).state === 'succeeded';
  const token = isDone ? o.bestie.spec.database.backups.onDemand : carriedOut(o);
  const request = requestOf(operation);
  const used = usedBackup(o);
  return {
    ...(request !== undefined && !(isDone && request.id === last.id) && { backup: request }),
    ...(token !== undefined && { onDemand: token }),
    ...(used !== undefined && { usedBackup: used }),
  };
}
