/** Objects as Metacontroller groups them: by kind and version, then by `namespace/name`; and the two ways in which it sends them. */
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import { keyOf, type Draft } from '../apiserver/object.ts';

export type Grouped<T extends Draft> = Map<KindKey, Map<string, T>>;

export type HookVersion = 'v1' | 'v2';

/** Adds the objects to their groups; a later one replaces an earlier one of the same name. */
export function insert<T extends Draft>(groups: Grouped<T>, objects: readonly T[]): Grouped<T> {
  for (const object of objects) {
    const group = groups.get(kindKey(object)) ?? new Map<string, T>();
    groups.set(kindKey(object), group.set(keyOf(object), object));
  }
  return groups;
}

/** A kind without objects has a group too. */
export const emptyGroups = <T extends Draft>(kinds: readonly KindKey[]): Grouped<T> =>
  new Map(kinds.map((kind) => [kind, new Map<string, T>()]));

const sortKey = (kind: KindKey): string => {
  const [, name = '', apiVersion = ''] = /^([^.]+)\.(.+)$/.exec(kind) ?? [];
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return [group, version, name].join('\n');
};

/** The order in which children are written: by group, version, kind. */
export const sortedKinds = (groups: ReadonlyMap<KindKey, unknown>): KindKey[] =>
  [...groups.keys()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));

type Wire = Record<KindKey, Record<string, Draft>>;

/** v2 sends every object under `namespace/name`; v1 only those of the parent's namespace, under `name`. */
export function onTheWire(groups: Grouped<Draft>, namespace: string, version: HookVersion): Wire {
  const inner = (objects: ReadonlyMap<string, Draft>): [string, Draft][] =>
    version === 'v2'
      ? [...objects]
      : [...objects.values()].filter(({ metadata }) => metadata.namespace === namespace).map((object) => [object.metadata.name, object]);
  return Object.fromEntries([...groups].map(([kind, objects]) => [kind, Object.fromEntries(inner(objects))]));
}
