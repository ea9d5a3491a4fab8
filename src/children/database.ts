/** When a PostgresCluster is usable. Source: PGO's own order of events, seen on PGO 6.0 and read for 5.8. */
import type { KubeObject, Live } from '../api/kubernetes.ts';
import { PGO_RESTORE_ANNOTATION } from '../api/names.ts';
import type { PostgresClusterStatus } from '../api/postgrescluster.ts';

export const databaseStatus = (live: KubeObject | undefined): Live<PostgresClusterStatus> | undefined =>
  live?.status as Live<PostgresClusterStatus> | undefined;

export function isRestoring(live: KubeObject): boolean {
  const status = databaseStatus(live);
  const restore = status?.pgbackrest?.restore;
  // A failed restore that was disarmed leaves its conditions behind for ever on a database that works.
  const disarmed = restore?.finished === true && live.metadata.annotations?.[PGO_RESTORE_ANNOTATION] !== restore.id;
  const conditions = status?.conditions ?? [];
  const says = (type: string, value: string): boolean =>
    conditions.some((condition) => condition?.type === type && condition.status === value);
  return !disarmed && (says('PGBackRestoreProgressing', 'True') || says('PostgresDataInitialized', 'False'));
}

/**
 * Bootstrapped, not being restored or deleted, an instance ready, and the SQL that makes database and role has run.
 * The user's Secret proves nothing: it exists before the role does.
 */
export function isUsable(live: KubeObject | undefined): boolean {
  const status = databaseStatus(live);
  if (live === undefined || live.metadata.deletionTimestamp != null || isRestoring(live)) return false;
  const ready = (status?.instances ?? []).reduce((sum, instance) => sum + (instance?.readyReplicas ?? 0), 0);
  return ready > 0 && !!status?.patroni?.systemIdentifier && !!status.databaseRevision && !!status.usersRevision;
}
