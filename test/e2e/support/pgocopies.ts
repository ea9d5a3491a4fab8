/** Plays what Crunchy PGO does with `spec.dataSource`: a Job fills the database from a repository before any instance starts. */
import { get, type ClusterObject } from './kubectl.ts';
import { POSTGRES_CLUSTERS, said } from './pgostatus.ts';
import { patchStatus } from './playing.ts';

/** On a PostgresCluster: copies of it fail with the value `fail`, as from a repository that is empty, and are never done with `hang`. */
export const COPIES_FATE = 'testbed/copies';

interface Run {
  id?: string;
  active?: number;
  finished?: boolean;
  succeeded?: number;
}
const runOf = ({ status }: ClusterObject): Run => (status?.pgbackrest as { restore?: Run } | undefined)?.restore ?? {};

interface Source {
  postgresCluster?: { clusterName: string; repoName: string };
  pgbackrest?: object;
}
const sourceOf = ({ spec }: ClusterObject): Source | undefined => spec?.dataSource as Source | undefined;

/** The database that it is copied from, where that is a living one. */
export const originOf = (cluster: ClusterObject): string | undefined => sourceOf(cluster)?.postgresCluster?.clusterName;

async function fateOf(cluster: ClusterObject): Promise<string | undefined> {
  const { namespace = '', annotations } = cluster.metadata;
  const origin = originOf(cluster);
  const source = origin === undefined ? undefined : await get(namespace, POSTGRES_CLUSTERS, origin);
  if (origin !== undefined && source === undefined) return 'fail';
  return annotations?.[COPIES_FATE] ?? source?.metadata.annotations?.[COPIES_FATE];
}

/** What is written as the Job begins, runs and ends. */
function next(cluster: ClusterObject, fate: string | undefined): object | undefined {
  const now = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const id = `~pgo-bootstrap-${cluster.metadata.name}`;
  const run = runOf(cluster);
  const ready = said('PGBackRestoreProgressing', 'True', 'ReadyForRestore');
  if (run.id !== id) return { pgbackrest: { restore: { id, finished: false } }, conditions: [ready] };
  if (run.active === undefined) return { pgbackrest: { restore: { active: 1, startTime: now } } };
  if (fate === 'hang') return undefined;
  if (fate === 'fail')
    return {
      pgbackrest: { restore: { finished: true, failed: 7, active: null } },
      conditions: [ready, said('PostgresDataInitialized', 'False', 'PGBackRestRestoreFailed')],
    };
  return {
    pgbackrest: { restore: { finished: true, succeeded: 1, active: null, completionTime: now } },
    conditions: [said('PostgresDataInitialized', 'True', 'PGBackRestRestoreComplete')],
  };
}

/** Whether its instances have to wait, a round each for the steps of the Job; for ever for one that failed. */
export async function fill(cluster: ClusterObject): Promise<boolean> {
  const run = runOf(cluster);
  if (sourceOf(cluster) === undefined || run.succeeded !== undefined) return false;
  if (run.finished === true) return true;
  const status = next(cluster, await fateOf(cluster));
  if (status !== undefined) await patchStatus(POSTGRES_CLUSTERS, cluster, { observedGeneration: cluster.metadata.generation, ...status });
  return true;
}
