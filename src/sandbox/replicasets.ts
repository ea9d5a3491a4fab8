/** The ReplicaSet controller: as many pods as each set wants. */
import { hash8 } from '../api/hash.ts';
import { ignoring } from './apierror.ts';
import type { Client } from './apiserver.ts';
import { POD, REPLICA_SET } from './discovery.ts';
import { controllerOf, controllerReference, type Fields, type Resource } from './object.ts';
import { conditionsOf, counts, fieldsOf, setStatus } from './status.ts';

/** The pods of an owner that are not terminating. */
export const podsOf = (client: Client, owner: Resource): Resource[] =>
  client
    .list(POD, owner.metadata.namespace)
    .filter((pod) => controllerOf(pod)?.uid === owner.metadata.uid && pod.metadata.deletionTimestamp === undefined);

export const isReady = (pod: Resource): boolean => conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True');

/** How many pods of the owner are ready. */
export const readyPods = (client: Client, owner: Resource): number => podsOf(client, owner).filter(isReady).length;

/** Creates a pod of the owner's template. The suffix must differ for every pod of one owner. */
export function createPod(client: Client, owner: Resource, suffix: string): void {
  const template = fieldsOf(owner.spec?.template);
  const { labels, annotations } = fieldsOf(template.metadata) as {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  ignoring(['AlreadyExists', 'NotFound', 'Forbidden'], () =>
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
    }),
  );
}

function runSet(client: Client, set: Resource, now: string): void {
  const pods = podsOf(client, set);
  const wanted = Number(set.spec?.replicas);
  // The ones that do not serve go first, then the youngest.
  const spare = [...pods].sort(
    (a, b) => Number(isReady(a)) - Number(isReady(b)) || b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp),
  );
  spare.slice(0, Math.max(0, pods.length - wanted)).forEach((pod) => {
    client.remove(pod);
  });
  for (let index = pods.length; index < wanted; index += 1) createPod(client, set, hash8([set.metadata.uid, now, index]).slice(0, 5));
  const replicas = podsOf(client, set).length;
  setStatus(client, set, { ...counts({ readyReplicas: readyPods(client, set) }), replicas, observedGeneration: set.metadata.generation });
}

/** One round over all ReplicaSets. */
export function runReplicaSets(client: Client, now: string): void {
  const living = client.list(REPLICA_SET).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  living.forEach((set) => {
    runSet(client, set, now);
  });
}
