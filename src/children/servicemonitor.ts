import { kinds } from '../api/kinds.ts';
import { names, selector } from '../api/names.ts';
import { exists, type Child } from './child.ts';
import { besideDeployment } from './deployed.ts';
import { monitoringHead, monitoringIsWanted } from './monitoring.ts';

/**
 * Lets the Prometheus operator scrape the application, at the interval of the Prometheus that does. One endpoint per port: two would be merged
 * into one. A relabelling has no merge key, so its action, a default, is spelled out.
 */
export const serviceMonitorChild: Child = {
  api: kinds.serviceMonitor,
  condition: 'MonitoringReady',
  dependsOn: besideDeployment,
  includeWhen: monitoringIsWanted,
  desired: (o) => [
    {
      ...monitoringHead(kinds.serviceMonitor, names.serviceMonitor(o.bestie.metadata.name), o),
      spec: {
        selector: { matchLabels: selector(o.bestie.metadata.name) },
        endpoints: [
          {
            port: 'http',
            path: '/metrics',
            scheme: 'http',
            relabelings: [{ action: 'replace', targetLabel: 'bestie', replacement: o.bestie.metadata.name }],
          },
        ],
      },
    },
  ],
  readyWhen: exists,
};
