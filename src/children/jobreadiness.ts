/** How far the migrations of the wanted image are, and what keeps them. */
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { databaseResource, databaseShown } from '../observed/database.ts';
import type { Context } from '../api/child.ts';
import { failed } from '../observed/migrationfailure.ts';
import { startedJob, unrecordedJobs, type MigrationJob } from '../observed/migrationjobs.ts';
import { creationRecheck } from '../observed/podcreation.ts';
import { highestVersion, historyIsMissing, isExternal, migrated } from '../observed/migrations.ts';
import { WAITING_CONTAINER } from '../api/containers.ts';
import { isCopying } from '../observed/copyrecord.ts';
import { isBeingReplaced } from '../observed/replaceddata.ts';
import { sidecarTrouble } from '../observed/sidecar.ts';
import { stoppedJob } from '../observed/stopped.ts';
import { migrationTarget } from '../observed/migrationtarget.ts';
import { problems } from '../observed/podtroubles.ts';
import { kubectl } from '../observed/commands.ts';
import { databaseTrouble } from '../observed/databasewait.ts';
import { isWanted, jobOfTarget } from './wantedjob.ts';

export const underway = (name: string): Readiness => ({
  status: 'False',
  reason: 'Migrating',
  message: `migration Job ${name} has not ended yet`,
});

/** Why the pods of a migration do not reach the database. */
export const jobDatabaseTrouble = ({ name, pods }: MigrationJob, o: Observed): ReturnType<typeof databaseTrouble> =>
  databaseTrouble(pods, () => ({ words: `migration Job ${name}`, logs: kubectl(o, `logs job/${name} -c ${WAITING_CONTAINER}`) }), o);

function active(job: MigrationJob, o: Observed): Readiness {
  const { name, pods } = job;
  const { trouble, ...recheck } = jobDatabaseTrouble(job, o);
  if (trouble !== undefined) return trouble;
  const stopped = stoppedJob(job, o);
  if (stopped.reason !== undefined) return { ...underway(name), ...stopped };
  const { sidecar, ...ended } = sidecarTrouble(job, o);
  if (sidecar !== undefined) return sidecar;
  const problem = problems(pods, o)[0];
  if (problem !== undefined) return { status: 'False', ...problem, message: `migration Job ${name}: ${problem.message}`, ...recheck };
  return { ...underway(name), ...creationRecheck(pods, o, { ...stopped, ...recheck, ...ended }) };
}

/** The schema is there: by the migrations of the wanted image, or by those of a later version. */
function completed(o: Observed): Readiness {
  const message = migrated(o).includes(migrationTarget(o))
    ? `the migrations of ${migrationTarget(o)} are completed`
    : `the database needs no migration of ${migrationTarget(o)}: it has those of ${highestVersion(migrated(o))?.text ?? 'another version'}, which is later`;
  return { status: 'True', reason: 'MigrationCompleted', message };
}

/** What has no record, and how to continue: the object of a managed database, a Job beside an external one. */
function missingHistory(o: Observed): string {
  const job = isExternal(o) ? unrecordedJobs(o)[0] : undefined;
  if (job !== undefined)
    return (
      `Job ${job.name} has no record of what it migrated, so nothing is migrated; to run the migrations again, without sample data: ` +
      `set spec.database.seed to false, then ${kubectl(o, `delete job ${job.name}`)}`
    );
  const database = `${databaseResource(o)} ${o.provider.nameOf(o.bestie.metadata.name)}`;
  return (
    `${databaseShown(o)} has no record of its migrations, so none is run; to set the record: ` +
    kubectl(o, `annotate --overwrite ${database} '${annotations.migrated}=["<image reference>"]'`)
  );
}

export function readyWhen(_live: KubeObject | undefined, o: Context): Readiness {
  const started = startedJob(o);
  if (started !== undefined) return active(started, o);
  // In the words of before its object was there.
  if (isCopying(o)) return { status: 'False', reason: 'DependencyNotReady', message: 'waiting for DatabaseReady' };
  if (isBeingReplaced(o)) {
    const message = 'the database is being restored; the migrations of the image run on what is restored';
    return { status: 'False', reason: 'Restoring', message };
  }
  if (historyIsMissing(o)) return { status: 'False', reason: 'MigrationHistoryMissing', message: missingHistory(o) };
  if (migrated(o).includes(migrationTarget(o))) return completed(o);
  if (o.decisions.migration !== 'go') return o.decisions.migration;
  if (!isWanted(o)) return completed(o);
  const job = jobOfTarget(o);
  if (job === undefined) return { status: 'False', reason: 'Migrating', message: 'an earlier migration Job is still being deleted' };
  return job.phase === 'failed' ? failed(job, o) : active(job, o);
}
