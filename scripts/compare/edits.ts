/** Random changes of a world between two questions, out of what the golden cases show. */
import type { Body, Resource } from './checkout.ts';
import { isObject, overlaid, type Json, type JsonObject } from './json.ts';
import type { Random } from './random.ts';

/** What the golden cases show: specs and annotations of Besties, statuses and objects by kind. */
export interface Pool {
  specs: readonly Json[];
  annotations: readonly Json[];
  objects: ReadonlyMap<string, readonly Resource[]>;
}

const groups = ['children', 'related'] as const;
type Objects = Body['children'];

export function poolOf(bodies: readonly Body[]): Pool {
  const objects = new Map<string, Resource[]>();
  for (const body of bodies)
    for (const group of groups)
      for (const [kind, byName] of Object.entries(body[group])) objects.set(kind, [...(objects.get(kind) ?? []), ...Object.values(byName)]);
  const parents = bodies.map(({ parent }) => parent);
  return {
    specs: parents.flatMap(({ spec }) => (spec === undefined ? [] : [spec])),
    annotations: parents.flatMap(({ metadata }) => (isObject(metadata.annotations) ? [metadata.annotations] : [])),
    objects,
  };
}

type Edit = (body: Body, random: Random, pool: Pool, now: string) => Body;

/** Fields that decide an upgrade, a scaling or a backup; the rest of the spec stays. */
const patches: readonly JsonObject[] = [
  { version: '1.4' },
  { version: '1.3' },
  { version: '1.2' },
  { size: 1 },
  { size: 4 },
  { maxReplicas: 7 },
  { database: { replicas: 2 } },
];

const withSpec = (body: Body, spec: Json): Body => {
  const generation = Number(body.parent.metadata.generation ?? 1) + 1;
  return { ...body, parent: { ...body.parent, spec, metadata: { ...body.parent.metadata, generation } } };
};

/** Every object of the request with its place. */
const places = (body: Body): { group: (typeof groups)[number]; kind: string; key: string; object: Resource }[] =>
  groups.flatMap((group) =>
    Object.entries(body[group]).flatMap(([kind, byName]) => Object.entries(byName).map(([key, object]) => ({ group, kind, key, object }))),
  );

/** The request with that object at its place; undefined takes it away. */
function placed(body: Body, group: (typeof groups)[number], kind: string, key: string, object: Resource | undefined): Body {
  const { [key]: _, ...others } = body[group][kind] ?? {};
  const byName = object === undefined ? others : { ...body[group][kind], [key]: object };
  const objects: Objects = { ...body[group], [kind]: byName };
  return { ...body, [group]: objects };
}

const otherSpec: Edit = (body, random, { specs }) => withSpec(body, random.pick(specs));
const patchedSpec: Edit = (body, random) => withSpec(body, overlaid(body.parent.spec, random.pick(patches)));

const dropped: Edit = (body, random) => {
  const all = places(body);
  if (all.length === 0) return body;
  const { group, kind, key } = random.pick(all);
  return placed(body, group, kind, key, undefined);
};

const otherStatus: Edit = (body, random, pool) => {
  const all = places(body);
  if (all.length === 0) return body;
  const { group, kind, key, object } = random.pick(all);
  const known = pool.objects.get(kind) ?? [];
  const { status } = random.pick(known.length === 0 ? [object] : known);
  const { status: _, ...rest } = object;
  return placed(body, group, kind, key, status === undefined ? rest : { ...rest, status });
};

const added: Edit = (body, random, pool) => {
  const all = groups.flatMap((group) => Object.keys(body[group]).map((kind) => ({ group, kind })));
  const { group, kind } = random.pick(all);
  const known = pool.objects.get(kind) ?? [];
  if (known.length === 0) return body;
  const object = random.pick(known);
  const { name, namespace } = object.metadata;
  return placed(body, group, kind, typeof namespace === 'string' ? `${namespace}/${name}` : name, object);
};

const annotated: Edit = (body, random, { annotations }) => {
  const { annotations: _, ...metadata } = body.parent.metadata;
  const next = random.chance(0.5) && annotations.length > 0 ? { annotations: random.pick(annotations) } : {};
  return { ...body, parent: { ...body.parent, metadata: { ...metadata, ...next } } };
};

const deleted: Edit = (body, _random, _pool, now) => ({
  ...body,
  parent: { ...body.parent, metadata: { ...body.parent.metadata, deletionTimestamp: now } },
});

/** What may change, as often as it is named. */
const edits: readonly Edit[] = [
  otherSpec,
  patchedSpec,
  patchedSpec,
  dropped,
  otherStatus,
  otherStatus,
  otherStatus,
  added,
  added,
  annotated,
  deleted,
];

/** The world after two of these changes at most. */
export function edited(body: Body, random: Random, pool: Pool, now: string): Body {
  let result = body;
  for (let count = random.below(3); count > 0; count--) result = random.pick(edits)(result, random, pool, now);
  return result;
}
