/**
 * Every child kind, in one row: its API, where it is installed, and how it is updated. `childResources` and the rights in metacontroller/ are
 * compared with this table; the sandbox and the tests derive theirs from it.
 */
import { kindKey, type KindKey } from './kubernetes.ts';

/** The folders of manifests/overlays that differ in the kinds that they declare; `local` is `default` without the objects of the webhook. */
export const overlays = ['default', 'monitoring', 'openshift', 'minimal', 'gateway'] as const;
export type Overlay = (typeof overlays)[number];

export interface ChildKind {
  apiVersion: string;
  kind: string;
  /** Plural name in URLs and RBAC rules. */
  resource: string;
  /** Component under metacontroller/components that declares the kind; `base` is always installed. */
  component: 'base' | 'crunchy' | 'ingress' | 'route' | 'gateway' | 'monitoring';
  /** The overlays that install the component. */
  overlays: readonly Overlay[];
  /** Whether a CustomResourceDefinition, or an aggregated API, adds it to Kubernetes. */
  isCustom: boolean;
  /** Update strategy of Metacontroller. */
  update: 'InPlace' | 'OnDelete';
}

/** The overlays with databases of their own. */
const managed = ['default', 'monitoring', 'openshift', 'gateway'] as const;

/** What the kinds of one component have in common. */
const base = { component: 'base', overlays, isCustom: false, update: 'InPlace' } as const;
const crunchy = { component: 'crunchy', overlays: managed, isCustom: true, update: 'InPlace' } as const;
const ingress = {
  component: 'ingress',
  overlays: ['default', 'monitoring', 'minimal', 'gateway'],
  isCustom: false,
  update: 'InPlace',
} as const;
const route = { component: 'route', overlays: ['openshift'], isCustom: true, update: 'InPlace' } as const;
const gateway = { component: 'gateway', overlays: ['gateway'], isCustom: true, update: 'InPlace' } as const;
const monitoring = { component: 'monitoring', overlays: ['monitoring', 'openshift'], isCustom: true, update: 'InPlace' } as const;

export const kinds = {
  postgresCluster: {
    apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
    kind: 'PostgresCluster',
    resource: 'postgresclusters',
    ...crunchy,
  },
  // A Job is never changed: its template is immutable, and another one has another name.
  job: { apiVersion: 'batch/v1', kind: 'Job', resource: 'jobs', ...base, update: 'OnDelete' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', ...base },
  service: { apiVersion: 'v1', kind: 'Service', resource: 'services', ...base },
  horizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    resource: 'horizontalpodautoscalers',
    ...base,
  },
  podDisruptionBudget: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets', ...base },
  route: { apiVersion: 'route.openshift.io/v1', kind: 'Route', resource: 'routes', ...route },
  ingress: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', resource: 'ingresses', ...ingress },
  httpRoute: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', resource: 'httproutes', ...gateway },
  networkPolicy: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', resource: 'networkpolicies', ...base },
  serviceMonitor: { apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', resource: 'servicemonitors', ...monitoring },
  podMonitor: { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', resource: 'podmonitors', ...monitoring },
  prometheusRule: { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', resource: 'prometheusrules', ...monitoring },
} as const satisfies Record<string, ChildKind>;

/** Keys of the kinds that a request may declare. */
export const childKindKeys: ReadonlySet<KindKey> = new Set(Object.values(kinds).map(kindKey));

/** Related kinds, and the Event, which is sent but never declared. */
export const POD: KindKey = 'Pod.v1';
export const NAMESPACE: KindKey = 'Namespace.v1';
export const PRIORITY_CLASS: KindKey = 'PriorityClass.scheduling.k8s.io/v1';
export const EVENT: KindKey = 'Event.events.k8s.io/v1';
