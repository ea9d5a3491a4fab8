/** The migration Jobs that exist, by what may be done with them. */
import { kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey, type KubeObject, type Live } from '../api/kubernetes.ts';
import { durable } from './lastapplied.ts';
import { annotations, names } from '../api/names.ts';
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

type Count = 'active' | 'succeeded' | 'failed' | 'terminating';

/** The pods that the Job controller counts. */
function countsOf(status: Live<JobParts>['status']): Record<Count, number> {
  const { active, succeeded, failed, terminating } = status ?? {};
  return { active: active ?? 0, succeeded: succeeded ?? 0, failed: failed ?? 0, terminating: terminating ?? 0 };
}

/** The condition with which it ended; undefined while it goes on. */
const endOf = (status: Live<JobParts>['status']) =>
  status?.conditions?.find((condition) => condition?.status === 'True' && (condition.type === 'Complete' || condition.type === 'Failed'));

function phaseOf(ended: string | null | undefined, hasBegun: boolean): MigrationJob['phase'] {
  if (ended === 'Complete') return 'complete';
  if (ended === 'Failed') return 'failed';
  return hasBegun ? 'started' : 'pending';
}

function toMigrationJob(object: KubeObject, pods: readonly Pod[], o: Observed): MigrationJob {
  const { spec, status } = object as Live<JobParts>;
  const [ended, counts] = [endOf(status), countsOf(status)];
  const own = pods.filter(({ metadata }) => JOB_NAME_LABELS.some((label) => metadata.labels?.[label] === object.metadata.name));
  // Active with no pod in sight: the cache may lag behind, and a migration is not cut short on a guess.
  const mayRun = counts.active > 0 && own.length === 0;
  const hasBegun = mayRun || counts.failed > 0 || counts.succeeded > 0 || own.some(hasStarted);
  return {
    name: object.metadata.name,
    ...recordOf(object, o),
    phase: phaseOf(ended?.type, hasBegun),
    endedAt: ended?.lastTransitionTime ?? '',
    reason: ended?.reason ?? '',
    pods: own,
    hasFailed: counts.failed > 0,
    isSuspended: spec?.suspend === true && ended === undefined,
    // Between a pod that is gone and its successor the controller waits; then it has had leave to create pods.
    isIdle: ended === undefined && own.length === 0 && Object.values(counts).every((count) => !count),
    since: status?.startTime ?? object.metadata.creationTimestamp ?? '',
  };
}

function compareJobs(a: MigrationJob, b: MigrationJob): number {
  if (a.endedAt !== b.endedAt) return a.endedAt < b.endedAt ? 1 : -1;
  return a.name < b.name ? -1 : 1;
}

/** The observed migration Jobs, the one that ended last first, then by name. */
export const migrationJobs = memo((o): readonly MigrationJob[] => {
  const pods = podsOf(o, 'migration');
  // The Job of a drill migrates nothing.
  const drill = names.drillJob(o.bestie.metadata.name);
  return [...(o.children.get(kindKey(kinds.job))?.values() ?? [])]
    .filter(({ metadata }) => metadata.name !== drill)
    .map((object) => toMigrationJob(object, pods, o))
    .sort(compareJobs);
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
