/** The features of an existing database that cannot be changed, so that the spec must agree with them. */
import type { KubeObject, Live, Manifest } from '../../api/kubernetes.ts';
import type { DatabaseBefore } from '../../api/provider.ts';
import { isQuantity } from '../../lib/quantity.ts';
import { INSTANCE_SET, type PostgresClusterSpec, type Repository } from './types.ts';

/** In words. */
export function features({ spec }: KubeObject): string {
  const { postgresVersion, instances, backups } = (spec ?? {}) as Live<PostgresClusterSpec>;
  const claim = instances?.[0]?.dataVolumeClaimSpec;
  const repos = backups?.pgbackrest?.repos?.map(
    (repository) => `${repository?.name ?? ''}${repository?.volume == null ? '' : ' on a volume'}`,
  );
  return [
    `Postgres ${postgresVersion ?? 'of an unknown version'}`,
    `a volume of ${claim?.resources?.requests?.storage ?? 'unknown size'}${claim?.storageClassName == null ? '' : ` of class ${claim.storageClassName}`}`,
    ...(repos == null ? [] : [`repositories ${repos.join(', ')}`]),
  ].join(', ');
}

const repositoryKinds = ['volume', 's3', 'gcs', 'azure'] as const;

function repositoryBefore(repository: Live<Repository> | null): NonNullable<DatabaseBefore['repos']> {
  const { name, volume, schedules } = repository ?? {};
  const kind = repositoryKinds.find((each) => repository?.[each] != null);
  const size = volume?.volumeClaimSpec?.resources?.requests?.storage;
  return name == null || kind === undefined
    ? []
    : [{ name, kind, ...(isQuantity(size) && { size: String(size) }), ...(schedules != null && { schedules }) }];
}

/** As it was last applied, for the rules that forbid a change of it. */
export function databaseBefore(live: KubeObject, applied: Manifest | undefined): DatabaseBefore {
  const spec = (applied?.spec ?? live.spec) as Live<PostgresClusterSpec> | undefined;
  const claim = spec?.instances?.[0]?.dataVolumeClaimSpec;
  return {
    ...(spec?.postgresVersion != null && { postgresVersion: spec.postgresVersion }),
    // A database that the operator has not created may have any value.
    ...(isQuantity(claim?.resources?.requests?.storage) && { storage: String(claim.resources.requests.storage) }),
    ...(claim?.storageClassName != null && { className: claim.storageClassName }),
    ...(spec?.backups?.pgbackrest?.repos != null && { repos: spec.backups.pgbackrest.repos.flatMap(repositoryBefore) }),
  };
}

/** Why an adopted database must be left as it is: PGO would make another instance set beside its own. */
export function strangeInstances(live: KubeObject, applied: Manifest | undefined): string[] {
  const { instances } = ((applied?.spec ?? live.spec) as Live<PostgresClusterSpec> | null | undefined) ?? {};
  const isOurs = instances?.some((set) => set?.name === INSTANCE_SET) ?? true;
  return isOurs ? [] : [`PostgresCluster ${live.metadata.name} was not made by this operator: it has no instance set ${INSTANCE_SET}`];
}
