/** The operations that an answer requests from Metacontroller: inferred, because it does not report what it did. */
import { isEqual } from '../lib/equal.ts';
import { EVENT, kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { observedChildren } from './children.ts';
import { kindKey, type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';

export interface ChildOperation {
  operation: 'create' | 'update' | 'delete';
  kind: string;
  name: string;
}

/** A child that is only named is left as it is, so is a Job (OnDelete), and one that is being deleted can no longer be changed. */
export const isKept = ({ spec, kind }: Manifest, live: KubeObject): boolean =>
  spec === undefined || kind === kinds.job.kind || live.metadata.deletionTimestamp != null;

/** Whether the desired child differs from what was last applied; also if that is not known. */
export function differs(wanted: Manifest, live: KubeObject, o: Observed): boolean {
  const applied = o.record(live);
  if (applied === undefined) return true;
  const { metadata, ...fields } = wanted;
  const { metadata: before, ...rest } = applied;
  // Metacontroller adds the Namespace and its own label before it applies.
  const { namespace = before.namespace, labels } = metadata;
  const added = { namespace, labels: { ...labels, [CONTROLLER_UID_LABEL]: before.labels?.[CONTROLLER_UID_LABEL] } };
  return !isEqual(before, { ...metadata, ...added }) || !isEqual(rest, fields);
}

/** Finalizers of the garbage collector: while it deletes, Metacontroller calls the hooks and carries nothing out. */
const collectors: readonly string[] = ['foregroundDeletion', 'orphan'];

/** Whether the garbage collector deletes the Bestie: Metacontroller carries nothing out then. */
export const isCollected = ({ bestie }: Observed): boolean =>
  bestie.metadata.finalizers?.some((finalizer) => collectors.includes(finalizer)) ?? false;

/** What an answer leaves out, which Metacontroller deletes. */
export function unwanted(children: readonly Manifest[], o: Observed): KubeObject[] {
  if (isCollected(o)) return [];
  const wanted = new Set(children.map((child) => `${kindKey(child)} ${child.metadata.name}`));
  return observedChildren(o).filter(
    (live) => live.metadata.deletionTimestamp == null && !wanted.has(`${kindKey(live)} ${live.metadata.name}`),
  );
}

/** The creations, updates and deletions that follow from an answer, Events left out. */
export function operationsOf(children: readonly Manifest[], o: Observed): ChildOperation[] {
  if (isCollected(o)) return [];
  const operation = (name: ChildOperation['operation'], { kind, metadata }: Manifest | KubeObject): ChildOperation => ({
    operation: name,
    kind,
    name: metadata.name,
  });
  const wanted = children.filter((child) => kindKey(child) !== EVENT);
  const changes = wanted.flatMap((child) => {
    const live = o.child(kindKey(child), child.metadata.name);
    if (live === undefined) return [operation('create', child)];
    return isKept(child, live) || !differs(child, live, o) ? [] : [operation('update', child)];
  });
  return [...changes, ...unwanted(children, o).map((live) => operation('delete', live))];
}
