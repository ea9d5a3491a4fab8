/** The restore that follows a failed migration with upgrade.onFailure: Restore. */
import type { Run } from '../api/backupprovider.ts';
import type { Observed } from '../api/observed.ts';
import { purposeOf } from '../database/backuprequest.ts';
import { migrationJobs } from '../observed/migrationjobs.ts';
import { outcomeOf, restoreRecord } from '../observed/restorerecord.ts';
import { usedBackup } from './usedbackup.ts';

/** Whether what a migration has changed is to be undone, if it fails. */
export const restoresOnFailure = ({ bestie }: Observed): boolean => bestie.spec.upgrade.onFailure === 'Restore';

/**
 * Id of the backup that was taken while the application was stopped, and with which the migrations in progress, or those that failed, were
 * started: nothing was written since but by them. Undefined once they were completed or undone, or a user wants something else.
 */
export function quietBackup(o: Observed): string | undefined {
  const id = usedBackup(o);
  if (id === undefined || purposeOf(id) !== 'quiet-upgrade') return undefined;
  const { ended, current } = restoreRecord(o) ?? { ended: [] };
  const isUndone = current?.id === id && current.stage === 'Restored';
  return isUndone || outcomeOf(id, { ended }) !== undefined ? undefined : id;
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
