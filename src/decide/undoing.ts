/** The restore that follows a failed migration with upgrade.onFailure: Restore. */
import type { Run } from '../api/backupprovider.ts';
import type { Observed } from '../api/observed.ts';
import { purposeOf } from '../database/backuprequest.ts';
import { migrationJobs, type MigrationJob } from '../observed/migrationjobs.ts';
import { outcomeOf, restoreRecord } from '../observed/restorerecord.ts';
import { usedBackup } from './usedbackup.ts';

/** Whether what a migration has changed is to be undone, if it fails. */
export const restoresOnFailure = ({ bestie }: Observed): boolean => bestie.spec.upgrade.onFailure === 'Restore';

/**
 * Ids of the backups that migrations were started with. Those that run, or have failed, come before those of the target: a user may have set the version
 * back to one whose own Job is still there.
 */
function startedWith(o: Observed): string[] {
  const jobs = migrationJobs(o);
  const inPhase = (wanted: MigrationJob['phase']) => jobs.flatMap(({ phase, backup }) => (phase === wanted ? backup : undefined) ?? []);
  return [...inPhase('started'), ...inPhase('failed'), ...[usedBackup(o)].filter((id) => id !== undefined)];
}

/**
 * Id of the backup that was taken while the application was stopped, and with which the migrations in progress, or those that failed, were
 * started: nothing was written since but by them. Undefined once they were completed or undone, or a user wants something else.
 */
export function quietBackup(o: Observed): string | undefined {
  const { ended, current } = restoreRecord(o) ?? { ended: [] };
  const isUndone = (id: string): boolean => current?.id === id && current.stage === 'Restored';
  return startedWith(o).find((id) => purposeOf(id) === 'quiet-upgrade' && !isUndone(id) && outcomeOf(id, { ended }) === undefined);
}

/**
 * Whether that backup is the newest in its repository: a backup is restored by its label, which the database operator does not show, or as the
 * newest. One that runs, or was taken since, holds what the migrations have done.
 */
function isNewest(id: string, o: Observed): boolean {
  const runs = o.provider.backups.runs(o);
  const own = runs.find((run) => run.id === id && run.state === 'succeeded');
  const end = Date.parse(own?.completedAt ?? '');
  const isLater = ({ state, startedAt, completedAt }: Run): boolean =>
    state === 'running' || (state === 'succeeded' && [startedAt, completedAt].some((at) => Date.parse(at ?? '') > end));
  return own !== undefined && !runs.some((run) => run !== own && (run.repo ?? own.repo) === own.repo && isLater(run));
}

/** Whether the restore of that backup is still right, before it has begun: a later backup would be restored in its place. */
export const isStillWanted = (id: string, o: Observed): boolean =>
  restoresOnFailure(o) && purposeOf(id) === 'quiet-upgrade' && isNewest(id, o);

/** How far the migrations are that were started with that backup: `failed` if what they have done can be undone. */
function phaseOf(id: string, o: Observed): 'underway' | 'failed' | 'over' {
  const phases = migrationJobs(o).flatMap(({ backup, phase }) => (backup === id ? [phase] : []));
  if (phases.some((phase) => phase === 'started' || phase === 'pending')) return 'underway';
  return phases.includes('failed') && isNewest(id, o) ? 'failed' : 'over';
}

/** Whether what the migrations do that were started with that backup may still have to be undone. */
export const isPending = (id: string, o: Observed): boolean => phaseOf(id, o) !== 'over';

/** Id of the backup to restore now: the migrations have failed that were started with it. */
export function backupToRestore(o: Observed): string | undefined {
  const id = quietBackup(o);
  return id !== undefined && restoresOnFailure(o) && phaseOf(id, o) === 'failed' ? id : undefined;
}
