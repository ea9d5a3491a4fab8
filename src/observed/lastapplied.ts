/** What Metacontroller last applied to a child: its own record, kept in an annotation under the dynamic-apply strategy. */
import { type Observed } from '../api/observed.ts';
import { observedChildren } from './children.ts';
import { type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { wantedThen } from './contestedfields.ts';
import { isOurs } from '../api/names.ts';

/** Metacontroller's record of what it last applied. Nothing else of the operator reads it. */
export const LAST_APPLIED_ANNOTATION = 'metacontroller.k8s.io/last-applied-configuration';

/** The annotation without a record: its size without the configuration. */
export const emptyRecord: Readonly<Record<string, string>> = { [LAST_APPLIED_ANNOTATION]: '' };

function read(child: KubeObject): Manifest | undefined {
  const text = child.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Manifest | null;
    const readable = value?.apiVersion === child.apiVersion && value.kind === child.kind && value.metadata.name === child.metadata.name;
    return readable ? value : undefined;
  } catch {
    return undefined; // another writer put something else there: the same as no record
  }
}

/** Reads the last applied configuration of children, each once. A reader is for one request: one WeakMap for all would cost more than it saves. */
export function recordReader(): Observed['record'] {
  const known = new Map<KubeObject, Manifest | undefined>();
  return (child) => {
    if (!known.has(child)) known.set(child, read(child));
    return known.get(child);
  };
}

/** The same with the desired value of each field that is left to others, computed once as well. */
export function appliedReader(record: Observed['record']): Observed['applied'] {
  const known = new Map<KubeObject, Manifest | undefined>();
  return (child) => {
    const applied = record(child);
    if (!known.has(child)) known.set(child, applied && wantedThen(applied));
    return known.get(child);
  };
}

/**
 * A durable fact on a child: the annotation as it was last applied, so that a user's removal of the live one is repaired. The live one
 * counts only if the operator has applied nothing yet (an adopted object).
 */
export function durable(o: Pick<Observed, 'applied'>, child: KubeObject, annotation: string): string | undefined {
  return o.applied(child)?.metadata.annotations?.[annotation] ?? child.metadata.annotations?.[annotation];
}

/**
 * Whether children of the operator exist and none has a record: Metacontroller does not run with dynamic-apply. A database from elsewhere
 * proves nothing: it gets its record with the first answer after its adoption.
 */
export function lacksRecords(o: Pick<Observed, 'children' | 'applied'>): boolean {
  const children = observedChildren(o);
  return children.some(({ metadata }) => isOurs(metadata.labels)) && !children.some(o.applied);
}
