/** The ordered table of children: the only list of them anywhere. */
import type { Child } from '../api/child.ts';
import type { Observed, Provider } from '../api/observed.ts';
import { managedProviders } from '../database/index.ts';
import { databaseChild } from './database.ts';
import { deploymentChild } from './deployment.ts';
import { horizontalPodAutoscalerChild } from './horizontalpodautoscaler.ts';
import { httpRouteChild } from './httproute.ts';
import { ingressChild } from './ingress.ts';
import { jobChild } from './job.ts';
import { networkPolicyChild } from './networkpolicy.ts';
import { podDisruptionBudgetChild } from './poddisruptionbudget.ts';
import { podMonitorChild } from './podmonitor.ts';
import { prometheusRuleChild } from './prometheusrule/prometheusrule.ts';
import { routeChild } from './route.ts';
import { serviceChild } from './service.ts';
import { serviceMonitorChild } from './servicemonitor.ts';

/** The database that everything else needs. */
const databaseOf = (provider: Provider): readonly Child[] => (provider.kind === undefined ? [] : [databaseChild(provider, provider.kind)]);

const others: readonly Child[] = [
  jobChild, // Its migrations, once per image, and the sample data of a new one.
  deploymentChild, // The application, once the migrations are done.
  serviceChild, // One address for its pods.
  horizontalPodAutoscalerChild, // More pods when they are busy.
  podDisruptionBudgetChild, // One pod at a time when nodes are drained.
  routeChild, // External access on OpenShift,
  ingressChild, // and everywhere else,
  httpRouteChild, // unless the spec names a Gateway.
  networkPolicyChild, // Only the traffic that is needed, on request.
  serviceMonitorChild, // Metrics of the application,
  podMonitorChild, // of its database, on request,
  prometheusRuleChild, // and alerts about both.
];

/** Every child, for any database provider. */
export const table: readonly Child[] = [...managedProviders.flatMap(databaseOf), ...others];

const tables = new WeakMap<Provider, readonly Child[]>();

/** The children of a Bestie whose database has that provider. */
export function childrenOf({ provider }: Observed): readonly Child[] {
  const known = tables.get(provider) ?? [...databaseOf(provider), ...others];
  tables.set(provider, known);
  return known;
}
