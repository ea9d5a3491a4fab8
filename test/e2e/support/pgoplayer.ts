/**
 * Plays Crunchy PGO: one pod that is the whole database, manual backups, restores in place, copies, and a PgBouncer that is the database itself.
 * A copy of a living database is that database under another name, so that a real check finds its rows.
 */
import { condition, get, kubectlStdin, type ClusterObject } from './kubectl.ts';
import { fill, originOf } from './pgocopies.ts';
import { restore } from './pgorestores.ts';
import { AVAILABLE, availability, bouncerOf, capable, POSTGRES_CLUSTERS, said, up } from './pgostatus.ts';
import { all, patchStatus } from './playing.ts';

const PASSWORD = 'played';

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
  const selector = { 'postgres-operator.crunchydata.com/cluster': originOf(cluster) ?? name };
  const ownerReferences = [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
  const head = (suffix: string): object => ({ name: `${name}-${suffix}`, labels, ownerReferences });
  const env = { POSTGRES_USER: user, POSTGRES_DB: user, POSTGRES_PASSWORD: PASSWORD };
  return [
    secret(cluster),
    { apiVersion: 'v1', kind: 'Service', metadata: head('primary'), spec: { selector, ports: [{ port: 5432 }] } },
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

/** A cluster is usable, and can be backed up, once its one pod is ready. */
export async function pgo(): Promise<void> {
  for (const cluster of await all(POSTGRES_CLUSTERS)) {
    const { name, namespace = '', generation: observedGeneration } = cluster.metadata;
    if (cluster.status?.databaseRevision !== undefined) {
      if (cluster.status.observedGeneration !== observedGeneration) await patchStatus(POSTGRES_CLUSTERS, cluster, { observedGeneration });
      if (!(await restore(cluster)) && !(await pooler(cluster))) await backup(cluster);
      continue;
    }
    if (await fill(cluster)) continue;
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
