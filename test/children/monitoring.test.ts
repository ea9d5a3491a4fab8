import { strict as assert } from 'node:assert';
import { carriedOut, manifestOf, overlays, patched, said, syncOf, without, world, type Loose, type World } from '../support/world.ts';
import { validateChild } from '../support/schemas.ts';
import { migrated, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';

const declared = overlays.monitoring;
const monitored = (fields: Loose = {}): World => migrated(world(fields, { declared }));

describe('children/servicemonitor and prometheusrule', () => {
  each<World, string | undefined>(
    {
      Declared: {
        reason: 'wherever the operator was installed with monitoring',
        given: without(without(monitored(), 'ServiceMonitor'), 'PrometheusRule'),
        want: 'False Creating',
      },
      SwitchedOff: { reason: 'off although it could be', given: monitored({ monitoring: { enabled: false } }), want: undefined },
      NotInstalled: { reason: 'nothing was requested', given: world(), want: undefined },
      RequestedNotInstalled: {
        reason: 'the spec wants what is not installed',
        given: world({ monitoring: { enabled: true } }),
        want: 'False APINotInstalled',
      },
      Made: { reason: 'both are there', given: carriedOut(monitored()), want: 'True Created' },
      OneMissing: {
        reason: 'the first that is not True speaks for both',
        given: without(carriedOut(monitored()), 'PrometheusRule'),
        want: 'False Creating',
      },
    },
    (given, want) => {
      assert.equal(said(syncOf(given), 'MonitoringReady'), want);
    },
  );

  it('leave Ready alone', () => {
    assert.equal(said(syncOf(ready(world({ monitoring: { enabled: true } }))), 'Ready'), 'True AllReady');
  });

  it('scrape the Service by one endpoint per port, often enough for rates over five minutes, and keep known requests', () => {
    const paths =
      '/|/about|/adopt|/api/applications/|/api/auth/|/api/auth/logout|/api/auth/unauthorized|/api/listings/|/api/listings/search';
    const pages = '/api/users/|/create-listing|/favicon\\.ico|/flask-prometheus-grafana-example/|/foster|/login|/sign-up|/sponsor|/users';
    const forms = '/api/applications/create|/api/auth/login|/api/auth/signup|/api/images/|/api/listings/create|/api/listings/search';
    const regex = `(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)?;|GET;(${paths}|${pages})|POST;(${forms})`;
    assert.deepEqual(manifestOf(syncOf(monitored()), 'ServiceMonitor')?.spec, {
      selector: { matchLabels: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie' } },
      sampleLimit: 10_000,
      endpoints: [
        {
          port: 'http',
          path: '/metrics',
          scheme: 'http',
          interval: '30s',
          scrapeTimeout: '10s',
          relabelings: [{ action: 'replace', targetLabel: 'bestie', replacement: 'bestie' }],
          metricRelabelings: [{ action: 'keep', sourceLabels: ['method', 'path'], separator: ';', regex }],
        },
      ],
    });
  });

  it('are what the kinds take, with no field that a Prometheus operator of 2023 would drop', async () => {
    const answer = syncOf(monitored({ size: 2, maxReplicas: 5, monitoring: { labels: { release: 'prometheus' } } }));
    for (const kind of ['ServiceMonitor', 'PrometheusRule']) {
      const child = manifestOf(answer, kind);
      assert.ok(child);
      await validateChild(child);
    }
    const { groups } = manifestOf(answer, 'PrometheusRule')?.spec as { groups: { rules: Loose[] }[] };
    assert.deepEqual([...new Set(groups.flatMap(({ rules }) => rules.flatMap(Object.keys)))].sort(), [
      'alert',
      'annotations',
      'expr',
      'for',
      'labels',
    ]);
  });

  it('are answered with the same bytes, whatever was observed of them', () => {
    const w = ready(monitored({ size: 2, maxReplicas: 5 }));
    const disturbed = patched(patched(w, 'PrometheusRule', { spec: { groups: [] } }), 'ServiceMonitor', { spec: { endpoints: [] } });
    // What was disturbed is recorded on the object; what is requested is the same.
    for (const kind of ['ServiceMonitor', 'PrometheusRule'])
      assert.equal(JSON.stringify(manifestOf(syncOf(disturbed), kind)?.spec), JSON.stringify(manifestOf(syncOf(w), kind)?.spec));
  });

  it('carry the labels by which a Prometheus selects, but never others than ours where the two collide', () => {
    const answer = syncOf(monitored({ monitoring: { labels: { release: 'prometheus', app: 'mine', 'controller-uid': 'mine' } } }));
    for (const kind of ['ServiceMonitor', 'PrometheusRule']) {
      const labels = manifestOf(answer, kind)?.metadata.labels;
      assert.deepEqual([labels?.release, labels?.app], ['prometheus', 'bestie']);
    }
  });
});
