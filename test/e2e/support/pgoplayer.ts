/** Plays Crunchy PGO: one pod that is the whole database, manual backups, restores in place, and a PgBouncer that is the database itself. */
import { condition, get, kubectlStdin, type ClusterObject } from './kubectl.ts';
import { all, patchStatus } from './playing.ts';

export const POSTGRES_CLUSTERS = 'postgresclusters.v1beta1.postgres-operator.crunchydata.com';

const PASSWORD = 'played';

const bouncerOf = ({ spec }: ClusterObject): { replicas?: number } | undefined =>
  (spec as { proxy?: { pgBouncer?: { replicas?: number } } } | undefined)?.proxy?.pgBouncer;

/** The Secret of the user: the address of PgBouncer only while there is one. */
function secret(cluster: ClusterObject): object {
  const { metadata, apiVersion, kind } = cluster;
  const { name, namespace = '', uid } = metadata;
  const [user, host, port] = ['bestie', `${name}-primary.${namespace}.svc`, '5432'];
  const uri = `postgresql://${user}:${PASSWORD}@${host}:${port}/${user}`;
  const through = bouncerOf(cluster) && { 'pgbouncer-uri': uri, 'pgbouncer-host': host, 'pgbouncer-port': port };
  const texts = { uri, host, port, dbname: user, user, password: PASSWORD, verifier: `SCRAM-SHA-256$${PASSWORD}`, ...through };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${name}-pguser-${user}`,
      labels: { 'postgres-operator.crunchydata.com/cluster': name },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }],
    },
    data: Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  };
}

/** A Postgres with the role, the database and the schema that the application expects, its address, and the Secret that names both. */
function postgres(cluster: ClusterObject, image: string): object[] {
  const { metadata, apiVersion, kind } = cluster;
  const { name, uid } = metadata;
  const user = 'bestie';
  const labels = { 'postgres-operator.crunchydata.com/cluster': name };
  const ownerReferences = [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
  const head = (suffix: string): object => ({ name: `${name}-${suffix}`, labels, ownerReferences });
  const env = { POSTGRES_USER: user, POSTGRES_DB: user, POSTGRES_PASSWORD: PASSWORD };
  return [
    secret(cluster),
    { apiVersion: 'v1', kind: 'Service', metadata: head('primary'), spec: { selector: labels, ports: [{ port: 5432 }] } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: head('played'),
      spec: {
        containers: [
          {
            name: 'postgres',
            image,
            env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
            readinessProbe: { exec: { command: ['pg_isready', '-U', user] }, periodSeconds: 1 },
          },
        ],
      },
    },
  ];
}

/** On a PostgresCluster, with the value `fail`: the player of the database operator lets its backups fail. */
export const BACKUP_FATE = 'testbed/backup';

const said = (type: string, status: string, reason: string): object => ({
  type,
  status,
  reason,
  message: reason,
  lastTransitionTime: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
});
const AVAILABLE = 'ProxyAvailable';
interface Available {
  type: string;
  observedGeneration?: number;
}
const availability = ({ status }: ClusterObject): Available | undefined =>
  (status?.conditions as Available[] | undefined)?.find(({ type }) => type === AVAILABLE);
/** The conditions of a database that can be backed up, and what is known of its PgBouncer. */
const capable = (cluster: ClusterObject): object[] => [
  said('PGBackRestRepoHostReady', 'True', 'RepoHostReady'),
  said('PGBackRestReplicaCreate', 'True', 'RepoBackupComplete'),
  ...[availability(cluster)].filter((each) => each !== undefined),
];

/** PgBouncer as it is requested: first the keys of the Secret, then its status. Whether there was anything to do. */
async function pooler(cluster: ClusterObject): Promise<boolean> {
  const { generation, namespace = '' } = cluster.metadata;
  const [wanted, known] = [bouncerOf(cluster), availability(cluster)];
  if (wanted === undefined ? known === undefined : known?.observedGeneration === generation) return false;
  await kubectlStdin(secret(cluster), '-n', namespace, 'apply');
  const others = capable({ ...cluster, status: {} });
  const { replicas = 1 } = wanted ?? {};
  await patchStatus(
    POSTGRES_CLUSTERS,
    cluster,
    wanted === undefined
      ? { proxy: { pgBouncer: { replicas: null, readyReplicas: null, postgresRevision: 'removed' } }, conditions: others }
      : {
          proxy: { pgBouncer: { replicas, readyReplicas: replicas, postgresRevision: 'made' } },
          conditions: [...others, { ...said(AVAILABLE, 'True', 'MinimumReplicasAvailable'), observedGeneration: generation }],
        },
  );
  return true;
}

/** The manual backup that is requested: accepted, then started, then ended, a round each. */
async function backup(cluster: ClusterObject): Promise<void> {
  const id = cluster.metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-backup'];
  const { manual } = (cluster.spec as { backups: { pgbackrest: { manual?: object } } }).backups.pgbackrest;
  const run = (cluster.status?.pgbackrest as { manualBackup?: { id: string; finished: boolean; startTime?: string } }).manualBackup;
  const now = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const to = (manualBackup: object, conditions: object[] = capable(cluster)): Promise<void> =>
    patchStatus(POSTGRES_CLUSTERS, cluster, { pgbackrest: { manualBackup }, conditions });
  if (id !== undefined && manual !== undefined && run?.id !== id)
    return to({ id, finished: false, startTime: null, completionTime: null, active: null, succeeded: null, failed: null });
  if (run?.finished !== false) return;
  if (run.startTime === undefined) return to({ active: 1, startTime: now });
  const fails = cluster.metadata.annotations?.[BACKUP_FATE] === 'fail';
  const ended = said('PGBackRestManualBackupSuccessful', fails ? 'False' : 'True', fails ? 'ManualBackupFailed' : 'ManualBackupComplete');
  return to({ finished: true, active: null, ...(fails ? { failed: 7 } : { succeeded: 1, completionTime: now }) }, [
    ...capable(cluster),
    ended,
  ]);
}

type Sets = readonly { name: string; replicas: number }[];
const setsOf = ({ spec }: ClusterObject): Sets => (spec as { instances: Sets }).instances;
const repositories = (stanzaCreated: boolean): object[] => [
  { name: 'repo1', stanzaCreated },
  { name: 'repo2', stanzaCreated },
];

/** What is written once every instance is up. */
const up = (cluster: ClusterObject): object => ({
  observedGeneration: cluster.metadata.generation,
  instances: setsOf(cluster).map(({ name, replicas }) => ({ name, replicas, readyReplicas: replicas, updatedReplicas: replicas })),
  patroni: { systemIdentifier: '7300000000000000001' },
  pgbackrest: { repos: repositories(true) },
  conditions: capable(cluster),
});

/** A restore in place that is requested: the database goes, is replaced and comes up again, a round each. Whether there was anything to do. */
async function restore(cluster: ClusterObject): Promise<boolean> {
  const id = cluster.metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-restore'];
  const { pgbackrest } = (cluster.spec as { backups: { pgbackrest: { restore?: { enabled: boolean } } } }).backups;
  const run = (cluster.status?.pgbackrest as { restore?: { id: string; finished: boolean; active?: number } }).restore;
  const now = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const to = (status: object): Promise<true> => patchStatus(POSTGRES_CLUSTERS, cluster, status).then(() => true);
  if (id !== undefined && pgbackrest.restore?.enabled === true && run?.id !== id)
    return to({
      pgbackrest: { manualBackup: null, scheduledBackups: null, repos: null, restore: { id, finished: false } },
      conditions: [...capable(cluster), said('PGBackRestoreProgressing', 'True', 'RestoreInPlaceRequested')],
    });
  if (run?.finished === false && run.active === undefined) {
    const instances = setsOf(cluster).map(({ name }) => ({ name }));
    return to({
      patroni: null,
      instances,
      conditions: [said('PGBackRestoreProgressing', 'True', 'ReadyForRestore')],
      pgbackrest: { repos: repositories(false), restore: { active: 1, startTime: now } },
    });
  }
  if (run?.finished === false)
    return to({
      pgbackrest: { restore: { finished: true, succeeded: 1, active: null, completionTime: now } },
      conditions: [said('PostgresDataInitialized', 'True', 'PGBackRestRestoreComplete')],
    });
  return run !== undefined && cluster.status?.patroni === undefined && to(up(cluster));
}

/** A cluster is usable, and can be backed up, once its one pod is ready. */
export async function pgo(): Promise<void> {
  for (const cluster of await all(POSTGRES_CLUSTERS)) {
    const { name, namespace = '', generation: observedGeneration } = cluster.metadata;
    if (cluster.status?.databaseRevision !== undefined) {
      if (cluster.status.observedGeneration !== observedGeneration) await patchStatus(POSTGRES_CLUSTERS, cluster, { observedGeneration });
      if (!(await restore(cluster)) && !(await pooler(cluster))) await backup(cluster);
      continue;
    }
    const { postgresVersion } = cluster.spec as { postgresVersion: number };
    const pod = await get(namespace, 'pods', `${name}-played`);
    if (pod === undefined) {
      const items = postgres(cluster, `docker.io/library/postgres:${postgresVersion}`);
      await kubectlStdin({ apiVersion: 'v1', kind: 'List', items }, '-n', namespace, 'apply');
    }
    if (condition(pod, 'Ready')?.status !== 'True') continue;
    const proxy = { pgBouncer: { postgresRevision: 'removed' } };
    await patchStatus(POSTGRES_CLUSTERS, cluster, { ...up(cluster), proxy, databaseRevision: 'played', usersRevision: 'played' });
  }
}
