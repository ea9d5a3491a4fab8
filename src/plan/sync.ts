/** From the observed world to a plan: what should exist, and the status. */
import type { Child, Context } from '../api/child.ts';
import type { Manifest, Readiness } from '../api/kubernetes.ts';
import type { Observed, Plan, Status } from '../api/observed.ts';
import { childrenOf } from '../children/index.ts';
import { recognised } from '../children/wantedjob.ts';
import { adoptedDatabases } from '../database/index.ts';
import { contestedFields } from '../decide/contestedfields.ts';
import { decide } from '../decide/index.ts';
import type { Upgrade } from '../decide/upgrade.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import { isDrillManifest } from '../observed/drill.ts';
import { isPaused } from '../observed/pause.ts';
import { lasting, pendingDeletions, refused, secondsLeft, type PendingChange } from '../observed/pendingchanges.ts';
import { withTransitionTimes, withSummary } from '../status/conditions.ts';
import { tooFewConnections } from '../status/connections.ts';
import { copied } from '../status/copycondition.ts';
import { reachedDatabase } from '../status/databasereach.ts';
import { backupVerified } from '../status/drillcondition.ts';
import { keptOf } from '../status/findings.ts';
import { upgradeStatus } from '../status/history.ts';
import { pause } from '../status/pause.ts';
import { restored, restoreFinding } from '../status/restorecondition.ts';
import { restoreStatus } from '../status/restorestatus.ts';
import { podFindings, statusOf } from '../status/status.ts';
import { upgradeConditions } from '../status/upgradeconditions.ts';
import { drillChildren } from './drillchildren.ts';
import { hold, unsupportedStrategy } from './hold.ts';
import { paused } from './paused.ts';
import { mergeCondition, reconcileChildren, type Findings } from './reconcilechildren.ts';
import { tooLarge } from './toolarge.ts';

/**
 * Adds the deletions that are refused: objects that the spec no longer includes still exist. Returns the first that belongs to no condition: one of
 * several objects, such as a Job of a former image.
 */
function mergeDeletions(found: Findings, deletions: readonly PendingChange[], o: Context): Readiness | undefined {
  const stuck = deletions.filter((change) => change.refused);
  const excluded = (deletion: PendingChange): Child | undefined =>
    isDrillManifest({ ...deletion, metadata: deletion }, o)
      ? undefined
      : childrenOf(o).find((child) => child.api.kind === deletion.kind && !child.includeWhen(o));
  for (const deletion of stuck) {
    const child = excluded(deletion);
    if (child !== undefined) mergeCondition(found, child.condition, refused(deletion, o));
  }
  const other = stuck.find((deletion) => excluded(deletion) === undefined);
  return other && refused(other, o);
}

/** What is decided about the version, what status says of it, and what it says of a restore. */
interface Ongoing {
  upgrade: Upgrade;
  history: Status['upgrade'];
  restore: Readiness | undefined;
}

/** Adds the conditions that no single child contributes. */
function mergeOthers(found: Findings, { upgrade, history, restore }: Ongoing, o: Context): void {
  const others: [Parameters<Findings['set']>[0], Readiness | undefined][] = [
    ['DatabaseReady', reachedDatabase(found, o)],
    ['ConnectionsSufficient', tooFewConnections(o)],
    ['Restored', restored(restore, o)],
    ['BackupVerified', backupVerified(o)],
    ['Copied', copied(o)],
    ['Paused', pause(o)],
    ...podFindings(o),
    ...upgradeConditions(upgrade, history?.phase, o),
  ];
  for (const [type, readiness] of others) if (readiness !== undefined) found.set(type, readiness);
}

/** The shortest time after which to sync again, in seconds; undefined if a watch reports every change. */
function soonest(deadlines: readonly (number | undefined)[]): number | undefined {
  const known = deadlines.filter((seconds) => seconds !== undefined);
  return known.length === 0 ? undefined : Math.max(1, Math.min(...known));
}

/** Contested fields for status; left out if there are none. */
const contested = (children: readonly Manifest[]): Partial<Status> => {
  const fields = contestedFields(children);
  return fields.length > 0 ? { contestedFields: fields } : {};
};

/** Plans a Bestie that is not being deleted. An unacceptable spec changes nothing, and neither does one that is paused. */
export function sync(o: Observed): Plan {
  if (o.invalid.length > 0) return hold(o);
  return isPaused(o.bestie) ? paused(running(o), o) : running(o);
}

/** Decides, builds the children, and computes the status. */
function running(given: Observed): Plan {
  const observed = recognised(given);
  const { context: o, upgrade } = decide(observed);
  const { children: own, written, pending, found } = reconcileChildren(o);
  const drill = drillChildren(o);
  const large = tooLarge([...written, ...drill.written], o);
  if (large !== undefined) return hold({ ...observed, invalid: [large] });
  const children = [...own, ...drill.children, ...adoptedDatabases(o).map((live) => asLastApplied(live, o))];
  const deletions = pendingDeletions(children, o);
  const leftover = mergeDeletions(found, deletions, o);
  const history = upgradeStatus(upgrade, o);
  const restoreSaid = restoreFinding(o);
  mergeOthers(found, { upgrade, history, restore: restoreSaid }, o);
  const left = contested(children);
  const restore = restoreStatus(restoreSaid, o);
  const summary = withSummary(found, { obstacle: unsupportedStrategy(o), leftover, isContested: left.contestedFields !== undefined });
  const times = withTransitionTimes(summary, o.bestie, o.now);
  const status: Status = { ...statusOf(o, times, history), ...(restore && { restore }), ...left, ...keptOf(found.values()) };
  const pendingChanges = lasting([...pending, ...drill.pending, ...deletions], status, o);
  const resyncAfterSeconds = soonest([
    ...[...found.values()].map(({ recheckAfterSeconds }) => recheckAfterSeconds),
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
