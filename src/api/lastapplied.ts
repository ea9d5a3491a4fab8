/** What Metacontroller last applied to a child: its own record, kept in an annotation under the dynamic-apply strategy. */
import type { KubeObject, Manifest } from './kubernetes.ts';
import { LAST_APPLIED_ANNOTATION } from './names.ts';

const parsed = new WeakMap<KubeObject, Manifest | undefined>();

function read(child: KubeObject): Manifest | undefined {
  const text = child.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Manifest | null;
    const readable = value?.apiVersion === child.apiVersion && value.kind === child.kind && value.metadata.name === child.metadata.name;
    return readable ? value : undefined;
  } catch {
    return undefined; // somebody wrote something else there: the same as no record
  }
}

/** The last applied configuration of an observed child, or undefined where it has no readable one. Parsed once per object. */
export function lastApplied(child: KubeObject): Manifest | undefined {
  if (!parsed.has(child)) parsed.set(child, read(child));
  return parsed.get(child);
}

/**
 * A durable fact on a child: the annotation as it was last applied, so that a person who removes it live is repaired; the live one
 * counts only where nothing of ours was applied yet (an adopted object).
 */
export function durable(child: KubeObject, annotation: string): string | undefined {
  return lastApplied(child)?.metadata.annotations?.[annotation] ?? child.metadata.annotations?.[annotation];
}
