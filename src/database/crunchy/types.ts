/** The part of Crunchy PGO's PostgresCluster (v1beta1) that the operator writes and reads. Source: the CRD of PGO ≥ 5.8. */

export const POSTGRES_CLUSTER = 'PostgresCluster.postgres-operator.crunchydata.com/v1beta1';

/** It must never change: the database operator deletes the volumes of an instance set that is gone. */
export const INSTANCE_SET = 'pg';

export interface VolumeClaim {
  accessModes: string[];
  storageClassName?: string;
  resources: { requests: { storage: string } };
}

/** Exactly one of volume, s3, gcs and azure. */
export interface Repository {
  name: string;
  schedules?: { full?: string; differential?: string; incremental?: string };
  volume?: { volumeClaimSpec: VolumeClaim };
  s3?: { bucket: string; endpoint: string; region: string };
  gcs?: { bucket: string };
  azure?: { container: string };
}

/** A set of instances that are alike. */
export interface InstanceSet {
  name: string;
  replicas: number;
  dataVolumeClaimSpec: VolumeClaim;
  /** The volume of the write-ahead log, which is on the data volume without it. */
  walVolumeClaimSpec?: VolumeClaim;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  affinity?: object;
  tolerations?: object[];
  priorityClassName?: string;
  /** Of the pods, their StatefulSets and volume claims. */
  metadata?: { annotations: Record<string, string> };
}

/** Where the pod of a restore runs, and what it takes. */
export type RestorePod = Partial<Pick<InstanceSet, 'resources' | 'affinity' | 'tolerations'>>;

/** What a new cluster is made from. On one that lives it is a request to make that anew. */
export interface DataSource {
  postgresCluster?: RestorePod & { clusterName: string; repoName: string; options: string[] };
  pgbackrest?: RestorePod & {
    stanza: string;
    configuration?: { secret: { name: string } }[];
    global: Record<string, string>;
    repo: Repository;
    options: string[];
  };
}

export interface PostgresClusterSpec {
  postgresVersion: number;
  dataSource?: DataSource;
  instances: InstanceSet[];
  /** `options` are those of ALTER ROLE. */
  users: { name: string; databases: string[]; password: { type: 'AlphaNumeric' }; options?: string }[];
  /** Left to Patroni as it is; PGO restarts the instances where a parameter needs that. */
  patroni?: { dynamicConfiguration: { postgresql: { parameters: Record<string, string | number> } } };
  /** PGO adds an exporter to each instance, and what it needs in Postgres; both restart it. */
  monitoring?: { pgmonitor: { exporter: Record<string, never> } };
  /** PgBouncer. `global` has settings of its section [pgbouncer]; PGO adds those for certificates and logins, and reloads them when they change. */
  proxy?: { pgBouncer: { replicas: number; config: { global: Record<string, string> } } };
  backups: {
    pgbackrest: {
      /** Secrets that hold the keys of repositories. */
      configuration?: { secret: { name: string } }[];
      global: Record<string, string>;
      repos: Repository[];
      /** A requested backup; it runs once for each value of its annotation. */
      manual?: { repoName: string; options: string[] };
      /** A requested restore in place; it runs once for each value of its annotation, and once more when the block changes. */
      restore?: RestorePod & { enabled: boolean; repoName: string; options: string[] };
    };
  };
}

/** Switches of PGO that a user sets and that the operator never sends. */
export interface PostgresClusterSwitches {
  shutdown: boolean;
  paused: boolean;
  /** PGO refuses one without `repoName` or `host`. */
  standby: { enabled: boolean; repoName: string; host: string };
}

interface BackupRun {
  active: number;
  succeeded: number;
  failed: number;
  startTime: string;
  completionTime: string;
}

export interface PostgresClusterStatus {
  observedGeneration: number;
  instances: { name: string; replicas: number; readyReplicas: number; updatedReplicas: number }[];
  patroni: { systemIdentifier: string };
  databaseRevision: string;
  usersRevision: string;
  /** `postgresRevision` is PGO's hash of the statements by which PgBouncer is let in, or those that undo them: it is there without a proxy, too. */
  proxy: { pgBouncer: { replicas: number; readyReplicas: number; postgresRevision: string } };
  pgbackrest: {
    repoHost: { ready: boolean };
    repos: { name: string; stanzaCreated: boolean; bound: boolean; replicaCreateBackupComplete: boolean }[];
    manualBackup: BackupRun & { id: string; finished: boolean };
    scheduledBackups: (BackupRun & { cronJobName: string; repo: string; type: string })[];
    restore: BackupRun & { id: string; finished: boolean };
  };
  conditions: { type: string; status: string; reason: string; lastTransitionTime: string; observedGeneration: number }[];
}
