/** Every metric that a dashboard may ask for, with its labels: ours by the tables, recorded ones by the rules, and those of others by name. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createMetrics, metricTable } from '../../src/telemetry/metrics.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { metricNames } from '../support/promql.ts';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
}

const object = parse(readFileSync('manifests/monitoring/prometheusrule.yaml', 'utf8')) as { spec: { groups: { rules: Rule[] }[] } };
export const rules: readonly Rule[] = object.spec.groups.flatMap((group) => group.rules);

/** What a ServiceMonitor adds to every series of a target. */
const target = ['namespace', 'pod', 'job', 'service', 'endpoint', 'instance', 'container'];
const bestie = ['namespace', 'bestie'];
/** What a PodMonitor adds, and the exporter of a database itself. */
const instance = ['namespace', 'pod', 'job', 'endpoint', 'instance', 'container', 'server', 'bestie'];
const hook = ['controller_name', 'controller_type', 'method', 'url'];

/** Series of others, with the labels that are used of them. */
const foreign: Record<string, readonly string[]> = {
  // Prometheus
  up: target,
  ALERTS: ['alertname', 'alertstate', 'severity', ...bestie],
  // Metacontroller, and the libraries in it
  metacontroller_sync_requests_total: [...hook, 'code', ...target],
  metacontroller_finalize_requests_total: [...hook, 'code', ...target],
  metacontroller_customize_requests_total: [...hook, 'code', ...target],
  metacontroller_sync_request_duration_histogram_seconds: [...hook, ...target],
  metacontroller_sync_request_duration_histogram_seconds_bucket: [...hook, 'le', ...target],
  workqueue_depth: ['name', ...target],
  workqueue_adds_total: ['name', ...target],
  workqueue_queue_duration_seconds: ['name', ...target],
  workqueue_queue_duration_seconds_bucket: ['name', 'le', ...target],
  workqueue_work_duration_seconds: ['name', ...target],
  workqueue_work_duration_seconds_bucket: ['name', 'le', ...target],
  workqueue_work_duration_seconds_count: ['name', ...target],
  workqueue_longest_running_processor_seconds: ['name', ...target],
  workqueue_unfinished_work_seconds: ['name', ...target],
  rest_client_requests_total: ['code', 'host', 'method', ...target],
  // the application's exporter, prometheus-flask-exporter; `bestie` comes from the ServiceMonitor
  flask_http_request_total: ['method', 'status', 'bestie', ...target],
  flask_http_request_duration_seconds: ['method', 'path', 'status', 'bestie', ...target],
  flask_http_request_duration_seconds_count: ['method', 'path', 'status', 'bestie', ...target],
  flask_http_request_duration_seconds_bucket: ['method', 'path', 'status', 'le', 'bestie', ...target],
  // the exporter of Crunchy PGO; `bestie` comes from the PodMonitor
  ccp_archive_command_status_archived_count: instance,
  ccp_archive_command_status_failed_count: instance,
  ccp_connection_stats_active: instance,
  ccp_connection_stats_idle: instance,
  ccp_connection_stats_idle_in_txn: instance,
  ccp_connection_stats_max_connections: instance,
  ccp_database_size_bytes: ['dbname', ...instance],
  ccp_nodemx_data_disk_available_bytes: ['mount_point', 'fs_type', ...instance],
  ccp_nodemx_data_disk_total_bytes: ['mount_point', 'fs_type', ...instance],
  ccp_replication_lag_replay_time: instance,
  ccp_stat_database_xact_commit: ['dbname', ...instance],
  ccp_stat_database_xact_rollback: ['dbname', ...instance],
  ccp_wal_activity_total_size_bytes: instance,
  // kube-state-metrics
  kube_pod_container_status_restarts_total: ['namespace', 'pod', 'container'],
  kube_pod_container_status_last_terminated_reason: ['namespace', 'pod', 'container', 'reason'],
  kube_pod_container_status_waiting_reason: ['namespace', 'pod', 'container', 'reason'],
  kube_pod_init_container_status_waiting_reason: ['namespace', 'pod', 'container', 'reason'],
  kube_pod_container_resource_requests: ['namespace', 'pod', 'container', 'resource', 'unit'],
  kube_pod_container_resource_limits: ['namespace', 'pod', 'container', 'resource', 'unit'],
  kube_pod_status_ready: ['namespace', 'pod', 'condition'],
  // cAdvisor
  container_cpu_usage_seconds_total: ['namespace', 'pod', 'container'],
  container_memory_working_set_bytes: ['namespace', 'pod', 'container'],
};

interface Row {
  name: string;
  type: string;
  labels: readonly string[];
}

/** The series of a row: a histogram has three, or one that is native. */
const series = ({ name, type, labels }: Row): [string, string[]][] =>
  type === 'histogram'
    ? ['', '_bucket', '_sum', '_count'].map((suffix) => [name + suffix, [...labels, ...(suffix === '_bucket' ? ['le'] : []), ...target]])
    : [[name, [...labels, ...target]]];

const rows: readonly Row[] = Object.values(metricTable);
const states: readonly Row[] = Object.values(stateTable);
const own = [...rows, ...states.map((row) => ({ ...row, labels: [...row.labels, ...bestie] }))];
const process: readonly Row[] = (await createMetrics().registry.getMetricsAsJSON())
  .filter(({ name }) => !name.startsWith('bestie_'))
  .map(({ name, type }) => ({ name, type: String(type), labels: ['kind'] }));

/** `hook:bestie_hook_requests:error_ratio_rate5m` has the labels of its level, `hook`, and those that its rules add. */
function recorded(record: string): string[] {
  const added = rules.filter((rule) => rule.record === record).flatMap(({ labels = {} }) => Object.keys(labels));
  const level = record.includes(':') ? (record.split(':')[0] ?? '') : '';
  return [...level.split('_'), ...added];
}

/** Labels by name of the series. */
export const known: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...own.flatMap(series),
  ...process.flatMap(series),
  ...rules.flatMap(({ record }): [string, string[]][] => (record === undefined ? [] : [[record, recorded(record)]])),
  ...Object.entries(foreign),
]);
export const foreignNames: readonly string[] = Object.keys(foreign);

/** The names of both tables, as they stand there. */
export const ownNames: readonly string[] = own.map(({ name }) => name);

/** The names in the tables that these expressions read, through recorded series too. */
export function ownNamesIn(expressions: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { record, expr } of rules) if (record === name) metricNames(expr).forEach(visit);
  };
  expressions.flatMap(metricNames).forEach(visit);
  const read = own.filter((row) => series(row).some(([name]) => seen.has(name)));
  return new Set(read.map(({ name }) => name));
}
