/** The migration Jobs: at most one at work, one per image and database, never again once it succeeded. */
import { hash8 } from '../api/hash.ts';
import { kinds } from '../api/kinds.ts';
import type { KubeObject, Manifest, Observed, Readiness } from '../api/kubernetes.ts';
import { annotations, names } from '../api/names.ts';
import { head, type Child, type World } from './child.ts';
import { failures } from './deployed.ts';
import { migrationAtWork, migrationJobs, startedJob, type MigrationJob } from './jobs.ts';
import { container, databaseSecret, podTemplate } from './podtemplate.ts';
import { once } from './once.ts';
import { problems } from './pods.ts';
import { databaseId, historyIsMissing, migrated, recorded, seeds, target } from './release.ts';

const RETRIES = 4;

/** The Job that the current spec asks for; its name carries a hash of everything that it would run, and of how often a target was given up. */
const wantedJob = once((o): Manifest => {
  const database = databaseId(o) ?? '';
  const steps = ['flask db upgrade', ...(seeds(o) ? ['flask seed all'] : [])].join(' && ');
  const release = { image: target(o), secret: databaseSecret(o) };
  const migrate = { ...container(o, release), name: 'migrate', command: ['/bin/sh', '-c', steps] };
  const { metadata, spec } = podTemplate(o, 'migration', release, [migrate]);
  const template = {
    metadata: { ...metadata, annotations: { [annotations.database]: database } },
    spec: { ...spec, restartPolicy: 'Never' },
  };
  const tries = failures(o);
  const name = names.job(o.bestie.metadata.name, hash8(tries === 0 ? template : [template, tries]));
  const activeDeadlineSeconds = o.bestie.spec.upgrade.migrationDeadlineSeconds;
  // A pod that is being evicted migrates on until it ends: its successor must not start before.
  return {
    ...head(kinds.job, name, o),
    spec: { backoffLimit: RETRIES, activeDeadlineSeconds, podReplacementPolicy: 'Failed', template },
  };
});

/** An existing Job that stays: it is never updated, so its name is all that is said. */
const kept = ({ name }: MigrationJob): Manifest => ({ apiVersion: kinds.job.apiVersion, kind: kinds.job.kind, metadata: { name } });

/** The Job of the current spec, if it is there. */
export const jobOfTarget = (o: Observed): MigrationJob | undefined =>
  migrationJobs(o).find(({ name }) => name === wantedJob(o).metadata.name);

const isWanted = (o: Observed): boolean => !migrated(o).includes(target(o)) && !historyIsMissing(o);

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

/** A Job tells which backup was taken before it. */
function withBackup(job: Manifest, { decided: { evidence } }: World): Manifest {
  return evidence === undefined ? job : { ...job, metadata: { ...job.metadata, annotations: { [annotations.backup]: evidence } } };
}

function desired(o: World): Manifest[] {
  const wanted = isWanted(o) && o.decided.migration === 'go' ? withBackup(wantedJob(o), o) : undefined;
  const past = history(o, wanted?.metadata.name).map(kept);
  const started = migrationJobs(o).filter(({ phase }) => phase === 'started');
  if (started.length > 0) return [...started.map((job) => (job.name === wanted?.metadata.name ? wanted : kept(job))), ...past];
  if (wanted === undefined) return past;
  const observed = migrationJobs(o).some(({ name }) => name === wanted.metadata.name);
  return observed || !othersInTheWay(o, wanted.metadata.name) ? [wanted, ...past] : past;
}

/** A Job of another spec, or a pod of one, that is still going away: two migrations must never run at once. */
function othersInTheWay(o: Observed, wanted: string): boolean {
  return migrationAtWork(o) || migrationJobs(o).some(({ name, phase }) => name !== wanted && phase === 'pending');
}

/** What became of a failed Job: what its pods say, while they are there. */
export const failureOf = ({ name, pods, reason }: MigrationJob): string =>
  `migration Job ${name} failed: ${problems(pods)[0]?.message ?? `the Job says ${reason}`}`;

function failed(job: MigrationJob, namespace: string): Readiness {
  const message = `${failureOf(job)}; change the spec, or delete the Job to run it again: kubectl -n ${namespace} delete job ${job.name}`;
  return { status: 'False', reason: 'MigrationFailed', message };
}

const underway = (name: string): Readiness => ({
  status: 'False',
  reason: 'Migrating',
  message: `migration Job ${name} has not ended yet`,
});

function active({ name, pods }: MigrationJob): Readiness {
  const problem = problems(pods)[0];
  if (problem !== undefined) return { status: 'False', reason: problem.reason, message: `migration Job ${name}: ${problem.message}` };
  return underway(name);
}

function readyWhen(_live: KubeObject | undefined, o: World): Readiness {
  const started = startedJob(o);
  if (started !== undefined) return active(started);
  if (historyIsMissing(o)) {
    const database = names.postgresCluster(o.bestie.metadata.name);
    const message =
      `PostgresCluster ${database} does not say which migrations it has, so none is run; tell it with ` +
      `kubectl -n ${o.bestie.metadata.namespace} annotate --overwrite postgrescluster ${database} '${annotations.migrated}=["<image reference>"]'`;
    return { status: 'False', reason: 'MigrationHistoryMissing', message };
  }
  if (!isWanted(o)) return { status: 'True', reason: 'MigrationCompleted', message: `the migrations of ${target(o)} are completed` };
  if (o.decided.migration !== 'go') return o.decided.migration;
  const job = jobOfTarget(o);
  if (job === undefined) return { status: 'False', reason: 'Migrating', message: 'an earlier migration Job is still going away' };
  return job.phase === 'failed' ? failed(job, o.bestie.metadata.namespace) : active(job);
}

export const jobChild: Child = {
  api: kinds.job,
  condition: 'DatabaseSeeded',
  dependsOn: () => ['DatabaseReady'],
  includeWhen: () => true,
  desired,
  underway,
  readyWhen,
};
