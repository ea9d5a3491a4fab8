/** What a PostgresCluster is made from that is a copy. Source: PGO 5.8 and 6.0; `dataSource` on a cluster that lives is a request to make it anew. */
import type { Bucket, Copy, CopySource } from '../../api/copy.ts';
import type { DatabaseDecisions } from '../../api/decisions.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import type { Observed } from '../../api/observed.ts';
import { postgresCluster } from './cluster.ts';
import { instanceSet, restorePod } from './instances.ts';
import { restoreOptions } from './restoreoptions.ts';
import type { DataSource, InstanceSet, PostgresClusterSpec } from './types.ts';

/** pgBackRest numbers the repositories of one configuration: the only one of a bucket is the first. */
const BUCKET_REPOSITORY = 'repo1';

/** The stanza that PGO gives every database. */
const STANZA = 'db';

const fromBucket = ({ path, credentialsSecret, s3, gcs, azure }: Bucket): Omit<NonNullable<DataSource['pgbackrest']>, 'options'> => ({
  stanza: STANZA,
  ...(credentialsSecret !== undefined && { configuration: [{ secret: { name: credentialsSecret } }] }),
  // The path of the source alone: the new database has one of its own.
  global: { [`${BUCKET_REPOSITORY}-path`]: path },
  repo: { name: BUCKET_REPOSITORY, ...(s3 && { s3 }), ...(gcs && { gcs }), ...(azure && { azure }) },
});

/** The source of a new PostgresCluster with those instances. */
export function dataSource({ source, target }: Copy, set: InstanceSet): DataSource {
  const common = { options: restoreOptions(target), ...restorePod(set) };
  return 'bucket' in source
    ? { pgbackrest: { ...fromBucket(source.bucket), ...common } }
    : { postgresCluster: { clusterName: source.database, repoName: source.repository, ...common } };
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
  if (copy !== 'asSent') return dataSource(copy, instanceSet(o.bestie.spec.database, undefined, undefined));
  return live && appliedSource(live, o);
}
