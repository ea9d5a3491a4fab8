/** Plays whom a cluster lacks: E2E_PLAY=kubelet,pgo. It writes what the real ones write to status, no more than our operator reads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { condition, get, kubectl, kubectlStdin, type ClusterObject } from './kubectl.ts';

const POSTGRES_CLUSTERS = 'postgresclusters.v1beta1.postgres-operator.crunchydata.com';

async function all(resource: string): Promise<ClusterObject[]> {
  const text = await kubectl('get', resource, '--all-namespaces', '-o', 'json');
  return (JSON.parse(text) as { items: ClusterObject[] }).items;
}

async function patchStatus(resource: string, { metadata }: ClusterObject, status: object): Promise<void> {
  const patch = JSON.stringify({ status });
  await kubectl('-n', metadata.namespace ?? '', 'patch', resource, metadata.name, '--subresource=status', '--type=merge', '-p', patch);
}

const PASSWORD = 'played';

/** A Postgres with the role, the database and the schema that the application expects, its address, and the Secret that names both. */
function postgres({ metadata, apiVersion, kind }: ClusterObject, image: string): object[] {
  const { name, namespace = '', uid } = metadata;
  const [user, host] = ['bestie', `${name}-primary.${namespace}.svc`];
  const labels = { 'postgres-operator.crunchydata.com/cluster': name };
  const ownerReferences = [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
  const head = (suffix: string): object => ({ name: `${name}-${suffix}`, labels, ownerReferences });
  const env = { POSTGRES_USER: user, POSTGRES_DB: user, POSTGRES_PASSWORD: PASSWORD };
  const uri = `postgresql://${user}:${PASSWORD}@${host}:5432/${user}`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: head(`pguser-${user}`),
      stringData: { uri, host, port: '5432', dbname: user, user, password: PASSWORD, verifier: `SCRAM-SHA-256$${PASSWORD}` },
    },
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

/** On a PostgresCluster, with the value `fail`: whoever plays the database operator lets its backups fail. */
export const BACKUP_FATE = 'testbed/backup';

const said = (type: string, status: string, reason: string): object => ({
  type,
  status,
  reason,
  message: reason,
  lastTransitionTime: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
});
const capable = [said('PGBackRestRepoHostReady', 'True', 'RepoHostReady'), said('PGBackRestReplicaCreate', 'True', 'RepoBackupComplete')];

/** The manual backup that is asked for: accepted, then begun, then ended, a round each. */
async function backup(cluster: ClusterObject): Promise<void> {
  const id = cluster.metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-backup'];
  const { manual } = (cluster.spec as { backups: { pgbackrest: { manual?: object } } }).backups.pgbackrest;
  const run = (cluster.status?.pgbackrest as { manualBackup?: { id: string; finished: boolean; startTime?: string } }).manualBackup;
  const now = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const to = (manualBackup: object, conditions: object[] = capable): Promise<void> =>
    patchStatus(POSTGRES_CLUSTERS, cluster, { pgbackrest: { manualBackup }, conditions });
  if (id !== undefined && manual !== undefined && run?.id !== id)
    return to({ id, finished: false, startTime: null, completionTime: null, active: null, succeeded: null, failed: null });
  if (run?.finished !== false) return;
  if (run.startTime === undefined) return to({ active: 1, startTime: now });
  const fails = cluster.metadata.annotations?.[BACKUP_FATE] === 'fail';
  const ended = said('PGBackRestManualBackupSuccessful', fails ? 'False' : 'True', fails ? 'ManualBackupFailed' : 'ManualBackupComplete');
  return to({ finished: true, active: null, ...(fails ? { failed: 7 } : { succeeded: 1, completionTime: now }) }, [...capable, ended]);
}

/** The database operator: a cluster is usable, and can be backed up, once its one pod is ready. */
async function pgo(): Promise<void> {
  for (const cluster of await all(POSTGRES_CLUSTERS)) {
    const { name, namespace = '' } = cluster.metadata;
    const observedGeneration = cluster.metadata.generation;
    if (cluster.status?.databaseRevision !== undefined) {
      if (cluster.status.observedGeneration !== observedGeneration) await patchStatus(POSTGRES_CLUSTERS, cluster, { observedGeneration });
      await backup(cluster);
      continue;
    }
    const { instances, postgresVersion } = cluster.spec as { instances: { name: string; replicas: number }[]; postgresVersion: number };
    const pod = await get(namespace, 'pods', `${name}-played`);
    if (pod === undefined) {
      const items = postgres(cluster, `docker.io/library/postgres:${postgresVersion}`);
      await kubectlStdin({ apiVersion: 'v1', kind: 'List', items }, '-n', namespace, 'apply');
    }
    if (condition(pod, 'Ready')?.status !== 'True') continue;
    await patchStatus(POSTGRES_CLUSTERS, cluster, {
      observedGeneration,
      instances: instances.map((set) => ({
        name: set.name,
        replicas: set.replicas,
        readyReplicas: set.replicas,
        updatedReplicas: set.replicas,
      })),
      patroni: { systemIdentifier: '7300000000000000001' },
      pgbackrest: {
        repos: [
          { name: 'repo1', stanzaCreated: true },
          { name: 'repo2', stanzaCreated: true },
        ],
      },
      conditions: capable,
      databaseRevision: 'played',
      usersRevision: 'played',
    });
  }
}

/** The kubelet: pods of Jobs end well, all others become ready; an image with `nosuch` in its name cannot be pulled. */
async function kubelet(): Promise<void> {
  for (const pod of await all('pods')) {
    const { phase } = (pod.status ?? {}) as { phase?: string };
    const containers = (pod.spec as { containers: { name: string; image: string }[] }).containers;
    if (phase !== 'Pending') continue;
    const missing = containers.some(({ image }) => image.includes('nosuch'));
    const ofJob = pod.metadata.ownerReferences?.[0]?.kind === 'Job';
    const state = missing
      ? { waiting: { reason: 'ImagePullBackOff' } }
      : ofJob
        ? { terminated: { exitCode: 0, reason: 'Completed' } }
        : { running: { startedAt: new Date().toISOString() } };
    await patchStatus('pods', pod, {
      phase: missing ? 'Pending' : ofJob ? 'Succeeded' : 'Running',
      conditions: [{ type: 'Ready', status: missing || ofJob ? 'False' : 'True' }],
      containerStatuses: containers.map(({ name, image }) => ({
        name,
        image,
        imageID: '',
        ready: !missing && !ofJob,
        restartCount: 0,
        state,
      })),
    });
  }
}

const roles: Record<string, () => Promise<void>> = { pgo, kubelet };

/** Starts playing the named roles, a round every half second, until stopped. */
export function play(names: readonly string[]): { stop(): void } {
  const unknown = names.find((name) => roles[name] === undefined);
  if (unknown !== undefined) throw new Error(`E2E_PLAY: ${unknown} is not one of ${Object.keys(roles).join(', ')}`);
  let playing = names.length > 0;
  void (async () => {
    while (playing) {
      for (const name of names)
        await roles[name]?.().catch((error: unknown) => {
          console.error(`playing ${name}:`, error);
        });
      await sleep(500);
    }
  })();
  return {
    stop: () => {
      playing = false;
    },
  };
}
