/**
 * What Crunchy PGO was seen to write to status where a user has switched it off, or where it cannot apply a change. Annotations on the
 * PostgresCluster: `sandbox/instances: <n>` lets so many instances become ready, `sandbox/rollout: stuck` leaves one at the former spec,
 * `sandbox/volume: forbidden` does not let volumes grow, `sandbox/psql: fail` fails before users and backups.
 */
import { isDeepStrictEqual } from 'node:util';
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { conditionsOf, counts, fieldsOf, withCondition } from './objectstatus.ts';

/** A step of status; `none` where another step comes first, undefined where nothing is done. */
type Step = Fields | undefined | 'none';

const note = ({ metadata }: Resource, key: string): string | undefined => metadata.annotations?.[`sandbox/${key}`];
const named = (items: unknown): readonly { name: string; replicas?: number }[] =>
  (items ?? []) as readonly { name: string; replicas?: number }[];

/** The instances once all that can start have started; a count of 0 is left out. */
export function instancesUp(cluster: Resource): Fields[] {
  const most = Number(note(cluster, 'instances') ?? Infinity);
  const outdated = note(cluster, 'rollout') === 'stuck' ? 1 : 0;
  return named(cluster.spec?.instances).map(({ name, replicas = 1 }) => ({
    name,
    ...counts({ replicas, readyReplicas: Math.min(replicas, most), updatedReplicas: replicas - outdated }),
  }));
}

export const instancesDown = ({ spec }: Resource): Fields[] => named(spec?.instances).map(({ name }) => ({ name }));

/** The same status where it has all of this already. */
const once = ({ status }: Resource, next: Fields): Fields | undefined => (isDeepStrictEqual(status, next) ? undefined : next);

/** Paused: a condition reports it, for the latest generation, and everything else is of the moment of the pause. */
function paused(cluster: Resource, now: string): Step {
  const condition = {
    type: 'Progressing',
    status: 'False' as const,
    reason: 'Paused',
    message: 'No spec changes will be applied and no other statuses will be updated.',
    observedGeneration: cluster.metadata.generation,
  };
  return once(cluster, { ...cluster.status, conditions: withCondition(conditionsOf(cluster), condition, now) });
}

/** Shut down: nothing names it but the spec. */
function shutdown(cluster: Resource, now: string): Step {
  const { generation } = cluster.metadata;
  const host = conditionsOf(cluster).find(({ type }) => type === 'PGBackRestRepoHostReady');
  const down = { status: 'False' as const, reason: 'RepoHostNotReady', message: 'pgBackRest dedicated repository host is not ready' };
  return once(cluster, {
    ...cluster.status,
    observedGeneration: generation,
    startupInstance: 'shut-down',
    startupInstanceSet: 'pg',
    instances: instancesDown(cluster),
    conditions: host
      ? withCondition(conditionsOf(cluster), { ...host, ...down, observedGeneration: generation }, now)
      : conditionsOf(cluster),
  });
}

/** A standby: only the generations move, and without a source nothing does. */
function standby(cluster: Resource): Step {
  const { repoName, host } = fieldsOf(cluster.spec?.standby);
  const { generation } = cluster.metadata;
  if (repoName === undefined && host === undefined) return undefined;
  const conditions = conditionsOf(cluster).map((each) => ({ ...each, observedGeneration: generation }));
  return once(cluster, { ...cluster.status, observedGeneration: generation, conditions });
}

/** What PGO does where a user has switched the database off. */
export function switchedStep(cluster: Resource, now: string): Step {
  const { spec, status } = cluster;
  if (spec?.paused === true) return paused(cluster, now);
  const others = conditionsOf(cluster).filter(({ reason }) => reason !== 'Paused');
  if (others.length < conditionsOf(cluster).length) return { ...status, conditions: others };
  if (spec?.shutdown === true) return shutdown(cluster, now);
  if (fieldsOf(spec?.standby).enabled === true) return standby(cluster);
  // What a shutdown leaves is removed with the first leader.
  const isUp = fieldsOf((status?.instances as Fields[] | undefined)?.[0]).readyReplicas !== undefined;
  return status?.startupInstance === 'shut-down' && isUp ? omit(fieldsOf(status), 'startupInstance', 'startupInstanceSet') : 'none';
}

const RESIZING = 'PersistentVolumeResizing';

/** PGO clears and sets the condition at every reconcile, so that its time is new each time, and that is a write. */
function refusedVolume(cluster: Resource, now: string): Step {
  const others = conditionsOf(cluster).filter(({ type }) => type !== RESIZING);
  if (note(cluster, 'volume') === 'forbidden') {
    const message = 'One or more volumes cannot be resized';
    const condition = {
      type: RESIZING,
      status: 'False' as const,
      reason: 'Forbidden',
      message,
      observedGeneration: cluster.metadata.generation,
    };
    return { ...cluster.status, conditions: withCondition(others, condition, now) };
  }
  return others.length < conditionsOf(cluster).length ? { ...cluster.status, conditions: others } : 'none';
}

/** What PGO does where something fails once the database is up. */
export function failingStep(cluster: Resource, now: string): Step {
  const { metadata, status } = cluster;
  if (note(cluster, 'psql') === 'fail') return once(cluster, { ...status, observedGeneration: metadata.generation });
  return refusedVolume(cluster, now);
}

/** Instances that started, or were removed, since. */
export const countedStep = (cluster: Resource): Fields | undefined => once(cluster, { ...cluster.status, instances: instancesUp(cluster) });
