/** When a PostgresCluster is usable. Source: PGO's own order of events, seen on PGO 6.0 and read for 5.8. */
import { kinds } from '../../api/kinds.ts';
import { type Observed } from '../../api/observed.ts';
import { kindKey, type KubeObject, type Live } from '../../api/kubernetes.ts';
import { clusterName, RESTORE_ANNOTATION } from './names.ts';
import type { PostgresClusterStatus, PostgresClusterSwitches } from './types.ts';
import { readOnlyParameter } from './parameters.ts';

/** The database of a managed Bestie, as it is observed. */
export const postgresCluster = (o: Observed): KubeObject | undefined =>
  o.child(kindKey(kinds.postgresCluster), clusterName(o.bestie.metadata.name));

export const databaseStatus = (live: KubeObject | undefined): Live<PostgresClusterStatus> | undefined =>
  live?.status as Live<PostgresClusterStatus> | undefined;

/** PGO's own id for the restore with which a database begins that has a source. Source: PGO 6.0, cluster.go. */
const BOOTSTRAP = '~pgo-bootstrap-';
export const bootstrapId = (name: string): string => `${BOOTSTRAP}${name}`;
export const isBootstrap = (id: string | null | undefined): boolean => id?.startsWith(BOOTSTRAP) === true;

/** Whether it is to be made from the backups of another one. */
function hasSource(live: KubeObject): boolean {
  const { dataSource } = (live.spec ?? {}) as Live<{ dataSource: { postgresCluster: unknown; pgbackrest: unknown } }>;
  return dataSource?.postgresCluster != null || dataSource?.pgbackrest != null;
}

/** Whether a restore of that id is requested: by the annotation, and enabled in the spec, or by the source of a new database. */
function isRequested(live: KubeObject, id: string | null | undefined): boolean {
  if (id === bootstrapId(live.metadata.name)) return hasSource(live);
  const { backups } = (live.spec ?? {}) as Live<{ backups: { pgbackrest: { restore: { enabled: boolean } } } }>;
  return id != null && live.metadata.annotations?.[RESTORE_ANNOTATION] === id && backups?.pgbackrest?.restore?.enabled === true;
}

/**
 * Whether PGO is restoring it. Conditions alone do not show that: those of a restore that failed or was aborted stay for ever on a database that
 * works. From the tear-down until the first leader there is no system identifier.
 */
export function isRestoring(live: KubeObject): boolean {
  const status = databaseStatus(live);
  const restore = status?.pgbackrest?.restore;
  const find = (type: string) => status?.conditions?.find((condition) => condition?.type === type);
  const progress = find('PGBackRestoreProgressing');
  if (progress?.status !== 'True' && find('PostgresDataInitialized')?.status !== 'False') return false;
  const isAsked = isRequested(live, restore?.id);
  if (restore?.finished === true && !isAsked) return false;
  const isTornDown = progress?.reason === 'RestoreInPlaceRequested' && isAsked;
  return isTornDown || !status?.patroni?.systemIdentifier;
}

/** The switches that a user has set on it. */
export const switchesOf = (live: KubeObject | undefined): Live<PostgresClusterSwitches> => live?.spec ?? {};

/** Whether it follows another database. One without a source is refused by PGO, which leaves the database as it was. */
export function isStandby(live: KubeObject): boolean {
  const { enabled, repoName, host } = switchesOf(live).standby ?? {};
  return enabled === true && (!!repoName || !!host);
}

/** Whether it is stopping or has stopped: PGO acts on that within a second, unless it is paused. */
const isStopping = (live: KubeObject): boolean => switchesOf(live).shutdown === true && switchesOf(live).paused !== true;

/** Instances that are ready, that exist, and that are of the latest spec; PGO leaves out what is 0. */
export function instancesOf(live: KubeObject | undefined): { ready: number; replicas: number; updated: number } {
  const instances = databaseStatus(live)?.instances ?? [];
  const sum = (field: 'readyReplicas' | 'replicas' | 'updatedReplicas'): number =>
    instances.reduce((all, instance) => all + (instance?.[field] ?? 0), 0);
  return { ready: sum('readyReplicas'), replicas: sum('replicas'), updated: sum('updatedReplicas') };
}

/**
 * Bootstrapped, not being restored, stopped or deleted, an instance ready, written to by its users, and the SQL that makes database and role has run.
 * The user's Secret proves nothing: it exists before the role does.
 */
export function isUsable(live: KubeObject | undefined): boolean {
  const status = databaseStatus(live);
  if (live === undefined || live.metadata.deletionTimestamp != null || isRestoring(live)) return false;
  if (isStopping(live) || isStandby(live) || readOnlyParameter(live) !== undefined) return false;
  return instancesOf(live).ready > 0 && !!status?.patroni?.systemIdentifier && !!status.databaseRevision && !!status.usersRevision;
}

/** A text that is not empty: PGO writes an empty one for what it does not know, and others may write no text at all. */
const stated = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Postgres' own identifier of the system; undefined while the database starts again, which proves nothing. */
export const systemOf = (live: KubeObject | undefined): string | undefined => stated(databaseStatus(live)?.patroni?.systemIdentifier);

/**
 * The id of the last restore that has succeeded, failed or was aborted: each left other data behind. One that runs counts later, and so does one
 * that failed and is still requested: no instance is started on what it left.
 */
export function endedRestore(live: KubeObject | undefined): { id: string; at: string | undefined } | undefined {
  const { id, finished, completionTime } = databaseStatus(live)?.pgbackrest?.restore ?? {};
  const isOver = live !== undefined && !isRestoring(live) && (finished === true || systemOf(live) !== undefined);
  return id && isOver ? { id, at: completionTime ?? undefined } : undefined;
}

/** Whether the data of another database was, or may have been, copied into it. */
export const isCopied = (live: KubeObject | undefined): boolean =>
  databaseStatus(live)?.pgbackrest?.restore != null || (live?.spec as { dataSource?: unknown } | null | undefined)?.dataSource != null;

/** PGO's hash of the statements that it has run to make roles and passwords, which it sets once they have run. */
export const loginRevision = (live: KubeObject | undefined): string | undefined => stated(databaseStatus(live)?.usersRevision);
