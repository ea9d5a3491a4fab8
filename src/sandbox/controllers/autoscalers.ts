/** The HorizontalPodAutoscaler controller without load: it keeps its target within its bounds and otherwise agrees with it. */
import type { Client } from '../apiserver/client.ts';
import { DEPLOYMENT, HPA } from '../apiserver/discovery.ts';
import type { Resource } from '../apiserver/object.ts';
import { conditionsOf, fieldsOf, setObject, setStatus, withCondition } from './objectstatus.ts';

export type Metrics = 'served' | 'missing';

const actives = {
  served: {
    status: 'True',
    reason: 'ValidMetricFound',
    message: 'the HPA was able to successfully calculate a replica count from cpu resource utilization',
  },
  missing: {
    status: 'False',
    reason: 'FailedGetResourceMetric',
    message: 'the HPA was unable to compute the replica count: unable to fetch metrics from resource metrics API',
  },
  disabled: {
    status: 'False',
    reason: 'ScalingDisabled',
    message: 'scaling is disabled since the replica count of the target is zero',
  },
} as const;

function runAutoscaler(client: Client, autoscaler: Resource, metrics: Metrics, now: string): void {
  const spec = autoscaler.spec ?? {};
  const target = fieldsOf(spec.scaleTargetRef);
  const deployment = client.get(DEPLOYMENT, autoscaler.metadata.namespace ?? '', String(target.name));
  if (!deployment || target.kind !== 'Deployment') return;
  const current = Number(deployment.spec?.replicas);
  // What is at zero is left there.
  const isDisabled = current === 0;
  const desired = isDisabled ? 0 : Math.min(Math.max(current, Number(spec.minReplicas)), Number(spec.maxReplicas));
  if (desired !== current) setObject(client, { ...deployment, spec: { ...deployment.spec, replicas: desired } });
  const scales = {
    type: 'AbleToScale',
    status: 'True' as const,
    reason: 'ReadyForNewScale',
    message: 'recommended size matches current size',
  };
  const active = { type: 'ScalingActive', ...actives[isDisabled ? 'disabled' : metrics] };
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
