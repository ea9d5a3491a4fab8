/** The database: a PostgresCluster of Crunchy PGO. */
import { kinds } from '../api/kinds.ts';
import type { KubeObject, Live, Observed, Readiness } from '../api/kubernetes.ts';
import { durable } from '../api/lastapplied.ts';
import { annotations, DATABASE_USER, names } from '../api/names.ts';
import { INSTANCE_SET, REPOSITORY, type PostgresClusterSpec, type VolumeClaim } from '../api/postgrescluster.ts';
import { secondsSince } from '../api/time.ts';
import { head, ownerReference, type Child } from './child.ts';
import { databaseStatus, isRestoring, isUsable } from './database.ts';
import { historyIsMissing, isExternal, migrated, postgresCluster } from './release.ts';

/** Seconds that the database operator may take to look at a new PostgresCluster for the first time. */
const PATIENCE = 300;

const claim = (storage: string, storageClassName?: string): VolumeClaim => ({
  accessModes: ['ReadWriteOnce'],
  ...(storageClassName !== undefined && { storageClassName }),
  resources: { requests: { storage } },
});

/** The first 8 characters of the uid of the Bestie that created the database; kept when another Bestie takes it over. */
function incarnation(o: Observed): string {
  const live = postgresCluster(o);
  return (live && durable(o, live, annotations.incarnation)) ?? o.bestie.metadata.uid.slice(0, 8);
}

/**
 * Where backups lie in the repository. An observed path is never changed: the database operator would look for the old backups in vain.
 * A volume is mounted at /pgbackrest/<repository>, so the path lies below that; the incarnation keeps two databases on one volume apart.
 */
function repositoryPath(o: Observed): string {
  const live = postgresCluster(o);
  const path = (spec: unknown) => (spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest?.global?.[`${REPOSITORY}-path`];
  return path(live && o.applied(live)?.spec) ?? path(live?.spec) ?? `/pgbackrest/${REPOSITORY}/${incarnation(o)}`;
}

function spec(o: Observed): PostgresClusterSpec {
  const { postgresVersion, replicas, storage } = o.bestie.spec.database;
  return {
    postgresVersion,
    instances: [{ name: INSTANCE_SET, replicas, dataVolumeClaimSpec: claim(storage.size, storage.className) }],
    users: [{ name: DATABASE_USER, databases: [DATABASE_USER], password: { type: 'AlphaNumeric' } }],
    backups: {
      pgbackrest: {
        global: {
          [`${REPOSITORY}-path`]: repositoryPath(o),
          [`${REPOSITORY}-retention-full`]: '14',
          [`${REPOSITORY}-retention-full-type`]: 'time',
        },
        repos: [
          {
            name: REPOSITORY,
            schedules: { full: '0 1 * * 0', incremental: '0 1 * * 1-6' },
            volume: { volumeClaimSpec: claim('10Gi', storage.className) },
          },
        ],
      },
    },
  };
}

const underway = (name: string): Readiness => ({
  status: 'False',
  reason: 'Provisioning',
  message: `PostgresCluster ${name} is coming up`,
});

function readyWhen(live: KubeObject | undefined, o: Observed): Readiness {
  const status = databaseStatus(live);
  const name = live?.metadata.name ?? '';
  if (isUsable(live)) return { status: 'True', reason: 'Usable', message: `PostgresCluster ${name} is usable` };
  if (live !== undefined && isRestoring(live))
    return { status: 'False', reason: 'Restoring', message: `the database operator is restoring PostgresCluster ${name}` };
  const unseen = status?.observedGeneration == null;
  const age = secondsSince(live?.metadata.creationTimestamp, o.now);
  if (unseen && age >= PATIENCE) {
    const message = `the database operator has not acted on PostgresCluster ${name}; check that Crunchy PGO runs, and kubectl -n ${o.bestie.metadata.namespace} describe postgrescluster ${name}`;
    return { status: 'False', reason: 'NotReconciled', message };
  }
  return { ...underway(name), ...(unseen && { recheckAfterSeconds: PATIENCE - age }) };
}

export const postgresClusterChild: Child = {
  api: kinds.postgresCluster,
  condition: 'DatabaseReady',
  dependsOn: () => [],
  includeWhen: (o) => !isExternal(o),
  desired: (o) => {
    const manifest = head(kinds.postgresCluster, names.postgresCluster(o.bestie.metadata.name), o, {
      // Postgres 15 and later give a user no schema to create tables in.
      'postgres-operator.crunchydata.com/autoCreateUserSchema': 'true',
      [annotations.incarnation]: incarnation(o),
      ...(!historyIsMissing(o) && { [annotations.migrated]: JSON.stringify(migrated(o)) }),
    });
    // Explicit, so that leaving it out one day releases the database instead of deleting it.
    return [{ ...manifest, metadata: { ...manifest.metadata, ownerReferences: [ownerReference(o.bestie)] }, spec: spec(o) }];
  },
  underway,
  readyWhen,
};
