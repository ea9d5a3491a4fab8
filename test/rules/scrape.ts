/**
 * The labels that a real scrape gives. The tests write of a series only the labels that distinguish it (`bestie_info{pod="bestie-operator-a",…}`);
 * what all series of a target share is read from the manifests, so that a Service of another name breaks the tests of the rules.
 */
import { documents, only, type Resource } from '../support/kustomize.ts';

type Labels = Readonly<Record<string, string>>;

interface Workload {
  template: { spec: { containers: { name: string; ports?: { name: string }[] }[] } };
}

const service = only(documents('manifests/webhook/service.yaml'), 'Service');
const workload = only(documents('manifests/webhook/deployment.yaml'), 'Deployment');
const metacontroller = only(documents('manifests/monitoring/metacontroller.yaml'), 'Service');
const monitors = ['servicemonitor', 'metacontroller'].flatMap((file) => documents(`manifests/monitoring/${file}.yaml`));
export const controller = only(documents('metacontroller/base/compositecontroller.yaml'), 'CompositeController');

const port = (monitor: string): string =>
  (only(monitors, 'ServiceMonitor', monitor).spec as { endpoints: { port: string }[] }).endpoints[0]?.port ?? '';

/** The Prometheus operator names the job after the Service. */
const of = ({ metadata: { name, namespace = '' } }: Resource, endpoint: string, container: string): Labels => ({
  namespace,
  job: name,
  service: name,
  endpoint,
  container,
});

const container = (workload.spec as Workload).template.spec.containers.find(({ ports = [] }) =>
  ports.some(({ name }) => name === port('bestie-operator')),
);

/** By the beginning of the pod's name. */
const targets: Readonly<Record<string, Labels>> = {
  [`${workload.metadata.name}-`]: of(service, port('bestie-operator'), container?.name ?? ''),
  'metacontroller-': of(metacontroller, port('metacontroller'), 'metacontroller'),
  // As kube-prometheus installs it.
  'kube-state-metrics-': {
    ...{ namespace: 'monitoring', job: 'kube-state-metrics', service: 'kube-state-metrics', endpoint: 'https-main' },
    ...{ container: 'kube-rbac-proxy-main' },
  },
};

const calls = { controller_name: controller.metadata.name, controller_type: controller.kind };
const queue = { name: `${controller.kind}-${controller.metadata.name}`, controller: `${controller.kind}-${controller.metadata.name}` };
const object = { customresource_group: 'pets.bestie.com', customresource_kind: 'Bestie', customresource_version: 'v1' };

/** What each exporter adds of itself, by the beginning of the metric's name. Seen on Metacontroller 4.17 and kube-state-metrics 2.17. */
const constant: Readonly<Record<string, Labels>> = {
  workqueue_: queue,
  metacontroller_: calls,
  kube_bestie_: object,
};

const byPrefix = (table: Readonly<Record<string, Labels>>, name: string): Labels =>
  Object.entries(table).find(([prefix]) => name.startsWith(prefix))?.[1] ?? {};

/** Name and labels of a series as a test writes it. */
export function parsed(series: string): { name: string; labels: Labels } {
  const [, name, inner = ''] = /^([a-z0-9_:]+)\{((?:[a-z_]+="[^"]*",?)*)\}$/.exec(series) ?? [];
  if (name === undefined) throw new Error(`not understood here: ${series}`);
  return { name, labels: Object.fromEntries([...inner.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])) };
}

/** The series with all labels that Prometheus gives it; the labels of the series itself win, as with honorLabels. */
export function scraped(series: string): string {
  const { name, labels } = parsed(series);
  const { pod = '' } = labels;
  const target = byPrefix(targets, pod);
  if (Object.keys(target).length === 0) throw new Error(`nothing scrapes the pod of ${series}`);
  // An address, one for each pod.
  const all = { instance: `${pod}:8081`, ...target, ...byPrefix(constant, name), ...labels };
  const inner = Object.entries(all).map(([key, value]) => `${key}="${value}"`);
  return `${name}{${inner.join(',')}}`;
}
