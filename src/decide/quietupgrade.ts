/**
 * An upgrade that can be undone as a whole: with upgrade.onFailure: Restore the application is at zero from before the backup until the migrations
 * are completed or undone, so that nothing is written that the backup lacks.
 */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { requestOf, type DatabaseOperation } from './operation.ts';
import { quietBackup } from './undoing.ts';
import { writing } from './writing.ts';

const isQuiet = (operation: DatabaseOperation): boolean => requestOf(operation)?.purpose === 'quiet-upgrade';

/** Whether the backup is on its way, or is there. One that has failed is tried again later: the application runs until then. */
const isUnderway = (operation: DatabaseOperation): boolean =>
  isQuiet(operation) && operation.type === 'Backup' && operation.progress.state !== 'failed';

const stopping = ({ message, ...rest }: Readiness): Readiness => ({ ...rest, reason: 'Stopping', message });

/**
 * The same operation, not before the application is seen at zero. A backup beside which it runs after all lacks what is written since: its request is
 * taken back, and another one is taken afterwards.
 */
export function quietly(next: DatabaseOperation, o: Observed): DatabaseOperation {
  const left = isUnderway(next) ? writing(o) : undefined;
  return left === undefined ? next : { type: 'BackupPending', waits: stopping(left) };
}

/** Why the application is stopped for an upgrade; undefined if it is not. */
export function stoppedForUpgrade(operation: DatabaseOperation, gate: Readiness | undefined, o: Observed): Readiness | undefined {
  if (quietBackup(o) === undefined && gate?.reason !== 'Stopping' && !isUnderway(operation)) return undefined;
  const message =
    'the application is stopped, because upgrade.onFailure is Restore: nothing is written between the backup and the end of the migrations';
  return { status: 'False', reason: 'Stopping', message };
}
