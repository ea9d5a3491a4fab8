/**
 * What Crunchy PGO was seen to write to status while a restore in place runs. The annotation `sandbox/restore: fail` lets restores fail, `hang` lets them
 * never end.
 */
import { isDeepStrictEqual } from 'node:util';
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { repositoriesDown, repositoriesUp, withConditions } from './pgoconditions.ts';
import { instancesDown, instancesUp } from './pgofaults.ts';
import { poolerSeen } from './pgopooler.ts';
import { isFirstPrepared, repositories } from './pgorepositories.ts';
import { conditionsOf, fieldsOf, secondsBetween } from './objectstatus.ts';

const RESTORE = 'postgres-operator.crunchydata.com/pgbackrest-restore';
/** How long a restore takes, in seconds. */
const TAKES = 3;

const annotated = ({ metadata }: Resource, annotation: string): string | undefined => metadata.annotations?.[annotation];
const isEnabled = ({ spec }: Resource): boolean => fieldsOf(fieldsOf(fieldsOf(spec?.backups).pgbackrest).restore).enabled === true;

const without = (cluster: Resource, types: readonly string[]): Resource => ({
  ...cluster,
  status: { ...cluster.status, conditions: conditionsOf(cluster).filter(({ type }) => !types.includes(type)) },
});

function requested(cluster: Resource, id: string, now: string): Fields {
  const condition = {
    type: 'PGBackRestoreProgressing',
    status: 'True' as const,
    reason: 'RestoreInPlaceRequested',
    message: 'Preparing cluster to restore in-place: removing runners',
  };
  return {
    ...cluster.status,
    startupInstance: 'restored',
    startupInstanceSet: 'pg',
    conditions: withConditions(cluster, [condition], now),
    pgbackrest: { restore: { id, finished: false } },
  };
}

function started(cluster: Resource, restore: Fields, now: string): Fields {
  const kept = omit(fieldsOf(cluster.status), 'patroni', 'proxy', 'monitoring');
  const condition = {
    type: 'PGBackRestoreProgressing',
    status: 'True' as const,
    reason: 'ReadyForRestore',
    message: 'Restoring cluster in-place',
  };
  return {
    ...kept,
    instances: instancesDown(cluster),
    conditions: withConditions(without(cluster, ['PostgresDataInitialized']), [...repositoriesDown, condition], now),
    pgbackrest: {
      repoHost: { apiVersion: 'apps/v1', kind: 'StatefulSet', ready: true },
      repos: repositories(cluster, { stanzaCreated: false }),
      restore: { ...restore, active: 1, startTime: now },
    },
  };
}

/** A restore whose Job failed: no instance is started for as long as it is requested, and its conditions stay for ever. */
function failed(cluster: Resource, restore: Fields, now: string): Fields {
  const condition = {
    type: 'PostgresDataInitialized',
    status: 'False' as const,
    reason: 'PGBackRestRestoreFailed',
    message: 'pgBackRest restore failed',
  };
  return {
    ...cluster.status,
    conditions: withConditions(cluster, [condition], now),
    pgbackrest: { ...fieldsOf(cluster.status?.pgbackrest), restore: { ...omit(restore, 'active'), finished: true, failed: 7 } },
  };
}

function ended(cluster: Resource, restore: Fields, now: string): Fields {
  if (annotated(cluster, 'sandbox/restore') === 'fail') return failed(cluster, restore, now);
  const kept = omit(restore, 'active');
  const condition = {
    type: 'PostgresDataInitialized',
    status: 'True' as const,
    reason: 'PGBackRestRestoreComplete',
    message: 'pgBackRest restore completed successfully',
  };
  return {
    ...cluster.status,
    observedGeneration: cluster.metadata.generation,
    conditions: withConditions(without(cluster, ['PGBackRestoreProgressing']), [condition], now),
    pgbackrest: { ...fieldsOf(cluster.status?.pgbackrest), restore: { ...kept, finished: true, succeeded: 1, completionTime: now } },
  };
}

function up(cluster: Resource, now: string): Fields {
  const kept = omit(fieldsOf(cluster.status), 'startupInstance', 'startupInstanceSet');
  return {
    ...kept,
    patroni: { systemIdentifier: '7300000000000000001' },
    monitoring: { exporterConfiguration: '559c4c97d6' },
    proxy: poolerSeen(cluster),
    instances: instancesUp(cluster),
    conditions: withConditions(cluster, isFirstPrepared(cluster) ? repositoriesUp : repositoriesDown, now),
    pgbackrest: {
      ...fieldsOf(cluster.status?.pgbackrest),
      repos: repositories(cluster, { stanzaCreated: true, replicaCreateBackupComplete: true }),
    },
  };
}

/** The next step of a restore that is under way as it is asked for. */
function goingStep(cluster: Resource, restore: Fields, now: string): Fields | undefined {
  if (restore.active === undefined) return started(cluster, restore, now);
  const takes = annotated(cluster, 'sandbox/restore') === 'hang' ? Infinity : TAKES;
  return secondsBetween(String(restore.startTime), now) >= takes ? ended(cluster, restore, now) : undefined;
}

/** The next step of a restore: undefined while one runs and needs time, `none` where none runs. */
export function restoreStep(cluster: Resource, now: string): Fields | undefined | 'none' {
  const restore = fieldsOf(fieldsOf(cluster.status?.pgbackrest).restore);
  const id = annotated(cluster, RESTORE);
  const isAsked = id !== undefined && isEnabled(cluster);
  if (isAsked && !isDeepStrictEqual(restore.id, id)) return requested(cluster, id, now);
  const isOfIt = id === restore.id && isEnabled(cluster);
  // Once the instances were started on the data that exists, it goes on no more, also where it is requested again.
  const isUp = restore.active !== undefined && cluster.status?.patroni !== undefined;
  if (restore.finished === false && isOfIt && !isUp) return goingStep(cluster, restore, now);
  // Taken back while it runs: the instances are started on the data that exists, and the restore is never finished.
  const isBroken = restore.finished === false;
  if (!isBroken && restore.finished !== true) return 'none';
  if (!isBroken && restore.succeeded === undefined && isOfIt) return undefined;
  return cluster.status?.patroni === undefined ? up(cluster, now) : 'none';
}
