import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createMetrics, metricTable } from '../../src/telemetry/metrics.ts';

interface Row {
  name: string;
  type: string;
  help: string;
  labels: readonly string[];
  buckets?: readonly number[];
}
const rows: Row[] = Object.values(metricTable);

/** The cells of every table row of a Markdown page, without its head. */
const cells = (page: string): string[][] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );

describe('telemetry/metrics', () => {
  it('docs/metrics.md has the rows of the table, and no others', () => {
    const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    const want = rows.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]);
    assert.deepEqual(cells(page), want);
  });

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

  it('has no state outside of its registry', async () => {
    const [first, second] = [createMetrics(), createMetrics()];
    first.inFlight.inc();
    assert.match(await second.registry.metrics(), /^bestie_hook_in_flight_requests 0$/m);
  });

  it('names follow the conventions of Prometheus', () => {
    for (const { name, type, help, labels, buckets } of rows) {
      assert.match(name, /^bestie_[a-z]+(_[a-z]+)*$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.ok(!name.includes(type), `${name} repeats its type`);
      assert.ok(help.endsWith('.') && !help.slice(0, -1).includes('. ') && !help.includes('|'), `${name}: help is one sentence`);
      assert.equal(buckets !== undefined, type === 'histogram', name);
      assert.ok(
        labels.every((label) => /^[a-z]+$/.test(label) && !['le', 'quantile', 'job', 'instance'].includes(label)),
        name,
      );
    }
  });
});
