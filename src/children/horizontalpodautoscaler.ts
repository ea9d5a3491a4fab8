import { kinds } from '../api/kinds.ts';
import type { Live } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import { secondsSince } from '../api/time.ts';
import { exists, head, type Child } from './child.ts';
import { besideDeployment } from './deployed.ts';

import { isTold } from './told.ts';

type Status = Live<{ conditions: { type: string; status: string; lastTransitionTime: string }[] }>;

/** Seconds for which an autoscaler may be blind before it is told: new pods have no metrics at first. */
const PATIENCE = 120;

/** Autoscaling by CPU between size and maxReplicas. */
const BLIND = 'the HorizontalPodAutoscaler exists but cannot decide; usually there is no metrics API';

export const horizontalPodAutoscalerChild: Child = {
  api: kinds.horizontalPodAutoscaler,
  condition: 'HPACreated',
  dependsOn: besideDeployment,
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
    const inactive = (live?.status as Status | undefined)?.conditions?.find(
      (found) => found?.type === 'ScalingActive' && found.status === 'False',
    );
    const blind = secondsSince(inactive?.lastTransitionTime, o.now);
    if (inactive == null) return exists(live);
    if (blind < PATIENCE && !isTold('ScalingInactive', BLIND, o)) return { ...exists(live), recheckAfterSeconds: PATIENCE - blind };
    return {
      status: 'True',
      reason: 'ScalingInactive',
      message: BLIND,
    };
  },
};
