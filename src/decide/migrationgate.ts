/** What the migrations of an image wait for: the backup before them, and any other operation on the database. */
import { hash8 } from '../lib/hash.ts';
import { isNamed } from '../lib/image.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { requests } from '../api/names.ts';
import { attemptToken, failures, deployedImage } from '../observed/releaserecord.ts';
import { drillInTheWay } from '../observed/drill.ts';
import { historyIsUnknown, isExternal, migrated, target } from '../observed/migrations.ts';
import { firstRepository, onDemand, operation, type BackupNeed } from './backup.ts';
import { requestOf, waitOf, type DatabaseOperation } from './operation.ts';
import { otherBackup } from './otherwork.ts';
import { quietly, stoppedForUpgrade } from './quietupgrade.ts';
import { restoring } from './restore.ts';
import { restoresOnFailure } from './undoing.ts';
import { begunJob, usedBackup } from './usedbackup.ts';
import { resumedAt } from '../observed/pause.ts';

const isWaived = ({ bestie: { spec, metadata } }: Observed): boolean =>
  isNamed(spec.version, metadata.annotations?.[requests.skipUpgradeBackup]);

/** Since when the migrations wait for anything but an action of a user. */
function waitsSince(o: Observed): string {
  const [since, resumed] = [wantedSince(o), resumedAt(o.bestie, o.now)];
  return resumed !== undefined && resumed > since ? resumed : since;
}

/** Since when the migrations are requested: by the phase of the upgrade, or by the condition on a first install, which is no upgrade. */
function wantedSince(o: Observed): string {
  const { upgrade, conditions } = o.bestie.status;
  if (upgrade?.phase === 'BackingUp' || upgrade?.phase === 'Stopping') return upgrade.since ?? o.now;
  const seeded = conditions?.find((condition) => condition?.type === 'DatabaseSeeded' && condition.status === 'False');
  return (deployedImage(o) === undefined ? seeded?.lastTransitionTime : undefined) ?? o.now;
}

/** The backup that the migrations of the target need; none before the first migration. */
function backupBefore(o: Observed): BackupNeed | undefined {
  if (isExternal(o) || o.bestie.spec.upgrade.backup === 'Skip' || isWaived(o) || migrated(o).length === 0) return undefined;
  return {
    purpose: restoresOnFailure(o) ? 'quiet-upgrade' : 'pre-upgrade',
    // It protects what the database has now, for any target; each new try needs a new one.
    key: hash8([migrated(o), failures(o), attemptToken(o, target(o)), ...[usedBackup(o)].filter((id) => id !== undefined)]),
    repo: firstRepository(o),
    since: waitsSince(o),
  };
}

/** Seconds that migrations wait for a running backup although a user has waived the backup. */
const WAIVED_BACKUP_WAIT_SECONDS = 600;

/** Waits for a drill to be called off, and for another backup that is running, unless it hangs or the database has no data yet. */
function busy(o: Observed): Readiness | undefined {
  const drill = drillInTheWay(o);
  if (drill !== undefined) return { status: 'False', reason: 'BackingUp', message: `waiting for ${drill} to end` };
  const hasData = migrated(o).length > 0 || historyIsUnknown(o);
  const other = hasData ? otherBackup(o, isWaived(o) ? WAIVED_BACKUP_WAIT_SECONDS : Infinity) : undefined;
  if (other === undefined) return undefined;
  return { status: 'False', reason: 'BackingUp', message: `waiting for backup ${other.name} to end`, recheckAfterSeconds: other.left };
}

/** A request that this answer removes: the database operator may be about to start it. */
function cancelled(next: DatabaseOperation, o: Observed): Readiness | undefined {
  const before = o.provider.backups.request(o);
  if (before === undefined || requestOf(next) !== undefined || o.provider.backups.stateOf(before, o).state !== 'waiting') return undefined;
  return { status: 'False', reason: 'BackingUp', message: `backup ${before.id} is cancelled` };
}

/** What the migrations wait for, the backup in progress, and why the application is stopped for them. */
export interface Gate {
  operation: DatabaseOperation;
  gate: Readiness | undefined;
  stopped: Readiness | undefined;
}

function gateOf(o: Observed, isMigrating: boolean): Omit<Gate, 'stopped'> {
  const { active } = restoring(o);
  if (active?.gate !== undefined) return { operation: active.operation, gate: active.gate };
  if (!isMigrating) return { operation: operation(active?.need ?? onDemand(o), o), gate: undefined };
  if (begunJob(o) !== undefined) return { operation: { type: 'None' }, gate: undefined };
  const need = backupBefore(o);
  const next = quietly(operation(need, o), o);
  return { operation: next, gate: need === undefined ? (cancelled(next, o) ?? busy(o)) : waitOf(next) };
}

/**
 * The next step of the backups, and what the migrations wait for. A restore comes first. Once their Job exists they have passed the gate, and no
 * request stays: a user's change of the database could start one more backup beside them.
 */
export function migrationGate(o: Observed, isMigrating: boolean): Gate {
  const { operation: next, gate } = gateOf(o, isMigrating);
  return { operation: next, gate, stopped: restoring(o).active?.stopped ?? stoppedForUpgrade(next, gate, o) };
}
