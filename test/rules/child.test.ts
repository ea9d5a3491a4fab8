/**
 * The alerts of a Bestie's own PrometheusRule, as the children answer it, on the series of real scrapes: fed raw, through the operator's
 * recording rules. Each file of `child` is about the alert that it is named after; those of `quiet.yaml` are about all of them.
 */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { names } from '../../src/api/names.ts';
import { alerts } from '../../src/children/prometheusrule/alerts.ts';
import { crunchy } from '../../src/database/crunchy/index.ts';
import { podNames } from '../../src/children/prometheusrule/subject.ts';
import { ready } from '../support/stages.ts';
import { bestie, manifestOf, overlays, syncOf, world, type Loose, type World } from '../support/world.ts';
import { complaint, groups, promtoolVersions, skippedWithout, type Group, type Rule } from './rules.ts';
import { parsed, scraped } from './scrape.ts';

interface Case {
  reason: string;
  /** How often the rules are looked at; each minute where it says nothing. */
  every?: string;
  /** Values in promtool's notation, one a minute. A zero is written 0+0, for 0x5 is a hexadecimal number. */
  series: Record<string, string>;
  /** By time, the Besties that the alert is about, or `<bestie>/<repository>`, or `<bestie>/<pod>/<volume>`, each with what stands for the value in its description. */
  fires: Record<string, Record<string, string>>;
}

interface Endpoint {
  port: string;
  relabelings: { targetLabel: string; replacement: string }[];
  metricRelabelings: { regex: string }[];
}

/** In one Namespace, made at the time 0 of the tests: names that begin alike, other thresholds, repositories, and the longest name. */
const besties: Record<string, Loose> = {
  bestie: { size: 2, maxReplicas: 5 },
  'bestie-app': { monitoring: { thresholds: { errorRatePercent: 50, latencyMilliseconds: 5000, backupAgeSeconds: 3600 } } },
  'bestie-db': { database: { replicas: 2, monitoring: { enabled: true } } },
  'bestie-db-pgo': {
    database: { monitoring: { enabled: true } },
    monitoring: { thresholds: { databaseReplicationLagSeconds: 3600, databaseDiskPercent: 95, databaseConnectionsPercent: 95 } },
  },
  'bestie-repos': {
    database: {
      backups: {
        repos: [
          { name: 'repo1', volume: {}, schedules: { full: '0 1 * * *' } },
          { name: 'repo2', volume: {}, schedules: { full: '0 1 31 2 *' } },
          { name: 'repo3', volume: {}, schedules: { full: '0 1 * * 0', incremental: '0 13 * * 1-6' } },
          { name: 'repo4', volume: {} },
        ],
      },
    },
  },
  'bestie-two': {
    database: {
      backups: { repos: ['repo1', 'repo2'].map((name) => ({ name, volume: {}, schedules: { full: '@daily' } })) },
    },
    monitoring: { thresholds: { backupAgeSeconds: 3600 } },
  },
  'the-bestie-with-the-longest-name-that-the-api-server-can-accept': { maxReplicas: 3 },
};

const readyWorld = (name: string, spec: Loose): World => {
  const parent = bestie(spec, { name, creationTimestamp: '1970-01-01T00:00:00Z' });
  return ready(world({}, { name, parent, declared: overlays.monitoring }));
};

/** As a release left it that reported no backups. */
function untold(w: World): World {
  const { backup: _, ...status } = w.parent.status as { backup?: unknown; conditions: { type: string }[] };
  const conditions = status.conditions.filter(({ type }) => type !== 'BackupReady');
  return { ...w, parent: { ...w.parent, status: { ...status, conditions } } };
}

const worlds: Record<string, World> = {
  ...Object.fromEntries(Object.entries(besties).map(([name, spec]) => [name, readyWorld(name, spec)])),
  'bestie-former': untold(readyWorld('bestie-former', {})),
};

const answers = Object.entries(worlds).map(([name, w]) => ({ name, answer: syncOf(w) }));

const rendered = answers.map(({ name, answer }) => {
  const { groups: own } = manifestOf(answer, 'PrometheusRule')?.spec as { groups: Group[] };
  const { endpoints } = manifestOf(answer, 'ServiceMonitor')?.spec as { endpoints: [Endpoint] };
  const { podMetricsEndpoints } = (manifestOf(answer, 'PodMonitor')?.spec ?? {}) as { podMetricsEndpoints?: [Endpoint] };
  return { name, groups: own, rules: own.flatMap(({ rules }) => rules), endpoint: endpoints[0], exporter: podMetricsEndpoints?.[0] };
});

const inner = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}="${value}"`)
    .join(',');

/** promtool 2.42 knows no notation for native histograms. */
const isFor =
  (promtool: string) =>
  (one: Case): boolean =>
    promtool === 'promtool3' || !Object.values(one.series).some((values) => values.includes('{{'));

/** What the ServiceMonitor of the pod's Bestie adds. */
function ofApplication(series: string): string {
  const [, name = '', own = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
  const pod = /pod="([^"]*)"/.exec(own)?.[1] ?? '';
  const owner = rendered.find((one) => new RegExp(`^(?:${podNames(names.deployment(one.name))})$`).test(pod));
  assert.ok(owner, `${series}: of which Bestie?`);
  const { port, relabelings } = owner.endpoint;
  const service = names.service(owner.name);
  const target = { namespace: 'pets', job: service, service, endpoint: port, container: 'bestie', instance: `${pod}:8000` };
  const added = Object.fromEntries(relabelings.map(({ targetLabel, replacement }) => [targetLabel, replacement]));
  return `${name}{${inner({ ...target, ...added })},${own}}`;
}

/** What the PodMonitor of the instance's Bestie adds to a series of its database, if it keeps it. */
function ofDatabase(series: string): string {
  const [, name = '', own = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? [];
  const pod = /pod="([^"]*)"/.exec(own)?.[1] ?? '';
  const owner = rendered.find((one) => new RegExp(`^${crunchy.nameOf(one.name)}-pg-[a-z0-9]{4}-0$`).test(pod));
  assert.ok(owner?.exporter, `${series}: of which Bestie?`);
  const { port, relabelings, metricRelabelings } = owner.exporter;
  for (const { regex } of metricRelabelings) assert.match(name, new RegExp(`^(?:${regex})$`));
  const target = { namespace: 'pets', job: `pets/${names.podMonitor(owner.name)}`, endpoint: port, container: 'exporter' };
  const added = Object.fromEntries(relabelings.map(({ targetLabel, replacement }) => [targetLabel, replacement]));
  return `${name}{${inner({ ...target, instance: `${pod}:9187`, server: 'localhost:5432', ...added })},${own}}`;
}

/** As kube-prometheus scrapes it: the labels of the series win, and those of its own pod and Service are dropped. */
function ofKubeStateMetrics(series: string): string {
  const { name, labels } = parsed(series);
  return `${name}{${inner({ job: 'kube-state-metrics', instance: '10.0.0.9:8443', container: 'kube-rbac-proxy-main', ...labels })}}`;
}

function labelled(series: string): string {
  if (series.startsWith('flask_')) return ofApplication(series);
  if (series.startsWith('ccp_')) return ofDatabase(series);
  return series.startsWith('kube_') ? ofKubeStateMetrics(series) : scraped(series);
}

/** The labels of an alert about a part of a Bestie. */
function labelsOf([first, volume]: readonly string[]): Record<string, string> {
  if (first === undefined) return {};
  return volume === undefined ? { repository: first } : { pod: first, mount_point: `/${volume}` };
}

/** The alert as that Bestie's rule gives it, with the value in place of the template. */
function expected(alert: string, about: string, value: string): object {
  const [name = '', ...parts] = about.split('/');
  const rule = rendered.find((one) => one.name === name)?.rules.find((one) => one.alert === alert);
  assert.ok(rule, `${name} has no ${alert}`);
  const labels = labelsOf(parts);
  const annotations = Object.entries(rule.annotations ?? {}).map(([key, text]) => [
    key,
    Object.entries(labels)
      .reduce((filled, [label, one]) => filled.replaceAll(`{{ $labels.${label} }}`, one), text)
      .replace(/\{\{[^}]*\}\}/, value),
  ]);
  return { exp_labels: { ...rule.labels, ...labels }, exp_annotations: Object.fromEntries(annotations) as object };
}

const files: Record<string, object> = {
  'static.yaml': { groups: groups.filter(({ rules }) => rules.some(({ record }) => record !== undefined)) },
  ...Object.fromEntries(rendered.map(({ name, groups: own }) => [`${name}.rules.yaml`, { groups: own }])),
};

function failure(program: string, { series, fires, every = '1m' }: Case, wanted: readonly string[]): string | undefined {
  const test = {
    interval: '1m',
    input_series: Object.entries(series).map(([one, values]) => ({ series: labelled(one), values })),
    alert_rule_test: wanted.flatMap((alertname) =>
      Object.entries(fires).map(([at, who]) => ({
        eval_time: at,
        alertname,
        exp_alerts: Object.entries(who).map(([name, value]) => expected(alertname, name, value)),
      })),
    ),
  };
  const content = { rule_files: Object.keys(files), evaluation_interval: every, tests: [test] };
  return complaint(program, ['test', 'rules', 'test.yaml'], { ...files, 'test.yaml': content });
}

const folder = new URL('child/', import.meta.url);
const cases = new Map(
  readdirSync(folder).map((file) => [file.replace('.yaml', ''), parse(readFileSync(new URL(file, folder), 'utf8')) as Case[]]),
);
const all = Object.keys(alerts);

describe("rules of a Bestie's own PrometheusRule", function () {
  this.timeout(60_000);

  it('each alert has cases in which it fires, and in which it never does', () => {
    assert.deepEqual([...cases.keys()].sort(), [...all, 'quiet'].sort());
    for (const alert of all) {
      const firing = cases.get(alert)?.map(({ fires }) => Object.values(fires).some((who) => Object.keys(who).length > 0)) ?? [];
      assert.ok(firing.includes(true) && firing.includes(false), alert);
    }
  });

  it('the tests feed what is scraped, never what is recorded', () => {
    for (const { series } of [...cases.values()].flat())
      for (const one of Object.keys(series)) assert.ok(!one.split('{')[0]?.includes(':'), one);
  });

  it('the rules of the child only alert; what is recorded is recorded once, by the operator', () => {
    const recorded = rendered.flatMap(({ rules }: { rules: Rule[] }) => rules.flatMap(({ record }) => record ?? []));
    assert.deepEqual(recorded, []);
  });

  for (const promtool of promtoolVersions) {
    const { program } = promtool;
    const title = skippedWithout(promtool);

    it(`${title}finds nothing wrong with them`, function () {
      if (program === undefined) return this.skip();
      const own = Object.keys(files).filter((file) => file !== 'static.yaml');
      assert.equal(complaint(program, ['check', 'rules', '--lint=all', '--lint-fatal', ...own], files), undefined);
    });

    for (const [alert, list] of cases) {
      for (const one of list.filter(isFor(promtool.name))) {
        it(`${title}${alert}: ${one.reason}`, function () {
          if (program === undefined) return this.skip();
          assert.equal(failure(program, one, alert === 'quiet' ? all : [alert]), undefined);
        });
      }
    }
  }
});
