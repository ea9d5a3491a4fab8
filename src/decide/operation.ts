/** The one operation on the database at a time. A new operation is a new case, which every use of `match` must then handle. */
import type { BackupRequest } from '../api/decisions.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { RequestState } from '../api/backupprovider.ts';

export type DatabaseOperation =
  | { type: 'None' }
  /** A backup is needed and cannot be requested yet; `waits` says why. */
  | { type: 'BackupPending'; waits: Readiness }
  /** The object of the database has the request; `waits` says why it has not ended. */
  | { type: 'Backup'; request: BackupRequest; progress: RequestState; waits?: Readiness };

type Cases<T> = { [Type in DatabaseOperation['type']]: (operation: Extract<DatabaseOperation, { type: Type }>) => T };

/** The result of the one case that the operation is. */
export const match = <T>(operation: DatabaseOperation, cases: Cases<T>): T =>
  (cases[operation.type] as (operation: DatabaseOperation) => T)(operation);

/** The requested backup, if any. */
export const requestOf = (operation: DatabaseOperation): BackupRequest | undefined =>
  match(operation, { None: () => undefined, BackupPending: () => undefined, Backup: ({ request }) => request });

/** Why the operation has not started or ended; undefined if nothing waits. */
export const waitOf = (operation: DatabaseOperation): Readiness | undefined =>
  match(operation, { None: () => undefined, BackupPending: ({ waits }) => waits, Backup: ({ waits }) => waits });

/** Whether the requested backup has succeeded. */
export const hasSucceeded = (operation: DatabaseOperation): boolean =>
  match(operation, { None: () => false, BackupPending: () => false, Backup: ({ progress }) => progress.state === 'succeeded' });
