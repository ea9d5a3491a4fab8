/**
 * The alerts of the PrometheusRule of a Bestie: one row each. Alerts about the operator itself are an install manifest. Every expression
 * aggregates: a kube-state-metrics that restarts, or runs twice, has series with other labels, and an alert must neither restart nor double.
 */
import type { Alert, AlertName } from './alert.ts';
import { inRepository, staleBackups } from './backupage.ts';
import { oneOf, reads } from '../applicationpaths.ts';
import { databaseAlerts } from './databasealerts.ts';
import { lately, type Subject } from './subject.ts';

const lines = (...parts: readonly string[]): string => parts.join('\n');
const describe = ({ namespace, name }: Subject): string => `kubectl -n ${namespace} describe bestie ${name}`;
const pods = ({ namespace, name }: Subject): string =>
  `kubectl -n ${namespace} get pods -l app.kubernetes.io/instance=${name},app.kubernetes.io/component=web`;

/** Seconds for which the first start of a Bestie may take: pulling its image is part of it. */
const FIRST_START = 1800;

/**
 * Reads without parameters. A client, such as a crawler, can make any other request end with 500 (a listing that does not exist, a wrong form), or
 * take as long as it wants (a body).
 */
const read = `method="GET",path=~"${oneOf(reads.map(({ path }) => path))}"`;
const DURATION = 'flask_http_request_duration_seconds';

/** The classic series where Prometheus has them, else those of the native histogram that it stores instead. */
const either = (classic: string, native: string): string => lines('(', `  ${classic}`, '    or', `  ${native}`, ')');

/** Reads per second over all pods. */
const readRate = (s: Subject, status = ''): string => {
  const selector = `${s.bestie},${read}${status}}[5m]`;
  return either(
    `sum by (namespace, bestie) (rate(${DURATION}_count${selector}))`,
    `sum by (namespace, bestie) (histogram_count(rate(${DURATION}${selector})))`,
  );
};

/** Seconds within which 95 % of the reads are answered. */
const readQuantile = (s: Subject): string => {
  const selector = `${s.bestie},${read}}[5m]`;
  return either(
    `histogram_quantile(0.95, sum by (namespace, bestie, le) (rate(${DURATION}_bucket${selector})))`,
    `histogram_quantile(0.95, sum by (namespace, bestie) (rate(${DURATION}${selector})))`,
  );
};

export const alerts: Record<AlertName, Alert> = {
  BestieNotAvailable: {
    severity: 'critical',
    for: '5m',
    // A Bestie that never ran has no users yet. That it does not start is reported even so, half an hour later.
    expr: (s) =>
      lines(
        `max by (namespace) (kube_deployment_status_replicas_available${s.byDeployment}}) == 0`,
        'unless on (namespace) (',
        `  namespace_bestie_image_version_appversion:bestie_info:newest${s.bestie},appversion=""}`,
        `  and on (namespace) time() - kube_deployment_created${s.byDeployment}} < ${FIRST_START}`,
        ')',
      ),
    // The words of release 0.1.0: others would be a write of the PrometheusRule of each Bestie. cspell:ignore nobody
    summary: 'serves nobody',
    description: (s) => `No pod of Deployment ${s.deployment} has been available for 5 minutes. ${describe(s)} says why.`,
  },
  BestieCrashLooping: {
    severity: 'warning',
    for: '15m',
    // Between two starts a kubelet reports other reasons; it forgets the crashes of a container that has run for ten minutes.
    expr: (s) =>
      lines(
        'count by (namespace) (max by (namespace, pod, container) (',
        `  max_over_time(kube_pod_container_status_waiting_reason${s.pods},reason="CrashLoopBackOff"}[10m])`,
        `  or max_over_time(kube_pod_init_container_status_waiting_reason${s.pods},reason="CrashLoopBackOff"}[10m])`,
        ') == 1)',
      ),
    summary: 'has pods that end again and again',
    description: (s) => `{{ $value }} containers of Deployment ${s.deployment} keep crashing. ${pods(s)} lists the pods.`,
  },
  BestieOOMKilled: {
    severity: 'warning',
    // The reason stays with the pod until its next end, so it counts only with a restart.
    expr: (s) =>
      lines(
        'count by (namespace) (max by (namespace, pod, container) (',
        `  kube_pod_container_status_last_terminated_reason${s.pods},reason="OOMKilled"} == 1`,
        `  and on (namespace, pod, container) increase(kube_pod_container_status_restarts_total${s.pods}}[15m]) > 0`,
        '))',
      ),
    summary: 'runs out of memory',
    description: (s) =>
      `{{ $value }} containers of Deployment ${s.deployment} were killed in the last 15 minutes because they reached their memory limit, spec.resources.limits.memory.`,
  },
  BestieAtMaxReplicas: {
    severity: 'warning',
    for: '15m',
    includeWhen: ({ o: { bestie } }) => bestie.spec.maxReplicas !== undefined && bestie.spec.maxReplicas > bestie.spec.size,
    expr: (s) =>
      lines(
        `max by (namespace) (kube_horizontalpodautoscaler_status_desired_replicas${s.autoscaler}})`,
        `  >= max by (namespace) (kube_horizontalpodautoscaler_spec_max_replicas${s.autoscaler}})`,
      ),
    summary: 'cannot scale out any further',
    description: () =>
      'Autoscaling has asked for {{ $value }} pods, which is spec.maxReplicas, for 15 minutes. More load finds no more pods.',
  },
  BestieHighErrorRate: {
    severity: 'warning',
    for: '10m',
    threshold: 'errorRatePercent',
    expr: (s) => lines(`100 * ${readRate(s, ',status=~"5.."')}`, '  /', readRate(s), `  > ${s.limits.errorRatePercent}`),
    summary: 'answers with errors',
    description: (s) =>
      `{{ $value | humanize }} % of the reads of the API end with a server error (5xx); ${s.limits.errorRatePercent} % are tolerated. Requests that any client can make fail are not counted.`,
  },
  BestieHighLatency: {
    severity: 'warning',
    for: '10m',
    threshold: 'latencyMilliseconds',
    expr: (s) => lines(readQuantile(s), `  > ${s.limits.latencyMilliseconds / 1000}`),
    summary: 'answers slowly',
    description: (s) =>
      `One read of the API in twenty takes longer than {{ $value | humanizeDuration }}; ${s.limits.latencyMilliseconds} ms are tolerated.`,
  },
  BestieBackupStale: {
    severity: 'warning',
    for: '15m',
    threshold: 'backupAgeSeconds',
    includeWhen: (s) => staleBackups(s) !== undefined,
    expr: (s) => staleBackups(s) ?? '',
    summary: (s) => `has no recent backup${inRepository(s)}`,
    description: (s) =>
      `No backup of the database${inRepository(s)} is known to have succeeded for {{ $value | humanizeDuration }}. ${describe(s)} shows the condition BackupReady.`,
  },
  BestieRolledBack: {
    severity: 'warning',
    expr: (s) =>
      `max by (namespace, bestie) (${lately(`namespace_bestie_type_status:bestie_condition:newest${s.bestie},type="RolledBack",status="True"}`)}) == 1`,
    summary: 'was rolled back after a failed upgrade',
    description: (s) =>
      `The version before the failed upgrade runs again, on the newer schema. It may read and yet fail to write: create a listing and an application, sign up, and compare the rate of 5xx with the rate before the upgrade. ${describe(s)} says why the upgrade failed.`,
  },
  ...databaseAlerts,
};
