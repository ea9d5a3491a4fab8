/**
 * The guard of a database that shall outlive its Bestie: the Namespace as a second owner. A foreground deletion, or a finalizer that is
 * stripped by hand, makes the garbage collector remove what the Bestie owns before any hook is asked; with the guard it only takes the
 * Bestie's own reference away.
 */
import { NAMESPACE } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import { ownerReference } from '../api/manifest.ts';
import { isExternal } from '../observed/migrations.ts';

/** Whether the deletion of the Bestie leaves something to be done for the database first. An unreadable policy counts as one. */
const needsGuard = (o: Observed): boolean => !isExternal(o) && (o.bestie.spec.deletionPolicy as string | undefined) !== 'Delete';

export const namespaceOf = (o: Observed): KubeObject | undefined => o.related.get(NAMESPACE)?.get(o.bestie.metadata.namespace);

/** Metacontroller merges lists by `name`: two owners of one name would become one. */
const sharesName = ({ bestie: { metadata } }: Observed): boolean => metadata.name === metadata.namespace;

const uidOf = (o: Observed): string | undefined => namespaceOf(o)?.metadata.uid ?? undefined;

/** Whether the database may not be created yet, because nothing could guard it. */
export const isUnguardable = (o: Observed): boolean => needsGuard(o) && !sharesName(o) && uidOf(o) === undefined;

interface OwnerReference {
  apiVersion?: string;
  kind?: string;
  name?: string;
  uid?: string | null;
}

/** The references that were last applied, or that an adopted database carries. */
function observedOwners(o: Observed): OwnerReference[] {
  const live = o.provider.live(o);
  const applied = live && o.applied(live)?.metadata.ownerReferences;
  return ((applied ?? live?.metadata.ownerReferences ?? []) as OwnerReference[]).filter(({ kind }) => kind === 'Namespace');
}

/** The owners of the database besides the Bestie. While the Namespace is not known, an observed reference to it stays. */
function guards(o: Observed): object[] {
  const { namespace: name } = o.bestie.metadata;
  const uid = uidOf(o);
  if (!needsGuard(o) || sharesName(o)) return [];
  return uid === undefined ? observedOwners(o) : [{ apiVersion: 'v1', kind: 'Namespace', name, uid }];
}

/** The owners of the database: the Bestie, complete and explicit, so that leaving it out one day releases the database. */
export const owners = (o: Observed): object[] => [ownerReference(o.bestie), ...guards(o)];

/** DatabaseGuarded; undefined where no guard is wanted, or there is nothing to guard yet. */
export function guardReadiness(o: Observed): Readiness | undefined {
  if (!needsGuard(o)) return undefined;
  const { name, namespace } = o.bestie.metadata;
  if (sharesName(o)) {
    const message =
      `Bestie and Namespace are both named ${name}, and Metacontroller cannot keep two owners of one name apart: a foreground deletion, ` +
      'or a finalizer removed by hand, deletes the database; create the Bestie under another name';
    return { status: 'False', reason: 'NameEqualsNamespace', message };
  }
  if (isUnguardable(o)) {
    const message = `Metacontroller does not show Namespace ${namespace}; it is a matter of seconds, or of its rights`;
    return { status: 'False', reason: 'NamespaceUnknown', message };
  }
  const live = o.provider.live(o);
  if (live === undefined) return undefined;
  const isGuarded = live.metadata.ownerReferences?.some(({ kind, uid }) => kind === 'Namespace' && uid != null) ?? false;
  const cluster = `${live.kind} ${live.metadata.name}`;
  return isGuarded
    ? { status: 'True', reason: 'Guarded', message: `Namespace ${namespace} is a second owner of ${cluster}` }
    : { status: 'False', reason: 'Guarding', message: `${cluster} is about to get Namespace ${namespace} as a second owner` };
}
