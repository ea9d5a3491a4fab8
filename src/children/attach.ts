/** A database of the wanted name that is there already and belongs to nobody, for instance one that a deleted Bestie has left. */
import type { KubeObject, Live, Observed, Readiness } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import type { PostgresClusterSpec } from '../api/postgrescluster.ts';
import { heldByFinalizer, shown } from './finalizers.ts';

/** What of a database cannot be changed. */
function features({ spec }: KubeObject): string {
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

/** What is said instead of creating the database: creating it would fail for ever. Undefined where nothing is in the way. */
export function attachment(o: Observed): Readiness | undefined {
  const { unattached, bestie } = o;
  if (unattached === undefined) return undefined;
  const { database, differences } = unattached;
  const { name, ownerReferences, deletionTimestamp } = database.metadata;
  const { namespace, uid } = bestie.metadata;
  const owner = ownerReferences?.find(({ controller }) => controller === true);
  const cluster = `PostgresCluster ${name}`;
  if (deletionTimestamp != null) {
    const { held, ...recheck } = heldByFinalizer([database], o);
    return (
      held ?? {
        status: 'False',
        reason: 'Deleting',
        message: `${shown(database)} is being deleted; it is created anew when it is gone`,
        ...recheck,
      }
    );
  }
  if (owner !== undefined) {
    const message = `${cluster} belongs to ${owner.kind ?? 'another object'} ${owner.name ?? ''}; create this Bestie under another name`;
    return { status: 'False', reason: 'DatabaseTaken', message };
  }
  if (differences.length > 0) {
    const message = `${cluster} exists and differs from the spec: ${differences.join('; ')}. It has ${features(database)}; change the spec, then it can be attached`;
    return { status: 'False', reason: 'DatabaseDiffers', message };
  }
  const message =
    `${cluster} exists and belongs to nobody; to attach it with its data: ` +
    `kubectl -n ${namespace} label postgrescluster ${name} --overwrite ${CONTROLLER_UID_LABEL}=${uid}`;
  return { status: 'False', reason: 'DatabaseNotAttached', message };
}
