/** Plays restores in place of Crunchy PGO. */
import type { ClusterObject } from './kubectl.ts';
import { capable, POSTGRES_CLUSTERS, repositories, said, setsOf, up } from './pgostatus.ts';
import { patchStatus } from './playing.ts';

/** On a PostgresCluster: the player of the database operator lets its restores fail with the value `fail`, and never end with `hang`. */
export const RESTORE_FATE = 'testbed/restore';

interface RestoreRun {
  id: string;
  finished: boolean;
  active?: number;
  succeeded?: number;
}
const runOf = ({ status }: ClusterObject): RestoreRun | undefined => (status?.pgbackrest as { restore?: RestoreRun }).restore;

/** The id of the restore that is requested. */
function requestedRestore({ metadata, spec }: ClusterObject): string | undefined {
  const { pgbackrest } = (spec as { backups: { pgbackrest: { restore?: { enabled: boolean } } } }).backups;
  const id = metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-restore'];
  return pgbackrest.restore?.enabled === true ? id : undefined;
}

/** What is written as a restore begins, runs and ends. */
function restoring(cluster: ClusterObject, now: string): object | undefined {
  const run = runOf(cluster);
  const fate = cluster.metadata.annotations?.[RESTORE_FATE];
  if (run?.active === undefined)
    return {
      patroni: null,
      instances: setsOf(cluster).map(({ name }) => ({ name })),
      conditions: [said('PGBackRestoreProgressing', 'True', 'ReadyForRestore')],
      pgbackrest: { repos: repositories(false), restore: { active: 1, startTime: now } },
    };
  if (fate === 'hang') return undefined;
  if (fate === 'fail')
    return {
      pgbackrest: { restore: { finished: true, failed: 7, active: null } },
      conditions: [
        said('PGBackRestoreProgressing', 'True', 'ReadyForRestore'),
        said('PostgresDataInitialized', 'False', 'PGBackRestRestoreFailed'),
      ],
    };
  return {
    pgbackrest: { restore: { finished: true, succeeded: 1, active: null, completionTime: now } },
    conditions: [said('PostgresDataInitialized', 'True', 'PGBackRestRestoreComplete')],
  };
}

/**
 * A restore in place: the database goes, is replaced and comes up again, a round each. After one that failed it comes up once the request is gone.
 * Whether there was anything to do.
 */
export async function restore(cluster: ClusterObject): Promise<boolean> {
  const [id, run] = [requestedRestore(cluster), runOf(cluster)];
  const now = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const to = (status: object): Promise<true> => patchStatus(POSTGRES_CLUSTERS, cluster, status).then(() => true);
  if (id !== undefined && run?.id !== id)
    return to({
      pgbackrest: {
        manualBackup: null,
        scheduledBackups: null,
        repos: null,
        restore: { id, finished: false, active: null, startTime: null, completionTime: null, succeeded: null, failed: null },
      },
      conditions: [...capable(cluster), said('PGBackRestoreProgressing', 'True', 'RestoreInPlaceRequested')],
    });
  if (run === undefined) return false;
  const isRequested = id === run.id;
  if (!run.finished && isRequested) {
    const next = restoring(cluster, now);
    return next !== undefined && to(next);
  }
  const isDown = run.succeeded === undefined && isRequested;
  return !isDown && cluster.status?.patroni === undefined && to(up(cluster));
}
