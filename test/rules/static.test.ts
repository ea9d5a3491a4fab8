/** The operator's own rules do what they say: promtool evaluates them on the series that a real scrape gives. test/rules/static is data only. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { metricTable } from '../../src/telemetry/metrics.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { metricNames } from '../support/promql.ts';
import { alertNames, complaint, groups, promtoolVersions, recordedNames, skippedWithout } from './rules.ts';
import { parsed, scraped } from './scrape.ts';

interface TestFile {
  tests: {
    name: string;
    /** Series, as a test writes them, and their values in the notation of promtool, one each 30 seconds. */
    series: Record<string, string>;
    alert_rule_test?: { alertname: string; eval_time: string; exp_alerts: { exp_annotations?: Record<string, string> }[] }[];
    promql_expr_test?: { expr: string; exp_samples: unknown[] }[];
  }[];
}

const folder = 'test/rules/static';
/** Native histograms, for which promtool 2.42 knows no notation. */
const NATIVE = 'native.yaml';
const files = new Map(readdirSync(folder).map((name) => [name, parse(readFileSync(`${folder}/${name}`, 'utf8')) as TestFile]));
const tests = [...files.values()].flatMap((file) => file.tests);
const asserted = tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
const asked = tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test);
const fed = [...new Set(tests.flatMap(({ series }) => Object.keys(series)))];

/** The file as promtool reads it. */
const forPromtool = ({ tests }: TestFile): unknown => ({
  rule_files: ['rules.yaml'],
  evaluation_interval: '30s',
  group_eval_order: groups.map(({ name }) => name),
  tests: tests.map(({ series, ...test }) => ({
    ...test,
    interval: '30s',
    input_series: Object.entries(series).map(([each, values]) => ({ series: scraped(each), values })),
  })),
});

/** The labels that a metric of the operator has of itself; undefined for a metric of another exporter. */
function ownLabels(name: string): string[] | undefined {
  const isOf = (row: { name: string; type: string }): boolean =>
    row.name === name || (row.type === 'histogram' && `${row.name}_bucket` === name);
  const state = Object.values(stateTable).find(isOf);
  if (state !== undefined) return ['namespace', 'bestie', ...state.labels];
  const metric = Object.values(metricTable).find(isOf);
  return metric && [...metric.labels, ...(name.endsWith('_bucket') ? ['le'] : [])];
}

describe('rules: the operator', () => {
  for (const promtool of promtoolVersions) {
    const { program } = promtool;
    const title = skippedWithout(promtool);

    it(`${title}takes them`, function () {
      if (program === undefined) return this.skip();
      assert.equal(complaint(program, ['check', 'rules', 'rules.yaml'], { 'rules.yaml': { groups } }), undefined);
    });

    for (const [name, file] of files) {
      if (promtool.name === 'promtool' && name === NATIVE) continue;
      it(`${title}${folder}/${name}: ${file.tests.length} worlds`, function () {
        if (program === undefined) return this.skip();
        this.timeout(60_000);
        const content = { 'rules.yaml': { groups }, 'test.yaml': forPromtool(file) };
        assert.equal(complaint(program, ['test', 'rules', 'test.yaml'], content), undefined);
      });
    }
  }

  for (const alert of alertNames) {
    it(`${alert} is seen to fire and to be quiet`, () => {
      const cases = asserted.filter(({ alertname }) => alertname === alert);
      assert.ok(
        cases.some(({ exp_alerts }) => exp_alerts.length > 0),
        'no case in which it fires',
      );
      assert.ok(
        cases.some(({ exp_alerts }) => exp_alerts.length === 0),
        'no case in which it is quiet',
      );
    });
  }

  for (const recorded of recordedNames) {
    it(`${recorded} is seen with a value`, () => {
      assert.ok(asked.some(({ expr, exp_samples }) => metricNames(expr).includes(recorded) && exp_samples.length > 0));
    });
  }

  it('no test speaks of an alert that there is not', () => {
    assert.deepEqual(
      asserted.filter(({ alertname }) => !alertNames.includes(alertname)),
      [],
    );
  });

  it('no test feeds what the rules record', () => {
    assert.deepEqual(
      fed.filter((each) => recordedNames.includes(parsed(each).name)),
      [],
    );
  });

  it('the series of the tests have the labels of the metric tables', () => {
    for (const each of fed) {
      const { name, labels } = parsed(each);
      const own = ownLabels(name);
      assert.ok(own !== undefined || !name.startsWith('bestie_'), `${name} is no metric of ours`);
      if (own !== undefined) assert.deepEqual(Object.keys(labels).sort(), ['pod', ...own].sort(), each);
    }
  });

  it('every metric that the rules read is fed by a test', () => {
    const names = new Set(fed.map((each) => parsed(each).name));
    const read = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => metricNames(expr)));
    assert.deepEqual(
      // ALERTS are Prometheus' own.
      read.filter((name) => !names.has(name) && !recordedNames.includes(name) && name !== 'ALERTS'),
      [],
    );
  });
});
