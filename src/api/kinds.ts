/** The API of every child kind, and the kustomize component whose CompositeController declares it. */
import { kindKey, type KindKey } from './kubernetes.ts';

export interface ChildKind {
  apiVersion: string;
  kind: string;
  /** Plural name in URLs and RBAC rules. */
  resource: string;
  /** Component under metacontroller/components that declares the kind; `base` is always there. */
  component: 'base' | 'crunchy' | 'ingress' | 'route' | 'monitoring';
}

export const kinds = {
  postgresCluster: {
    apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
    kind: 'PostgresCluster',
    resource: 'postgresclusters',
    component: 'crunchy',
  },
  job: { apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', component: 'base' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', component: 'base' },
  service: { apiVersion: 'v1', kind: 'Service', resource: 'services', component: 'base' },
  horizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    resource: 'horizontalpodautoscalers',
    component: 'base',
  },
  podDisruptionBudget: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets', component: 'base' },
  route: { apiVersion: 'route.openshift.io/v1', kind: 'Route', resource: 'routes', component: 'route' },
  ingress: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', resource: 'ingresses', component: 'ingress' },
  networkPolicy: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', resource: 'networkpolicies', component: 'base' },
  serviceMonitor: { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', resource: 'servicemonitors', component: 'monitoring' },
  prometheusRule: { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', resource: 'prometheusrules', component: 'monitoring' },
} as const satisfies Record<string, ChildKind>;

/** Keys of the kinds that a request may declare. */
export const childKindKeys: ReadonlySet<KindKey> = new Set(Object.values(kinds).map(kindKey));

/** Related kinds, and the Event, which is sent but never declared. */
export const POD: KindKey = 'Pod.v1';
export const NAMESPACE: KindKey = 'Namespace.v1';
export const EVENT: KindKey = 'Event.events.k8s.io/v1';
