import { strict as assert } from 'node:assert';
import { carriedOut, manifestOf, overlays, said, syncOf, without, world, type Loose, type World } from '../support/world.ts';
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
      NotInstalled: { reason: 'nothing was asked for', given: world(), want: undefined },
      AskedForInVain: {
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

  it('scrape the Service by one endpoint per port', () => {
    assert.deepEqual(manifestOf(syncOf(monitored()), 'ServiceMonitor')?.spec, {
      selector: { matchLabels: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie' } },
      endpoints: [{ port: 'http', path: '/metrics', scheme: 'http' }],
    });
  });

  it('alert about this Bestie alone', () => {
    const { groups } = manifestOf(syncOf(monitored()), 'PrometheusRule')?.spec as {
      groups: { rules: { alert: string; expr: string; labels: Loose }[] }[];
    };
    const rule = groups[0]?.rules[0];
    assert.equal(rule?.expr, 'kube_deployment_status_replicas_available{namespace="pets",deployment="bestie-app"} == 0');
    assert.deepEqual(rule.labels, { severity: 'critical', namespace: 'pets', bestie: 'bestie' });
  });

  it('carry the labels by which a Prometheus selects, but never others than ours where the two collide', () => {
    const answer = syncOf(monitored({ monitoring: { labels: { release: 'prometheus', app: 'mine', 'controller-uid': 'mine' } } }));
    for (const kind of ['ServiceMonitor', 'PrometheusRule']) {
      const labels = manifestOf(answer, kind)?.metadata.labels;
      assert.deepEqual([labels?.release, labels?.app], ['prometheus', 'bestie']);
    }
  });
});
