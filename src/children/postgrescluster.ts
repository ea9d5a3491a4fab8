/** The database: a PostgresCluster of Crunchy PGO. */
import { kinds } from '../api/kinds.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { durable } from '../api/lastapplied.ts';
import { annotations, DATABASE_USER, names } from '../api/names.ts';
import { INSTANCE_SET, type PostgresClusterSpec } from '../api/postgrescluster.ts';
import { attachment } from './attach.ts';
import { demand } from './backups.ts';
import { head, type Child, type World } from './child.ts';
import { postgresCluster } from './database.ts';
import { databaseReadiness, underway } from './databasereadiness.ts';
import { guardReadiness, isUnguardable, owners } from './guard.ts';
import { lineage, lineageText, roleWrites, UNKNOWN } from './lineage.ts';
import { historyIsMissing, historyIsUnknown, isExternal, migrated } from './release.ts';
import { claim, incarnation, repositories } from './repositories.ts';

/**
 * What every role of an application has anyway, in turn: PGO writes a role and its password again only when what it would write differs from what it
 * has written, and a restore may have brought back a former password. LOGIN is not among them: it would undo a lock-out.
 */
const roleOptions = (writes: number): { options?: string } =>
  writes === 0 ? {} : { options: writes % 2 === 1 ? 'INHERIT' : 'NOBYPASSRLS' };

function spec(o: World): PostgresClusterSpec {
  const { postgresVersion, replicas, storage, maxConnections } = o.bestie.spec.database;
  const { backup } = o.decided;
  return {
    postgresVersion,
    instances: [{ name: INSTANCE_SET, replicas, dataVolumeClaimSpec: claim(storage.size, storage.className) }],
    users: [{ name: DATABASE_USER, databases: [DATABASE_USER], password: { type: 'AlphaNumeric' }, ...roleOptions(roleWrites(o)) }],
    ...(maxConnections !== undefined && {
      patroni: { dynamicConfiguration: { postgresql: { parameters: { max_connections: maxConnections } } } },
    }),
    backups: {
      pgbackrest: { ...repositories(o), ...(backup && { manual: demand(backup).manual }) },
    },
  };
}

/** What the PostgresCluster keeps about its migrations, and about the data that they were run on. */
function records(o: World): Record<string, string> {
  const live = postgresCluster(o);
  const list = historyIsUnknown(o) ? UNKNOWN : JSON.stringify(migrated(o));
  const isWritten = (live && durable(o, live, annotations.migrated)) !== list || o.decided.backup !== undefined;
  const known = lineage(isWritten, o);
  return {
    ...(!historyIsMissing(o) && { [annotations.migrated]: list }),
    ...(known && { [annotations.lineage]: lineageText(known) }),
  };
}

function notes(o: World): Record<string, string> {
  const { backup, onDemand, usedBackup } = o.decided;
  return {
    // Postgres 15 and later give a user no schema to create tables in.
    'postgres-operator.crunchydata.com/autoCreateUserSchema': 'true',
    [annotations.incarnation]: incarnation(o),
    ...records(o),
    ...(backup && demand(backup).annotations),
    ...(onDemand !== undefined && { [annotations.onDemand]: onDemand }),
    ...(usedBackup !== undefined && { [annotations.usedBackup]: usedBackup }),
  };
}

/** Why a database is not created: one of that name waits to be attached, or there is nothing yet to guard it with. */
function withheld(o: World): Readiness | undefined {
  return attachment(o) ?? (isUnguardable(o) ? guardReadiness(o) : undefined);
}

export const postgresClusterChild: Child = {
  api: kinds.postgresCluster,
  condition: 'DatabaseReady',
  dependsOn: () => [],
  includeWhen: (o) => !isExternal(o),
  desired: (o) => {
    const manifest = head(kinds.postgresCluster, names.postgresCluster(o.bestie.metadata.name), o, notes(o));
    return [{ ...manifest, metadata: { ...manifest.metadata, ownerReferences: owners(o) }, spec: spec(o) }];
  },
  withheld,
  underway,
  readyWhen: databaseReadiness,
};
