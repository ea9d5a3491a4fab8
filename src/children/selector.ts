/** Selectors of children. What others add to one is no field of the operator's and stays, and yet it leaves out pods, or a Service. */
import { isFields, pointerOf, valueAt, type FieldPath } from '../api/fieldpath.ts';
import { kinds } from '../api/kinds.ts';
import type { KubeObject, Manifest, Observed, Readiness } from '../api/kubernetes.ts';
import { kubectl } from './waiting.ts';

const paths: Readonly<Record<string, FieldPath>> = {
  [kinds.service.kind]: ['spec', 'selector'],
  [kinds.podDisruptionBudget.kind]: ['spec', 'selector'],
  [kinds.networkPolicy.kind]: ['spec', 'podSelector'],
  [kinds.serviceMonitor.kind]: ['spec', 'selector'],
};

/** Paths of what the live value has and the wanted one has not. */
function added(live: unknown, wanted: unknown, path: FieldPath): FieldPath[] {
  if (!isFields(live) || !isFields(wanted)) return [];
  return Object.entries(live).flatMap(([key, value]) =>
    Object.hasOwn(wanted, key) ? added(value, wanted[key], [...path, key]) : value == null ? [] : [[...path, key]],
  );
}

/** What is said of an object whose selector is narrower than it is wanted; undefined where it is not. */
export function narrowed(manifest: Manifest, live: KubeObject | undefined, o: Observed): Readiness | undefined {
  const { kind, metadata } = manifest;
  const path = Object.hasOwn(paths, kind) ? paths[kind] : undefined;
  if (live === undefined || path === undefined) return undefined;
  const applied = o.applied(live);
  // What was applied before and is not wanted any more goes with this very answer.
  const strange = added(valueAt(live, path), valueAt(manifest, path), path)
    .filter((each) => valueAt(applied, each) === undefined)
    .map(pointerOf);
  if (strange.length === 0) return undefined;
  const removals = JSON.stringify(strange.map((pointer) => ({ op: 'remove', path: pointer })));
  const command = kubectl(o, `patch ${kind.toLowerCase()} ${metadata.name} --type json -p '${removals}'`);
  const message = `${kind} ${metadata.name} does not select what it should: ${strange.join(', ')} was added to its selector; to remove that: ${command}`;
  return { status: 'False', reason: 'SelectorChanged', message };
}
