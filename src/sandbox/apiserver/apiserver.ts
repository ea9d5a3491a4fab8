/** An API server in memory: storage, optimistic concurrency, status subresource, finalizers, discovery, and a log of every write. */
import { isDeepStrictEqual } from 'node:util';
import { hash8 } from '../../lib/hash.ts';
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import { admitted, type AdmissionVerb } from './admission.ts';
import { ApiError } from './apierror.ts';
import type { ApiServer, DeleteOptions, Verb, Write } from './client.ts';
import { NAMESPACE, POD, resourceTypes } from './discovery.ts';
import { normalise } from './normalise.ts';
import { FOREGROUND, keyOf, omit, ORPHAN, plain, type Draft, type Resource } from './object.ts';
import { createStore } from './store.ts';

const withoutGeneration = new Set<KindKey>([NAMESPACE, 'Service.v1', 'Event.v1', 'Event.events.k8s.io/v1']);

/** What a deletion waits for beyond the finalizers that the object has. */
const finalizersOf: Readonly<Record<NonNullable<DeleteOptions['propagation']>, readonly string[]>> = {
  Background: [],
  Foreground: [FOREGROUND],
  Orphan: [ORPHAN],
};

export function createApiServer(now: () => string): ApiServer {
  const { types, bucket, peek, everything, put, drop, current, revision, watch } = createStore(now);
  const writes: Write[] = [];

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
    const hash = (text: string): string => hash8(`${kind} ${keyOf(given)} ${revision()} ${text}`);
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
    watch,
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
        const before = revision();
        const log = (outcome: Write['outcome']): void => {
          writes.push({ ...entry, outcome });
        };
        try {
          const refused = server.fault(entry);
          if (refused !== undefined) throw new ApiError(refused, `${given.kind} ${name}: refused on purpose`);
          const result = request(kind);
          log(verb === 'delete' || revision() > before ? 'ok' : 'unchanged');
          return result;
        } catch (error) {
          if (error instanceof ApiError) log(error.code);
          throw error;
        }
      };
      return {
        get: (kind, namespace, name) => peek(kind)?.get(namespace === '' ? name : `${namespace}/${name}`),
        list: (kind, namespace) =>
          [...(peek(kind)?.values() ?? [])].filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
        everything,
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
