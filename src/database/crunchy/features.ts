/** The features of an existing database that cannot be changed, so that the spec must agree with them. */
import type { KubeObject, Live, Manifest } from '../../api/kubernetes.ts';
import type { DatabaseBefore } from '../../api/provider.ts';
import { isQuantity } from '../../lib/quantity.ts';
import { INSTANCE_SET, type PostgresClusterSpec, type Repository, type VolumeClaim } from './types.ts';

/** A volume in words. */
const volume = (claim: Live<VolumeClaim> | null | undefined): string =>
  `${claim?.resources?.requests?.storage ?? 'unknown size'}${claim?.storageClassName == null ? '' : ` of class ${claim.storageClassName}`}`;

/** In words. */
export function features({ spec }: KubeObject): string {
  const { postgresVersion, instances, backups } = (spec ?? {}) as Live<PostgresClusterSpec>;
  const set = instances?.[0];
  const repos = backups?.pgbackrest?.repos?.map(
    (repository) => `${repository?.name ?? ''}${repository?.volume == null ? '' : ' on a volume'}`,
  );
  return [
    `Postgres ${postgresVersion ?? 'of an unknown version'}`,
    `a volume of ${volume(set?.dataVolumeClaimSpec)}`,
    ...(set?.walVolumeClaimSpec == null ? [] : [`a volume for the write-ahead log of ${volume(set.walVolumeClaimSpec)}`]),
    ...(repos == null ? [] : [`repositories ${repos.join(', ')}`]),
  ].join(', ');
}

/** As text, which CEL's `quantity` takes; undefined for anything else, which a database that the operator has not created may have. */
const quantity = (value: unknown): string | undefined => (isQuantity(value) ? String(value) : undefined);

const repositoryKinds = ['volume', 's3', 'gcs', 'azure'] as const;

function repositoryBefore(repository: Live<Repository> | null): NonNullable<DatabaseBefore['repos']> {
  const { name, volume, schedules } = repository ?? {};
  const kind = repositoryKinds.find((each) => repository?.[each] != null);
  const size = quantity(volume?.volumeClaimSpec?.resources?.requests?.storage);
  return name == null || kind === undefined
    ? []
    : [{ name, kind, ...(size !== undefined && { size }), ...(schedules != null && { schedules }) }];
}

function volumeBefore(claim: Live<VolumeClaim> | null | undefined): NonNullable<DatabaseBefore['walStorage']> {
  const size = quantity(claim?.resources?.requests?.storage);
  const className = claim?.storageClassName;
  return { ...(size !== undefined && { size }), ...(className != null && { className }) };
}

/** As it was last applied, for the rules that forbid a change of it. */
export function databaseBefore(live: KubeObject, applied: Manifest | undefined): DatabaseBefore {
  const spec = (applied?.spec ?? live.spec) as Live<PostgresClusterSpec> | undefined;
  const set = spec?.instances?.[0];
  const { size: storage, className } = volumeBefore(set?.dataVolumeClaimSpec);
  return {
    ...(spec?.postgresVersion != null && { postgresVersion: spec.postgresVersion }),
    ...(storage !== undefined && { storage }),
    ...(className !== undefined && { className }),
    ...(set?.walVolumeClaimSpec != null && { walStorage: volumeBefore(set.walVolumeClaimSpec) }),
    ...(spec?.backups?.pgbackrest?.repos != null && { repos: spec.backups.pgbackrest.repos.flatMap(repositoryBefore) }),
  };
}

/** Why an adopted database must be left as it is: PGO would make another instance set beside its own. */
export function strangeInstances(live: KubeObject, applied: Manifest | undefined): string[] {
  const { instances } = ((applied?.spec ?? live.spec) as Live<PostgresClusterSpec> | null | undefined) ?? {};
  const isOurs = instances?.some((set) => set?.name === INSTANCE_SET) ?? true;
  return isOurs ? [] : [`PostgresCluster ${live.metadata.name} was not made by this operator: it has no instance set ${INSTANCE_SET}`];
}
