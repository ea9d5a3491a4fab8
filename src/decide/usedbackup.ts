/** Which backup the migrations of the target were started with. */
import { annotations } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { jobOfTarget } from '../children/wantedjob.ts';
import { durable } from '../observed/lastapplied.ts';
import { migrationJobs, type MigrationJob } from '../observed/migrationjobs.ts';
import { migrationTarget } from '../observed/migrationtarget.ts';

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
