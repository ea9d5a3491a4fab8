/** The migration Jobs: at most one runs at a time, one per image and database, never again once it succeeded. */
import { hash8 } from '../lib/hash.ts';
import { kinds } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Manifest, Readiness } from '../api/kubernetes.ts';
import { annotations, names } from '../api/names.ts';
import { databaseResource, databaseShown } from '../observed/database.ts';
import { head } from '../api/manifest.ts';
import { type Child, type Context } from '../api/child.ts';
import { failures } from '../observed/releaserecord.ts';
import { failed } from '../observed/migrationfailure.ts';
import { migrationAtWork, migrationJobs, startedJob, unrecordedJobs, type MigrationJob } from '../observed/migrationjobs.ts';
import { container, databaseSecret, podTemplate, type Release } from './podtemplate.ts';
import { creationRecheck } from '../observed/podcreation.ts';
import { memo } from '../observed/memo.ts';
import {
  databaseId,
  highestVersion,
  historyIsMissing,
  isExternal,
  isUntouched,
  migrated,
  recorded,
  seeds,
} from '../observed/migrations.ts';
import { MIGRATING_CONTAINER, SEEDING_CONTAINER, WAITING_CONTAINER } from '../api/containers.ts';
import { podFailurePolicy, seedCommand } from './seeding.ts';
import { isBeingReplaced } from '../observed/replaceddata.ts';
import { sidecarTrouble } from '../observed/sidecar.ts';
import { stoppedJob } from '../observed/stopped.ts';
import { migrationTarget, needsMigration } from '../observed/migrationtarget.ts';
import { problems } from '../observed/podtroubles.ts';
import { kubectl } from '../observed/commands.ts';
import { databaseTrouble } from '../observed/databasewait.ts';

const RETRIES = 4;

/** The steps of a migration, in order: each is a container, which starts when the one before has succeeded. */
function steps(o: Observed, release: Release): object[] {
  const step = (name: string, command: readonly string[]): object => ({ ...container(o, release), name, command });
  const migrate = step(MIGRATING_CONTAINER, ['flask', 'db', 'upgrade']);
  return seeds(o) ? [migrate, step(SEEDING_CONTAINER, seedCommand(o))] : [migrate];
}

/** The Job of the current spec. Its name has a hash of everything that it would run, and of the number of failed targets. */
const wantedJob = memo((o): Manifest => {
  const database = databaseId(o) ?? '';
  const release = { image: migrationTarget(o), secret: databaseSecret(o) };
  const all = steps(o, release);
  const { metadata, spec } = podTemplate(o, 'migration', release, all.slice(-1), all.slice(0, -1));
  const template = {
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.database]: database } },
    spec: { ...spec, restartPolicy: 'Never' },
  };
  const tries = failures(o);
  const name = names.job(o.bestie.metadata.name, hash8(tries === 0 ? template : [template, tries]));
  const activeDeadlineSeconds = o.bestie.spec.upgrade.migrationDeadlineSeconds;
  // A pod that is being evicted continues its migration until it ends: its successor must not start before.
  return {
    ...head(kinds.job, name, o, { [annotations.image]: migrationTarget(o) }),
    spec: {
      backoffLimit: RETRIES,
      activeDeadlineSeconds,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: podFailurePolicy(seeds(o) && !isUntouched(o)),
      template,
    },
  };
});

/** An existing Job that stays: it is never updated, so its name is enough. */
const kept = ({ name }: MigrationJob): Manifest => ({ apiVersion: kinds.job.apiVersion, kind: kinds.job.kind, metadata: { name } });

/** The Job of the current spec, if it exists. */
export const jobOfTarget = (o: Observed): MigrationJob | undefined =>
  migrationJobs(o).find(({ name }) => name === wantedJob(o).metadata.name);

/** The same world. If every record on the Job of the target is gone, the Job is recognised by its name, a hash of all that it runs. */
export function recognised(o: Observed): Observed {
  if (unrecordedJobs(o).length === 0) return o;
  const job = unrecordedJobs(o).find(({ name }) => name === wantedJob(o).metadata.name);
  if (job === undefined) return o;
  return { ...o, facts: new Map(), recognised: { job: job.name, image: migrationTarget(o), database: databaseId(o) ?? '' } };
}

const isWanted = (o: Observed): boolean => needsMigration(o) && !historyIsMissing(o) && !isBeingReplaced(o);

/** Ended Jobs that are kept: the latest of each result for their logs, and a completed one at least until its image is recorded. */
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
function withBackup(job: Manifest, { decisions: { evidence } }: Context): Manifest {
  if (evidence === undefined) return job;
  return { ...job, metadata: { ...job.metadata, annotations: { ...job.metadata.annotations, [annotations.backup]: evidence } } };
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

const underway = (name: string): Readiness => ({
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

/** The database has the schema: by the migrations of the requested image, or by those of a later version. */
function completed(o: Observed): Readiness {
  const message = migrated(o).includes(migrationTarget(o))
    ? `the migrations of ${migrationTarget(o)} are completed`
    : `the database needs no migration of ${migrationTarget(o)}: it has those of ${highestVersion(migrated(o))?.text ?? 'another version'}, which is later`;
  return { status: 'True', reason: 'MigrationCompleted', message };
}

function readyWhen(_live: KubeObject | undefined, o: Context): Readiness {
  const started = startedJob(o);
  if (started !== undefined) return active(started, o);
  if (isBeingReplaced(o)) {
    const message = 'the database is being restored; the migrations of the image run on what is restored';
    return { status: 'False', reason: 'Restoring', message };
  }
  if (historyIsMissing(o)) {
    const database = o.provider.nameOf(o.bestie.metadata.name);
    const message =
      `${databaseShown(o)} has no record of its migrations, so none is run; to set the record: ` +
      `kubectl -n ${o.bestie.metadata.namespace} annotate --overwrite ${databaseResource(o)} ${database} '${annotations.migrated}=["<image reference>"]'`;
    return { status: 'False', reason: 'MigrationHistoryMissing', message };
  }
  if (migrated(o).includes(migrationTarget(o))) return completed(o);
  if (o.decisions.migration !== 'go') return o.decisions.migration;
  if (!isWanted(o)) return completed(o);
  const job = jobOfTarget(o);
  if (job === undefined) return { status: 'False', reason: 'Migrating', message: 'an earlier migration Job is still being deleted' };
  return job.phase === 'failed' ? failed(job, o) : active(job, o);
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
