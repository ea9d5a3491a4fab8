/** The status that the Deployment controller writes: counts and conditions. */
import type { Fields, Resource } from '../apiserver/object.ts';
import { conditionsOf, counts, fieldsOf, secondsBetween, withCondition, type StatusCondition } from './objectstatus.ts';
import { share } from '../../lib/share.ts';

export interface Observed {
  deployment: Resource;
  /** Why the pods of its latest ReplicaSet may not be created. */
  refusal: string | undefined;
  /** Its latest ReplicaSet was created just now: what was complete before is no more. */
  isNew: boolean;
  total: number;
  updated: number;
  ready: number;
}

/** ReplicaFailure is taken over from the latest ReplicaSet. */
function withFailure(deployment: Resource, refusal: string | undefined, now: string): readonly StatusCondition[] {
  if (refusal === undefined) return conditionsOf(deployment).filter(({ type }) => type !== 'ReplicaFailure');
  return withCondition(conditionsOf(deployment), { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal }, now);
}

type Finding = Pick<StatusCondition, 'status' | 'reason'> & { message: string };

/** How the rollout goes, with the time of its last progress. */
function progressOf({ deployment, isNew, total, updated, ready }: Observed, now: string): Finding & { lastUpdateTime?: string } {
  const spec = deployment.spec ?? {};
  const wanted = Number(spec.replicas);
  const before = conditionsOf(deployment).find(({ type }) => type === 'Progressing');
  const old = fieldsOf(deployment.status);
  const progressed = ['updatedReplicas', 'readyReplicas'].some((key, index) => ([updated, ready][index] ?? 0) > Number(old[key] ?? 0));
  const isIdle = old.observedGeneration === deployment.metadata.generation && !progressed;
  const complete = updated === wanted && total === wanted && ready === wanted;
  const wasComplete = before?.reason === 'NewReplicaSetAvailable' && updated === total && !isNew;
  const idle = before?.lastUpdateTime === undefined ? 0 : secondsBetween(before.lastUpdateTime, now);
  const late = isIdle && (before?.reason === 'ProgressDeadlineExceeded' || idle > Number(spec.progressDeadlineSeconds));
  const progressing = progressFinding(deployment.metadata.name, complete || wasComplete, late);
  const lastUpdateTime = isIdle && before?.reason === progressing.reason ? before.lastUpdateTime : now;
  return { ...(lastUpdateTime !== undefined && { lastUpdateTime }), ...progressing };
}

function progressFinding(set: string, isComplete: boolean, isLate: boolean): Finding {
  if (isComplete)
    return { status: 'True', reason: 'NewReplicaSetAvailable', message: `ReplicaSet of "${set}" has successfully progressed.` };
  if (isLate) return { status: 'False', reason: 'ProgressDeadlineExceeded', message: `ReplicaSet of "${set}" has timed out progressing.` };
  return { status: 'True', reason: 'ReplicaSetUpdated', message: `ReplicaSet of "${set}" is progressing.` };
}

function availabilityOf({ deployment, ready }: Observed): Finding {
  const spec = deployment.spec ?? {};
  const wanted = Number(spec.replicas);
  const unavailable = share(fieldsOf(fieldsOf(spec.strategy).rollingUpdate).maxUnavailable ?? 0, wanted, Math.floor);
  return ready >= wanted - unavailable
    ? { status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : { status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' };
}

/** The status of a Deployment whose pods are counted so. */
export function statusOf(observed: Observed, now: string): Fields {
  const { deployment, refusal, total, updated, ready } = observed;
  const dated = withCondition(withFailure(deployment, refusal, now), { type: 'Available', ...availabilityOf(observed) }, now);
  return {
    observedGeneration: deployment.metadata.generation,
    ...counts({
      replicas: total,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, total - ready),
    }),
    conditions: withCondition(dated, { type: 'Progressing', ...progressOf(observed, now) }, now),
  };
}
