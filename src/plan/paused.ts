/**
 * The answer for a Bestie that a user has paused: every child stays as it was last applied, and nothing is created or deleted. Observed facts
 * are reported as usual; what follows from a plan that is carried out stays as status reported it before.
 */
import { refusedCreations } from '../status/findings.ts';
import { isEqual } from '../lib/equal.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed, type Plan, type Status } from '../api/observed.ts';
import { observedChildren } from '../observed/children.ts';
import { isLeftBehind } from '../observed/drill.ts';
import { kindKey, type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { rollout } from '../observed/deployment.ts';
import { withTransitionTimes } from '../status/conditions.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import { lastRestore } from '../status/lastrestore.ts';
import { lastUpgrade } from '../status/lastupgrade.ts';
import { operationsOf, type ChildOperation } from '../observed/operations.ts';
import { knownRefusals, type PendingChange } from '../observed/pendingchanges.ts';
import { pausedConditions } from './pausedconditions.ts';

/** A child as it is. A user may scale the Deployment by hand meanwhile. */
function standing(live: KubeObject, o: Observed): Manifest {
  const manifest = asLastApplied(live, o);
  const { asked } = rollout(live);
  const isScalable = live.kind === kinds.deployment.kind && manifest.spec !== undefined && asked !== undefined;
  return isScalable ? { ...manifest, spec: { ...manifest.spec, replicas: asked } } : manifest;
}

/** Whether an update only takes over values of others: it does not wait, because a paused Bestie does it, too. */
function isTheirs({ operation, kind, name }: ChildOperation, children: readonly Manifest[], o: Observed): boolean {
  const child = children.find((each) => each.kind === kind && each.metadata.name === name);
  const live = child && o.child(kindKey(child), name);
  if (operation !== 'update' || live === undefined) return false;
  const kept = standing(live, o);
  const notes = ({ metadata }: Manifest): object =>
    Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== annotations.contested));
  return child !== undefined && isEqual(kept.spec, child.spec) && isEqual(notes(kept), notes(child));
}

/** The address by which users come, until what leads there is changed. */
function url(planned: Status['url'], operations: readonly ChildOperation[], o: Observed): Pick<Status, 'url'> {
  const leads: readonly string[] = [kinds.httpRoute.kind, kinds.ingress.kind, kinds.route.kind, kinds.service.kind];
  const isMoving = operations.some(({ kind }) => leads.includes(kind));
  const known = isMoving ? (o.bestie.status.url ?? undefined) : planned;
  return known === undefined ? {} : { url: known };
}

/** The answer instead of the plan, which is carried out once the Bestie is resumed. */
export function paused({ children, status }: Plan, o: Observed): Plan {
  const operations = operationsOf(children, o).filter((operation) => !isTheirs(operation, children, o));
  const { upgrade: _, restore: ____, url: planned, pendingChanges: __, creations: ___, ...facts } = status;
  const [upgrade, restore] = [lastUpgrade(o), lastRestore(o)];
  const isWaiting = ({ kind, name, operation: change }: PendingChange): boolean =>
    operations.some((each) => each.kind === kind && each.name === name && each.operation === change.toLowerCase());
  const pendingChanges = knownRefusals(o).filter(isWaiting);
  return {
    children: observedChildren(o)
      .filter((live) => !isLeftBehind(live, o))
      .map((live) => standing(live, o)),
    status: {
      ...facts,
      ...refusedCreations(o),
      ...(pendingChanges.length > 0 && { pendingChanges }),
      ...url(planned, operations, o),
      ...(upgrade && { upgrade }),
      ...(restore && { restore }),
      conditions: withTransitionTimes(pausedConditions(status, operations, o), o.bestie, o.now),
    },
  };
}
