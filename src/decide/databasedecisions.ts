/** What is decided about the object of the database, whatever is decided about the version. */
import type { DatabaseDecisions } from '../api/decisions.ts';
import type { Observed } from '../api/observed.ts';
import { carriedOut, onDemand } from './backup.ts';
import { drillsText } from './drill.ts';
import { copying } from './copy.ts';
import { restoring } from './restore.ts';
import { usedBackup } from './usedbackup.ts';
import { poolerSize } from './pooler.ts';
import { requestOf, type DatabaseOperation } from './operation.ts';

/**
 * What the object of the database records. A backup on demand that has succeeded is recorded, and not requested again.
 */
export function databaseDecisions(operation: DatabaseOperation, o: Observed): DatabaseDecisions {
  // The last request may have ended while another one is to be made now.
  const last = o.provider.backups.request(o);
  const isDone =
    last?.purpose === 'on-demand' && onDemand(o)?.key === last.key && o.provider.backups.stateOf(last, o).state === 'succeeded';
  const token = isDone ? o.bestie.spec.database.backups.onDemand : carriedOut(o);
  const request = requestOf(operation);
  const used = usedBackup(o);
  const pooler = poolerSize(o);
  const { request: restore, record: restores } = restoring(o);
  const drills = drillsText(o);
  return {
    ...(restore && { restore }),
    ...(restores !== undefined && { restores }),
    ...(request !== undefined && restore === undefined && !(isDone && request.id === last.id) && { backup: request }),
    ...(token !== undefined && { onDemand: token }),
    ...(used !== undefined && { usedBackup: used }),
    ...copying(o),
    ...(pooler && { pooler }),
    ...(drills !== undefined && { drills }),
  };
}
