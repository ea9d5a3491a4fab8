/** Names, labels and annotations that Crunchy PGO uses. */
import { bounded } from '../../api/names.ts';

const PREFIX = 'postgres-operator.crunchydata.com';

/** Characters that the name of a PostgresCluster may have: PGO derives the names of CronJobs and pods from it. */
export const LIMIT = 41;

export const clusterName = (bestie: string): string => bounded(bestie, '-pgo', LIMIT);

/** The role, and the database, of the application. */
export const DATABASE_USER = 'bestie';

/** The Secret that PGO makes for our role, by the name of the PostgresCluster. */
export const userSecretOf = (cluster: string): string => `${cluster}-pguser-${DATABASE_USER}`;
export const userSecret = (bestie: string): string => userSecretOf(clusterName(bestie));

/** A label of PGO's. */
export const label = (name: string): string => `${PREFIX}/${name}`;
export const CLUSTER_LABEL = label('cluster');
export const ROLE_LABEL = label('role');
/** `true` on the pods that have an exporter. */
export const EXPORTER_LABEL = label('crunchy-postgres-exporter');

/** Annotations that request something of PGO once; the value is the id of the request. */
export const BACKUP_ANNOTATION = `${PREFIX}/pgbackrest-backup`;
export const RESTORE_ANNOTATION = `${PREFIX}/pgbackrest-restore`;

/** Postgres 15 and later give a user no schema to create tables in, unless this is `true`. */
export const SCHEMA_ANNOTATION = `${PREFIX}/autoCreateUserSchema`;

/** Whether PGO itself removes a finalizer. */
export const ownsFinalizer = (finalizer: string): boolean => finalizer.startsWith(`${PREFIX}/`);
