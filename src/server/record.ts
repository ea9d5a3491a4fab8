/** What an answer says about its Bestie, for metrics and log. */
import { failuresOf, operationsOf, type Decision, type ChildOperation } from '../controllers.ts';
import { EVENT, kinds } from '../api/kinds.ts';
import { kindKey, type Live } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import type { Metrics } from '../telemetry/metrics.ts';

type Autoscaler = Live<{ status: { desiredReplicas: number } }>;
type Deployment = Live<{ spec: { replicas: number } }>;

function countChildren({ observed, plan }: Decision, metrics: Metrics): void {
  for (const { apiVersion, kind, metadata } of plan.children) {
    const key = kindKey({ apiVersion, kind });
    if (key === EVENT) continue;
    metrics.desired.inc({ kind });
    if (observed.child(key, metadata.name) !== undefined) metrics.observed.inc({ kind });
  }
}

/** What is not created, changed or deleted for more than two resyncs is an error, once. */
function countOperations(decision: Decision, operations: readonly ChildOperation[], metrics: Metrics): void {
  const { namespace } = decision.observed.bestie.metadata;
  for (const { operation } of operations) metrics.operations.inc({ namespace, operation, status: 'requested' });
  for (const operation of failuresOf(decision)) metrics.operations.inc({ namespace, operation, status: 'error' });
}

/** Under autoscaling the number is not ours. */
function countSize({ observed: { bestie, invalid, child } }: Decision, metrics: Metrics): void {
  const { name, namespace, deletionTimestamp } = bestie.metadata;
  if (invalid.length > 0 || deletionTimestamp != null || bestie.spec.maxReplicas !== undefined) return;
  const live = child(kindKey(kinds.deployment), names.deployment(name)) as Deployment | undefined;
  const replicas = live?.spec?.replicas;
  if (replicas != null && replicas !== bestie.spec.size) metrics.undesiredSize.inc({ namespace });
}

/** Records an answer of sync or finalize; `at` is a unix time in seconds. Returns what Metacontroller is asked to do. */
export function record(decision: Decision, at: number, metrics: Metrics): ChildOperation[] {
  const { observed, plan, changes } = decision;
  const { bestie, child } = observed;
  const { name, namespace } = bestie.metadata;
  const operations = operationsOf(decision);
  const autoscaler = child(kindKey(kinds.horizontalPodAutoscaler), names.horizontalPodAutoscaler(name)) as Autoscaler | undefined;
  metrics.lastSync.set(at);
  metrics.states.update(
    { namespace, name },
    {
      at,
      isGone: plan.finalized === true,
      spec: bestie.spec,
      status: plan.status,
      autoscaled: autoscaler?.status?.desiredReplicas ?? undefined,
    },
  );
  for (const { type, to, reason } of changes.conditions) metrics.transitions.inc({ type, status: to, reason });
  countChildren(decision, metrics);
  countOperations(decision, operations, metrics);
  countSize(decision, metrics);
  return operations;
}
