/** The ReplicaSet controller: as many pods as each set wants. */
import { hash8 } from '../../lib/hash.ts';
import { ignoring, isApiError } from '../apiserver/apierror.ts';
import type { Client } from '../apiserver/client.ts';
import { POD, REPLICA_SET } from '../apiserver/discovery.ts';
import { controllerOf, controllerReference, type Fields, type Resource } from '../apiserver/object.ts';
import { conditionsOf, counts, fieldsOf, secondsBetween, setStatus, withCondition, type StatusCondition } from './objectstatus.ts';

/** The pods of an owner that are not terminating. */
export const podsOf = (client: Client, owner: Resource): Resource[] =>
  client
    .list(POD, owner.metadata.namespace)
    .filter((pod) => controllerOf(pod)?.uid === owner.metadata.uid && pod.metadata.deletionTimestamp === undefined);

export const isReady = (pod: Resource): boolean => conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True');

/** How many pods of the owner are ready. */
export const readyPods = (client: Client, owner: Resource): number => podsOf(client, owner).filter(isReady).length;

/** What a controller does about a pod that may not be created: it tries again after 1, 2, 4 … seconds. */
export const isRetried = (secondsOfFailure: number): boolean => (secondsOfFailure & (secondsOfFailure - 1)) === 0;

/** Creates a pod of the owner's template, and returns the refusal where it may not. The suffix must differ for every pod of one owner. */
export function createPod(client: Client, owner: Resource, suffix: string): string | undefined {
  const template = fieldsOf(owner.spec?.template);
  const { labels, annotations } = fieldsOf(template.metadata) as {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  const create = (): unknown =>
    client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${owner.metadata.name}-${suffix}`,
        namespace: owner.metadata.namespace,
        labels,
        annotations,
        ownerReferences: [controllerReference(owner)],
      },
      spec: template.spec as Fields,
    });
  try {
    ignoring(['AlreadyExists', 'NotFound'], create);
    return undefined;
  } catch (error) {
    if (!isApiError(error, 'Forbidden')) throw error;
    return (error as Error).message;
  }
}

/** Creates the missing pods until one is refused. */
function createMissing(client: Client, set: Resource, missing: number, now: string): string | undefined {
  for (let index = 0; index < missing; index += 1) {
    const refusal = createPod(client, set, hash8([set.metadata.uid, now, index]).slice(0, 5));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The conditions of a set that lacks pods: ReplicaFailure while they may not be created. */
function failureConditions(set: Resource, refusal: string | undefined, now: string): readonly StatusCondition[] {
  const others = conditionsOf(set).filter(({ type }) => type !== 'ReplicaFailure');
  if (refusal === undefined) return others;
  return withCondition(conditionsOf(set), { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refusal }, now);
}

function runSet(client: Client, set: Resource, now: string): void {
  const pods = podsOf(client, set);
  const wanted = Number(set.spec?.replicas);
  // Pods that do not serve are deleted first, then the youngest.
  const spare = [...pods].sort(
    (a, b) => Number(isReady(a)) - Number(isReady(b)) || b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp),
  );
  spare.slice(0, Math.max(0, pods.length - wanted)).forEach((pod) => {
    client.remove(pod);
  });
  const before = conditionsOf(set).find(({ type }) => type === 'ReplicaFailure');
  const isTried = before === undefined || isRetried(secondsBetween(before.lastTransitionTime, now));
  const missing = wanted - pods.length;
  const refusal = isTried ? createMissing(client, set, missing, now) : before.message;
  const conditions = failureConditions(set, missing > 0 ? refusal : undefined, now);
  const replicas = podsOf(client, set).length;
  setStatus(client, set, {
    ...counts({ readyReplicas: readyPods(client, set) }),
    replicas,
    observedGeneration: set.metadata.generation,
    ...(conditions.length > 0 && { conditions }),
  });
}

/** One round over all ReplicaSets. */
export function runReplicaSets(client: Client, now: string): void {
  const living = client.list(REPLICA_SET).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  living.forEach((set) => {
    runSet(client, set, now);
  });
}
