import { kinds } from '../api/kinds.ts';
import { names, selector } from '../api/names.ts';
import { exists } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { withoutImage } from './withoutimage.ts';
import { monitoringHead, monitoringIsWanted } from './monitoring.ts';
import { METHODS, oneOf, routes } from './applicationpaths.ts';

/**
 * Samples that a pod may have after the relabelling; with more the whole scrape fails. The routes cannot reach it: 24 pairs of method and path
 * × 13 codes × 18 samples of a histogram (15 buckets, sum, count, created) + 2 counters × 7 methods × 13 codes × 2 samples + 200 for the
 * process = 6,180. A scrape that keeps classic histograms beside converted ones has 24 × 13 = 312 more.
 */
const SAMPLE_LIMIT = 10_000;

const pathsOf = (method: 'GET' | 'POST'): string => oneOf(routes.filter(({ methods }) => methods.includes(method)).map(({ path }) => path));

/**
 * The client chooses path and method, so series of other paths or methods than the application's own are dropped. Not folded into one: the
 * buckets of a histogram are cumulative, and series that become alike by relabelling are duplicate samples, not a sum. What has no path, the
 * counters, needs a known method; what has neither label is kept.
 */
const KNOWN_REQUESTS = `(${METHODS.join('|')})?;|GET;(${pathsOf('GET')})|POST;(${pathsOf('POST')})`;

/**
 * Lets the Prometheus operator scrape the application, often enough for rates over five minutes whatever the interval of the Prometheus is. One
 * endpoint per port: two would be merged into one. A relabelling has no merge key, so its action, a default, is spelled out.
 */
export const serviceMonitorChild: Child = {
  api: kinds.serviceMonitor,
  condition: 'MonitoringReady',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: monitoringIsWanted,
  desired: (o) => [
    {
      ...monitoringHead(kinds.serviceMonitor, names.serviceMonitor(o.bestie.metadata.name), o),
      spec: {
        selector: { matchLabels: selector(o.bestie.metadata.name) },
        sampleLimit: SAMPLE_LIMIT,
        endpoints: [
          {
            port: 'http',
            path: '/metrics',
            scheme: 'http',
            interval: '30s',
            scrapeTimeout: '10s',
            relabelings: [{ action: 'replace', targetLabel: 'bestie', replacement: o.bestie.metadata.name }],
            metricRelabelings: [{ action: 'keep', sourceLabels: ['method', 'path'], separator: ';', regex: KNOWN_REQUESTS }],
          },
        ],
      },
    },
  ],
  readyWhen: exists,
};
