/** Every kind that the sandbox's API server can serve. */
import { EVENT, kinds, POD, type ChildKind } from '../../api/kinds.ts';
import { kindKey, type KindKey } from '../../api/kubernetes.ts';

export interface ResourceType {
  apiVersion: string;
  kind: string;
  /** Plural name in URLs. */
  resource: string;
  scope: 'Namespaced' | 'Cluster';
}

export const BESTIE: KindKey = 'Bestie.pets.bestie.com/v1';
export const NAMESPACE: KindKey = 'Namespace.v1';
export const REPLICA_SET: KindKey = 'ReplicaSet.apps/v1';
export const POSTGRES_CLUSTER = kindKey(kinds.postgresCluster);
export const DEPLOYMENT = kindKey(kinds.deployment);
export const JOB = kindKey(kinds.job);
export const SERVICE = kindKey(kinds.service);
export const HPA = kindKey(kinds.horizontalPodAutoscaler);
export { EVENT, POD };

const custom: ReadonlySet<KindKey> = new Set([
  BESTIE,
  ...Object.values<ChildKind>(kinds)
    .filter(({ isCustom }) => isCustom)
    .map(kindKey),
]);

/** Whether a kind comes with Kubernetes: such objects lose empty values, because their Go fields are omitempty. */
export const isBuiltIn = (kind: KindKey): boolean => !custom.has(kind);

export const resourceTypes: readonly ResourceType[] = [
  { apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', resource: 'besties', scope: 'Namespaced' },
  { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces', scope: 'Cluster' },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', resource: 'priorityclasses', scope: 'Cluster' },
  { apiVersion: 'v1', kind: 'Pod', resource: 'pods', scope: 'Namespaced' },
  { apiVersion: 'v1', kind: 'Event', resource: 'events', scope: 'Namespaced' },
  { apiVersion: 'events.k8s.io/v1', kind: 'Event', resource: 'events', scope: 'Namespaced' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', resource: 'replicasets', scope: 'Namespaced' },
  ...Object.values(kinds).map(({ apiVersion, kind, resource }) => ({ apiVersion, kind, resource, scope: 'Namespaced' as const })),
];
