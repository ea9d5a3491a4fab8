/** The HorizontalPodAutoscaler controller without load: it keeps its target within its bounds and otherwise agrees with it. */
import type { Client } from './apiserver.ts';
import { DEPLOYMENT, HPA } from './discovery.ts';
import type { Resource } from './object.ts';
import { conditionsOf, fieldsOf, setObject, setStatus, withCondition } from './status.ts';

export type Metrics = 'served' | 'missing';

function runAutoscaler(client: Client, autoscaler: Resource, metrics: Metrics, now: string): void {
  const spec = autoscaler.spec ?? {};
  const target = fieldsOf(spec.scaleTargetRef);
  const deployment = client.get(DEPLOYMENT, autoscaler.metadata.namespace ?? '', String(target.name));
  if (!deployment || target.kind !== 'Deployment') return;
  const current = Number(deployment.spec?.replicas);
  const desired = Math.min(Math.max(current, Number(spec.minReplicas)), Number(spec.maxReplicas));
  if (desired !== current) setObject(client, { ...deployment, spec: { ...deployment.spec, replicas: desired } });
  const scales = {
    type: 'AbleToScale',
    status: 'True' as const,
    reason: 'ReadyForNewScale',
    message: 'recommended size matches current size',
  };
  const active =
    metrics === 'served'
      ? {
          type: 'ScalingActive',
          status: 'True' as const,
          reason: 'ValidMetricFound',
          message: 'the HPA was able to successfully calculate a replica count from cpu resource utilization',
        }
      : {
          type: 'ScalingActive',
          status: 'False' as const,
          reason: 'FailedGetResourceMetric',
          message: 'the HPA was unable to compute the replica count: unable to fetch metrics from resource metrics API',
        };
  const conditions = [scales, active].reduce((all, condition) => withCondition(all, condition, now), conditionsOf(autoscaler));
  setStatus(client, autoscaler, { ...autoscaler.status, currentReplicas: current, desiredReplicas: desired, conditions });
}

/** One round over all autoscalers. */
export function runAutoscalers(client: Client, metrics: Metrics, now: string): void {
  const living = client.list(HPA).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  living.forEach((autoscaler) => {
    runAutoscaler(client, autoscaler, metrics, now);
  });
}
