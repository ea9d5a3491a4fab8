/**
 * The guard of a database that shall survive its Bestie: the Namespace as a second owner. After a foreground deletion, or with a finalizer removed
 * by hand, the garbage collector deletes what the Bestie owns before any hook is called. With the guard it only removes the Bestie's own
 * reference.
 */
import { NAMESPACE } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import { ownerReference } from '../api/manifest.ts';
import { isExternal } from '../observed/migrations.ts';

/** Whether the database must not simply be deleted with the Bestie. That is so for an unreadable policy, too. */
const needsGuard = (o: Observed): boolean => !isExternal(o) && (o.bestie.spec.deletionPolicy as string | undefined) !== 'Delete';

export const namespaceOf = (o: Observed): KubeObject | undefined => o.related.get(NAMESPACE)?.get(o.bestie.metadata.namespace);

/** Metacontroller merges lists by `name`: two owners of one name would become one. */
const sharesName = ({ bestie: { metadata } }: Observed): boolean => metadata.name === metadata.namespace;

const uidOf = (o: Observed): string | undefined => namespaceOf(o)?.metadata.uid ?? undefined;

/** Whether the database must not be created yet, because its guard is not known. */
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

/** The owners of the database: the Bestie, complete and explicit, so that a later answer without it releases the database. */
export const owners = (o: Observed): object[] => [ownerReference(o.bestie), ...guards(o)];

/** DatabaseGuarded; undefined if no guard is needed, or if there is no database yet. */
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
    const message = `Metacontroller does not show Namespace ${namespace} yet; if that lasts, it lacks the right to read Namespaces`;
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
