/** The migration Jobs that exist, by what may be done with them. */
import { kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey, type KubeObject, type Live } from '../api/kubernetes.ts';
import { durable } from './lastapplied.ts';
import { annotations } from '../api/names.ts';
import { memo } from './memo.ts';
import { hasStarted, isOver, podsOf, type Pod } from './pods.ts';

interface JobSpec {
  suspend: boolean;
  template: { metadata: { annotations: Record<string, string> }; spec: { containers: { image: string }[] } };
}

interface JobParts {
  spec: JobSpec;
  status: {
    startTime: string;
    active: number;
    succeeded: number;
    failed: number;
    terminating: number;
    conditions: { type: string; status: string; reason: string; lastTransitionTime: string }[];
  };
}

/**
 * `started`: a container runs or ran, so it is kept whatever the spec says; `pending`: none has started;
 * `reason` is the Job controller's own for a failure; `endedAt` an RFC 3339 time.
 */
export interface MigrationJob {
  name: string;
  image: string | undefined;
  database: string | undefined;
  /** Id of the backup that was taken before it. */
  backup: string | undefined;
  phase: 'complete' | 'failed' | 'started' | 'pending';
  endedAt: string;
  reason: string;
  pods: readonly Pod[];
  /** A pod of it has failed. */
  hasFailed: boolean;
  isSuspended: boolean;
  /** It has not ended, and none of its pods exists or is counted. */
  isIdle: boolean;
  /** RFC 3339 time from which it could have had pods. */
  since: string;
}

const JOB_NAME_LABELS = ['batch.kubernetes.io/job-name', 'job-name'];

/**
 * The target of the Job, by the operator's own record: admission may rewrite every image of the live template, and a migration that is not
 * recognised runs twice.
 */
function recordOf(object: KubeObject, o: Observed): Pick<MigrationJob, 'image' | 'database' | 'backup'> {
  if (o.recognised?.job === object.metadata.name) {
    const { image, database } = o.recognised;
    return { image, database, backup: durable(o, object, annotations.backup) };
  }
  const applied = o.applied(object)?.spec as Live<JobSpec> | undefined;
  const { spec } = object as Live<JobParts>;
  const database = (template: Live<JobSpec['template']> | null | undefined) => template?.metadata?.annotations?.[annotations.database];
  return {
    image: durable(o, object, annotations.image) ?? applied?.template?.spec?.containers?.[0]?.image ?? undefined,
    database: database(applied?.template) ?? database(spec?.template) ?? undefined,
    backup: durable(o, object, annotations.backup),
  };
}

function toMigrationJob(object: KubeObject, pods: readonly Pod[], o: Observed): MigrationJob {
  const { spec, status } = object as Live<JobParts>;
  const ended = status?.conditions?.find(
    (condition) => condition?.status === 'True' && (condition.type === 'Complete' || condition.type === 'Failed'),
  );
  const own = pods.filter(({ metadata }) => JOB_NAME_LABELS.some((label) => metadata.labels?.[label] === object.metadata.name));
  const counts = (status ?? {}) as Readonly<Record<string, number | null | undefined>>;
  // Active without an observed pod: the cache may lag behind, and a migration is not interrupted on a guess.
  const mayRun = (status?.active ?? 0) > 0 && own.length === 0;
  const started = mayRun || (status?.failed ?? 0) > 0 || (status?.succeeded ?? 0) > 0 || own.some(hasStarted);
  return {
    name: object.metadata.name,
    ...recordOf(object, o),
    phase: ended?.type === 'Complete' ? 'complete' : ended?.type === 'Failed' ? 'failed' : started ? 'started' : 'pending',
    endedAt: ended?.lastTransitionTime ?? '',
    reason: ended?.reason ?? '',
    pods: own,
    hasFailed: (status?.failed ?? 0) > 0,
    isSuspended: spec?.suspend === true && ended === undefined,
    // Between a pod that is gone and its successor the controller waits; then it was allowed to create pods.
    isIdle: ended === undefined && own.length === 0 && ['active', 'succeeded', 'failed', 'terminating'].every((key) => !counts[key]),
    since: status?.startTime ?? object.metadata.creationTimestamp ?? '',
  };
}

/** The observed migration Jobs, the one that ended last first, then by name. */
export const migrationJobs = memo((o): readonly MigrationJob[] => {
  const pods = podsOf(o, 'migration');
  return [...(o.children.get(kindKey(kinds.job))?.values() ?? [])]
    .map((object) => toMigrationJob(object, pods, o))
    .sort((a, b) => (a.endedAt !== b.endedAt ? (a.endedAt < b.endedAt ? 1 : -1) : a.name < b.name ? -1 : 1));
});

/** The Job whose migration is running, if any. All else waits for it. */
export const startedJob = (o: Observed): MigrationJob | undefined => migrationJobs(o).find(({ phase }) => phase === 'started');

/** Completed Jobs without a record of what they migrated, or where. */
export const unrecordedJobs = (o: Observed): readonly MigrationJob[] =>
  migrationJobs(o).filter(({ phase, image, database }) => phase === 'complete' && (image === undefined || database === undefined));

/** Images whose Jobs completed on that database, the latest last. A Job of a database that is gone, or unknown, proves nothing about the next one. */
export function completedImages(o: Observed, database: string | undefined): readonly string[] {
  return migrationJobs(o)
    .filter((job) => job.phase === 'complete' && job.database !== undefined && job.database === database)
    .map(({ image }) => image)
    .filter((image) => image !== undefined)
    .reverse();
}

/** Whether a pod of any migration may still run: the next Job waits until it is gone. */
export function migrationAtWork(o: Observed): boolean {
  return podsOf(o, 'migration').some((pod) => !isOver(pod));
}
