/** Brings the children of one parent from what is observed to what is desired: deletions first, then creations and updates. */
import { isDeepStrictEqual } from 'node:util';
import type { KindKey } from '../../api/kubernetes.ts';
import { ApiError, ignoring } from '../apiserver/apierror.ts';
import type { Client } from '../apiserver/client.ts';
import type { UpdateMethod } from './controllerconfig.ts';
import { applyUpdate, toCreate } from './merge.ts';
import { controllerReference, plain, type Draft, type Resource } from '../apiserver/object.ts';
import { sortedKinds, type Grouped } from './objectmap.ts';

export interface ManageInput {
  client: Client;
  parent: Resource;
  observed: Grouped<Resource>;
  desired: Grouped<Draft>;
  methodOf: (kind: KindKey) => UpdateMethod;
  serves: (kind: KindKey) => boolean;
}

const isDeleting = ({ metadata }: Resource): boolean => metadata.deletionTimestamp !== undefined;

function remove(client: Client, object: Resource): void {
  ignoring(['NotFound'], () => {
    client.remove(object, { uid: object.metadata.uid, propagation: 'Background' });
  });
}

/** AlreadyExists is ignored: the object of another owner has the name, or the cache has not shown ours yet. */
function create({ client, parent }: ManageInput, desired: Draft): void {
  const given = toCreate(desired);
  const owners = given.metadata.ownerReferences ?? [];
  const owned = owners.some(({ uid }) => uid === parent.metadata.uid);
  const ownerReferences = owned ? owners : [...owners, controllerReference(parent)];
  ignoring(['AlreadyExists'], () => client.create({ ...given, metadata: { ...given.metadata, ownerReferences } }));
}

/** NotFound and Conflict are ignored: the next event brings another sync. */
function update({ client }: ManageInput, observed: Resource, desired: Draft, method: UpdateMethod): void {
  const next = applyUpdate(observed, desired);
  if (isDeepStrictEqual(next, plain(observed)) || isDeleting(observed)) return;
  if (method === 'InPlace') ignoring(['NotFound', 'Conflict'], () => client.update(next));
  if (method === 'Recreate') remove(client, observed);
}

/** Does what can be done and returns what failed. */
export function manageChildren(input: ManageInput): ApiError[] {
  const { client, observed, desired, methodOf, serves } = input;
  const failures: ApiError[] = [];
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failures.push(error);
    }
  };
  for (const kind of sortedKinds(observed)) {
    const undesired = [...(observed.get(kind) ?? [])].filter(([key, object]) => !isDeleting(object) && !desired.get(kind)?.has(key));
    undesired.forEach(([, object]) => {
      attempt(() => {
        remove(client, object);
      });
    });
  }
  for (const kind of sortedKinds(desired)) {
    if (!serves(kind)) {
      failures.push(new ApiError('NotFound', `discovery: can't find kind ${kind}`));
      continue;
    }
    for (const [key, wanted] of desired.get(kind) ?? []) {
      const found = observed.get(kind)?.get(key);
      attempt(() => {
        if (found) update(input, found, wanted, methodOf(kind));
        else create(input, wanted);
      });
    }
  }
  return failures;
}
