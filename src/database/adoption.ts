/** A database of the expected name that exists already and has no owner, for instance one that a deleted Bestie has left. */
import type { Readiness } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { databaseResource } from '../observed/database.ts';
import { heldByFinalizer, describeObject } from '../observed/finalizers.ts';

/** Why the database is not created: creating it would fail for ever. Undefined if no other object has its name. */
export function attachment(o: Observed): Readiness | undefined {
  const { unattached, bestie } = o;
  if (unattached === undefined) return undefined;
  const { database, differences } = unattached;
  const { name, ownerReferences, deletionTimestamp } = database.metadata;
  const { namespace, uid } = bestie.metadata;
  const owner = ownerReferences?.find(({ controller }) => controller === true);
  const cluster = `${database.kind} ${name}`;
  if (deletionTimestamp != null) {
    const { held, ...recheck } = heldByFinalizer([database], o);
    return (
      held ?? {
        status: 'False',
        reason: 'Deleting',
        message: `${describeObject(database)} is being deleted; it is created again once it is gone`,
        ...recheck,
      }
    );
  }
  if (owner !== undefined) {
    const message = `${cluster} belongs to ${owner.kind ?? 'another object'} ${owner.name ?? ''}; create this Bestie under another name`;
    return { status: 'False', reason: 'DatabaseTaken', message };
  }
  if (differences.length > 0) {
    const message = `${cluster} exists and differs from the spec: ${differences.join('; ')}. It has ${o.provider.features(database)}; change the spec, then it can be attached`;
    return { status: 'False', reason: 'DatabaseDiffers', message };
  }
  const message =
    `${cluster} exists and has no owner; to attach it with its data: ` +
    `kubectl -n ${namespace} label ${databaseResource(o)} ${name} --overwrite ${CONTROLLER_UID_LABEL}=${uid}`;
  return { status: 'False', reason: 'DatabaseNotAttached', message };
}
