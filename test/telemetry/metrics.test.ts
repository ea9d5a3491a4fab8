import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createMetrics, metricTable } from '../../src/telemetry/metrics.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { exposition, samplesOf } from '../support/exposition.ts';
import { tool } from '../support/tools.ts';

interface Row {
  name: string;
  type: string;
  help: string;
  labels: readonly string[];
  buckets?: readonly number[];
}
const rows: Row[] = Object.values(metricTable);
const stateRows: Row[] = Object.values(stateTable);
const all = [...rows, ...stateRows];

/** Fixed names that break a rule, and which; people's alerts ask for them. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // Both names were there before this operator, in the alerts and dashboards of those who come from it.
  bestie_upgrade_counter: ['a counter ends with _total', 'the name repeats the type'],
  bestie_deployment_size_undesired_count_total: ['_total says already that it is counted'],
};

const units = /_(milliseconds|microseconds|nanoseconds|minutes|hours|days|kilobytes|megabytes|gigabytes|bits|celsius|percent)(_|$)/;
const abbreviations = /_(s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d)(_|$)/;
const types = ['counter', 'gauge', 'histogram', 'summary'];

/** What promlint says of a name, and one rule more. */
function broken({ name, type, labels }: Row): string[] {
  const rules: Record<string, boolean> = {
    'the name begins with bestie_': /^bestie_[a-z]+(_[a-z]+)*$/.test(name),
    'a counter ends with _total': type !== 'counter' || name.endsWith('_total'),
    'only a counter ends with _total': type === 'counter' || !name.endsWith('_total'),
    'the name repeats the type': !types.some((each) => name.includes(`_${each}_`) || name.endsWith(`_${each}`)),
    'units are base units': !units.test(name),
    'units are written out': !abbreviations.test(name),
    'suffixes of histograms are theirs': !/_(bucket|sum|count)$/.test(name),
    '_total says already that it is counted': !/_(count|number)_total$/.test(name),
    'labels are lower case, and not those of histograms or of the scrape': labels.every(
      (label) =>
        /^[a-z]+$/.test(label) && !['le', 'quantile', 'job', 'instance', 'pod', 'service', 'endpoint', 'container'].includes(label),
    ),
  };
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [rule]));
}

describe('telemetry/metrics', () => {
  it('registers every row of the table as it stands there', async () => {
    const { registry } = createMetrics();
    const registered = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('bestie_'));
    assert.deepEqual(
      registered.map(({ name, type, help }) => ({ name, type: String(type), help })),
      rows.map(({ name, type, help }) => ({ name, type, help })),
    );
  });

  it('renders labels and buckets of the table', async () => {
    const metrics = createMetrics();
    metrics.duration.observe({ hook: 'sync' }, 0.003);
    metrics.requests.inc({ hook: 'sync', code: 200 });
    const text = await metrics.registry.metrics();
    const bounds = [...text.matchAll(/^bestie_hook_request_duration_seconds_bucket\{le="([\d.]+)",hook="sync"\}/gm)].map(([, le]) =>
      Number(le),
    );
    assert.deepEqual(bounds, metricTable.duration.buckets);
    assert.match(text, /^bestie_hook_requests_total\{hook="sync",code="200"\} 1$/m);
    assert.throws(() => {
      metrics.requests.inc({ hook: 'sync', other: 'x' } as never);
    }, /label/);
  });

  it('has buckets from 1 ms to 10 s, each bound greater than the one before', () => {
    const { buckets } = metricTable.duration;
    assert.deepEqual([buckets[0], buckets.at(-1)], [0.001, 10]);
    for (const { name, buckets: bounds = [] } of rows) {
      assert.deepEqual(
        bounds,
        [...new Set(bounds)].sort((a, b) => a - b),
        name,
      );
    }
  });

  it('has no state outside of its registry', async () => {
    const [first, second] = [createMetrics(), createMetrics()];
    first.inFlight.inc();
    first.states.update({ namespace: 'pets', name: 'b' }, { at: 1, isGone: false, spec: { size: 1 }, status: { conditions: [] } });
    assert.match(await second.registry.metrics(), /^bestie_hook_in_flight_requests 0$/m);
    assert.deepEqual(samplesOf(await second.render(1), 'bestie_spec_replicas'), []);
  });

  it('reports its version, and nothing else, in its label', async () => {
    assert.deepEqual(samplesOf(await createMetrics('1.2.3').render(0), 'bestie_operator_build_info'), [[1, { version: '1.2.3' }]]);
  });

  it('begins at zero where an alert asks for an increase', async () => {
    const text = await createMetrics().render(0);
    assert.deepEqual(
      samplesOf(text, 'bestie_controller_reconcile_total').map(([value, { result }]) => [value, result]),
      ['success', 'requeue_after', 'requeue', 'error'].map((result) => [0, result]),
    );
  });

  it('renders registry and states as one exposition, each family once', async () => {
    const families = [...exposition(await createMetrics().render(0)).values()];
    const ours = families.filter(({ name }) => name.startsWith('bestie_'));
    assert.deepEqual(
      ours.map(({ name, type, help }) => ({ name, type, help })),
      all.map(({ name, type, help }) => ({ name, type, help })),
    );
    const others = families.filter((family) => !ours.includes(family)).map(({ name }) => name);
    assert.deepEqual(
      others.filter((name) => !/^(process|nodejs)_/.test(name)),
      [],
      'the rest is of prom-client',
    );
  });
});

describe('telemetry/metrics: names, by the rules of promlint', () => {
  for (const row of all) {
    it(row.name, () => {
      assert.deepEqual(broken(row), allowed[row.name] ?? []);
      assert.ok(row.help.endsWith('.') && !row.help.slice(0, -1).includes('. ') && !row.help.includes('|'), 'the help is one sentence');
      assert.match(row.help, /^(Grows|Set|Observed|Changes|Becomes|Always) /, 'the help says when it changes');
      assert.ok(!/[\\\n]/.test(row.help), 'the help needs no escape');
      assert.equal(row.buckets !== undefined, row.type === 'histogram');
    });
  }

  it('allows nothing that is not there, and says no to a bad name', () => {
    const names = all.map(({ name }) => name);
    assert.deepEqual(new Set(names).size, names.length);
    for (const name of Object.keys(allowed)) assert.ok(names.includes(name), name);
    const bad = { name: 'upgrade_ms_gauge_total', type: 'gauge', help: '', labels: ['le'] };
    assert.equal(broken(bad).length, 5);
  });

  const promtool = tool('promtool');
  it(promtool === undefined ? 'SKIPPED: promtool is not installed' : 'promtool check metrics finds nothing else', async function () {
    if (promtool === undefined) this.skip();
    const metrics = createMetrics('1.2.3');
    metrics.states.update(
      { namespace: 'pets', name: 'b' },
      {
        at: 1_700_000_000,
        isGone: false,
        autoscaled: 3,
        spec: { image: 'a"\\\n\u0000\r\t{}😀', version: '1', size: 1, maxReplicas: 4 },
        status: { conditions: [] },
      },
    );
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
      input: await metrics.render(1_700_000_000),
      encoding: 'utf8',
    });
    const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('bestie_'));
    assert.deepEqual(complaints.sort(), [
      'bestie_upgrade_counter counter metrics should have "_total" suffix',
      `bestie_upgrade_counter metric name should not include type 'counter'`,
    ]);
    assert.equal(status, 3, `${stdout}${stderr}`);
  });
});
