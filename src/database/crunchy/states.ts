/** The states of a database that are not as wanted, the most significant first, as the status and spec of PGO show them. Source: seen on PGO 6.0. */
import type { Reason } from '../../api/reason.ts';
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import { CLUSTER_LABEL, RESTORE_ANNOTATION } from './names.ts';
import type { PostgresClusterSpec } from './types.ts';
import { databaseStatus, instancesOf, isRestoring, isUsable } from './cluster.ts';
import { crunchyRestores } from './restore.ts';
import { checkPriority, describedCluster } from './priority.ts';
import { isCopying } from '../../observed/copyrecord.ts';
import { kubectl } from '../../observed/commands.ts';

/** The facts that decide the state. */
export interface Facts {
  live: KubeObject;
  o: Observed;
  name: string;
  /** Requested instances of the PostgresCluster, and what its status says of them. */
  wanted: number;
  ready: number;
  replicas: number;
  updated: number;
}

/** One state. It is reported with `reason` while it lasts; with `late`, it has that reason after so many seconds. */
export interface State {
  when: (f: Facts) => boolean;
  reason: Reason;
  words: (f: Facts) => string;
  late?: { reason: Reason; after: number };
  /** What a user can do: reported once the state is late, or at once if it has no `late`. */
  advice?: (f: Facts) => string;
}

/** The requested number comes from the spec of the PostgresCluster: the spec of a Bestie that is paused, or unacceptable, may have another one. */
export function factsOf(live: KubeObject, o: Observed): Facts {
  const { instances } = (live.spec ?? {}) as Live<PostgresClusterSpec>;
  const wanted = (instances ?? []).reduce((sum, instance) => sum + (instance?.replicas ?? 1), 0);
  return { live, o, name: live.metadata.name, wanted, ...instancesOf(live) };
}

const condition = ({ live }: Facts, type: string) => databaseStatus(live)?.conditions?.find((each) => each?.type === type) ?? undefined;
const restore = ({ live }: Facts) => databaseStatus(live)?.pgbackrest?.restore ?? undefined;
const hasLeader = ({ live }: Facts): boolean => !!databaseStatus(live)?.patroni?.systemIdentifier;
/** Whether role and database were created once; PGO never forgets that. */
const wasUp = ({ live }: Facts): boolean => !!databaseStatus(live)?.databaseRevision && !!databaseStatus(live)?.usersRevision;

/** The condition of a failed restore stays until the instances are deleted for the next one, which has not ended meanwhile. */
const isFailed = (f: Facts): boolean =>
  (restore(f)?.finished === true && (restore(f)?.succeeded ?? 0) === 0) ||
  (restore(f)?.finished !== false && condition(f, 'PostgresDataInitialized')?.reason === 'PGBackRestRestoreFailed');

/** The id, cut for the message: a user chose it. That of a restore of the operator says nothing to a user. */
const idOf = (f: Facts): string => {
  const id = restore(f)?.id;
  return id == null || id === crunchyRestores.armed(f.o) ? '' : ` ${id.slice(0, 63)}`;
};

/** Whether the restore has started. A request that PGO refuses or delays has no Job: only the time that passes shows it. */
const isBegun = (f: Facts): boolean =>
  restore(f)?.startTime != null && condition(f, 'PGBackRestoreProgressing')?.reason !== 'RestoreInPlaceRequested';

const describe = ({ o, name }: Facts): string => kubectl(o, `describe postgrescluster ${name}`);
const pods = ({ o, name }: Facts): string => kubectl(o, `get pods -l ${CLUSTER_LABEL}=${name}`);
const lookAtPods = (f: Facts): string =>
  `${checkPriority(f.live, f.o)}see its pods: ${pods(f)}; a Pending pod of an earlier spec is only replaced once it is deleted: ${kubectl(f.o, 'delete pod <its name>')}`;

/** What follows a restore that failed. One that the operator has requested is reported by the condition Restored. */
function afterFailure({ o, name }: Facts): string {
  const log = `its log says why: ${crunchyRestores.logs(o)}`;
  return crunchyRestores.armed(o) !== undefined
    ? `${log}; the condition Restored names the ways on`
    : `${log}; to try again, under a new id: ` +
        `${kubectl(o, `annotate --overwrite postgrescluster ${name} ${RESTORE_ANNOTATION}=<new id>`)}; do not remove the request: ` +
        'that starts the instances on partly restored data';
}

const isResizing = (f: Facts, status: string): boolean => condition(f, 'PersistentVolumeResizing')?.status === status;

/** States that are reported whatever switches a user has set. */
export const before: readonly State[] = [
  {
    when: ({ live }) => live.metadata.deletionTimestamp != null,
    reason: 'Deleting',
    words: ({ name }) => `PostgresCluster ${name} is being deleted`,
  },
  {
    when: (f) => isRestoring(f.live) && isFailed(f) && !isCopying(f.o),
    reason: 'RestoreFailed',
    words: (f) => `the restore${idOf(f)} of PostgresCluster ${f.name} failed, and no instance is started`,
    advice: afterFailure,
  },
];

/** States that are reported while no switch stops the database. */
export const states: readonly State[] = [
  {
    when: (f) => isRestoring(f.live) && !isBegun(f),
    reason: 'Restoring',
    words: ({ name }) => `the database operator is about to restore PostgresCluster ${name}`,
    late: { reason: 'RestoreStuck', after: 600 },
    advice: (f) => `nothing is restored yet; the events say what PGO refuses or waits for: ${describe(f)}`,
  },
  {
    when: ({ live }) => isRestoring(live),
    reason: 'Restoring',
    words: ({ name }) => `the database operator is restoring PostgresCluster ${name}`,
  },
  // Only the events have the volume and the error of its storage class; the times in that condition change at every reconciliation of PGO.
  {
    when: (f) => isUsable(f.live) && (isResizing(f, 'False') || condition(f, 'PersistentVolumeResizeError')?.status === 'True'),
    reason: 'VolumeNotResized',
    words: ({ name }) => `a volume of PostgresCluster ${name} does not get the requested size`,
    advice: (f) => `set the size back, or see why: ${describe(f)}`,
  },
  // After a restore: the instance replays the log before it becomes the leader.
  {
    when: (f) => wasUp(f) && !hasLeader(f),
    reason: 'Provisioning',
    words: ({ live }) => `${describedCluster(live)} is coming up again`,
    late: { reason: 'ProvisioningStuck', after: 900 },
    advice: lookAtPods,
  },
  {
    when: (f) => wasUp(f) && f.ready === 0,
    reason: 'NoInstanceReady',
    words: ({ live }) => `no instance of ${describedCluster(live)} is ready`,
    late: { reason: 'InstancesStuck', after: 300 },
    advice: lookAtPods,
  },
  {
    when: (f) => isUsable(f.live) && f.ready < f.wanted,
    reason: 'InstancesMissing',
    words: (f) => `${f.ready} of ${f.wanted} instances of ${describedCluster(f.live)} are ready`,
    late: { reason: 'InstancesStuck', after: 600 },
    advice: lookAtPods,
  },
  {
    when: (f) => isUsable(f.live) && f.updated < Math.min(f.wanted, f.replicas),
    reason: 'InstancesOutdated',
    words: (f) => `${f.updated} of ${f.wanted} instances of PostgresCluster ${f.name} run the latest spec`,
    late: { reason: 'RolloutStuck', after: 900 },
    advice: lookAtPods,
  },
  {
    when: (f) => isUsable(f.live) && isResizing(f, 'True'),
    reason: 'VolumeResizing',
    words: ({ name }) => `a volume of PostgresCluster ${name} is changing its size`,
  },
];
