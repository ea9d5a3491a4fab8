/** A ServiceMonitor or PodMonitor as the Prometheus operator turns it into a job of Prometheus, as far as ours use it. */
import { documents, only } from '../support/kustomize.ts';
import { ready } from '../support/stages.ts';
import { manifestOf, overlays, syncOf, world } from '../support/world.ts';

interface Relabeling {
  action: string;
  sourceLabels?: string[];
  separator?: string;
  regex?: string;
  targetLabel?: string;
  replacement?: string;
}

export interface Monitor {
  sampleLimit?: number;
  endpoints: { honorLabels?: boolean; relabelings?: Relabeling[]; metricRelabelings?: Relabeling[] }[];
}

export interface Job {
  job_name: string;
  honor_labels: boolean;
  [field: string]: unknown;
}

interface Target {
  address: string;
  path: string;
  query?: string;
  labels: Record<string, string>;
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const configOf = (relabeling: Relabeling): object =>
  Object.fromEntries(Object.entries(relabeling).map(([key, value]) => [snake(key), value]));

/** Interval and time-out are the test's own. */
export function jobOf(name: string, { sampleLimit, endpoints: [endpoint = {}] }: Monitor, { address, path, query, labels }: Target): Job {
  return {
    job_name: query === undefined ? name : `${name}-${query}`,
    honor_labels: endpoint.honorLabels ?? false,
    metrics_path: path,
    ...(query !== undefined && { params: { [query]: [''] } }),
    ...(sampleLimit !== undefined && { sample_limit: sampleLimit }),
    static_configs: [{ targets: [address], labels: { job: name, ...labels } }],
    relabel_configs: (endpoint.relabelings ?? []).map(configOf),
    metric_relabel_configs: (endpoint.metricRelabelings ?? []).map(configOf),
  };
}

const specOf = (file: string): Monitor => only(documents(`manifests/monitoring/${file}.yaml`), 'ServiceMonitor').spec as Monitor;
const monitored = { size: 2, maxReplicas: 5, database: { replicas: 2, monitoring: { enabled: true } } };
const answer = syncOf(ready(world(monitored, { declared: overlays.monitoring })));
const { podMetricsEndpoints, ...instances } = manifestOf(answer, 'PodMonitor')?.spec as unknown as Omit<Monitor, 'endpoints'> & {
  podMetricsEndpoints: Monitor['endpoints'];
};

/** The two that are installed, and those of a Bestie called `bestie` in the Namespace `pets`. */
export const monitors = {
  webhook: specOf('servicemonitor'),
  metacontroller: specOf('metacontroller'),
  application: manifestOf(answer, 'ServiceMonitor')?.spec as unknown as Monitor,
  database: { ...instances, endpoints: podMetricsEndpoints } satisfies Monitor,
};

/** The rule groups of that Bestie. */
export const { groups: ownGroups } = manifestOf(answer, 'PrometheusRule')?.spec as {
  groups: { name: string; rules: { alert: string; expr: string }[] }[];
};
