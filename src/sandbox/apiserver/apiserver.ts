/** An API server in memory: storage, optimistic concurrency, status subresource, finalizers, discovery, and a log of every write. */
import { isDeepStrictEqual } from 'node:util';
import { hash8 } from '../../lib/hash.ts';
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import { admitted, type AdmissionVerb } from './admission.ts';
import { ApiError } from './apierror.ts';
import type { ApiServer, DeleteOptions, Verb, WatchEvent, Write } from './client.ts';
import { NAMESPACE, POD, resourceTypes, type ResourceType } from './discovery.ts';
import { written } from './managedfields.ts';
import { normalise } from './normalise.ts';
import { deepFreeze, FOREGROUND, keyOf, omit, ORPHAN, plain, type Draft, type Metadata, type Resource } from './object.ts';

const withoutGeneration = new Set<KindKey>([NAMESPACE, 'Service.v1', 'Event.v1', 'Event.events.k8s.io/v1']);

/** What a deletion waits for beyond the finalizers that the object has. */
const finalizersOf: Readonly<Record<NonNullable<DeleteOptions['propagation']>, readonly string[]>> = {
  Background: [],
  Foreground: [FOREGROUND],
  Orphan: [ORPHAN],
};

export function createApiServer(now: () => string): ApiServer {
  const objects = new Map<KindKey, Map<string, Resource>>();
  const types = new Map<KindKey, ResourceType>(resourceTypes.map((type) => [kindKey(type), type]));
  const listeners: ((event: WatchEvent) => void)[] = [];
  const writes: Write[] = [];
  let revision = 0;

  const bucket = (kind: KindKey): Map<string, Resource> => {
    if (!types.has(kind)) throw new ApiError('NotFound', `the server does not serve ${kind}`);
    const found = objects.get(kind) ?? new Map<string, Resource>();
    objects.set(kind, found);
    return found;
  };
  const tell = (event: WatchEvent): void => {
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
    tell(before ? { type: 'MODIFIED', object: stored, before } : { type: 'ADDED', object: stored });
    return stored;
  };
  const drop = (kind: KindKey, object: Resource): Resource => {
    bucket(kind).delete(keyOf(object));
    tell({ type: 'DELETED', object });
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
  /** What is stored of a request. */
  const admit = (kind: KindKey, request: Draft, verb: AdmissionVerb, before?: Resource): Draft =>
    admitted(server.policies, request, { verb, existing: () => [...bucket(kind).values()], ...(before && { before }) });

  const create = (kind: KindKey, given: Draft, by: string): Resource => {
    const type = types.get(kind);
    if (bucket(kind).has(keyOf(given))) throw new ApiError('AlreadyExists', `${given.kind} ${keyOf(given)}`);
    const namespace = given.metadata.namespace;
    if (type?.scope === 'Namespaced') {
      const home = bucket(NAMESPACE).get(namespace ?? '');
      if (!home) throw new ApiError('NotFound', `Namespace ${namespace ?? ''}`);
      if (home.metadata.deletionTimestamp !== undefined)
        throw new ApiError('Forbidden', `Namespace ${home.metadata.name} is being terminated`);
    }
    const hash = (text: string): string => hash8(`${kind} ${keyOf(given)} ${revision} ${text}`);
    const uid = `${hash('a')}-${hash('b').slice(0, 4)}-4${hash('c').slice(0, 3)}-8${hash('d').slice(0, 3)}-${hash('e')}${hash('f').slice(0, 4)}`;
    const sent = omit(given.metadata, 'resourceVersion', 'deletionTimestamp');
    const metadata = { ...sent, uid, creationTimestamp: now(), generation: withoutGeneration.has(kind) ? undefined : 1 };
    return put(kind, admit(kind, { ...given, status: undefined, metadata }, 'create') as Resource, undefined, by);
  };

  const update = (kind: KindKey, given: Draft, by: string): Resource => {
    const before = current(kind, given);
    const { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, managedFields } = before.metadata;
    const system = { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion, managedFields };
    const request = { ...given, status: before.status, metadata: { ...given.metadata, ...system } };
    const next = plain(admit(kind, request, 'update', before)) as Resource;
    if (isDeepStrictEqual(next, plain(before))) return before;
    const body = (object: Draft): unknown => ({ ...object, metadata: undefined, status: undefined });
    const specChanged = generation !== undefined && !isDeepStrictEqual(plain(body(next)), plain(body(before)));
    return put(kind, { ...next, metadata: { ...next.metadata, generation: specChanged ? generation + 1 : generation } }, before, by);
  };

  const updateStatus = (kind: KindKey, given: Draft, by: string): Resource => {
    const before = current(kind, given);
    const next = normalise({ ...before, status: given.status });
    return isDeepStrictEqual(plain(next), plain(before)) ? before : put(kind, next as Resource, before, by, 'status');
  };

  const remove = (kind: KindKey, given: Draft, { uid, propagation = 'Background', grace }: DeleteOptions): Resource => {
    const {
      apiVersion,
      metadata: { name, namespace },
    } = given;
    const before = current(kind, { apiVersion, kind: given.kind, metadata: { name, namespace, ...(uid !== undefined && { uid }) } });
    const finalizers = [...new Set([...(before.metadata.finalizers ?? []), ...finalizersOf[propagation]])];
    if (finalizers.length === 0 && (kind !== POD || grace === 'at once')) return drop(kind, before);
    const { deletionTimestamp = now(), generation } = before.metadata;
    const bumped = generation !== undefined && before.metadata.deletionTimestamp === undefined ? generation + 1 : generation;
    const next = plain({
      ...before,
      metadata: { ...before.metadata, deletionTimestamp, generation: bumped, ...(finalizers.length > 0 && { finalizers }) },
    });
    return isDeepStrictEqual(next, plain(before)) ? before : put(kind, next, before);
  };

  const server: ApiServer = {
    writes,
    policies: [],
    fault: () => undefined,
    watch: (listener) => {
      listeners.push(listener);
    },
    serves: (kind) => types.get(kind),
    serve: (kind) => {
      const type = resourceTypes.find((each) => kindKey(each) === kind);
      if (type) types.set(kind, type);
    },
    withdraw: (kind) => {
      if (types.has(kind))
        [...bucket(kind).values()].forEach((object) => {
          drop(kind, object);
        });
      types.delete(kind);
    },
    as: (by) => {
      const logged = <T>(verb: Verb, given: Draft, request: (kind: KindKey) => T): T => {
        const kind = kindKey(given);
        const { name, namespace = '' } = given.metadata;
        const entry = { at: now(), verb, by, kind, namespace, name };
        const before = revision;
        const log = (outcome: Write['outcome']): void => {
          writes.push({ ...entry, outcome });
        };
        try {
          const refused = server.fault(entry);
          if (refused !== undefined) throw new ApiError(refused, `${given.kind} ${name}: refused on purpose`);
          const result = request(kind);
          log(verb === 'delete' || revision > before ? 'ok' : 'unchanged');
          return result;
        } catch (error) {
          if (error instanceof ApiError) log(error.code);
          throw error;
        }
      };
      return {
        get: (kind, namespace, name) => objects.get(kind)?.get(namespace === '' ? name : `${namespace}/${name}`),
        list: (kind, namespace) =>
          [...(objects.get(kind)?.values() ?? [])].filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
        everything: () => [...objects.values()].flatMap((kept) => [...kept.values()]),
        create: (object) => logged('create', object, (kind) => create(kind, object, by)),
        update: (object) => logged('update', object, (kind) => update(kind, object, by)),
        updateStatus: (object) => logged('update status', object, (kind) => updateStatus(kind, object, by)),
        remove: (object, options = {}) => {
          logged('delete', object, (kind) => remove(kind, object, options));
        },
      };
    },
  };
  return server;
}
