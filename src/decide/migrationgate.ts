/** What the migrations of an image wait for: the backup before them, and whatever else is done to the database. */
import { hash8 } from '../lib/hash.ts';
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

const isWaived = ({ bestie: { spec, metadata } }: Observed): boolean => metadata.annotations?.[requests.skipUpgradeBackup] === spec.version;

/** The Job of the target: that of the current spec, or one of an earlier spec whose migration has begun. */
export const begunJob = (o: Observed): MigrationJob | undefined =>
  jobOfTarget(o) ?? migrationJobs(o).find(({ phase, image }) => phase === 'started' && image === migrationTarget(o));

/** Id of the last backup that a migration was begun with, noted when the Job is seen: were that deleted, the next one needs a backup of its own. */
export function usedBackup(o: Observed): string | undefined {
  const live = o.provider.live(o);
  // Which Job is the one of the target is a question that costs a hash of what it would run.
  const isTold = migrationJobs(o).some(({ backup }) => backup !== undefined);
  return (isTold ? begunJob(o)?.backup : undefined) ?? (live && durable(o, live, annotations.usedBackup));
}

/** Since when the migrations wait for something else than a person. */
function waitsSince(o: Observed): string {
  const [since, resumed] = [wantedSince(o), resumedAt(o.bestie, o.now)];
  return resumed !== undefined && resumed > since ? resumed : since;
}

/** Since when the migrations are wanted: by the phase of the upgrade, and where nothing ran before, which is none, by the condition. */
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
    // What it protects is what the database has now, for whatever target; each new try deserves a new one.
    key: hash8([migrated(o), failures(o), attemptToken(o, target(o)), ...[usedBackup(o)].filter((id) => id !== undefined)]),
    repo: firstRepository(o),
    since: waitsSince(o),
  };
}

/** Seconds for which a person who said to go on without a backup waits for one that is being taken. */
const WAIVED_BACKUP_WAIT_SECONDS = 600;
/** Seconds before which no backup is called hung, whatever the spec says: more than two clocks are apart. */
const SHORTEST_BACKUP_WAIT_SECONDS = 300;

/** Another backup that is being taken. One that hangs is not waited for, nor is one of a database that holds nothing yet. */
function busy(o: Observed): Readiness | undefined {
  const other = migrated(o).length > 0 || historyIsUnknown(o) ? o.provider.backups.atWork(o) : undefined;
  const patience = Math.max(SHORTEST_BACKUP_WAIT_SECONDS, o.bestie.spec.upgrade.backupTimeoutSeconds);
  const left = Math.min(patience, isWaived(o) ? WAIVED_BACKUP_WAIT_SECONDS : Infinity) - secondsSince(other?.since, o.now);
  return other === undefined || left <= 0
    ? undefined
    : { status: 'False', reason: 'BackingUp', message: `waiting for backup ${other.name} to end`, recheckAfterSeconds: left };
}

/** A request that is taken back in this very answer: the database operator may just be about to begin with it. */
function calledOff(next: DatabaseOperation, o: Observed): Readiness | undefined {
  const before = o.provider.backups.request(o);
  if (before === undefined || requestOf(next) !== undefined || o.provider.backups.stateOf(before, o).state !== 'waiting') return undefined;
  return { status: 'False', reason: 'BackingUp', message: `backup ${before.id} is called off` };
}

/**
 * The next step of the backups, and what the migrations wait for. Once their Job is there they have passed the gate, and nothing stays armed:
 * what a person writes on the database could have it backed up once more beside them.
 */
export function migrationGate(o: Observed, isMigrating: boolean): { operation: DatabaseOperation; gate: Readiness | undefined } {
  if (!isMigrating) return { operation: operation(onDemand(o), o), gate: undefined };
  if (begunJob(o) !== undefined) return { operation: { type: 'None' }, gate: undefined };
  const need = backupBefore(o);
  const next = operation(need, o);
  return { operation: next, gate: need === undefined ? (calledOff(next, o) ?? busy(o)) : waitOf(next) };
}
