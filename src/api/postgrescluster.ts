/** The part of Crunchy PGO's PostgresCluster (v1beta1) that we write and read. Source: the CRD of PGO ≥ 5.8. */

export const POSTGRES_CLUSTER = 'PostgresCluster.postgres-operator.crunchydata.com/v1beta1';

/** Never renamed: the database operator deletes the volumes of an instance set or repository that disappears. */
export const INSTANCE_SET = 'pg';
export const REPOSITORY = 'repo1';

export interface VolumeClaim {
  accessModes: string[];
  storageClassName?: string;
  resources: { requests: { storage: string } };
}

export interface PostgresClusterSpec {
  postgresVersion: number;
  instances: { name: string; replicas: number; dataVolumeClaimSpec: VolumeClaim }[];
  users: { name: string; databases: string[]; password: { type: 'AlphaNumeric' } }[];
  backups: {
    pgbackrest: {
      global: Record<string, string>;
      repos: { name: string; schedules: { full: string; incremental: string }; volume: { volumeClaimSpec: VolumeClaim } }[];
    };
  };
}

export interface PostgresClusterStatus {
  observedGeneration: number;
  instances: { name: string; readyReplicas: number }[];
  patroni: { systemIdentifier: string };
  databaseRevision: string;
  usersRevision: string;
  pgbackrest: { restore: { id: string; finished: boolean } };
  conditions: { type: string; status: string; reason: string }[];
}
