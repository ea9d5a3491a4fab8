/**
 * What Crunchy PGO was seen to write to status while a restore in place runs. The annotation `sandbox/restore: fail` lets restores fail, `hang` lets them
 * never end.
 */
import { isDeepStrictEqual } from 'node:util';
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { repositoriesDown, repositoriesUp, withConditions } from './pgoconditions.ts';
import { instancesUp } from './pgofaults.ts';
import { poolerSeen } from './pgopooler.ts';
import { isFirstPrepared, repositories } from './pgorepositories.ts';
import {
  emptied,
  failed,
  isBootstrap,
  isFailing,
  isOver,
  isRestoreAsked,
  isRestoreEnabled,
  requestedRestore,
  restoreOf,
  succeeded,
  tornDown,
} from './pgorestoresteps.ts';
import { fieldsOf } from './objectstatus.ts';

const started = (cluster: Resource, restore: Fields, now: string): Fields =>
  emptied(
    cluster,
    repositoriesDown,
    {
      repoHost: { apiVersion: 'apps/v1', kind: 'StatefulSet', ready: true },
      repos: repositories(cluster, { stanzaCreated: false }),
      restore: { ...restore, active: 1, startTime: now },
    },
    now,
  );

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
  if (!isOver(cluster, restore, now)) return undefined;
  return isFailing(cluster) ? failed(cluster, now) : succeeded(cluster, now);
}

/** The next step of a restore: undefined while one runs and needs time, `none` where none runs. */
export function restoreStep(cluster: Resource, now: string): Fields | undefined | 'none' {
  const restore = restoreOf(cluster);
  const id = requestedRestore(cluster);
  if (isRestoreAsked(cluster) && !isDeepStrictEqual(restore.id, id)) return tornDown(cluster, String(id), now);
  if (isBootstrap(restore.id)) return 'none';
  const isOfIt = id === restore.id && isRestoreEnabled(cluster);
  // Once the instances were started on the data that exists, it goes on no more, also where it is requested again.
  const isUp = restore.active !== undefined && cluster.status?.patroni !== undefined;
  if (restore.finished === false && isOfIt && !isUp) return goingStep(cluster, restore, now);
  // Taken back while it runs: the instances are started on the data that exists, and the restore is never finished.
  const isBroken = restore.finished === false;
  if (!isBroken && restore.finished !== true) return 'none';
  if (!isBroken && restore.succeeded === undefined && isOfIt) return undefined;
  return cluster.status?.patroni === undefined ? up(cluster, now) : 'none';
}
