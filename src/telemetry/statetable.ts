/** What is exported about each Bestie: one row per metric, with what it is read from. docs/metrics.md is compared with the table. */
import { abnormalWhenTrue } from '../api/condition.ts';
import type { BestieSpec } from '../api/bestie.ts';
import type { Status } from '../api/observed.ts';
import type { Live } from '../api/kubernetes.ts';
import { quantityValue } from '../lib/quantity.ts';
import { changeStates } from './changestates.ts';
import { STATE, TIMESTAMP, type Sample, type StateRow, type View } from './staterow.ts';

const seconds = (time: string | null | undefined): number => Date.parse(time ?? '') / 1000;

type Repository = NonNullable<NonNullable<Status['backup']>['repositories']>[number];

/** A sample for each repository of the spec, in its order. */
const byRepository =
  (value: (repository: Repository) => number) =>
  ({ status }: View): Sample[] =>
    (status.backup?.repositories ?? []).map((repository) => [value(repository), repository.name]);

/** Bytes that the volumes of a managed database request: data of each replica, and repositories. */
function storage({ database }: Live<BestieSpec>): number | undefined {
  if (database == null || database.provider === 'External') return undefined;
  const volumes = (database.backups?.repos ?? []).map((repo) => repo?.volume?.size ?? '0');
  const data = quantityValue(database.storage?.size ?? '') * (database.replicas ?? 1);
  return volumes.reduce((sum, size) => sum + quantityValue(size), data);
}

/** Undefined for what throws: an unacceptable spec may hold anything. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // the condition Stalled reports it, reason InvalidSpec
  }
}

export const stateTable = {
  lastSync: {
    name: 'bestie_last_sync_timestamp_seconds',
    type: 'gauge',
    help: 'Set whenever sync or finalize of the Bestie is answered: the unix time; the replica with the newest one knows the Bestie best.',
    labels: [],
    keep: TIMESTAMP,
    of: ({ at }) => [[at]],
  },
  finalized: {
    name: 'bestie_finalized_timestamp_seconds',
    type: 'gauge',
    help: 'Set when finalize of the Bestie has finished: the unix time; nothing else is exported about it from then on.',
    labels: [],
    keep: TIMESTAMP,
    of: ({ at, isGone }) => (isGone ? [[at]] : []),
  },
  info: {
    name: 'bestie_info',
    type: 'gauge',
    help: 'Always 1; its labels change with spec.image, spec.version and the version that runs (appversion, empty before the first rollout).',
    labels: ['image', 'version', 'appversion'],
    keep: STATE,
    of: ({ spec, status }) => [[1, spec.image, spec.version, status.appversion]],
  },
  specReplicas: {
    name: 'bestie_spec_replicas',
    type: 'gauge',
    help: 'Changes with spec.size.',
    labels: [],
    keep: STATE,
    of: ({ spec }) => [[spec.size]],
  },
  readyReplicas: {
    name: 'bestie_ready_replicas',
    type: 'gauge',
    help: 'Changes when a pod of the application becomes ready or stops being so.',
    labels: [],
    keep: STATE,
    of: ({ status }) => [[status.readyReplicas]],
  },
  hpaMaxReplicas: {
    name: 'bestie_hpa_max_replicas',
    type: 'gauge',
    help: 'Changes with spec.maxReplicas; there only while autoscaling is on.',
    labels: [],
    keep: STATE,
    of: ({ spec }) => [[spec.maxReplicas]],
  },
  hpaDesiredReplicas: {
    name: 'bestie_hpa_desired_replicas',
    type: 'gauge',
    help: 'Changes when the HorizontalPodAutoscaler decides on another number of pods; there only once it has, not without a metrics API.',
    labels: [],
    keep: STATE,
    // 0 is its value before it has decided, or while it cannot.
    of: ({ autoscaled }) => (autoscaled === 0 ? [] : [[autoscaled]]),
  },
  specStorage: {
    name: 'bestie_spec_storage_bytes',
    type: 'gauge',
    help: 'Changes with the volumes that the spec requests, data of each database replica and repositories; not for an external database.',
    labels: [],
    keep: STATE,
    of: ({ spec }) => [[readable(() => storage(spec))]],
  },
  condition: {
    name: 'bestie_condition',
    type: 'gauge',
    help: 'Always 1; there is one series for Ready, and one for each other condition while it is not as it should be.',
    labels: ['type', 'status'],
    keep: STATE,
    of: ({ status }) =>
      status.conditions
        .filter((each) => each.type === 'Ready' || each.status !== (abnormalWhenTrue.has(each.type) ? 'False' : 'True'))
        .map((each) => [1, each.type, each.status]),
  },
  lastBackup: {
    name: 'bestie_last_backup_timestamp_seconds',
    type: 'gauge',
    help: 'Changes when a later backup is known to have succeeded: the unix time of its completion.',
    labels: [],
    keep: STATE,
    of: ({ status }) => [[seconds(status.backup?.completedAt)]],
  },
  repositoryReady: {
    name: 'bestie_backup_repository_ready',
    type: 'gauge',
    help: 'Becomes 1 when a repository of the spec takes backups, and 0 when it does not; not for an external database.',
    labels: ['repository'],
    keep: STATE,
    of: byRepository(({ ready }) => Number(ready)),
  },
  repositorySuccess: {
    name: 'bestie_backup_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'Changes when a later backup into a repository is known to have succeeded: the unix time of its completion.',
    labels: ['repository'],
    keep: STATE,
    of: byRepository(({ lastSuccess }) => seconds(lastSuccess?.completedAt)),
  },
  repositoryFailure: {
    name: 'bestie_backup_last_failure_timestamp_seconds',
    type: 'gauge',
    help: 'Changes when a later backup into a repository is known to have failed: the unix time at which it began.',
    labels: ['repository'],
    keep: STATE,
    of: byRepository(({ lastFailure }) => seconds(lastFailure?.startedAt)),
  },
  repositoryNext: {
    name: 'bestie_backup_next_run_timestamp_seconds',
    type: 'gauge',
    help: 'Changes when a scheduled backup into a repository was due: the unix time of the next one; there only while one is planned.',
    labels: ['repository'],
    keep: STATE,
    of: byRepository(({ nextRun }) => seconds(nextRun)),
  },
  lastVerified: {
    name: 'bestie_backup_last_verified_timestamp_seconds',
    type: 'gauge',
    help: 'Changes when a drill has succeeded: the unix time at which its copy was checked; there only once one has.',
    labels: [],
    keep: STATE,
    of: ({ status }) => [[seconds(status.backup?.verified?.at)]],
  },
  verifiedDuration: {
    name: 'bestie_backup_last_verified_duration_seconds',
    type: 'gauge',
    help: 'Changes when a drill has succeeded: seconds from the creation of its copy to the end of the check; there only once one has.',
    labels: [],
    keep: STATE,
    of: ({ status }) => [[status.backup?.verified?.took]],
  },
  databaseUsable: {
    name: 'bestie_database_usable',
    type: 'gauge',
    help: 'Becomes 1 when role and database exist and an instance is ready, and 0 when that is not so; not for an external database.',
    labels: [],
    keep: STATE,
    of: ({ status }) => (status.database?.usable === undefined ? [] : [[Number(status.database.usable)]]),
  },
  ...changeStates,
} as const satisfies Record<string, StateRow>;
