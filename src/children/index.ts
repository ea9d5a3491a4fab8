/** The ordered table of children: the only list of them anywhere. */
import type { Child } from './child.ts';
import { deploymentChild } from './deployment.ts';
import { horizontalPodAutoscalerChild } from './horizontalpodautoscaler.ts';
import { ingressChild } from './ingress.ts';
import { jobChild } from './job.ts';
import { networkPolicyChild } from './networkpolicy.ts';
import { podDisruptionBudgetChild } from './poddisruptionbudget.ts';
import { postgresClusterChild } from './postgrescluster.ts';
import { prometheusRuleChild } from './prometheusrule.ts';
import { routeChild } from './route.ts';
import { serviceChild } from './service.ts';
import { serviceMonitorChild } from './servicemonitor.ts';

export const table: readonly Child[] = [
  postgresClusterChild, // The database that everything else needs.
  jobChild, // Its migrations, once per image, and the sample data of a new one.
  deploymentChild, // The application, once the migrations are done.
  serviceChild, // One address for its pods.
  horizontalPodAutoscalerChild, // More pods when they are busy.
  podDisruptionBudgetChild, // One pod at a time when nodes are drained.
  routeChild, // The way in on OpenShift,
  ingressChild, // and everywhere else.
  networkPolicyChild, // Only the traffic that is needed, for those who ask.
  serviceMonitorChild, // Metrics of the application
  prometheusRuleChild, // and alerts about it.
];
