/** What each phase of a restore is, for a reader who has never seen one. */
import { own } from '../../lib/own.ts';
import type { Resource } from '../apiserver/object.ts';
import { fieldsOf } from '../controllers/objectstatus.ts';

/** One sentence for each value of `status.restore.phase`. */
export const phaseWords: Readonly<Record<string, string>> = {
  Waiting: 'another operation on the database ends first',
  BackingUp: 'what is there now is backed up, in case the target is a wrong one',
  Stopping: 'the application is stopped, so that it writes nothing that would be lost',
  Restoring: 'Crunchy PGO stops Postgres, copies a backup back, and replays what was written after it, up to the target',
  Failed: 'Postgres stays stopped: what is on disk may be neither the former data nor that of the target',
  Migrating: 'the data is back, and its tables are brought to the shape that the version needs',
  Starting: 'the application is started on it',
  Finishing: 'users are served again; meanwhile the restored data gets its first backup',
  Succeeded: 'done',
  Refused: 'known to be impossible; nothing was changed',
  PassedOver: 'it was requested before the database existed, and is not carried out',
  CalledOff: 'the request was removed before anything was changed',
  Abandoned: 'Postgres was started on what the restore has left',
};

export interface RestoreShown {
  id: string;
  phase: string;
}

const restoreOf = (bestie: Resource | undefined): RestoreShown | undefined => {
  const { id, phase } = fieldsOf(bestie?.status?.restore);
  return typeof id === 'string' && typeof phase === 'string' ? { id, phase } : undefined;
};

/** The id and the phase that a restore has come to with this change; undefined where there is none, or it is where it was. */
export function newPhase(before: Resource | undefined, now: Resource): RestoreShown | undefined {
  const [was, is] = [restoreOf(before), restoreOf(now)];
  return is === undefined || (was?.id === is.id && was.phase === is.phase) ? undefined : is;
}

export const wordsOf = ({ phase }: RestoreShown): string => own(phaseWords, phase) ?? '';
