/** What an API server keeps: the objects of each kind that is served, with their revisions, and who watches them. */
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import { ApiError } from './apierror.ts';
import type { WatchEvent } from './client.ts';
import { POD, resourceTypes, type ResourceType } from './discovery.ts';
import { written } from './managedfields.ts';
import { deepFreeze, keyOf, plain, type Draft, type Metadata, type Resource } from './object.ts';

export interface Store {
  /** The kinds that are served. */
  types: Map<KindKey, ResourceType>;
  /** The objects of a kind by their keys. Throws NotFound where it is not served. */
  bucket: (kind: KindKey) => Map<string, Resource>;
  /** The same; undefined where there is none of that kind. */
  peek: (kind: KindKey) => ReadonlyMap<string, Resource> | undefined;
  everything: () => Resource[];
  /** Writes an object, in the place of the one before; one that waits for nothing more is dropped. */
  put: (kind: KindKey, object: Draft & { metadata: Metadata }, before?: Resource, by?: string, subresource?: 'status') => Resource;
  drop: (kind: KindKey, object: Resource) => Resource;
  /** The object that a request means. Throws NotFound, or Conflict where it means another or a former one. */
  current: (kind: KindKey, given: Draft) => Resource;
  /** Grows with every write. */
  revision: () => number;
  watch: (listener: (event: WatchEvent) => void) => void;
}

export function createStore(now: () => string): Store {
  const objects = new Map<KindKey, Map<string, Resource>>();
  const types = new Map<KindKey, ResourceType>(resourceTypes.map((type) => [kindKey(type), type]));
  const listeners: ((event: WatchEvent) => void)[] = [];
  let revision = 0;

  const bucket = (kind: KindKey): Map<string, Resource> => {
    if (!types.has(kind)) throw new ApiError('NotFound', `the server does not serve ${kind}`);
    const found = objects.get(kind) ?? new Map<string, Resource>();
    objects.set(kind, found);
    return found;
  };
  const notify = (event: WatchEvent): void => {
    listeners.forEach((listener) => {
      listener(event);
    });
  };
  const nextRevision = (): string => String(++revision);

  const put = (kind: KindKey, object: Draft & { metadata: Metadata }, before?: Resource, by?: string, subresource?: 'status'): Resource => {
    const writer = by === undefined ? {} : written(kind, before, { by, at: now(), ...(subresource && { subresource }) });
    const stored = deepFreeze(plain({ ...object, metadata: { ...object.metadata, ...writer, resourceVersion: nextRevision() } }));
    const gone = stored.metadata.deletionTimestamp !== undefined && (stored.metadata.finalizers ?? []).length === 0 && kind !== POD;
    if (gone) return drop(kind, stored);
    bucket(kind).set(keyOf(stored), stored);
    notify(before ? { type: 'MODIFIED', object: stored, before } : { type: 'ADDED', object: stored });
    return stored;
  };
  const drop = (kind: KindKey, object: Resource): Resource => {
    bucket(kind).delete(keyOf(object));
    notify({ type: 'DELETED', object });
    return object;
  };
  const current = (kind: KindKey, given: Draft): Resource => {
    const found = bucket(kind).get(keyOf(given));
    if (!found) throw new ApiError('NotFound', `${given.kind} ${keyOf(given)}`);
    const { uid, resourceVersion } = given.metadata;
    if (uid !== undefined && uid !== found.metadata.uid) throw new ApiError('Conflict', `${given.kind} ${keyOf(given)} has another uid`);
    if (resourceVersion !== undefined && resourceVersion !== found.metadata.resourceVersion)
      throw new ApiError('Conflict', `${given.kind} ${keyOf(given)} has been modified`);
    return found;
  };

  return {
    types,
    bucket,
    peek: (kind) => objects.get(kind),
    everything: () => [...objects.values()].flatMap((kept) => [...kept.values()]),
    put,
    drop,
    current,
    revision: () => revision,
    watch: (listener) => {
      listeners.push(listener);
    },
  };
}
