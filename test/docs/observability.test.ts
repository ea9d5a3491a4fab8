/** What the pages for the person on call name is there: alerts, series, reasons, codes, messages; and what they say to type can be built. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { conditionTypes } from '../../src/api/condition.ts';
import { reasons } from '../../src/api/reason.ts';
import { events } from '../../src/api/event.ts';
import { kinds } from '../../src/api/kinds.ts';
import { alerts as ofBestie } from '../../src/children/prometheusrule/alerts.ts';
import { errors } from '../../src/hook/errors.ts';
import { wantsTraces } from '../../src/otel.ts';
import { entries } from '../../src/telemetry/entries.ts';
import { metricTable } from '../../src/telemetry/metrics.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { groups } from '../rules/rules.ts';
import { closingIn } from '../support/closing.ts';
import { perTest } from '../support/pertest.ts';
import { documents, only, type Resource } from '../support/kustomize.ts';
import { metricNames } from '../support/promql.ts';
import { tool } from '../support/tools.ts';
import { blocks, code, prose, text } from './markdown.ts';

const onCall = 'docs/on-call.md';
const monitor = 'docs/tasks/monitor.md';
const collect = 'docs/tasks/collect-logs.md';
const debug = 'docs/tasks/debug.md';
const tracing = 'docs/tracing.md';
const pages = [onCall, monitor, collect, debug, tracing];

const rules = groups.flatMap((group) => group.rules);
const alerts = [
  ...rules.flatMap(({ alert, for: after, labels }) => (alert === undefined ? [] : [{ alert, after, severity: labels?.severity }])),
  ...Object.entries(ofBestie).map(([alert, { for: after, severity }]) => ({ alert, after, severity })),
];
const recorded = rules.flatMap(({ record }) => record ?? []);
const exported: string[] = [...Object.values(metricTable), ...Object.values(stateTable)].map(({ name }) => name);

/** Cells of every line of a table. */
const rows = (page: string): string[][] =>
  text(page)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );

/** Queries below a heading of a table; the cells of the second column. */
const queries = (page: string, language: string): string[] => {
  const lines = rows(page);
  const isHeader = ([first = '', second = '']: string[]): boolean => first === 'question' && second.toLowerCase() === language;
  return lines.flatMap((row, index) => {
    const header = lines
      .slice(0, index)
      .findLast(([first = '']) => /^(question|alert|code|object|what|step|source|label|program)$/.test(first));
    return header !== undefined && isHeader(header) && !/^-+$/.test(row[0] ?? '') ? code((row[1] ?? '').replaceAll('\n', ' ')) : [];
  });
};

const yaml = (page: string): unknown[] =>
  blocks(page)
    .filter(({ language }) => language === 'yaml')
    .flatMap(({ content }) => parseAllDocuments(content))
    .map((document) => document.toJS() as unknown);

/** Words of others, and of ours that are in no table. */
const others = new Set(
  `True False Age Metacontroller Watchdog InfoInhibitor TargetDown AlertmanagerConfig PrometheusRule ServiceMonitor ReplicaSet ConfigMap CompositeController
   NetworkPolicy SyncError CreateError Started Starting Error POST NAMESPACE NAME Last TYPE STATUS`.split(/\s+/),
);
const phases = [
  'Refused',
  'BackingUp',
  'Migrating',
  'RollingOut',
  'RollingBack',
  'RolledBack',
  'Failed',
  'Succeeded',
  'Aborted',
  'SetBack',
];
const words = new Set([
  ...others,
  ...phases,
  ...Object.keys({ ...conditionTypes, ...reasons, ...events, ...errors }),
  ...Object.values(kinds).map(({ kind }) => kind),
  ...alerts.map(({ alert }) => alert),
]);

describe('documentation: the pages for the person on call', () => {
  it('explain every alert, with its severity, its patience and its runbook', () => {
    const listed = rows(onCall).flatMap(([first = '', severity, after]) => {
      const [, alert, runbook] = /^\[(Bestie\w+)\]\(runbooks\/(Bestie\w+)\.md\)$/.exec(first) ?? [];
      return alert === undefined ? [] : [{ alert, runbook, severity, after: after === '–' ? undefined : after }];
    });
    const byName = (a: { alert: string }, b: { alert: string }): number => a.alert.localeCompare(b.alert);
    assert.deepEqual(listed.sort(byName), alerts.map((each) => ({ ...each, runbook: each.alert })).sort(byName));
  });

  it('say of every alert what it points at', () => {
    const table = rows(onCall).filter(([, , third]) => third === undefined);
    const named = new Set(table.flatMap(([first = '']) => code(first)));
    assert.deepEqual(
      alerts.filter(({ alert }) => !named.has(alert)),
      [],
    );
  });

  for (const page of pages) {
    it(`name nothing in ${page} that is not there`, () => {
      const named = code(prose(page)).filter((word) => /^[A-Z][a-z]+[A-Za-z]*$/.test(word));
      assert.deepEqual(
        named.filter((word) => !words.has(word)),
        [],
      );
    });

    it(`name no alert in ${page} that no rule has`, () => {
      const own = [...text(page).matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
      const named = [...text(page).matchAll(/(?<![\w/])Bestie[A-Z]\w+/g)].map(([name]) => name);
      assert.deepEqual(
        named.filter((name) => !own.includes(name) && !words.has(name)),
        [],
      );
    });

    it(`name no series in ${page} that nothing exports or records`, () => {
      const named = [...text(page).matchAll(/(?<![\w:])(?:[a-z_]+:)?bestie_[a-z_]+(?::[a-z0-9_]+)?/g)].map(([name]) => name);
      assert.deepEqual(
        named.filter((name) => !exported.includes(name) && !recorded.includes(name)),
        [],
      );
    });
  }

  it('ask Prometheus what it understands, of series that are there', () => {
    const asked = [...queries(monitor, 'query'), ...queries(debug, 'query')].filter((query) => query.includes('bestie'));
    const blocksOfLog = blocks(collect).filter(({ content }) => content.includes('bestie_hook_errors_total'));
    const all = [...asked, ...blocksOfLog.map(({ content }) => content)];
    assert.ok(all.length >= 12, String(all.length));
    assert.deepEqual(
      all.flatMap(metricNames).filter((name) => !exported.includes(name) && !recorded.includes(name)),
      [],
    );
  });

  it('list the usage that is recorded', () => {
    const listed = rows(monitor).flatMap(([first = '']) => code(first).filter((name) => /^\w+:bestie_\w+:(count|sum)$/.test(name)));
    assert.deepEqual(listed.sort(), recorded.filter((name) => /:(count|sum)$/.test(name)).sort());
  });
});

describe('documentation: collecting logs', () => {
  const messages: string[] = Object.values(entries).map(({ message }) => message);
  const fields = new Set<string>([...Object.values(entries).flatMap((entry) => [...entry.fields]), 'level', 'message', 'timestamp']);

  it('judges every error code once', () => {
    const judged = rows(collect)
      .filter(([, verdict = '']) => /^(at once|when it lasts|no$)/.test(verdict))
      .flatMap(([first = '']) => code(first));
    assert.deepEqual(judged.sort(), Object.keys(errors).sort());
  });

  it('looks for messages that are written, and for fields that they have', () => {
    const asked = [
      ...queries(collect, 'logql'),
      ...(yaml(collect) as { groups?: { rules: { expr: string }[] }[] }[]).flatMap(
        ({ groups: all }) => all?.flatMap((group) => group.rules.map(({ expr }) => expr)) ?? [],
      ),
    ];
    assert.ok(asked.length >= 12, String(asked.length));
    const wanted = asked.flatMap((query) => [...query.matchAll(/message=~?"([^"]+)"/g)].map(([, message = '']) => message));
    assert.deepEqual(
      wanted.filter((message) => !messages.some((each) => new RegExp(`^(?:${message})$`).test(each))),
      [],
    );
    const taken = asked.flatMap((query) => [...query.matchAll(/\| json ([^|]+)/g)].flatMap(([, list = '']) => list.split(',')));
    const read = taken.map((field) => (/"(.+)"/.exec(field)?.[1] ?? field).trim().split(/[.\s]/)[0] ?? '');
    assert.deepEqual(
      read.filter((field) => !fields.has(field)),
      [],
    );
  });

  it('shows a record with fields that are written', () => {
    const [record] = blocks(collect).filter(({ language }) => language === 'json');
    const { message, kubernetes: _, '@timestamp': __, ...rest } = JSON.parse(record?.content ?? '{}') as Record<string, unknown>;
    assert.ok(messages.includes(String(message)));
    assert.deepEqual(
      Object.keys(rest).filter((field) => !fields.has(field)),
      [],
    );
  });

  it('labels streams only with what has few values', () => {
    const [config] = yaml(collect) as { pipeline: { outputs: { name: string; labels?: string; label_keys?: string }[] } }[];
    const loki = config?.pipeline.outputs.find(({ name }) => name === 'loki');
    assert.deepEqual(loki?.label_keys?.split(', '), ['$namespace', '$level', '$message']);
    assert.equal(loki.labels, 'job=bestie-operator');
  });
});

describe('documentation: traces', () => {
  it('shows the sentences that stop the start', () => {
    const wrong: Record<string, string>[] = [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      { OTEL_TRACES_EXPORTER: 'zipkin' },
    ];
    const problems: string[] = [];
    for (const env of wrong) wantsTraces(env, problems);
    assert.equal(problems.length, 2);
    for (const problem of problems)
      assert.ok(
        blocks(tracing).some(({ content }) => content === `${problem}\n`),
        problem,
      );
  });

  it('shows the warning of a collector that is away', () => {
    const [example] = blocks(tracing).filter(({ language }) => language === 'json');
    const { level, message } = JSON.parse(example?.content ?? '{}') as Record<string, unknown>;
    assert.deepEqual({ level, message }, { level: entries.traceExportFailed.level, message: entries.traceExportFailed.message });
  });
});

describe('documentation: overlays to copy', () => {
  const kustomize = tool('kustomize');
  const overlays = [monitor, tracing].flatMap((page) =>
    blocks(page)
      .filter(({ language, content }) => language === 'yaml' && content.includes('kind: Kustomization'))
      .map(({ content }, index) => ({ page, index, content })),
  );
  const perSuite = closingIn(after);
  let folder: string;

  before(() => {
    folder = perSuite.folder();
    for (const name of ['manifests', 'metacontroller']) symlinkSync(resolve(name), join(folder, name));
  });

  function built(content: string): Resource[] {
    const directory = join(folder, randomUUID());
    mkdirSync(directory);
    writeFileSync(join(directory, 'kustomization.yaml'), content);
    const output = join(directory, 'built.yaml');
    execFileSync(kustomize ?? '', ['build', directory, '--output', output], { stdio: ['ignore', 'ignore', 'pipe'] });
    return documents(output);
  }

  it('there are three', () => {
    assert.equal(overlays.length, 3);
  });

  for (const { page, index, content } of overlays) {
    it(`${page} ${index + 1}${kustomize === undefined ? ' (SKIPPED: there is no kustomize)' : ''} is built, and changes what it means to`, function () {
      if (kustomize === undefined) this.skip();
      this.timeout(30_000);
      const objects = built(content);
      const policy = JSON.stringify(only(objects, 'NetworkPolicy').spec);
      const deployment = JSON.stringify(only(objects, 'Deployment').spec);
      if (page === tracing) {
        const { egress } = only(objects, 'NetworkPolicy').spec as { egress: { ports: { port: number }[]; to: unknown[] }[] };
        assert.deepEqual(
          egress.map(({ ports }) => ports.map(({ port }) => port)),
          [[4318], [53, 53]],
        );
        assert.match(deployment, /OTEL_EXPORTER_OTLP_ENDPOINT.*OTEL_RESOURCE_ATTRIBUTES/);
      } else if (content.includes('metrics-auth')) {
        assert.match(deployment, /METRICS_AUTH_TOKEN_FILE/);
      } else {
        assert.match(policy, /"kubernetes.io\/metadata.name":"observability"/);
        const labelled = objects.filter(({ kind }) => kind === 'ServiceMonitor' || kind === 'PrometheusRule');
        assert.equal(labelled.length, 3);
        assert.ok(labelled.every(({ metadata }) => metadata.labels?.release === 'prometheus'));
        const dashboards = objects.filter(({ kind }) => kind === 'ConfigMap');
        assert.deepEqual(new Set(dashboards.map(({ metadata }) => metadata.namespace)), new Set(['observability']));
        const bindings = objects.filter(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'bestie-operator-prometheus');
        assert.equal(bindings.length, 2);
        assert.ok(bindings.every((each) => JSON.stringify(each.subjects).includes('"observability"')));
      }
    });
  }
});

describe('documentation: Alertmanager', () => {
  const amtool = tool('amtool');
  const config = blocks(monitor).find(({ content }) => content.includes('inhibit_rules:'))?.content ?? '';
  const skipped = amtool === undefined ? ' (SKIPPED: there is no amtool; Debian has it in prometheus-alertmanager)' : '';

  it('routes and inhibits by alerts that exist', () => {
    const { route, inhibit_rules: inhibitions } = parse(config) as { route: object; inhibit_rules: object[] };
    const patterns = JSON.stringify([route, inhibitions]).matchAll(/alertname=~?\\"([^"\\]+)\\"/g);
    const names = [...patterns].flatMap(([, pattern = '']) => pattern.split('|')).filter((name) => name !== 'Bestie.+');
    assert.ok(names.length >= 10);
    assert.deepEqual(
      names.filter((name) => !alerts.some(({ alert }) => alert === name)),
      [],
    );
  });

  it(`does what the page shows${skipped}`, function () {
    if (amtool === undefined) this.skip();
    const folder = perTest.folder();
    const file = join(folder, 'alertmanager.yaml');
    writeFileSync(file, config);
    execFileSync(amtool, ['check-config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    const shown = [...text(monitor).matchAll(/^\$ amtool config routes test --config\.file=\S+ (.+)\n(.+)$/gm)];
    assert.equal(shown.length, 4);
    for (const [, labels = '', receiver] of shown) {
      const args = ['config', 'routes', 'test', `--config.file=${file}`, ...labels.split(' ')];
      assert.equal(execFileSync(amtool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(), receiver);
    }
  });
});
