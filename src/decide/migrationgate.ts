/** What the migrations of an image wait for: the backup before them, and any other operation on the database. */
import { hash8 } from '../lib/hash.ts';
import { isNamed } from '../lib/image.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { durable } from '../observed/lastapplied.ts';
import { annotations, requests } from '../api/names.ts';
import { secondsSince } from '../lib/time.ts';
import { attemptToken, failures, deployedImage } from '../observed/releaserecord.ts';
import { jobOfTarget } from '../children/wantedjob.ts';
import { migrationJobs, type MigrationJob } from '../observed/migrationjobs.ts';
import { historyIsUnknown, isExternal, migrated, target } from '../observed/migrations.ts';
import { migrationTarget } from '../observed/migrationtarget.ts';
import { firstRepository, onDemand, operation, type BackupNeed } from './backup.ts';
import { requestOf, waitOf, type DatabaseOperation } from './operation.ts';
import { resumedAt } from '../observed/pause.ts';

const isWaived = ({ bestie: { spec, metadata } }: Observed): boolean =>
  isNamed(spec.version, metadata.annotations?.[requests.skipUpgradeBackup]);

/** The Job of the target: that of the current spec, or one of an earlier spec whose migration has started. */
export const begunJob = (o: Observed): MigrationJob | undefined =>
  jobOfTarget(o) ?? migrationJobs(o).find(({ phase, image }) => phase === 'started' && image === migrationTarget(o));

/** Id of the last backup that a migration was started with, recorded when the Job is observed: if the Job is deleted, the next one needs a backup of its own. */
export function usedBackup(o: Observed): string | undefined {
  const live = o.provider.live(o);
  // To find the Job of the target costs a hash of what it would run.
  const hasBackup = migrationJobs(o).some(({ backup }) => backup !== undefined);
  return (hasBackup ? begunJob(o)?.backup : undefined) ?? (live && durable(o, live, annotations.usedBackup));
}

/** Since when the migrations wait for anything but an action of a user. */
function waitsSince(o: Observed): string {
  const [since, resumed] = [wantedSince(o), resumedAt(o.bestie, o.now)];
  return resumed !== undefined && resumed > since ? resumed : since;
}

/** Since when the migrations are requested: by the phase of the upgrade, or by the condition on a first install, which is no upgrade. */
function wantedSince(o: Observed): string {
  const { upgrade, conditions } = o.bestie.status;
  if (upgrade?.phase === 'BackingUp') return upgrade.since ?? o.now;
  const seeded = conditions?.find((condition) => condition?.type === 'DatabaseSeeded' && condition.status === 'False');
  return (deployedImage(o) === undefined ? seeded?.lastTransitionTime : undefined) ?? o.now;
}

/** The backup that the migrations of the target need; none before the first migration. */
function backupBefore(o: Observed): BackupNeed | undefined {
  if (isExternal(o) || o.bestie.spec.upgrade.backup === 'Skip' || isWaived(o) || migrated(o).length === 0) return undefined;
  return {
    purpose: 'pre-upgrade',
    // It protects what the database has now, for any target; each new try needs a new one.
    key: hash8([migrated(o), failures(o), attemptToken(o, target(o)), ...[usedBackup(o)].filter((id) => id !== undefined)]),
    repo: firstRepository(o),
    since: waitsSince(o),
  };
}

/** Seconds that migrations wait for a running backup although a user has waived the backup. */
const WAIVED_BACKUP_WAIT_SECONDS = 600;
/** Seconds before which no backup counts as hung, whatever the spec says: more than two clocks differ. */
const SHORTEST_BACKUP_WAIT_SECONDS = 300;

/** Waits for another backup that is running, unless it hangs or the database has no data yet. */
function busy(o: Observed): Readiness | undefined {
  const other = migrated(o).length > 0 || historyIsUnknown(o) ? o.provider.backups.atWork(o) : undefined;
  const patience = Math.max(SHORTEST_BACKUP_WAIT_SECONDS, o.bestie.spec.upgrade.backupTimeoutSeconds);
  const left = Math.min(patience, isWaived(o) ? WAIVED_BACKUP_WAIT_SECONDS : Infinity) - secondsSince(other?.since, o.now);
  return other === undefined || left <= 0
    ? undefined
    : { status: 'False', reason: 'BackingUp', message: `waiting for backup ${other.name} to end`, recheckAfterSeconds: left };
}

/** A request that this answer removes: the database operator may be about to start it. */
function cancelled(next: DatabaseOperation, o: Observed): Readiness | undefined {
  const before = o.provider.backups.request(o);
  if (before === undefined || requestOf(next) !== undefined || o.provider.backups.stateOf(before, o).state !== 'waiting') return undefined;
  return { status: 'False', reason: 'BackingUp', message: `backup ${before.id} is cancelled` };
}

/**
 * The next step of the backups, and what the migrations wait for. Once their Job exists they have passed the gate, and no request stays:
 * a user's change of the database could start one more backup beside them.
 */
export function migrationGate(o: Observed, isMigrating: boolean): { operation: DatabaseOperation; gate: Readiness | undefined } {
  if (!isMigrating) return { operation: operation(onDemand(o), o), gate: undefined };
  if (begunJob(o) !== undefined) return { operation: { type: 'None' }, gate: undefined };
  const need = backupBefore(o);
  const next = operation(need, o);
  return { operation: next, gate: need === undefined ? (cancelled(next, o) ?? busy(o)) : waitOf(next) };
}
