/**
 * Worlds as Metacontroller would show them: a Bestie, the children that were applied for it, and its pods, each as the API server holds
 * it. A world is a plain value; every function here returns a new one.
 */
import type { SyncResponse } from '../../src/api/hook.ts';
import { hash8 } from '../../src/lib/hash.ts';
import { EVENT, kinds, NAMESPACE as NAMESPACE_KIND, POD, PRIORITY_CLASS, type ChildKind, type Overlay } from '../../src/api/kinds.ts';
import { type Observed } from '../../src/api/observed.ts';
import { kindKey, type KindKey, type KubeObject, type Manifest } from '../../src/api/kubernetes.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { CONTROLLER_UID_LABEL } from '../../src/api/names.ts';
import { answers, decodeBestie } from '../../src/controllers.ts';
import type { Context } from '../../src/api/child.ts';
import { decide } from '../../src/decide/index.ts';
import { checkAnswer } from './checks.ts';
import { deepFreeze } from './freeze.ts';

export const NAMESPACE = 'pets';
export const UID = '6f1c0de5-9d1c-4a6f-9a4e-0000000000b1';
export const NOW = '2026-01-01T12:00:00Z';

/** The time so many seconds before NOW. */
export const ago = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1000).toISOString().replace('.000Z', 'Z');

export type Loose = Record<string, unknown>;

export interface World {
  parent: KubeObject;
  children: readonly KubeObject[];
  related: readonly KubeObject[];
  /** Kinds that the installed CompositeController declares. */
  declared: readonly KindKey[];
  now: string;
}

const installed = (overlay: Overlay): KindKey[] =>
  Object.values<ChildKind>(kinds)
    .filter((kind) => kind.overlays.includes(overlay))
    .map(kindKey);

/** What the CompositeController of each overlay declares, and one that declares every kind. */
export const overlays: Readonly<Record<Overlay | 'everything', readonly KindKey[]>> = {
  default: installed('default'),
  monitoring: installed('monitoring'),
  openshift: installed('openshift'),
  minimal: installed('minimal'),
  gateway: installed('gateway'),
  everything: Object.values(kinds).map(kindKey),
};

export function bestie(spec: Loose = {}, { name = 'bestie', ...metadata }: Loose & { name?: string } = {}): KubeObject {
  return {
    apiVersion: 'pets.bestie.com/v1',
    kind: 'Bestie',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: UID,
      resourceVersion: '4711',
      generation: 1,
      creationTimestamp: ago(3600),
      finalizers: ['metacontroller.io/compositecontroller-bestie-operator'],
      managedFields: [
        { manager: 'kubectl', operation: 'Apply', apiVersion: 'pets.bestie.com/v1', time: ago(3600), fieldsType: 'FieldsV1', fieldsV1: {} },
      ],
      ...metadata,
    } as KubeObject['metadata'],
    spec: { size: 1, ...spec },
  };
}

export const world = (spec: Loose = {}, rest: Partial<World> & { name?: string } = {}): World => ({
  parent: bestie(spec, rest.name === undefined ? {} : { name: rest.name }),
  children: [],
  related: [],
  declared: overlays.default,
  now: NOW,
  ...rest,
});

/** `patch` laid over `target` field by field; a field that is undefined in the patch is removed, null stays null, lists are replaced. */
export function overlaid<T>(target: T, patch: unknown): T {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch as T;
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? (target as Loose) : {};
  const merged: Loose = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) Reflect.deleteProperty(merged, key);
    else merged[key] = overlaid(merged[key], value);
  }
  return merged as T;
}

/** The object that the API server holds after Metacontroller has created the manifest. */
export function applied(manifest: Manifest, w: World, patch: Loose = {}): KubeObject {
  const { apiVersion, kind, name, uid } = { ...w.parent, ...w.parent.metadata };
  const {
    ownerReferences = [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }],
    annotations,
    labels,
    ...rest
  } = manifest.metadata;
  const generated = { ...labels, [CONTROLLER_UID_LABEL]: uid };
  const sent = { ...manifest, metadata: { ...manifest.metadata, namespace: NAMESPACE, labels: generated } };
  const live = {
    ...manifest,
    metadata: {
      ...rest,
      namespace: NAMESPACE,
      uid: `00000000-0000-4000-8000-0000${hash8([manifest.kind, rest.name])}`,
      resourceVersion: '4712',
      generation: 1,
      creationTimestamp: ago(1800),
      labels: generated,
      annotations: { ...annotations, [LAST_APPLIED_ANNOTATION]: JSON.stringify(sent) },
      ownerReferences,
      managedFields: [
        {
          manager: 'metacontroller',
          operation: 'Update',
          apiVersion: manifest.apiVersion,
          time: ago(1800),
          fieldsType: 'FieldsV1',
          fieldsV1: {},
        },
      ],
    },
  };
  return overlaid(live as unknown as KubeObject, patch);
}

/** The same object with another record of what was last applied to it. */
export function rerecorded(object: KubeObject, patch: Loose): KubeObject {
  const record = JSON.parse(object.metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '{}') as Loose;
  return overlaid(object, { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: JSON.stringify(overlaid(record, patch)) } } });
}

/** Kinds whose objects customize requests for that Bestie; the database is a child in all worlds but a few. */
function relatedKinds({ spec }: KubeObject): KindKey[] {
  const { database } = (spec ?? {}) as { database?: { priorityClassName?: unknown } | null };
  return [POD, NAMESPACE_KIND, ...(typeof database?.priorityClassName === 'string' ? [PRIORITY_CLASS] : [])];
}

/** The body that Metacontroller posts: frozen, keyed as the hook version demands. */
export function request(w: World, version: 'v1' | 'v2' = 'v2', finalizing = false): Loose {
  const keyed = (objects: readonly KubeObject[], declared: readonly KindKey[]): Loose => {
    const all: Record<string, Record<string, KubeObject>> = Object.fromEntries(declared.map((kind) => [kind, {}]));
    for (const object of objects) {
      const { name, namespace } = object.metadata;
      (all[kindKey(object)] ??= {})[version === 'v2' && namespace != null ? `${namespace}/${name}` : name] = object;
    }
    return all;
  };
  const controller = { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'CompositeController', metadata: { name: 'bestie-operator' } };
  return deepFreeze({
    controller,
    parent: w.parent,
    children: keyed(w.children, w.declared),
    related: keyed(w.related, relatedKinds(w.parent)),
    finalizing,
  });
}

export const observe = (w: World): Observed => deepFreeze(decodeBestie(request(w), w.now));

/** The same with what the state machines decide. */
export const decided = (w: World): Context => decide(observe(w)).context;

const isEvent = (child: Manifest): boolean => kindKey(child) === EVENT;

/** The answer of a hook, after the checks that hold for every answer. */
function checked(hook: 'sync' | 'finalize', w: World): SyncResponse {
  const response = answers[hook](request(w, 'v2', hook === 'finalize'), w.now).response as SyncResponse;
  checkAnswer(response, w);
  return response;
}

const withoutEvents = (response: SyncResponse): SyncResponse =>
  deepFreeze({ ...response, children: response.children.filter((child) => !isEvent(child)) });

/** The answer of sync, less its Events. */
export const syncOf = (w: World): SyncResponse => withoutEvents(checked('sync', w));

/** The answer of finalize, less its Events. */
export const finalizeOf = (w: World): SyncResponse => withoutEvents(checked('finalize', w));

/** The Events of an answer. */
export const eventsOf = (w: World, hook: 'sync' | 'finalize' = 'sync'): Manifest[] => checked(hook, w).children.filter(isEvent);

type Named = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'> | Manifest;
const isSame = (a: Named, b: Named): boolean => kindKey(a) === kindKey(b) && a.metadata.name === b.metadata.name;

/** The status of a database whose operator has got through a change, where it had got through the ones before. */
function observing({ status, metadata }: KubeObject, observedGeneration: number): unknown {
  const { observedGeneration: seen, conditions } = (status ?? {}) as { observedGeneration?: number; conditions?: Loose[] };
  if (seen === undefined || seen !== (metadata.generation ?? 1)) return status;
  const moved = conditions?.map((each) => (each.observedGeneration === undefined ? each : { ...each, observedGeneration }));
  return { ...(status as Loose), observedGeneration, ...(moved && { conditions: moved }) };
}

/** The world after Metacontroller has carried the answer out: children created, updated and deleted, status written. */
export function carriedOut(w: World, { children, status }: SyncResponse = syncOf(w)): World {
  const next = children.map((manifest) => {
    const live = w.children.find((child) => isSame(child, manifest));
    if (live === undefined) return applied(manifest, w);
    if (manifest.kind === 'Job') return live;
    const { uid, generation = 1 } = live.metadata;
    const changed = JSON.stringify(overlaid(live.spec, manifest.spec)) !== JSON.stringify(live.spec);
    return applied(manifest, w, {
      metadata: {
        uid,
        generation: (generation ?? 1) + (changed ? 1 : 0),
        creationTimestamp: live.metadata.creationTimestamp,
        deletionTimestamp: live.metadata.deletionTimestamp ?? undefined,
        managedFields: changed
          ? [{ manager: 'metacontroller', operation: 'Update', time: w.now, fieldsType: 'FieldsV1' }]
          : live.metadata.managedFields,
      },
      status: changed && manifest.kind === 'PostgresCluster' ? observing(live, (generation ?? 1) + 1) : live.status,
    });
  });
  return {
    ...w,
    children: next,
    parent: { ...w.parent, status: overlaid(status, { observedGeneration: w.parent.metadata.generation ?? 1 }) },
  };
}

/** The world with a patch on each child of that kind. */
export const patched = (w: World, kind: string, patch: Loose): World => ({
  ...w,
  children: w.children.map((child) => (child.kind === kind ? overlaid(child, patch) : child)),
});

export const without = (w: World, kind: string): World => ({ ...w, children: w.children.filter((child) => child.kind !== kind) });
export const withPods = (w: World, ...pods: readonly KubeObject[]): World => ({ ...w, related: [...w.related, ...pods] });

/** The world with another spec of its Bestie: fields laid over the present one, one generation later. */
export const edited = (w: World, spec: Loose): World => ({
  ...w,
  parent: overlaid(w.parent, { spec, metadata: { generation: (w.parent.metadata.generation ?? 1) + 1 } }),
});

export const childOf = (w: World, kind: string): KubeObject => {
  const found = w.children.find((child) => child.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} in this world`);
  return found;
};

export const manifestOf = ({ children }: SyncResponse, kind: string): Manifest | undefined => children.find((child) => child.kind === kind);
export const conditionOf = ({ status }: SyncResponse, type: string) => status.conditions.find((condition) => condition.type === type);

/** What of a condition does not depend on time. */
export function said(response: SyncResponse, type: string): string | undefined {
  const condition = conditionOf(response, type);
  return condition && `${condition.status} ${condition.reason}`;
}
