/** The answer to an unacceptable spec: every child stays as it was last applied, and the status reports what is wrong. */
import { keptWhileHeld } from '../status/findings.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import type { ConditionType } from '../api/condition.ts';
import { type Observed, type Plan, type Status } from '../api/observed.ts';
import { observedChildren } from '../observed/children.ts';
import { isLeftBehind } from '../observed/drill.ts';
import { type Readiness } from '../api/kubernetes.ts';
import { lacksRecords } from '../observed/lastapplied.ts';
import { carriedBackup } from '../status/backupstatus.ts';
import { withoutSource } from '../decide/copy.ts';
import { contestedNow } from '../decide/contestedfields.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { withTransitionTimes, waitsForAction } from '../status/conditions.ts';
import { isPaused } from '../observed/pause.ts';
import { halted, whyHalted } from './halted.ts';
import { heldBackups } from './heldbackups.ts';
import { copiedNow } from '../status/copycondition.ts';
import { lastRestore } from '../status/lastrestore.ts';
import { lastUpgrade } from '../status/lastupgrade.ts';
import { pause } from '../status/pause.ts';
import { knownRefusals } from '../observed/pendingchanges.ts';
import { podFindings, podStatus, throughPooler } from '../status/status.ts';
import { hasService } from '../status/url.ts';

/** A fault even with an acceptable spec: without records nothing could be kept as it is. */
export function unsupportedStrategy(o: Observed): Readiness | undefined {
  if (!lacksRecords(o)) return undefined;
  const message = 'no child carries a last-applied configuration; run Metacontroller with --apply-strategy=dynamic-apply';
  return { status: 'True', reason: 'UnsupportedApplyStrategy', message };
}

/** Whether an unacceptable spec, or a pause, can be answered by keeping every child as it was last applied. */
export const isHoldable = (o: Observed): boolean => !((o.invalid.length > 0 || isPaused(o.bestie)) && lacksRecords(o));

/** The fields of the last status that this answer cannot compute, without nulls. */
export function previousStatus(o: Observed): Partial<Status> {
  const { appversion, image, url, database } = o.bestie.status;
  const [upgrade, backup, restore] = [lastUpgrade(o), carriedBackup(o), lastRestore(o)];
  const contested = contestedNow(o);
  const pendingChanges = knownRefusals(o);
  return {
    ...(pendingChanges.length > 0 && { pendingChanges }),
    ...(contested.length > 0 && { contestedFields: contested }),
    ...(upgrade && { upgrade }),
    ...(backup && { backup }),
    ...(restore && { restore }),
    ...(appversion != null && { appversion }),
    ...(image != null && { image }),
    ...(url != null && hasService(o) && { url }),
    ...(database != null && {
      database: {
        ...(database.name != null && { name: database.name }),
        ...throughPooler(o),
        ...(database.usable != null && { usable: database.usable }),
        ...(database.migrated != null && { migrated: database.migrated.filter((entry) => entry !== null) }),
      },
    }),
  };
}

/** Every child as it was last applied, and what is wrong with the spec. */
export function hold(o: Observed): Plan {
  const before = previousConditions(o.bestie.status);
  const invalid: Readiness = { status: 'False', reason: 'InvalidSpec', message: o.invalid.join('; ') };
  const pausing = pause(o);
  const stopped = whyHalted(o);
  const backups = heldBackups(o);
  const database = o.provider.live(o);
  const found = new Map<ConditionType, Readiness>([
    ...before,
    ...podFindings(o),
    ...(database === undefined ? [] : ([['DatabaseReady', o.provider.readiness(database, o)]] as [ConditionType, Readiness][])),
    ...(database === undefined || !before.has('Copied') ? [] : ([['Copied', copiedNow(database, o)]] as [ConditionType, Readiness][])),
    ...(stopped === undefined ? [] : ([['DeploymentReady', stopped]] as [ConditionType, Readiness][])),
    ...(backups === undefined ? [] : ([['BackupReady', backups.readiness]] as [ConditionType, Readiness][])),
    ...(pausing === undefined ? [] : ([['Paused', pausing]] as [ConditionType, Readiness][])),
    ['Ready', invalid],
    ['Reconciling', waitsForAction],
    ['Stalled', { ...invalid, status: 'True' }],
  ]);
  return {
    children: observedChildren(o)
      .filter((live) => !isLeftBehind(live, o))
      .map((live) => halted(withoutSource(live, asLastApplied(live, o), o), o)),
    status: {
      ...previousStatus(o),
      ...(backups?.status && { backup: backups.status }),
      ...podStatus(o),
      ...keptWhileHeld(found, before, o),
      conditions: withTransitionTimes(found, o.bestie, o.now),
    },
  };
}
