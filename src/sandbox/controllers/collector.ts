/** Garbage collection by owner references, as kube-controller-manager does it. */
import { kindKey } from '../../api/kubernetes.ts';
import type { Client } from '../apiserver/client.ts';
import { ignoring } from '../apiserver/apierror.ts';
import { FOREGROUND, ORPHAN, type OwnerReference, type Resource } from '../apiserver/object.ts';

/** `dangling`: the owner is gone. `waiting`: it is deleted in the foreground, so it waits for its dependents. `solid`: it stays. */
export type OwnerState = 'solid' | 'dangling' | 'waiting';

export type Fate = { action: 'keep' } | { action: 'remove' } | { action: 'release'; owners: readonly OwnerReference[] };

/** What becomes of an object with owners: one solid owner keeps it, and then only the references to the others are taken away. */
export function fateOf(owners: readonly OwnerReference[], state: (owner: OwnerReference) => OwnerState): Fate {
  const lost = owners.filter((owner) => state(owner) !== 'solid');
  if (lost.length === 0) return { action: 'keep' };
  return lost.length === owners.length ? { action: 'remove' } : { action: 'release', owners: lost };
}

const isForeground = ({ metadata }: Resource): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(FOREGROUND);

/** An owner in another namespace does not exist for its dependents. */
function findOwner(client: Client, dependent: Resource, owner: OwnerReference): Resource | undefined {
  const found = client.get(kindKey(owner), dependent.metadata.namespace ?? '', owner.name) ?? client.get(kindKey(owner), '', owner.name);
  return found?.metadata.uid === owner.uid ? found : undefined;
}

function withoutFinalizer(client: Client, { ...object }: Resource, finalizer: string): void {
  ignoring(['Conflict', 'NotFound'], () =>
    client.update({
      ...object,
      metadata: { ...object.metadata, finalizers: object.metadata.finalizers?.filter((each) => each !== finalizer) },
    }),
  );
}

function withoutOwners(client: Client, object: Resource, owners: readonly OwnerReference[]): void {
  const gone = new Set(owners.map(({ uid }) => uid));
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !gone.has(uid));
  ignoring(['Conflict', 'NotFound'], () => client.update({ ...object, metadata: { ...object.metadata, ownerReferences } }));
}

/** The garbage collector leaves Events alone: they go when their time is up. */
const isEvent = ({ kind }: Resource): boolean => kind === 'Event';

function collectObject(client: Client, object: Resource): void {
  const owners = object.metadata.ownerReferences ?? [];
  const fate = fateOf(owners, (owner) => {
    const found = findOwner(client, object, owner);
    if (found === undefined) return 'dangling';
    return isForeground(found) ? 'waiting' : 'solid';
  });
  if (fate.action === 'release') {
    withoutOwners(client, object, fate.owners);
    return;
  }
  if (fate.action === 'keep' || object.metadata.deletionTimestamp !== undefined) return;
  const waited = owners.some((owner) => findOwner(client, object, owner) !== undefined);
  ignoring(['Conflict', 'NotFound'], () => {
    client.remove(object, { uid: object.metadata.uid, propagation: waited ? 'Foreground' : 'Background' });
  });
}

/** One pass over everything: removes what has lost its owners, releases what keeps one, and ends foreground and orphaning deletions. */
export function collect(client: Client): void {
  const dependentsOf = (owner: Resource): Resource[] =>
    client.everything().filter((each) => !isEvent(each) && each.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid));
  const deleting = client.everything().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  for (const owner of deleting.filter(({ metadata }) => metadata.finalizers?.includes(ORPHAN))) {
    const { apiVersion, kind, metadata } = owner;
    dependentsOf(owner).forEach((dependent) => {
      withoutOwners(client, dependent, [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }]);
    });
    withoutFinalizer(client, owner, ORPHAN);
  }
  for (const object of client.everything().filter((each) => !isEvent(each))) collectObject(client, object);
  for (const owner of client.everything().filter(isForeground)) {
    const blocks = dependentsOf(owner).some(({ metadata }) =>
      metadata.ownerReferences?.some((each) => each.uid === owner.metadata.uid && each.blockOwnerDeletion),
    );
    if (!blocks) withoutFinalizer(client, owner, FOREGROUND);
  }
}
