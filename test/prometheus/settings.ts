/** Ways in which a Prometheus may scrape, store and evaluate, other than by its defaults: one row each. */
import type { Job } from './monitors.ts';
import type { Clock, Format } from './targets.ts';

export interface Setting {
  reason: string;
  /** Programs that know it; both where it is left out. */
  only?: 'prometheus3';
  global?: object;
  flags?: string[];
  clock?: Clock;
  format?: Format;
  /** PromQL that has a result only where the setting is in force. */
  evidence?: string;
  jobs?: (job: Job) => Job;
}

/** What docs/tasks/monitor.md lets people add to the ServiceMonitor of kube-state-metrics, which is not ours. */
const restored = ['namespace', 'pod', 'container'].flatMap((label) => [
  { action: 'replace', source_labels: [`exported_${label}`], regex: '(.+)', target_label: label, replacement: '$1' },
  { action: 'labeldrop', regex: `exported_${label}` },
]);

/** As `overrideHonorLabels` of the Prometheus operator does. */
const overridden = (job: Job): Job => ({
  ...job,
  honor_labels: false,
  ...(job.job_name === 'kube-state-metrics' && { metric_relabel_configs: restored }),
});

const MINUTE = 60;

export const settings: Record<string, Setting> = {
  Default: { reason: 'what all others are compared with' },
  OverriddenLabels: { reason: 'the label `namespace` of a series is moved to `exported_namespace`', jobs: overridden },
  TwoMinutes: {
    reason: 'rates over five minutes have two or three samples',
    clock: { scrapes: 14, apart: 2 * MINUTE },
    evidence: 'count_over_time(flask_http_request_total{status="500"}[5m]) <= 3',
  },
  ExternalLabels: {
    reason: 'they are added to what leaves Prometheus, not to what it stores',
    global: { external_labels: { cluster: 'a', namespace: 'b' } },
  },
  Version2Features: {
    reason: 'flags of 2.42; those that 3 has made the default, it ignores',
    flags: ['--enable-feature=native-histograms,extra-scrape-metrics,promql-per-step-stats,exemplar-storage'],
    evidence: 'scrape_timeout_seconds',
  },
  Converted: {
    reason: 'classic histograms become native ones: no _bucket, _count and _sum',
    only: 'prometheus3',
    global: { convert_classic_histograms_to_nhcb: true },
    evidence: 'absent(flask_http_request_duration_seconds_count) and on () histogram_count(flask_http_request_duration_seconds) > 0',
  },
  ConvertedAndKept: {
    reason: 'both forms at once: nothing counts twice',
    only: 'prometheus3',
    global: { convert_classic_histograms_to_nhcb: true, always_scrape_classic_histograms: true, scrape_native_histograms: true },
    evidence: 'flask_http_request_duration_seconds_count and on () histogram_count(flask_http_request_duration_seconds) > 0',
  },
  OpenMetrics: { reason: 'the format that Prometheus prefers', format: 'openmetrics' },
  LegacyNames: {
    reason: 'names without UTF-8, escaped, and the text format alone',
    only: 'prometheus3',
    global: {
      metric_name_validation_scheme: 'legacy',
      metric_name_escaping_scheme: 'underscores',
      scrape_protocols: ['PrometheusText0.0.4'],
    },
  },
  Features: {
    reason: 'labels and names that come and go, zeros at the start of a counter, rules side by side',
    only: 'prometheus3',
    format: 'openmetrics',
    evidence: 'bestie_spec_replicas{__type__="gauge"}',
    global: { rule_query_offset: '1s', extra_scrape_metrics: true },
    flags: [
      '--enable-feature=type-and-unit-labels,promql-delayed-name-removal,created-timestamp-zero-ingestion,concurrent-rule-eval,metadata-wal-records,promql-experimental-functions,promql-extended-range-selectors',
    ],
  },
};
