/** The migration Jobs: at most one at work, one per image and database, never again once it succeeded. */
import { kinds } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { Manifest } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import type { Child, Context } from '../api/child.ts';
import { migrationAtWork, migrationJobs, type MigrationJob } from '../observed/migrationjobs.ts';
import { databaseId, isExternal, recorded } from '../observed/migrations.ts';
import { isBeingReplaced } from '../observed/replaceddata.ts';
import { readyWhen, underway } from './jobreadiness.ts';
import { isWanted, wantedJob } from './wantedjob.ts';

/** An existing Job that stays: it is never updated, so its name is enough. */
const kept = ({ name }: MigrationJob): Manifest => ({ apiVersion: kinds.job.apiVersion, kind: kinds.job.kind, metadata: { name } });

/** Ended Jobs that are kept: the latest of each kind for reading, and a completed one at least until its image is seen on record. */
function history(o: Observed, wanted: string | undefined): MigrationJob[] {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = o.bestie.spec;
  const ended = migrationJobs(o).filter(({ name }) => name !== wanted);
  const complete = ended.filter(({ phase }) => phase === 'complete');
  const failed = ended.filter(({ phase }) => phase === 'failed');
  const isRecorded = ({ image }: MigrationJob): boolean => image !== undefined && (recorded(o) ?? []).includes(image);
  return [
    ...complete.filter((job, index) => index < successfulJobsHistoryLimit || !isRecorded(job)),
    ...failed.slice(0, failedJobsHistoryLimit),
  ];
}

/** A Job names the backup that was taken before it. */
function withBackup(job: Manifest, { decisions: { preUpgradeBackup } }: Context): Manifest {
  if (preUpgradeBackup === undefined) return job;
  return { ...job, metadata: { ...job.metadata, annotations: { ...job.metadata.annotations, [annotations.backup]: preUpgradeBackup } } };
}

/** Whether the Job is for a managed database that is gone, or for other data in it: its next attempt would reach the database that has the name now. */
function isOfOtherData({ database }: MigrationJob, o: Observed): boolean {
  const current = isExternal(o) ? undefined : databaseId(o);
  return isBeingReplaced(o) || (current !== undefined && database !== undefined && database !== current);
}

function desired(o: Context): Manifest[] {
  const wanted = isWanted(o) && o.decisions.migration === 'go' ? withBackup(wantedJob(o), o) : undefined;
  const past = history(o, wanted?.metadata.name).map(kept);
  const started = migrationJobs(o).filter(({ phase }) => phase === 'started');
  const own = started.filter((job) => !isOfOtherData(job, o));
  if (started.length > 0) return [...own.map((job) => (job.name === wanted?.metadata.name ? wanted : kept(job))), ...past];
  if (wanted === undefined) return past;
  const observed = migrationJobs(o).some(({ name }) => name === wanted.metadata.name);
  return observed || !othersInTheWay(o, wanted.metadata.name) ? [wanted, ...past] : past;
}

/** A Job of another spec, or a pod of one, that is still terminating: two migrations must never run at once. */
function othersInTheWay(o: Observed, wanted: string): boolean {
  return migrationAtWork(o) || migrationJobs(o).some(({ name, phase }) => name !== wanted && phase === 'pending');
}

export const jobChild: Child = {
  api: kinds.job,
  condition: 'DatabaseSeeded',
  dependsOn: () => ['DatabaseReady'],
  includeWhen: () => true,
  desired,
  pendingReadiness: underway,
  readyWhen,
};
