import { kinds } from '../api/kinds.ts';
import { names } from '../api/names.ts';
import { exists, type Child } from './child.ts';
import { besideDeployment } from './deployed.ts';
import { monitoringHead, monitoringIsWanted } from './monitoring.ts';

/** Alerts about one Bestie's application. */
export const prometheusRuleChild: Child = {
  api: kinds.prometheusRule,
  condition: 'MonitoringReady',
  dependsOn: besideDeployment,
  includeWhen: monitoringIsWanted,
  desired: (o) => {
    const { name, namespace } = o.bestie.metadata;
    const pods = `namespace="${namespace}",deployment="${names.deployment(name)}"`;
    return [
      {
        ...monitoringHead(kinds.prometheusRule, names.prometheusRule(name), o),
        spec: {
          groups: [
            {
              name: 'bestie.application',
              rules: [
                {
                  alert: 'BestieNotAvailable',
                  expr: `kube_deployment_status_replicas_available{${pods}} == 0`,
                  for: '5m',
                  labels: { severity: 'critical', namespace, bestie: name },
                  annotations: {
                    summary: `Bestie ${namespace}/${name} serves nobody.`,
                    description: `No pod of Deployment ${names.deployment(name)} has been available for 5 minutes; kubectl -n ${namespace} describe bestie ${name} says why.`,
                  },
                },
              ],
            },
          ],
        },
      },
    ];
  },
  readyWhen: exists,
};
