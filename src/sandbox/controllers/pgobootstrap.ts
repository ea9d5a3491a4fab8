/**
 * What Crunchy PGO was seen to write to status while it fills a cluster from its `dataSource`: a Job restores first, then the instances start. A source that
 * does not exist is looked for once: PGO 6.0.3 writes an Event, and looks again only when the cluster changes. `sandbox/restore` is as in pgorestore.ts.
 *
 * What a `dataSource` does to a cluster that lives is seen here, too: where status does not name this very restore, the instances are deleted and the
 * cluster is filled anew. PGO forgets the restore of a cluster without `backups` as soon as it has succeeded, so that this one is filled again and again.
 */
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { backupConditions, withConditions } from './pgoconditions.ts';
import { instancesUp } from './pgofaults.ts';
import { hasBackups, hostOf, repositories } from './pgorepositories.ts';
import {
  bootstrapId,
  emptied,
  failed,
  isBootstrap,
  isFailing,
  isOver,
  isRestoreAsked,
  restoreOf,
  succeeded,
  tornDown,
} from './pgorestoresteps.ts';
import { conditionsOf, fieldsOf } from './objectstatus.ts';

/** Finds another PostgresCluster by its namespace and name. */
export type Find = (namespace: string, name: string) => Resource | undefined;

interface Source {
  postgresCluster?: { clusterName?: string; clusterNamespace?: string; repoName?: string };
  pgbackrest?: Fields;
}

/** The source that PGO fills the cluster from; where there are two, the cluster counts. */
function sourceOf({ spec }: Resource): Source | undefined {
  const { postgresCluster, pgbackrest } = fieldsOf(spec?.dataSource) as Source;
  if (postgresCluster !== undefined) return { postgresCluster };
  return pgbackrest === undefined ? undefined : { pgbackrest };
}

interface Repository {
  name: string;
  stanzaCreated?: boolean;
}

/** Whether the source was made after PGO has looked for it, and nothing has changed the cluster since. */
function isUnnoticed(cluster: Resource, source: Resource): boolean {
  const looked = conditionsOf(cluster).find(({ reason }) => reason === 'ReadyForRestore');
  const isLater = source.metadata.creationTimestamp > (looked?.lastTransitionTime ?? '');
  return isLater && looked?.observedGeneration === cluster.metadata.generation && restoreOf(cluster).active === undefined;
}

/** What PGO finds there: nothing is known of a bucket, it is tried. */
function lookUp(cluster: Resource, find: Find): 'usable' | 'empty' | 'missing' {
  const { clusterName = '', clusterNamespace, repoName } = sourceOf(cluster)?.postgresCluster ?? {};
  if (clusterName === '') return 'usable';
  const source = find(clusterNamespace ?? cluster.metadata.namespace ?? '', clusterName);
  if (source === undefined || isUnnoticed(cluster, source)) return 'missing';
  const defined = (fieldsOf(fieldsOf(source.spec?.backups).pgbackrest).repos ?? []) as Repository[];
  if (!defined.some(({ name }) => name === repoName)) return 'missing';
  const shown = (fieldsOf(source.status?.pgbackrest).repos ?? []) as Repository[];
  return shown.some(({ name, stanzaCreated }) => name === repoName && stanzaCreated === true) ? 'usable' : 'empty';
}

/** Of a cluster that never ran there is nothing to tear down. */
const isNew = ({ status }: Resource): boolean =>
  status?.patroni === undefined && fieldsOf((status?.instances as Fields[] | undefined)?.[0]).readyReplicas === undefined;

function prepared(cluster: Resource, now: string): Fields {
  const restore = { id: bootstrapId(cluster), finished: false };
  return {
    postgresVersion: 0,
    startupInstance: `${cluster.metadata.name}-pg-boot`,
    startupInstanceSet: 'pg',
    ...emptied(cluster, [], { restore }, now),
  };
}

/** The Job has succeeded: the first look at the repositories is part of the same patch, and takes the restore away where there are none. */
function filled(cluster: Resource, now: string): Fields {
  const status = succeeded(cluster, now);
  if (!hasBackups(cluster)) return { ...status, pgbackrest: {} };
  return {
    ...status,
    conditions: withConditions({ ...cluster, status }, backupConditions(cluster, false), now),
    pgbackrest: { ...hostOf(cluster, false), repos: repositories(cluster, { stanzaCreated: false }), ...fieldsOf(status.pgbackrest) },
  };
}

/** The next step of the Job: undefined while it needs time, and once it has failed. */
function jobStep(cluster: Resource, find: Find, now: string): Fields | undefined {
  const restore = restoreOf(cluster);
  if (restore.finished === true) return undefined;
  const found = lookUp(cluster, find);
  if (restore.active !== undefined) {
    if (!isOver(cluster, restore, now)) return undefined;
    return isFailing(cluster) || found === 'empty' ? failed(cluster, now) : filled(cluster, now);
  }
  const isTornDown = conditionsOf(cluster).some(({ reason }) => reason === 'RestoreInPlaceRequested');
  if (isTornDown) return prepared(cluster, now);
  return found === 'missing' ? undefined : { ...cluster.status, pgbackrest: { restore: { ...restore, active: 1, startTime: now } } };
}

/**
 * Taken away before the Job has succeeded: the instances are started beside it, and wait for what it leaves. Without backups PGO has forgotten the restore
 * once it looks again, and a new and empty database is made.
 */
function abandonedStep(cluster: Resource, now: string): Fields | undefined | 'none' {
  const restore = restoreOf(cluster);
  if (!isBootstrap(restore.id) || restore.succeeded !== undefined || !hasBackups(cluster)) return 'none';
  const isRunning = restore.finished === false && restore.active !== undefined;
  if (isRunning && isOver(cluster, restore, now)) return isFailing(cluster) ? failed(cluster, now) : succeeded(cluster, now);
  if (cluster.status?.observedGeneration === cluster.metadata.generation) return undefined;
  return {
    ...cluster.status,
    observedGeneration: cluster.metadata.generation,
    conditions: withConditions(cluster, backupConditions(cluster, false), now),
    instances: instancesUp(cluster).map((instance) => omit(instance, 'readyReplicas')),
    pgbackrest: { ...hostOf(cluster, true), repos: repositories(cluster, { stanzaCreated: false }), restore },
  };
}

/** Whether a cluster that was never seen whole is being filled. */
export const isFilling = (cluster: Resource): boolean => sourceOf(cluster) !== undefined || isBootstrap(restoreOf(cluster).id);

/** The next step of filling a cluster: undefined where nothing is done until something changes, `none` where there is no source, or it is filled. */
export function bootstrapStep(cluster: Resource, find: Find, now: string): Fields | undefined | 'none' {
  if (isRestoreAsked(cluster)) return 'none';
  if (sourceOf(cluster) === undefined) return abandonedStep(cluster, now);
  const restore = restoreOf(cluster);
  const isOther = restore.id !== bootstrapId(cluster);
  if (isOther) return isNew(cluster) ? prepared(cluster, now) : tornDown(cluster, bootstrapId(cluster), now);
  const isInitialised = conditionsOf(cluster).some(({ type, status }) => type === 'PostgresDataInitialized' && status === 'True');
  return isInitialised && restore.finished === true ? 'none' : jobStep(cluster, find, now);
}
