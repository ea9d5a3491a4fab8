/** The one thing that is done to the database at a time. Another one is a new case, which `match` demands of everything that reads it. */
import type { BackupRequest } from '../api/decisions.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { RequestState } from '../api/provider.ts';

export type DatabaseOperation =
  | { type: 'None' }
  /** A backup is needed and cannot be asked for yet; `waits` says why. */
  | { type: 'BackupPending'; waits: Readiness }
  /** The request stays, or comes, onto the object of the database; `waits` says why it is not over. */
  | { type: 'Backup'; request: BackupRequest; progress: RequestState; waits?: Readiness };

type Cases<T> = { [Type in DatabaseOperation['type']]: (operation: Extract<DatabaseOperation, { type: Type }>) => T };

/** The result of the one case that the operation is. */
export const match = <T>(operation: DatabaseOperation, cases: Cases<T>): T =>
  (cases[operation.type] as (operation: DatabaseOperation) => T)(operation);

/** The backup that is asked for, if one is. */
export const requestOf = (operation: DatabaseOperation): BackupRequest | undefined =>
  match(operation, { None: () => undefined, BackupPending: () => undefined, Backup: ({ request }) => request });

/** Why the operation has not begun, or is not over; undefined where nothing is waited for. */
export const waitOf = (operation: DatabaseOperation): Readiness | undefined =>
  match(operation, { None: () => undefined, BackupPending: ({ waits }) => waits, Backup: ({ waits }) => waits });

/** Whether the backup that is asked for has succeeded. */
export const hasSucceeded = (operation: DatabaseOperation): boolean =>
  match(operation, { None: () => false, BackupPending: () => false, Backup: ({ progress }) => progress.state === 'succeeded' });
