/** The states of a database that are not as wanted, the most telling first, as PGO's status and spec tell them. Source: seen on PGO 6.0. */
import type { Reason } from '../../api/reason.ts';
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import { CLUSTER_LABEL, RESTORE_ANNOTATION } from './names.ts';
import type { PostgresClusterSpec } from './types.ts';
import { databaseStatus, instancesOf, isRestoring, isUsable } from './cluster.ts';
import { kubectl } from '../../observed/commands.ts';

/** What a state is told from. */
export interface Facts {
  live: KubeObject;
  o: Observed;
  name: string;
  /** Instances that the PostgresCluster is asked for, and what its status says of them. */
  wanted: number;
  ready: number;
  replicas: number;
  updated: number;
}

/** One state. Without `late` it is said as `reason` for as long as it lasts; with it, as the other reason after so many seconds. */
export interface State {
  when: (f: Facts) => boolean;
  reason: Reason;
  words: (f: Facts) => string;
  late?: { reason: Reason; after: number };
  /** What a person can do: said once it is late, and at once where nothing else becomes of it. */
  advice?: (f: Facts) => string;
}

/** The wanted number stands in the spec of the PostgresCluster alone: a Bestie that is paused, or not acceptable, may want another one by now. */
export function factsOf(live: KubeObject, o: Observed): Facts {
  const { instances } = (live.spec ?? {}) as Live<PostgresClusterSpec>;
  const wanted = (instances ?? []).reduce((sum, instance) => sum + (instance?.replicas ?? 1), 0);
  return { live, o, name: live.metadata.name, wanted, ...instancesOf(live) };
}

const condition = ({ live }: Facts, type: string) => databaseStatus(live)?.conditions?.find((each) => each?.type === type) ?? undefined;
const restore = ({ live }: Facts) => databaseStatus(live)?.pgbackrest?.restore ?? undefined;
const hasLeader = ({ live }: Facts): boolean => !!databaseStatus(live)?.patroni?.systemIdentifier;
/** Role and database were made one day; PGO never forgets that. */
const wasUp = ({ live }: Facts): boolean => !!databaseStatus(live)?.databaseRevision && !!databaseStatus(live)?.usersRevision;

/** The condition of a restore that failed stays until the instances have gone for the next one, which has not ended meanwhile. */
const isFailed = (f: Facts): boolean =>
  (restore(f)?.finished === true && (restore(f)?.succeeded ?? 0) === 0) ||
  (restore(f)?.finished !== false && condition(f, 'PostgresDataInitialized')?.reason === 'PGBackRestRestoreFailed');

/** As much of the id as a message takes: a person chose it. */
const idOf = (f: Facts): string => (restore(f)?.id == null ? '' : ` ${restore(f)?.id?.slice(0, 63) ?? ''}`);

/** A request that PGO refuses, or waits with, has no Job: nothing but the time that passes tells. */
const isBegun = (f: Facts): boolean =>
  restore(f)?.startTime != null && condition(f, 'PGBackRestoreProgressing')?.reason !== 'RestoreInPlaceRequested';

const describe = ({ o, name }: Facts): string => kubectl(o, `describe postgrescluster ${name}`);
const pods = ({ o, name }: Facts): string => kubectl(o, `get pods -l ${CLUSTER_LABEL}=${name}`);
const lookAtPods = (f: Facts): string =>
  `see its pods: ${pods(f)}; a Pending one that was made for a former spec is not replaced before it is deleted: ${kubectl(f.o, 'delete pod <its name>')}`;

const afterFailure = ({ o, name }: Facts): string =>
  `its log says why: ${kubectl(o, `logs job/${name}-pgbackrest-restore`)}; to try again, under a new id: ` +
  `${kubectl(o, `annotate --overwrite postgrescluster ${name} ${RESTORE_ANNOTATION}=<new id>`)}; do not take the request back, ` +
  'which starts the instances on data that is restored in part';

const isResizing = (f: Facts, status: string): boolean => condition(f, 'PersistentVolumeResizing')?.status === status;
const ready = (f: Facts): string => `${f.ready} of ${f.wanted} instances of PostgresCluster ${f.name} are ready`;

/** Said of a database whatever switches a person has set. */
export const before: readonly State[] = [
  {
    when: ({ live }) => live.metadata.deletionTimestamp != null,
    reason: 'Deleting',
    words: ({ name }) => `PostgresCluster ${name} is being deleted`,
  },
  {
    when: (f) => isRestoring(f.live) && isFailed(f),
    reason: 'RestoreFailed',
    words: (f) => `the restore${idOf(f)} of PostgresCluster ${f.name} failed, and no instance is started`,
    advice: afterFailure,
  },
];

/** Said of a database that is switched on. */
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
  // Which volume it is, and the words of the storage class, are in the events alone; the times in that condition change at every look of PGO.
  {
    when: (f) => isUsable(f.live) && (isResizing(f, 'False') || condition(f, 'PersistentVolumeResizeError')?.status === 'True'),
    reason: 'VolumeNotResized',
    words: ({ name }) => `a volume of PostgresCluster ${name} does not get the size that is asked for`,
    advice: (f) => `set the size back, or see why: ${describe(f)}`,
  },
  // After a restore: the instance plays the log back before it leads.
  {
    when: (f) => wasUp(f) && !hasLeader(f),
    reason: 'Provisioning',
    words: ({ name }) => `PostgresCluster ${name} is coming up again`,
    late: { reason: 'ProvisioningStuck', after: 900 },
    advice: lookAtPods,
  },
  {
    when: (f) => wasUp(f) && f.ready === 0,
    reason: 'NoInstanceReady',
    words: (f) => `no instance of PostgresCluster ${f.name} is ready`,
    late: { reason: 'InstancesStuck', after: 300 },
    advice: lookAtPods,
  },
  {
    when: (f) => isUsable(f.live) && f.ready < f.wanted,
    reason: 'InstancesMissing',
    words: ready,
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
