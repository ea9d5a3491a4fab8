/** What should exist and what is so: from the observed world to a plan. */
import type { ConditionType } from '../api/condition.ts';
import { type Observed, type Plan, type Status } from '../api/observed.ts';
import { kindKey, type KubeObject, type Manifest, type Readiness } from '../api/kubernetes.ts';
import { isPaused } from '../observed/pause.ts';
import type { Child, Context } from '../api/child.ts';
import { childrenOf } from '../children/index.ts';
import { tooFewConnections } from '../status/connections.ts';
import { recognised } from '../children/job.ts';
import { narrowed } from '../observed/selectors.ts';
import { absent, notInstalled, seen, terminating, waitingFor } from '../status/missingchild.ts';
import { dated, summarised } from '../status/conditions.ts';
import { contestedFields, settled } from '../decide/contestedfields.ts';
import { decide } from '../decide/index.ts';
import { findings } from '../status/upgradeconditions.ts';
import { adoptedDatabases } from '../database/index.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import { held, unsupportedStrategy } from './hold.ts';
import { told } from '../status/history.ts';
import { lasting, pendingDeletions, pendingUpdate, refused, secondsLeft, type PendingChange } from '../observed/pendingchanges.ts';
import { pause } from '../status/pause.ts';
import { paused } from './paused.ts';
import { reachedDatabase } from '../status/databasereach.ts';
import { podFindings, statusOf } from '../status/status.ts';
import { tooLarge } from './toolarge.ts';

type Found = Map<ConditionType, Readiness>;

/** Of several children with one condition, the first that is not True speaks. */
function contribute(found: Found, type: ConditionType, readiness: Readiness): void {
  const before = found.get(type);
  if (before === undefined || before.status === 'True') found.set(type, readiness);
}

interface Placed {
  children: readonly Manifest[];
  readiness: Readiness;
}

/** Whether what depends on the condition waits: not where no child that is wanted contributes it. */
const isUnmet = (readiness: Readiness | undefined): boolean =>
  readiness !== undefined && readiness.status !== 'True' && readiness.serves !== true;

/** What an included child adds to the answer: what is there stays; what is not there is created once its dependencies are met. */
function place(child: Child, o: Context, found: Found): Placed {
  if (!o.manages(kindKey(child.api))) return { children: [], readiness: notInstalled(child.api) };
  const observed = (manifest: Manifest): KubeObject | undefined => o.child(kindKey(manifest), manifest.metadata.name);
  const desired = child.desired(o);
  const wanted = desired.map((manifest) => settled(manifest, observed(manifest), o));
  const gate = child.dependsOn(o).find((type) => isUnmet(found.get(type)));
  const missing = wanted.find((manifest) => observed(manifest) === undefined);
  // What is merely kept, by its name alone, may go.
  const going = wanted
    .filter(({ spec }) => spec !== undefined)
    .map(observed)
    .find((live) => live?.metadata.deletionTimestamp != null);
  const live = wanted[0] && observed(wanted[0]);
  const withheld = missing && child.precondition?.(o);
  if (withheld !== undefined) return { children: wanted.filter(observed), readiness: withheld };
  if (missing !== undefined && gate !== undefined) return { children: wanted.filter(observed), readiness: waitingFor(gate) };
  if (missing !== undefined) return { children: wanted, readiness: absent(missing, child, o) };
  if (going !== undefined) return { children: wanted, readiness: terminating(going, o) };
  const readiness = seen(child.readyWhen(live, o), live, child, o);
  const narrow = desired
    .map((manifest, index) => narrowed(manifest, wanted[index], observed(manifest), o))
    .find((each) => each !== undefined);
  return { children: wanted, readiness: readiness.status === 'True' ? (narrow ?? readiness) : readiness };
}

/** Adds the changes of a child that are not applied; one that is refused speaks before anything else. */
function withPending({ children, readiness }: Placed, child: Child, o: Context): Placed & { pending: readonly PendingChange[] } {
  const pending = children.flatMap((manifest) => pendingUpdate(manifest, o.child(kindKey(manifest), manifest.metadata.name), o) ?? []);
  const stuck = pending.find((change) => change.refused);
  return { children, pending, readiness: stuck === undefined ? readiness : refused(stuck, o, child.refusedBecause?.(o)) };
}

/**
 * Adds the deletions that are refused: what the spec no longer says is so all the same. Answers the first that no condition speaks of: one of
 * several objects, as a Job of a former image.
 */
function contributeDeletions(found: Found, deletions: readonly PendingChange[], o: Context): Readiness | undefined {
  const stuck = deletions.filter((change) => change.refused);
  const excluded = (deletion: PendingChange): Child | undefined =>
    childrenOf(o).find((child) => child.api.kind === deletion.kind && !child.includeWhen(o));
  for (const deletion of stuck) {
    const child = excluded(deletion);
    if (child !== undefined) contribute(found, child.condition, refused(deletion, o));
  }
  const other = stuck.find((deletion) => excluded(deletion) === undefined);
  return other && refused(other, o);
}

/** The shortest time after which somebody wants to look again; none where every change will be heard of. */
function soonest(deadlines: readonly (number | undefined)[]): number | undefined {
  const known = deadlines.filter((seconds) => seconds !== undefined);
  return known.length === 0 ? undefined : Math.max(1, Math.min(...known));
}

/** What status lists only where there is something to list. */
const contested = (children: readonly Manifest[]): Partial<Status> => {
  const fields = contestedFields(children);
  return fields.length > 0 ? { contestedFields: fields } : {};
};

/** Plans a Bestie that is not being deleted. An unacceptable spec changes nothing, and neither does one that is paused. */
export function sync(o: Observed): Plan {
  if (o.invalid.length > 0) return held(o);
  return isPaused(o.bestie) ? paused(running(o), o) : running(o);
}

function running(given: Observed): Plan {
  const observed = recognised(given);
  const { world: o, upgrade } = decide(observed);
  const found: Found = new Map();
  const children: Manifest[] = [];
  const pending: PendingChange[] = [];
  for (const child of childrenOf(o).filter((candidate) => candidate.includeWhen(o))) {
    const placed = withPending(place(child, o, found), child, o);
    children.push(...placed.children);
    pending.push(...placed.pending);
    contribute(found, child.condition, placed.readiness);
  }
  const large = tooLarge(children, o);
  if (large !== undefined) return held({ ...observed, invalid: [large] });
  children.push(...adoptedDatabases(o).map((live) => asLastApplied(live, o)));
  const deletions = pendingDeletions(children, o);
  const leftover = contributeDeletions(found, deletions, o);
  const database = reachedDatabase(found, o);
  if (database !== undefined) found.set('DatabaseReady', database);
  const few = tooFewConnections(o);
  if (few !== undefined) found.set('ConnectionsSufficient', few);
  const pausing = pause(o);
  if (pausing !== undefined) found.set('Paused', pausing);
  const upgraded = told(upgrade, o);
  for (const [type, readiness] of [...podFindings(o), ...findings(upgrade, upgraded?.phase, o)]) found.set(type, readiness);
  const left = contested(children);
  const summary = summarised(found, { obstacle: unsupportedStrategy(o), leftover, isContested: left.contestedFields !== undefined });
  const conditions = dated(summary, o.bestie, o.now);
  const deadlines = [...found.values()].map(({ recheckAfterSeconds }) => recheckAfterSeconds);
  const status: Status = { ...statusOf(o, conditions, upgraded), ...left };
  const pendingChanges = lasting([...pending, ...deletions], status, o);
  const resyncAfterSeconds = soonest([
    ...deadlines,
    upgrade.gate?.recheckAfterSeconds,
    upgrade.trouble.recheckAfterSeconds,
    ...pendingChanges.map((change) => secondsLeft(change, o.now)),
  ]);
  return {
    children,
    status: { ...status, ...(pendingChanges.length > 0 && { pendingChanges }) },
    ...(resyncAfterSeconds !== undefined && { resyncAfterSeconds }),
  };
}
