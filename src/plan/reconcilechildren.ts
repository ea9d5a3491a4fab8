/** From the table of children to manifests, and to what each of them contributes to status. */
import type { Child, Context } from '../api/child.ts';
import type { ConditionType } from '../api/condition.ts';
import { kindKey, type KubeObject, type Manifest, type Readiness } from '../api/kubernetes.ts';
import { childrenOf } from '../children/index.ts';
import { settled } from '../decide/contestedfields.ts';
import { pendingUpdate, refused, type PendingChange } from '../observed/pendingchanges.ts';
import { narrowed } from '../observed/selectors.ts';
import { missingReadiness, notInstalled, observedReadiness, terminating, waitingFor } from '../status/missingchild.ts';

export type Findings = Map<ConditionType, Readiness>;

/** Of several children with one condition, the first that is not True decides it. */
export function mergeCondition(found: Findings, type: ConditionType, readiness: Readiness): void {
  const before = found.get(type);
  if (before === undefined || before.status === 'True') found.set(type, readiness);
}

interface Reconciled {
  children: readonly Manifest[];
  readiness: Readiness;
}

/** Whether what depends on the condition waits: not if no desired child contributes it. */
const isUnmet = (readiness: Readiness | undefined): boolean =>
  readiness !== undefined && readiness.status !== 'True' && readiness.serves !== true;

/** The readiness of a child that exists as desired: its own, unless its selector excludes what it should select. */
function readinessOf(child: Child, desired: readonly Manifest[], sent: readonly Manifest[], o: Context): Readiness {
  const observed = (manifest: Manifest): KubeObject | undefined => o.child(kindKey(manifest), manifest.metadata.name);
  const live = sent[0] && observed(sent[0]);
  const readiness = observedReadiness(child.readyWhen(live, o), live, child, o);
  if (readiness.status !== 'True') return readiness;
  const narrow = desired.map((manifest, index) => narrowed(manifest, sent[index], observed(manifest), o));
  return narrow.find((each) => each !== undefined) ?? readiness;
}

/** What an included child adds to the answer: an existing object stays; a missing one is created once its dependencies are met. */
function reconcileChild(child: Child, o: Context, found: Findings): Reconciled {
  if (!o.manages(kindKey(child.api))) return { children: [], readiness: notInstalled(child.api) };
  const observed = (manifest: Manifest): KubeObject | undefined => o.child(kindKey(manifest), manifest.metadata.name);
  const desired = child.desired(o);
  const wanted = desired.map((manifest) => settled(manifest, observed(manifest), o));
  const missing = wanted.find((manifest) => observed(manifest) === undefined);
  if (missing !== undefined) {
    const unmet = child.dependsOn(o).find((type) => isUnmet(found.get(type)));
    const withheld = child.precondition?.(o) ?? (unmet && waitingFor(unmet));
    if (withheld !== undefined) return { children: wanted.filter(observed), readiness: withheld };
    return { children: wanted, readiness: missingReadiness(missing, child, o) };
  }
  // An object that is kept by its name alone may be deleted.
  const whole = wanted.filter(({ spec }) => spec !== undefined).map(observed);
  const going = whole.find((live) => live?.metadata.deletionTimestamp != null);
  return { children: wanted, readiness: going === undefined ? readinessOf(child, desired, wanted, o) : terminating(going, o) };
}

/**
 * Every child that the spec includes, with the changes that are not applied: a refused one is reported before anything else. `written` are those
 * that Metacontroller creates or updates.
 */
export function reconcileChildren(o: Context): { children: Manifest[]; written: Manifest[]; pending: PendingChange[]; found: Findings } {
  const children: Manifest[] = [];
  const written: Manifest[] = [];
  const pending: PendingChange[] = [];
  const found: Findings = new Map();
  for (const child of childrenOf(o).filter((candidate) => candidate.includeWhen(o))) {
    const reconciled = reconcileChild(child, o, found);
    const changes: PendingChange[] = [];
    for (const manifest of reconciled.children) {
      const live = o.child(kindKey(manifest), manifest.metadata.name);
      const change = pendingUpdate(manifest, live, o);
      if (live === undefined || change !== undefined) written.push(manifest);
      if (change !== undefined) changes.push(change);
    }
    const stuck = changes.find((change) => change.refused);
    children.push(...reconciled.children);
    pending.push(...changes);
    mergeCondition(found, child.condition, stuck === undefined ? reconciled.readiness : refused(stuck, o, child.refusedBecause?.(o)));
  }
  return { children, written, pending, found };
}
