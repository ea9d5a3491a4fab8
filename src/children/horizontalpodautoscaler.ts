import { kinds } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Live, Readiness, Report } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import { own } from '../lib/own.ts';
import { secondsSince } from '../lib/time.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { withoutImage } from './withoutimage.ts';
import { isReported } from '../observed/reported.ts';

interface AutoscalerCondition {
  type: string;
  status: string;
  reason: string;
  lastTransitionTime: string;
}

type Status = Live<{ conditions: AutoscalerCondition[] }>;

/** Seconds without metrics after which an autoscaler is reported: new pods have none at first. */
const BLIND_AUTOSCALER_SECONDS = 120;

/** What the reasons of the autoscaler mean here; the others are clear by themselves. */
const causes: Readonly<Record<string, string>> = {
  FailedGetResourceMetric: 'there is no metrics API (metrics-server), or pods have no CPU request: see spec.resources',
  FailedGetScale: 'it cannot read the scale of the Deployment',
  FailedUpdateScale: 'it cannot write the scale of the Deployment',
};

/** Conditions of an autoscaler that must be True for it to work, the first cause first. */
const needed: readonly string[] = ['AbleToScale', 'ScalingActive'];

/** The condition for which the autoscaler does nothing, if any. At zero replicas it is switched off, which is no fault. */
const broken = (live: KubeObject | undefined): Live<AutoscalerCondition> | undefined =>
  (live?.status as Status | undefined)?.conditions?.find(
    (found) => needed.includes(found?.type ?? '') && found?.status === 'False' && found.reason !== 'ScalingDisabled',
  ) ?? undefined;

/** Its own reason without its own message, which has other numbers at each try. */
function blindness(live: KubeObject | undefined, reason: string, o: Observed): Readiness {
  const { name, namespace } = { name: live?.metadata.name ?? '', namespace: o.bestie.metadata.namespace };
  const cause = own(causes, reason);
  const message =
    `HorizontalPodAutoscaler ${name} cannot scale (${reason}${cause === undefined ? '' : `: ${cause}`}); ` +
    `see its events: kubectl -n ${namespace} describe hpa ${name}`;
  return { status: 'True', reason: 'ScalingInactive', message };
}

/** Autoscaling by CPU between size and maxReplicas. */

export const horizontalPodAutoscalerChild: Child = {
  api: kinds.horizontalPodAutoscaler,
  condition: 'HPACreated',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: (o) => o.bestie.spec.maxReplicas !== undefined,
  desired: (o) => {
    const { size, maxReplicas, autoscaling } = o.bestie.spec;
    const { name } = o.bestie.metadata;
    return [
      {
        ...head(kinds.horizontalPodAutoscaler, names.horizontalPodAutoscaler(name), o),
        spec: {
          scaleTargetRef: { apiVersion: kinds.deployment.apiVersion, kind: kinds.deployment.kind, name: names.deployment(name) },
          minReplicas: size,
          maxReplicas,
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: autoscaling.targetCPUUtilizationPercentage } },
            },
          ],
        },
      },
    ];
  },
  readyWhen: (live, o) => {
    const condition = broken(live);
    if (condition === undefined) return exists(live);
    const reason = condition.reason ?? 'unknown';
    const blindFor = secondsSince(condition.lastTransitionTime, o.now);
    const report: Report = {
      reason: 'ScalingInactive',
      kind: kinds.horizontalPodAutoscaler.kind,
      name: live?.metadata.name ?? '',
      detail: reason,
    };
    if (blindFor < BLIND_AUTOSCALER_SECONDS && !isReported(report, o))
      return { ...exists(live), recheckAfterSeconds: BLIND_AUTOSCALER_SECONDS - blindFor };
    return { ...blindness(live, reason, o), reports: [report] };
  },
};
