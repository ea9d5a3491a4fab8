/** What a PostgresCluster is made from that is a copy. Source: PGO 5.8 and 6.0; `dataSource` on a cluster that lives is a request to make it anew. */
import type { Bucket, Copy, CopySource } from '../../api/copy.ts';
import type { DatabaseDecisions } from '../../api/decisions.ts';
import { kinds } from '../../api/kinds.ts';
import { kindKey, type KubeObject, type Live } from '../../api/kubernetes.ts';
import type { Observed } from '../../api/observed.ts';
import { postgresCluster } from './cluster.ts';
import { instanceSet, restorePod } from './instances.ts';
import { restoreOptions } from './restoreoptions.ts';
import type { DataSource, InstanceSet, PostgresClusterSpec } from './types.ts';

/** The stanza that PGO gives every database. */
const STANZA = 'db';

type FromBucket = Omit<NonNullable<DataSource['pgbackrest']>, 'options'>;

/**
 * The number of the repository of a path: pgBackRest numbers those of one configuration, and what a Secret of PGO's holds is for one number. The paths
 * of this operator end with it; any other is that of the first.
 */
const repositoryAt = (path: string): string => /\/(repo[1-4])$/.exec(path)?.[1] ?? 'repo1';

function fromPath({ path, credentialsSecret, s3, gcs, azure }: Bucket): FromBucket {
  const name = repositoryAt(path);
  return {
    stanza: STANZA,
    ...(credentialsSecret !== undefined && { configuration: [{ secret: { name: credentialsSecret } }] }),
    // The path of the source alone: the new database has one of its own.
    global: { [`${name}-path`]: path },
    repo: { name, ...(s3 && { s3 }), ...(gcs && { gcs }), ...(azure && { azure }) },
  };
}

/** What is set for that repository of a database, but for how long backups are kept: nothing is to be deleted there. */
const settingsOf = (global: Live<Record<string, string>> | null | undefined, name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(global ?? {}).filter(
      (entry): entry is [string, string] =>
        entry[1] != null && entry[0].startsWith(`${name}-`) && !entry[0].startsWith(`${name}-retention-`),
    ),
  );

/**
 * A repository in a bucket, as that database has it; undefined for one on a volume. By the name of the database PGO would mount the Secrets of both,
 * and pgBackRest refuses an option that both set. Source: pgBackRest 2.45, error 031.
 */
function fromDatabase(live: KubeObject | undefined, name: string): FromBucket | undefined {
  const { configuration, global, repos } = (live?.spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest ?? {};
  const repository = repos?.find((each) => each?.name === name);
  const bucket = repository?.s3 ?? repository?.gcs ?? repository?.azure;
  if (repository == null || bucket == null) return undefined;
  const { schedules: _, ...repo } = repository;
  return {
    stanza: STANZA,
    ...(configuration != null && configuration.length > 0 && { configuration: configuration.filter((each) => each != null) }),
    global: settingsOf(global, name),
    repo,
  } as FromBucket;
}

/** The object of a database: that of the Bestie itself, or one that is shown besides. */
const objectOf = (name: string, o: Observed): KubeObject | undefined => {
  const own = postgresCluster(o);
  return own?.metadata.name === name ? own : o.related.get(kindKey(kinds.postgresCluster))?.get(name);
};

/** The source of a new PostgresCluster with those instances. */
export function dataSource({ source, target }: Copy, set: InstanceSet, o: Observed): DataSource {
  const common = { options: restoreOptions(target), ...restorePod(set) };
  const bucket = 'bucket' in source ? fromPath(source.bucket) : fromDatabase(objectOf(source.database, o), source.repository);
  if (bucket !== undefined) return { pgbackrest: { ...bucket, ...common } };
  const { database, repository } = source as Extract<CopySource, { database: string }>;
  return { postgresCluster: { clusterName: database, repoName: repository, ...common } };
}

/** The source in words. */
export const sourceWords = (source: CopySource): string =>
  'bucket' in source ? `path ${source.bucket.path} of a bucket` : `${source.repository} of PostgresCluster ${source.database}`;

const sourceOf = (spec: unknown): Live<DataSource> | undefined =>
  (spec as Live<PostgresClusterSpec> | null | undefined)?.dataSource ?? undefined;

/** The source that was last applied to a PostgresCluster; the live one where the record is lost. */
export function appliedSource(live: KubeObject, o: Observed): DataSource | undefined {
  const applied = o.applied(live);
  return (sourceOf(applied === undefined ? live.spec : applied.spec) as DataSource | undefined) ?? undefined;
}

/** The fields that name the source. */
export const sourcePaths = [['spec', 'dataSource']] as const;

/** The source that is sent: while the copy is made the one that was sent before, whatever would be rendered now, for PGO starts over when it changes. */
export function sentSource(o: Observed & { decisions: DatabaseDecisions }): DataSource | undefined {
  const { copy } = o.decisions;
  const live = postgresCluster(o);
  if (copy === undefined) return undefined;
  if (copy !== 'asSent') return dataSource(copy, instanceSet(o.bestie.spec.database, undefined, undefined), o);
  return live && appliedSource(live, o);
}
