/**
 * A crawler asks a pod for 1,000 addresses that do not exist, with 50 methods that are none: real Prometheuses keep the application's own series
 * and no other. Three jobs scrape the same target: by the ServiceMonitor, without its relabelling, and without that but with its sample limit.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { closingIn } from '../support/closing.ts';
import { runPrometheus, type Prometheus } from '../support/prometheus.ts';
import { tool } from '../support/tools.ts';
import { jobOf, monitors, type Monitor } from './monitors.ts';
import { serveWorld, trouble, type World } from './targets.ts';

/** prometheus_client's own; each is the number of requests so far. */
const BUCKETS = ['0.005', '0.01', '0.025', '0.05', '0.075', '0.1', '0.25', '0.5', '0.75', '1.0', '2.5', '5.0', '7.5', '10.0', '+Inf'];
const bounds = Object.fromEntries(BUCKETS.map((le) => [le, 1]));
const UNKNOWN = 1000;
const WORDS = 50;
const SAMPLES = BUCKETS.length + 3;

const known = ['GET /', 'GET /foster', 'GET /api/listings/', 'GET /favicon.ico', 'POST /api/auth/login'];
const requests = [
  ...known,
  ...Array.from({ length: UNKNOWN }, (_, index) => `GET /wp-login.php/${index}`),
  ...Array.from({ length: WORDS }, (_, index) => `BREW${index} /`),
  // Not the application's, whatever a pattern that is not anchored or escaped would take it for.
  ...['GET /faviconXico', 'GET /foster/', 'GET //foster', 'GET /login?;GET;/login', 'POST /', 'HEAD /'],
].map((request) => request.split(' '));
const labels = requests.map(([method, path]) => `method="${method ?? ''}",path="${path ?? ''}",status="200"`);

const crawled: World = {
  ...trouble,
  application: {
    gauges: {
      process_open_fds: 30,
      'flask_exporter_info{version="0.20.1"}': 1,
      ...Object.fromEntries(labels.map((one) => [`flask_http_request_duration_seconds_created{${one}}`, 1])),
    },
    counters: { 'flask_http_request_total{method="GET",status="200"}': 1, 'flask_http_request_total{method="BREW1",status="405"}': 1 },
    histograms: Object.fromEntries(labels.map((one) => [`flask_http_request_duration_seconds{${one}}`, bounds])),
  },
};

const withoutRelabelling = ({ endpoints: [endpoint = {}] }: Monitor): Monitor => ({ endpoints: [{ ...endpoint, metricRelabelings: [] }] });

for (const name of ['prometheus', 'prometheus3']) {
  const program = tool(name);
  const title = program === undefined ? ` (SKIPPED: there is no program ${name}; .ci/run prometheus gets it)` : '';

  describe(`a crawler: ${name}${title}`, function () {
    this.timeout(90_000);
    const scope = closingIn(after);
    let prometheus: Prometheus | undefined;

    const value = async (expr: string): Promise<number | undefined> => {
      const [sample] = (await prometheus?.query(expr)) ?? [];
      return sample && Number(sample.value[1]);
    };

    before(async () => {
      if (program === undefined) return;
      const { address } = await serveWorld(crawled, { scrapes: 2, apart: 30 }, 'text', scope);
      const { application } = monitors;
      const job = (name: string, monitor: Monitor): object => jobOf(name, monitor, { address, path: `/application/${name}`, labels: {} });
      prometheus = await runPrometheus(
        program,
        {
          global: { scrape_interval: '3s', scrape_timeout: '3s' },
          scrapeConfigs: [
            job('bounded', application),
            job('raw', withoutRelabelling(application)),
            job('limited', {
              ...withoutRelabelling(application),
              ...(application.sampleLimit && { sampleLimit: application.sampleLimit }),
            }),
          ],
          groups: [],
        },
        scope,
      );
      for (let waited = 0; waited < 60_000 && (await value('count(last_over_time(up[1m]))')) !== 3; waited += 200) await sleep(200);
    });

    beforeEach(function () {
      if (program === undefined) this.skip();
    });

    it('19,102 samples become 93: 18 for each of five known requests, and three others', async () => {
      assert.deepEqual([requests.length * SAMPLES + 4, known.length * SAMPLES + 3], [19_102, 93]);
      assert.equal(await value('scrape_samples_post_metric_relabeling{job="raw"}'), 19_102);
      assert.equal(await value('scrape_samples_post_metric_relabeling{job="bounded"}'), 93);
    });

    it('known routes are kept, and nothing else', async () => {
      const paths = await prometheus?.query('count by (method, path) ({job="bounded",path!=""})');
      assert.deepEqual(
        paths?.map(({ metric, value: [, count] }) => `${metric.method ?? ''} ${metric.path ?? ''} ${count}`).sort(),
        known.map((request) => `${request} ${SAMPLES}`).sort(),
      );
    });

    it('counters of known methods are kept, and what has no method', async () => {
      const methods = await prometheus?.query('count by (__name__, method) ({job="bounded",path="",__name__!~"scrape_.*"})');
      assert.deepEqual(methods?.map(({ metric }) => `${metric.__name__ ?? ''} ${metric.method ?? ''}`).sort(), [
        'flask_exporter_info ',
        'flask_http_request_total GET',
        'process_open_fds ',
        'up ',
      ]);
    });

    it('the sample limit counts what is left, so a crawler cannot reach it; with more the scrape fails whole', async () => {
      assert.equal(await value('up{job="bounded"}'), 1);
      assert.equal(await value('up{job="limited"}'), 0);
      assert.equal(await value('count({job="limited",path!=""})'), undefined);
    });
  });
}
