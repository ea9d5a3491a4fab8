/** The operator's own rules, without promtool: what they owe to the person on call, and that the names in them exist. */
import { strict as assert } from 'node:assert';
import { abnormalWhenTrue, conditionTypes } from '../../src/api/condition.ts';
import { alerts as childAlerts } from '../../src/children/prometheusrule/alerts.ts';
import { metricTable } from '../../src/telemetry/metrics.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { alertProblems, orphanRunbooks } from '../support/alertlint.ts';
import { documents, only } from '../support/kustomize.ts';
import { metricNames, selectors } from '../support/promql.ts';
import { alertNames, groups, manifest, recordedNames, rules } from './rules.ts';
import { controller } from './scrape.ts';

const alerting = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));

/** What others export, that the rules rely on. Seen on Metacontroller 4.17 and in its sources. */
const foreign = [
  'up',
  'ALERTS',
  'workqueue_depth',
  'workqueue_longest_running_processor_seconds',
  'workqueue_work_duration_seconds',
  'workqueue_work_duration_seconds_count',
  'rest_client_requests_total',
  ...['sync', 'finalize', 'customize'].flatMap((hook) => [
    `metacontroller_${hook}_requests_total`,
    `metacontroller_${hook}_dns_duration_histogram_seconds`,
    `metacontroller_${hook}_dns_duration_histogram_seconds_count`,
  ]),
];

interface StateMetrics {
  spec: { resources: { metricNamePrefix: string; metrics: { name: string }[] }[] };
}
const [stateMetrics] = documents('manifests/kube-state-metrics/config.yaml') as unknown as [StateMetrics];
const objects = stateMetrics.spec.resources.flatMap(({ metricNamePrefix, metrics }) =>
  metrics.map(({ name }) => `${metricNamePrefix}_${name}`),
);
const own = [...Object.values(metricTable), ...Object.values(stateTable)].flatMap(({ name, type }) =>
  (type as string) === 'histogram' ? [name, `${name}_bucket`] : [name],
);

/** Values that the rules compare a label with, of one metric or of any; alternatives each by itself. */
const compared = (label: string, metric = ''): string[] => {
  const matchers = rules.flatMap(({ expr }) => [
    ...expr.matchAll(new RegExp(`${metric}\\{(?:[^}]*,)?${label}(?:=~|!~|!=|=)"([^"]*)"`, 'g')),
  ]);
  return [...new Set(matchers.flatMap(([, value = '']) => value.split('|')))].sort();
};

const webhook = only(documents('manifests/webhook/deployment.yaml'), 'Deployment');
const metacontroller = only(documents('manifests/monitoring/metacontroller.yaml'), 'Service');

describe('rules: lint', () => {
  for (const rule of alerting) {
    it(`${rule.alert} has what an alert needs, and a runbook`, () => {
      assert.deepEqual(alertProblems(rule), []);
    });
  }

  it('every runbook has an alert', () => {
    assert.deepEqual(orphanRunbooks([...alertNames, ...Object.keys(childAlerts)]), []);
  });

  it('an alert is static or in the child, never both', () => {
    assert.equal(new Set([...alertNames, ...Object.keys(childAlerts)]).size, alertNames.length + Object.keys(childAlerts).length);
  });

  it('recorded series are called level:metric:operation, but for one name that is older', () => {
    assert.deepEqual(
      recordedNames.filter((name) => !/^[a-z_]+:[a-z_]+:[a-z0-9_]+$/.test(name)),
      ['bestie_operator_up_total'],
    );
  });

  it('every metric exists: in a table of ours, in the configuration of kube-state-metrics, or recorded by a rule before', () => {
    const known = new Set([...own, ...objects, ...foreign]);
    for (const { expr, record, alert } of rules) {
      assert.deepEqual(
        metricNames(expr).filter((name) => !known.has(name)),
        [],
        record ?? alert,
      );
      if (record !== undefined) known.add(record);
    }
  });

  it('every label that a rule needs is one that the series has', () => {
    const series = [...Object.values(metricTable), ...Object.values(stateTable)].flatMap(({ name, type, labels }) => {
      const state = Object.values(stateTable).some((row) => row.name === name) ? ['namespace', 'bestie'] : [];
      const whole: [string, string[]] = [name, [...labels, ...state, 'instance']];
      return (type as string) === 'histogram' ? [whole, [`${name}_bucket`, [...labels, 'le']]] : [whole];
    });
    const labels = new Map(series as [string, string[]][]);
    for (const { expr, record, alert } of rules)
      for (const { metric, labels: asked } of selectors(expr))
        assert.deepEqual(
          asked.filter((label) => labels.has(metric) && !labels.get(metric)?.includes(label)),
          [],
          `${metric} in ${record ?? alert ?? ''}`,
        );
  });

  it('names in expressions are those of the manifests', () => {
    const { name, namespace } = webhook.metadata;
    assert.deepEqual(compared('namespace'), [namespace]);
    // The Prometheus operator names the job after the Service.
    assert.deepEqual(compared('job'), [metacontroller.metadata.name]);
    assert.deepEqual(compared('pod'), [`${name}-.*`]);
    assert.deepEqual(compared('name'), [`${controller.kind}-${controller.metadata.name}`]);
    assert.deepEqual(compared('controller_name'), [controller.metadata.name]);
    const text = JSON.stringify(alerting.map(({ annotations }) => annotations));
    for (const [, found] of text.matchAll(/kubectl -n ([\w-]+)/g)) assert.equal(found, namespace);
    for (const [, found] of text.matchAll(/deploy\/([\w-]+)/g)) assert.equal(found, name);
    for (const [, found] of text.matchAll(/compositecontroller ([\w-]+)/g)) assert.equal(found, controller.metadata.name);
  });

  it('conditions in expressions exist, and those that are trouble when True are all of them', () => {
    assert.deepEqual(
      compared('type').filter((type) => !(type in conditionTypes)),
      [],
    );
    const [condition] = rules.filter(({ record }) => record === 'namespace_bestie_type_status:bestie_condition:newest');
    const lists = [...(condition?.expr.matchAll(/type=~"([^"]*)"/g) ?? [])].map(([, list]) => list);
    const others = [...(condition?.expr.matchAll(/type!~"([^"]*)"/g) ?? [])].map(([, list]) => list);
    assert.deepEqual(lists, [[...abnormalWhenTrue].join('|')]);
    assert.deepEqual(others, [`Ready|${[...abnormalWhenTrue].join('|')}`]);
  });

  it('phases in expressions are those that have not ended', () => {
    const crd = JSON.stringify(documents('manifests/crd/besties.yaml'));
    const [upgrade = [], restore = []] = [...crd.matchAll(/How far it is: ([\w, ]+?);(?: (Failed),[^;]*;)? ended/g)].map(
      ([, underway = '', failed]) => [...underway.split(', '), ...(failed === undefined ? [] : [failed])].sort(),
    );
    // Refused needs a user, which Stalled reports.
    assert.deepEqual(
      compared('phase', 'bestie_upgrade_phase:newest'),
      upgrade.filter((phase) => phase !== 'Refused'),
    );
    assert.deepEqual(compared('phase', 'bestie_restore_phase:newest'), restore);
    assert.deepEqual(compared('phase'), [...new Set([...compared('phase', 'bestie_upgrade_phase:newest'), ...restore])].sort());
  });

  it('is evaluated as often as the operator is scraped', () => {
    const monitor = only(documents('manifests/monitoring/servicemonitor.yaml'), 'ServiceMonitor').spec as {
      endpoints: { interval: string }[];
    };
    for (const { name, interval } of groups) assert.equal(interval, monitor.endpoints[0]?.interval, name);
  });

  it(`${manifest} is called as the documentation says, in the operator's Namespace`, () => {
    const { name, namespace } = only(documents(manifest), 'PrometheusRule').metadata;
    assert.deepEqual([name, namespace], ['bestie-alert', webhook.metadata.namespace]);
    assert.deepEqual(
      groups.map((group) => group.name),
      ['bestie.rules', 'bestie.alerts'],
    );
  });
});
