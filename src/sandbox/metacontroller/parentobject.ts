/** What Metacontroller writes to a parent: its finalizer and its status, each on top of a live read. */
import { isDeepStrictEqual } from 'node:util';
import { kindKey } from '../../api/kubernetes.ts';
import { ApiError, retryingConflicts } from '../apiserver/apierror.ts';
import type { Client } from '../apiserver/client.ts';
import { plain, type Draft, type Fields, type Resource } from '../apiserver/object.ts';

/** The live object that has the same uid; another one of the same name does not count. Throws NotFound. */
export function live(client: Client, { apiVersion, kind, metadata }: Resource): Resource {
  const found = client.get(kindKey({ apiVersion, kind }), metadata.namespace ?? '', metadata.name);
  if (found?.metadata.uid !== metadata.uid) throw new ApiError('NotFound', `${kind} ${metadata.name}`);
  return found;
}

/** Reads, changes and writes until there is no conflict. `change` returns undefined where there is nothing to change. */
export function updateLive(client: Client, object: Resource, change: (object: Resource) => Draft | undefined): Resource {
  return retryingConflicts(() => {
    const current = live(client, object);
    const next = change(current);
    return next === undefined ? current : client.update(next);
  });
}

export const hasFinalizer = ({ metadata }: Resource, finalizer: string): boolean => metadata.finalizers?.includes(finalizer) ?? false;

export const addFinalizer = (client: Client, parent: Resource, finalizer: string): Resource =>
  updateLive(client, parent, (object) =>
    hasFinalizer(object, finalizer)
      ? undefined
      : { ...object, metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), finalizer] } },
  );

export const removeFinalizer = (client: Client, parent: Resource, finalizer: string): Resource =>
  updateLive(client, parent, (object) =>
    hasFinalizer(object, finalizer)
      ? { ...object, metadata: { ...object.metadata, finalizers: object.metadata.finalizers?.filter((each) => each !== finalizer) } }
      : undefined,
  );

/** Replaces the whole status where it differs from the live one. `parent` is the one that the hook was asked about: its generation is what was observed. */
export function writeStatus(client: Client, parent: Resource, answered: Fields): void {
  const status = { ...answered, observedGeneration: parent.metadata.generation };
  retryingConflicts(() => {
    const current = live(client, parent);
    if (!isDeepStrictEqual(plain(current.status ?? null), plain(status))) client.updateStatus({ ...current, status });
  });
}
