/**
 * What Crunchy PGO was seen to write to status while a manual backup runs and while a restore in place runs. The annotation `sandbox/restore: fail` lets
 * restores fail, `hang` lets them never end.
 */
import { isDeepStrictEqual } from 'node:util';
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { isFirstPrepared, repositories, repositoriesDown, repositoriesUp, withConditions } from './pgo.ts';
import { instancesDown, instancesUp } from './pgofaults.ts';
import { conditionsOf, fieldsOf, secondsBetween } from '../metacontroller/status.ts';

const BACKUP = 'postgres-operator.crunchydata.com/pgbackrest-backup';
const RESTORE = 'postgres-operator.crunchydata.com/pgbackrest-restore';
/** How long a backup and a restore take, in seconds. */
const TAKES = 3;

const armed = ({ metadata }: Resource, annotation: string): string | undefined => metadata.annotations?.[annotation];
const pgbackrest = ({ spec }: Resource): Fields => fieldsOf(fieldsOf(spec?.backups).pgbackrest);

function backupEnd(cluster: Resource, backup: Fields, now: string): Fields {
  const failed = armed(cluster, 'sandbox/backup') === 'fail';
  const kept = omit(backup, 'active');
  const condition = failed
    ? {
        type: 'PGBackRestManualBackupSuccessful',
        status: 'False' as const,
        reason: 'ManualBackupFailed',
        message: 'Manual backup did not complete successfully',
      }
    : {
        type: 'PGBackRestManualBackupSuccessful',
        status: 'True' as const,
        reason: 'ManualBackupComplete',
        message: 'Manual backup completed successfully',
      };
  const manualBackup = failed ? { ...kept, finished: true, failed: 7 } : { ...kept, finished: true, succeeded: 1, completionTime: now };
  return {
    ...cluster.status,
    conditions: withConditions(cluster, [condition], now),
    pgbackrest: { ...fieldsOf(cluster.status?.pgbackrest), manualBackup },
  };
}

/** The next step of the manual backup that is armed, if any: accepted, started, then ended together with its condition. */
export function backupStep(cluster: Resource, now: string): Fields | undefined {
  const state = fieldsOf(cluster.status?.pgbackrest);
  const backup = fieldsOf(state.manualBackup);
  const id = armed(cluster, BACKUP);
  const isAsked = id !== undefined && pgbackrest(cluster).manual !== undefined;
  if (isAsked && backup.id !== id)
    return {
      ...cluster.status,
      observedGeneration: cluster.metadata.generation,
      conditions: conditionsOf(cluster).filter(({ type }) => type !== 'PGBackRestManualBackupSuccessful'),
      pgbackrest: { ...state, manualBackup: { id, finished: false } },
    };
  if (backup.finished !== false) return undefined;
  // An accepted backup is started only while it is requested; a started one continues.
  const repos = (state.repos ?? []) as { name: string; stanzaCreated?: boolean }[];
  const into = fieldsOf(pgbackrest(cluster).manual).repoName;
  const isPrepared = isFirstPrepared(cluster) && repos.some(({ name, stanzaCreated }) => name === into && stanzaCreated === true);
  if (backup.active === undefined)
    return isAsked && isPrepared
      ? { ...cluster.status, pgbackrest: { ...state, manualBackup: { ...backup, active: 1, startTime: now } } }
      : undefined;
  return secondsBetween(String(backup.startTime), now) >= TAKES ? backupEnd(cluster, backup, now) : undefined;
}

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
  if (armed(cluster, 'sandbox/restore') === 'fail') return failed(cluster, restore, now);
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
    proxy: { pgBouncer: { postgresRevision: '5c9966f6bc' } },
    instances: instancesUp(cluster),
    conditions: withConditions(cluster, isFirstPrepared(cluster) ? repositoriesUp : repositoriesDown, now),
    pgbackrest: {
      ...fieldsOf(cluster.status?.pgbackrest),
      repos: repositories(cluster, { stanzaCreated: true, replicaCreateBackupComplete: true }),
    },
  };
}

/** The next step of a restore: undefined while one runs and needs time, `none` where none runs. */
export function restoreStep(cluster: Resource, now: string): Fields | undefined | 'none' {
  const restore = fieldsOf(fieldsOf(cluster.status?.pgbackrest).restore);
  const id = armed(cluster, RESTORE);
  const enabled = fieldsOf(pgbackrest(cluster).restore).enabled === true;
  if (id !== undefined && enabled && !isDeepStrictEqual(restore.id, id)) return requested(cluster, id, now);
  // Taken back while it runs: the instances are started on the data that exists, and the restore is never finished.
  const isBroken = restore.finished === false && !(id === restore.id && enabled);
  if (isBroken) return cluster.status?.patroni === undefined ? up(cluster, now) : 'none';
  if (restore.finished === false && restore.active === undefined) return started(cluster, restore, now);
  const takes = armed(cluster, 'sandbox/restore') === 'hang' ? Infinity : TAKES;
  if (restore.finished === false) return secondsBetween(String(restore.startTime), now) >= takes ? ended(cluster, restore, now) : undefined;
  if (restore.finished === true && restore.succeeded === undefined && id === restore.id && enabled) return undefined;
  if (restore.finished === true && cluster.status?.patroni === undefined) return up(cluster, now);
  return 'none';
}
