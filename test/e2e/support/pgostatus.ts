/** What the player of Crunchy PGO writes to the status of a database that is up. */
import type { ClusterObject } from './kubectl.ts';

export const POSTGRES_CLUSTERS = 'postgresclusters.v1beta1.postgres-operator.crunchydata.com';

export const bouncerOf = ({ spec }: ClusterObject): { replicas?: number } | undefined =>
  (spec as { proxy?: { pgBouncer?: { replicas?: number } } } | undefined)?.proxy?.pgBouncer;

/** A condition as it is written now, its message the reason. */
export const said = (type: string, status: string, reason: string): object => ({
  type,
  status,
  reason,
  message: reason,
  lastTransitionTime: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
});
export const AVAILABLE = 'ProxyAvailable';
interface Available {
  type: string;
  observedGeneration?: number;
}
export const availability = ({ status }: ClusterObject): Available | undefined =>
  (status?.conditions as Available[] | undefined)?.find(({ type }) => type === AVAILABLE);

/** The conditions of a database that can be backed up, and what is known of its PgBouncer. */
export const capable = (cluster: ClusterObject): object[] => [
  said('PGBackRestRepoHostReady', 'True', 'RepoHostReady'),
  said('PGBackRestReplicaCreate', 'True', 'RepoBackupComplete'),
  ...[availability(cluster)].filter((each) => each !== undefined),
];

type Sets = readonly { name: string; replicas: number }[];
export const setsOf = ({ spec }: ClusterObject): Sets => (spec as { instances: Sets }).instances;
export const repositories = (stanzaCreated: boolean): object[] => [
  { name: 'repo1', stanzaCreated },
  { name: 'repo2', stanzaCreated },
];

/** What is written once every instance is up. */
export const up = (cluster: ClusterObject): object => ({
  observedGeneration: cluster.metadata.generation,
  instances: setsOf(cluster).map(({ name, replicas }) => ({ name, replicas, readyReplicas: replicas, updatedReplicas: replicas })),
  patroni: { systemIdentifier: '7300000000000000001' },
  pgbackrest: { repos: repositories(true) },
  conditions: capable(cluster),
});
