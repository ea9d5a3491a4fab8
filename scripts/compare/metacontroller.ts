/** What Metacontroller and the API server make of an answer, as far as the next question depends on it. */
import type { Body, Resource } from './checkout.ts';
import { isObject, objectOf, overlaid, type Json, type JsonObject } from './json.ts';

/** The annotation with what was last applied. */
export const RECORD = 'metacontroller.k8s.io/last-applied-configuration';
/** It has these only created, never updated. */
const createdOnly: ReadonlySet<string> = new Set(['Job', 'Event']);

/** The child that the API server holds after this one was applied at `now`. */
function applied(child: Resource, live: Resource | undefined, parent: Resource, now: string): Resource {
  const { name, namespace, uid, labels } = parent.metadata;
  const owner = { apiVersion: parent.apiVersion, kind: parent.kind, name, uid: uid ?? '', controller: true };
  const generated = { ...objectOf(child.metadata.labels), 'controller-uid': uid ?? '' };
  const sent = overlaid(child, { metadata: { namespace: namespace ?? null, labels: generated } }) as Resource;
  const recorded = overlaid(sent, { metadata: { annotations: { [RECORD]: JSON.stringify(sent) } } });
  if (live !== undefined) return overlaid(live, recorded) as Resource;
  const identity: JsonObject = { uid: `made-${child.kind}-${child.metadata.name}`, generation: 1, creationTimestamp: now };
  return overlaid(recorded, {
    metadata: { ...identity, ownerReferences: [owner], labels: { ...objectOf(labels), ...generated } },
  }) as Resource;
}

/** The request once that answer was applied: wanted children exist with their record, unwanted ones are gone. Undeclared kinds are not shown. */
export function withApplied(body: Body, answer: JsonObject, now: string): Body {
  const wanted = (Array.isArray(answer.children) ? answer.children : []).filter(isObject) as Resource[];
  const { namespace } = body.parent.metadata;
  const children = Object.entries(body.children).map(([kind, byName]) => {
    const all = wanted.filter((child) => `${child.kind}.${child.apiVersion}` === kind);
    const next = all.map((child) => {
      const { name } = child.metadata;
      const key = name in byName || typeof namespace !== 'string' ? name : `${namespace}/${name}`;
      const live = byName[key];
      return [key, live !== undefined && createdOnly.has(child.kind) ? live : applied(child, live, body.parent, now)] as const;
    });
    return [kind, Object.fromEntries(next)] as const;
  });
  return { ...body, children: Object.fromEntries(children) };
}

/** The parent with that status, as Metacontroller writes it; undefined takes the status away. */
export function withStatus(body: Body, status: Json | undefined): Body {
  const { status: _, ...parent } = body.parent;
  return { ...body, parent: status === undefined ? parent : { ...parent, status } };
}

/** The status that Metacontroller writes after that answer; the one of before after an error. */
export function writtenStatus(answer: JsonObject, body: Body): Json | undefined {
  if (!isObject(answer.status)) return body.parent.status;
  return { ...answer.status, observedGeneration: body.parent.metadata.generation ?? null };
}

const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name.endsWith('y')) return `${name.slice(0, -1)}ies`;
  return name.endsWith('s') ? `${name}es` : `${name}s`;
};

/** What it posts to customize for the same parent. */
export function customizeBody({ parent, children }: Body): JsonObject {
  const childResources = Object.keys(children).map((key) => {
    const dot = key.indexOf('.');
    return { apiVersion: key.slice(dot + 1), resource: pluralOf(key.slice(0, dot)) };
  });
  return { controller: { spec: { childResources } }, parent };
}
