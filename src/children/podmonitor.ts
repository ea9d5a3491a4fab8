import { kinds } from '../api/kinds.ts';
import { names } from '../api/names.ts';
import { exists } from '../api/manifest.ts';
import type { DatabaseExporter } from '../api/provider.ts';
import { type Child } from '../api/child.ts';
import { databaseExporter, monitoringHead } from './monitoring.ts';
import { oneOf } from './applicationpaths.ts';

/**
 * Samples that an instance may have after the relabelling; with more the whole scrape fails. Of the seventeen names, three have a sample for each
 * database of the instance, two for each of its volumes, one for each replica of eight, and eleven have one. So it takes more than 150 databases.
 */
const SAMPLE_LIMIT = 500;

/** The exporter asks for far more than is used: each setting, table and statement has series of its own, thousands where there are many tables. */
const kept = ({ series }: DatabaseExporter): object => ({ action: 'keep', sourceLabels: ['__name__'], regex: oneOf(series) });

/**
 * Lets the Prometheus operator scrape the instances of the database. It waits for nothing: what happens before the application runs is worth a
 * series, too. A relabelling has no merge key, so its action, a default, is spelled out.
 */
export const podMonitorChild: Child = {
  api: kinds.podMonitor,
  condition: 'MonitoringReady',
  dependsOn: () => [],
  includeWhen: (o) => databaseExporter(o) !== undefined,
  desired: (o) => {
    const exporter = databaseExporter(o);
    const bestie = o.bestie.metadata.name;
    if (exporter === undefined) return [];
    return [
      {
        ...monitoringHead(kinds.podMonitor, names.podMonitor(bestie), o),
        spec: {
          selector: { matchLabels: exporter.podLabels(o.provider.nameOf(bestie)) },
          sampleLimit: SAMPLE_LIMIT,
          podMetricsEndpoints: [
            {
              port: exporter.port,
              path: '/metrics',
              scheme: 'http',
              interval: '30s',
              // Each scrape runs every query of the exporter.
              scrapeTimeout: '20s',
              relabelings: [{ action: 'replace', targetLabel: 'bestie', replacement: bestie }],
              metricRelabelings: [kept(exporter)],
            },
          ],
        },
      },
    ];
  },
  readyWhen: exists,
};
