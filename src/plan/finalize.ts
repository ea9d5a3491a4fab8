/** Deletes a Bestie, one observed step after the other: migration, application, final backup, database. */
import { deletionStep, stuck, waitingFor } from '../decide/deletionsteps.ts';
import { keptOf } from '../status/findings.ts';
import type { ConditionType } from '../api/condition.ts';
import { type Observed, type Plan, type Status } from '../api/observed.ts';
import { observedChildren } from '../observed/children.ts';
import { besidesDrill, drillObjects, isDrillManifest } from '../observed/drill.ts';
import { kindKey, type KubeObject, type Manifest, type Readiness } from '../api/kubernetes.ts';
import { heldByFinalizer, keepers } from '../observed/finalizers.ts';
import { withTransitionTimes, notStalled, waitsForAction } from '../status/conditions.ts';
import { adoptedDatabases } from '../database/index.ts';
import { hold, previousStatus } from './hold.ts';
import { podFindings, podStatus } from '../status/status.ts';
import {
  lasting,
  pendingDeletions,
  pendingUpdate,
  refused as denied,
  secondsLeft,
  type PendingChange,
} from '../observed/pendingchanges.ts';
import { sync } from './sync.ts';
import { isProtected } from '../decide/protection.ts';
import { released } from '../decide/keptdatabase.ts';

/** A protected Bestie keeps running although it is being deleted: the deletion continues once the protection is off. */
function refused(o: Observed): Plan {
  // The plan of a Bestie that is not being deleted compares with the status that it last had.
  const isOther = (condition: { type?: string | null } | null): boolean => condition?.type !== 'DeletionBlocked';
  const status = { ...o.bestie.status, conditions: (o.bestie.status.conditions ?? []).filter(isOther) };
  const alive: Observed = { ...o, bestie: { ...o.bestie, status }, facts: new Map() };
  const plan = o.invalid.length > 0 ? hold(alive) : sync(alive);
  const { namespace, name } = o.bestie.metadata;
  const message =
    'deletionProtection is on, so everything is kept; to allow the deletion: ' +
    `kubectl -n ${namespace} patch bestie ${name} --type merge -p '{"spec":{"deletionProtection":false}}'`;
  const blocked = withTransitionTimes(
    new Map([['DeletionBlocked', { status: 'True', reason: 'DeletionProtected', message }]]),
    o.bestie,
    o.now,
  );
  const others = plan.status.conditions.filter(isOther);
  return { ...plan, status: { ...plan.status, conditions: [...others, ...blocked] } };
}

/** What is still being deleted; at last the Bestie itself, which a finalizer of another controller may keep. */
function lingering(o: Observed, isLast: boolean): readonly KubeObject[] {
  return isLast ? [o.bestie] : observedChildren(o);
}

/** In words, what the deletion waits for besides the operator. */
function awaited(going: readonly KubeObject[]): string {
  const kept = going.filter((object) => keepers(object).length > 0);
  return kept.length === 0 ? 'the deletion continues by itself' : waitingFor(kept);
}

/** What keeps the deletion from going on; undefined where nothing does. */
function obstacle(
  { blocked, held, refusal }: { blocked: Readiness | undefined; held: Readiness | undefined; refusal: PendingChange | undefined },
  o: Observed,
): Readiness | undefined {
  if (refusal !== undefined) return { ...denied(refusal, o), status: 'True' };
  return blocked ?? (held && { ...held, status: 'True' });
}

/** The conditions of a Bestie that goes: `message` is what it waits for, `going` what is still there. */
function findings(
  message: string,
  blocking: Readiness | undefined,
  going: readonly KubeObject[],
  o: Observed,
): Map<ConditionType, Readiness> {
  const isStuck = blocking !== undefined && stuck.has(blocking.reason);
  const deleting: Readiness = { status: 'False', reason: 'Deleting', message };
  return new Map<ConditionType, Readiness>([
    ['Ready', deleting],
    ['Reconciling', isStuck ? waitsForAction : { ...deleting, status: 'True' }],
    ['Stalled', isStuck ? blocking : notStalled],
    ...podFindings(o),
    ['DeletionBlocked', blocking ?? { status: 'False', reason: 'NothingBlocks', message: awaited(going) }],
  ]);
}

/** Of a drill, and not there yet. What is there of that name, and of no drill, is a database that a user has made a child: left out, it would be deleted. */
const isNewDrill = (child: Manifest, o: Observed): boolean =>
  isDrillManifest(child, o) && o.child(kindKey(child), child.metadata.name) === undefined;

/** What the controller releases is kept, but for a drill: nothing would ever remove its copy. */
function lettingGo(o: Observed): Plan {
  const plan = sync(o);
  if (drillObjects(o).length === 0) return { ...plan, children: plan.children.filter((child) => !isNewDrill(child, o)), finalized: true };
  return { ...plan, children: besidesDrill(o) };
}

export function finalize(o: Observed): Plan {
  // The Bestie only stopped matching the controller: it keeps everything, and the controller releases it.
  if (o.bestie.metadata.deletionTimestamp == null) return lettingGo(o);
  if (isProtected(o)) return refused(o);
  const { children: own, message: step, blocked, finalized, recheckAfterSeconds } = deletionStep(o);
  // A user has given this Bestie a database of another name: it is released under any policy.
  const strangers = adoptedDatabases(o).filter(
    (live) => !own.some(({ kind, metadata }) => kind === live.kind && metadata.name === live.metadata.name),
  );
  const children = [...own, ...strangers.map((live) => released(live, o))];
  const isLast = finalized === true && strangers.length === 0;
  const going = lingering(o, isLast);
  const { held, ...recheck } = heldByFinalizer(going, o);
  const updates = children.flatMap((manifest) => pendingUpdate(manifest, o.child(kindKey(manifest), manifest.metadata.name), o) ?? []);
  const pending = [...updates, ...pendingDeletions(children, o)];
  const message = isLast && keepers(o.bestie).length > 0 ? `${step}; ${waitingFor(going)}` : step;
  const found = findings(message, obstacle({ blocked, held, refusal: pending.find((change) => change.refused) }, o), going, o);
  const { pendingChanges: _, ...before } = previousStatus(o);
  const status: Status = { ...before, ...podStatus(o), ...keptOf(found.values()), conditions: withTransitionTimes(found, o.bestie, o.now) };
  const pendingChanges = lasting(pending, status, o);
  const left = pendingChanges.map((change) => secondsLeft(change, o.now)).find((seconds) => seconds !== undefined);
  const resyncAfterSeconds = blocked?.recheckAfterSeconds ?? recheckAfterSeconds ?? recheck.recheckAfterSeconds ?? left;
  return {
    children,
    status: { ...status, ...(pendingChanges.length > 0 && { pendingChanges }) },
    ...(resyncAfterSeconds !== undefined && { resyncAfterSeconds: Math.max(1, resyncAfterSeconds) }),
    ...(isLast && { finalized }),
  };
}
