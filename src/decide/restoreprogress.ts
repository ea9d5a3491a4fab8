/** How far the Bestie is once its data is back: migrations, application, and a first backup of the new history. */
import type { Observed } from '../api/observed.ts';
import { endsOfBackups } from '../database/knownbackups.ts';
import { deployment, isRolledOut, neededPods } from '../observed/deployment.ts';
import { historyIsUnknown } from '../observed/migrations.ts';
import type { CurrentRestore } from '../observed/restorerecord.ts';
import { firstRepository } from './backup.ts';

/** Whether the request is gone from the object of the database, as it was last applied. */
export const isTakenBack = (o: Observed): boolean => o.provider.restores.armed(o) === undefined;

/** Whether an image has its migrations on the data. */
export const isMigrated = (o: Observed): boolean => !historyIsUnknown(o);

/** Whether the application serves at its size. */
export const isServing = (o: Observed): boolean => deployment(o) !== undefined && isRolledOut(deployment(o), neededPods(o));

/** Whether a backup has succeeded since the data was back. Without one, a later restore would begin on the history that this one has given up. */
const isBackedUp = ({ restoredAt = '' }: CurrentRestore, o: Observed): boolean =>
  endsOfBackups(firstRepository(o), o).some((at) => Date.parse(at) > Date.parse(restoredAt));

/** Whether everything is as it was before, and a later restore can begin from a backup of the new history. */
export const isSecured = (current: CurrentRestore, o: Observed): boolean =>
  isTakenBack(o) && isMigrated(o) && isServing(o) && isBackedUp(current, o);
