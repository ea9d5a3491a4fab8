import { kinds } from '../api/kinds.ts';
import type { Live } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import { exists, head, type Child } from './child.ts';

type Status = Live<{ conditions: { type: string; status: string }[] }>;

/** Autoscaling by CPU between size and maxReplicas. */
export const horizontalPodAutoscalerChild: Child = {
  api: kinds.horizontalPodAutoscaler,
  condition: 'HPACreated',
  dependsOn: () => [],
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
  readyWhen: (live) => {
    const inactive = (live?.status as Status | undefined)?.conditions?.some((found) => found?.type === 'ScalingActive' && found.status === 'False');
    if (inactive !== true) return exists(live);
    return { status: 'True', reason: 'ScalingInactive', message: 'the HorizontalPodAutoscaler exists but cannot decide; usually there is no metrics API' };
  },
};
