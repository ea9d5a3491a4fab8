import assert from 'node:assert/strict';
import { conditionTypes, type ConditionType } from '../../src/api/condition.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { createStates, MAX_BESTIES } from '../../src/telemetry/states.ts';
import type { StateRow, View } from '../../src/telemetry/staterow.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { exposition, samplesOf } from '../support/exposition.ts';
import { each } from '../support/table.ts';

const rows: StateRow[] = Object.values(stateTable);
const HEADERS = rows.map(({ name, type, help }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`).join('');

const condition = (type: ConditionType, status: 'True' | 'False') =>
  ({ type, status, reason: 'Settled', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }) as const;

const repository = {
  name: 'repo1',
  ready: true,
  lastSuccess: { id: 'b', completedAt: '2026-01-01T00:00:00Z' },
  lastFailure: { id: 'a', startedAt: '2025-12-31T00:00:00Z', reason: 'BackupFailed' },
  nextRun: '2026-01-02T01:00:00Z',
};

const verified = { at: '2026-01-01T03:12:00Z', repository: 'repo1', target: 'all', took: 720, revision: '2c1d' };

/** A Bestie that is Ready, autoscaled, backed up, verified, was upgraded and restored: every row has a series. */
const view = (at: number, spec: object = {}, status: object = {}): View => ({
  at,
  isGone: false,
  spec: { image: 'quay.io/opdev/bestie', version: '1.3', size: 1, maxReplicas: 4, database: { storage: { size: '5Gi' } }, ...spec },
  status: {
    appversion: '1.3',
    readyReplicas: 1,
    backup: { id: 'b', completedAt: '2026-01-01T00:00:00Z', repositories: [repository], verified },
    database: { usable: true },
    upgrade: { phase: 'Succeeded', succeeded: 2, failed: 1 },
    restore: { phase: 'Succeeded', succeeded: 1, failed: 1 },
    conditions: [condition('Ready', 'True')],
    ...status,
  },
  autoscaled: 2,
});

const tombstone = (at: number): View => ({ ...view(at), isGone: true });

/** States, and the Namespaces that appeared (+) and vanished (-). */
function followed() {
  const reported: string[] = [];
  const states = createStates({
    appeared: (namespace) => reported.push(`+${namespace}`),
    vanished: (namespace) => reported.push(`-${namespace}`),
  });
  return { states, reported };
}

const bestie = { namespace: 'pets', name: 'rex' };

/** The names of the metrics that have a series. */
const present = (text: string): string[] =>
  [...exposition(text).values()].flatMap(({ name, samples }) => (samples.length > 0 ? [name] : []));
const timestamps = rows.filter(({ keep }) => keep > 180).map(({ name }) => name);
const seriesOf = (text: string): number => [...exposition(text).values()].reduce((sum, { samples }) => sum + samples.length, 0);

describe('telemetry/states: exposition', () => {
  it('has each family of the table, with its help and type, whatever is known', () => {
    const { states } = followed();
    assert.equal(states.render(0), HEADERS);
    states.update(bestie, view(1000));
    const families = [...exposition(states.render(1000)).values()];
    assert.deepEqual(
      families.map(({ name, type, help }) => ({ name, type, help })),
      rows.map(({ name, type, help }) => ({ name, type, help })),
    );
    assert.deepEqual(
      families.filter(({ samples }) => samples.length === 0).map(({ name }) => name),
      ['bestie_finalized_timestamp_seconds'],
    );
    for (const { name, samples } of families) {
      const labels = rows.find((row) => row.name === name)?.labels ?? [];
      for (const sample of samples) {
        assert.deepEqual(Object.keys(sample.labels), ['namespace', 'bestie', ...labels], name);
        assert.deepEqual([sample.labels.namespace, sample.labels.bestie], ['pets', 'rex']);
      }
    }
  });

  each<unknown, string>(
    {
      Plain: { reason: 'as it is', given: 'quay.io/opdev/bestie', want: 'quay.io/opdev/bestie' },
      Quote: { reason: 'the end of a value is not the end of the line', given: 'a"} 1', want: 'a"} 1' },
      Backslash: { reason: 'one at the end would take the quote along', given: 'a\\', want: 'a\\' },
      Newline: {
        reason: 'a line of its own could say anything',
        given: 'a\nbestie_ready_replicas 99',
        want: 'a\nbestie_ready_replicas 99',
      },
      Escaped: { reason: 'what looks escaped is not', given: 'a\\n"b', want: 'a\\n"b' },
      Unicode: { reason: 'UTF-8 is as good', given: 'größe 😀', want: 'größe 😀' },
      Huge: { reason: 'a megabyte is no label', given: 'x'.repeat(1_000_000), want: 'x'.repeat(256) },
      HugeQuotes: { reason: 'it is cut before it is escaped', given: '"'.repeat(1000), want: '"'.repeat(256) },
      Null: { reason: 'nothing', given: null, want: '' },
      Number: { reason: 'no text', given: 13, want: '' },
      Object: { reason: 'no text', given: { a: 1 }, want: '' },
    },
    (given, want) => {
      const { states } = followed();
      states.update(bestie, view(1000, { image: given }));
      assert.deepEqual(samplesOf(states.render(1000), 'bestie_info'), [
        [1, { namespace: 'pets', bestie: 'rex', image: want, version: '1.3', appversion: '1.3' }],
      ]);
      assert.deepEqual(samplesOf(states.render(1000), 'bestie_ready_replicas'), [[1, { namespace: 'pets', bestie: 'rex' }]]);
    },
  );

  each<unknown, unknown[]>(
    {
      Number: { reason: 'as it is', given: 3, want: [3] },
      Zero: { reason: 'zero is a number', given: 0, want: [0] },
      Great: { reason: 'in the notation of a float', given: 1e25, want: [1e25] },
      Text: { reason: 'a number in quotes is none', given: '3', want: [] },
      NotFinite: { reason: 'what cannot be compared is not reported', given: Infinity, want: [] },
      NotANumber: { reason: 'what cannot be compared is not reported', given: NaN, want: [] },
      Null: { reason: 'nothing', given: null, want: [] },
      List: { reason: 'no number', given: [3], want: [] },
    },
    (given, want) => {
      const { states } = followed();
      states.update(bestie, view(1000, { size: given }));
      assert.deepEqual(
        samplesOf(states.render(1000), 'bestie_spec_replicas').map(([value]) => value),
        want,
      );
    },
  );

  it('has one series of a label that changes, not one per value', () => {
    const { states } = followed();
    for (const version of ['1.3', '1.4', '1.5']) states.update(bestie, view(1000, { version }, { upgrade: { phase: `to ${version}` } }));
    const text = states.render(1000);
    assert.deepEqual(
      samplesOf(text, 'bestie_info').map(([, { version }]) => version),
      ['1.5'],
    );
    assert.equal(samplesOf(text, 'bestie_upgrade_phase').length, 1);
  });

  it('keeps two Besties of one name in two Namespaces apart', () => {
    const { states } = followed();
    states.update({ namespace: 'a', name: 'b-c' }, view(1000, { size: 1 }));
    states.update({ namespace: 'a-b', name: 'c' }, view(1000, { size: 2 }));
    assert.deepEqual(samplesOf(states.render(1000), 'bestie_spec_replicas'), [
      [1, { namespace: 'a', bestie: 'b-c' }],
      [2, { namespace: 'a-b', bestie: 'c' }],
    ]);
  });
});

describe('telemetry/states: time', () => {
  each<{ view: View; age: number }, string[]>(
    {
      Fresh: {
        reason: 'everything',
        given: { view: view(10_000), age: 0 },
        want: rows.map(({ name }) => name).filter((name) => !name.includes('finalized')),
      },
      ThreeResyncs: {
        reason: 'the last moment of its state',
        given: { view: view(10_000), age: 180 },
        want: rows.map(({ name }) => name).filter((name) => !name.includes('finalized')),
      },
      Stale: {
        reason: 'this replica is not asked any more',
        given: { view: view(10_000), age: 180.5 },
        want: ['bestie_last_sync_timestamp_seconds'],
      },
      AnHour: {
        reason: 'the last moment of its time',
        given: { view: view(10_000), age: 3600 },
        want: ['bestie_last_sync_timestamp_seconds'],
      },
      Forgotten: { reason: 'nothing is left', given: { view: view(10_000), age: 3600.5 }, want: [] },
      Tombstone: { reason: 'both times, and no state', given: { view: tombstone(10_000), age: 0 }, want: timestamps },
      OldTombstone: {
        reason: 'longer than any replica remembers its state',
        given: { view: tombstone(10_000), age: 3600 },
        want: timestamps,
      },
      ForgottenTombstone: { reason: 'nothing is left', given: { view: tombstone(10_000), age: 3601 }, want: [] },
    },
    ({ view: seen, age }, want) => {
      const { states } = followed();
      states.update(bestie, seen);
      assert.deepEqual(present(states.render(seen.at + age)), want);
    },
  );

  it('a tombstone has one time twice, and takes the state away that was there', () => {
    const { states } = followed();
    states.update(bestie, view(1000));
    states.update(bestie, tombstone(1030.5));
    const text = states.render(1031);
    assert.deepEqual(present(text), timestamps);
    for (const name of timestamps) assert.deepEqual(samplesOf(text, name), [[1030.5, { namespace: 'pets', bestie: 'rex' }]]);
  });

  it('a Bestie of that name that comes after a tombstone is alive', () => {
    const { states, reported } = followed();
    states.update(bestie, tombstone(1000));
    states.update(bestie, view(1010));
    const text = states.render(1010);
    assert.deepEqual(samplesOf(text, 'bestie_finalized_timestamp_seconds'), []);
    assert.deepEqual(samplesOf(text, 'bestie_spec_replicas'), [[1, { namespace: 'pets', bestie: 'rex' }]]);
    assert.deepEqual(reported, ['+pets']);
  });

  it('what expired comes back with the next answer', () => {
    const { states } = followed();
    states.update(bestie, view(1000));
    assert.equal(present(states.render(1181)).length, 1);
    states.update(bestie, view(1182));
    assert.equal(present(states.render(1182)).length, rows.length - 1);
  });

  it('what is old expires although what is older was asked about again', () => {
    const { states } = followed();
    states.update({ namespace: 'pets', name: 'old' }, view(1000));
    states.update({ namespace: 'pets', name: 'idle' }, view(1001));
    states.update({ namespace: 'pets', name: 'old' }, view(1100));
    assert.deepEqual(
      samplesOf(states.render(1200), 'bestie_info').map(([, labels]) => labels.bestie),
      ['old'],
    );
  });

  it('a clock that was ahead, and was set back, holds nothing up', () => {
    const { states } = followed();
    states.update({ namespace: 'pets', name: 'early' }, view(87_400));
    states.update({ namespace: 'pets', name: 'late' }, view(1000));
    assert.doesNotMatch(states.render(1060), /"early"/);
    assert.match(states.render(1060), /"late"/);
    assert.doesNotMatch(states.render(8200), /"late"/);
  });
});

describe('telemetry/states: Namespaces', () => {
  it('reports the first Bestie and the last, once each', () => {
    const { states, reported } = followed();
    states.update({ namespace: 'a', name: 'one' }, view(1000));
    states.update({ namespace: 'a', name: 'two' }, view(2000));
    states.update({ namespace: 'b', name: 'one' }, view(2000));
    states.update({ namespace: 'a', name: 'two' }, view(2100));
    assert.deepEqual(reported, ['+a', '+b']);
    states.render(4700);
    assert.deepEqual(reported, ['+a', '+b'], 'one of two is left');
    states.render(5601);
    assert.deepEqual(reported, ['+a', '+b', '-b']);
    states.render(5800);
    assert.deepEqual(reported, ['+a', '+b', '-b', '-a']);
    states.update({ namespace: 'a', name: 'one' }, view(6000));
    assert.deepEqual(reported, ['+a', '+b', '-b', '-a', '+a']);
  });

  it('forgets also where nothing scrapes it', () => {
    const { states, reported } = followed();
    states.update({ namespace: 'a', name: 'one' }, view(1000));
    states.update({ namespace: 'b', name: 'one' }, view(4601));
    assert.deepEqual(reported, ['+a', '+b', '-a']);
  });

  it('has counters of a Namespace from zero on, and none when its last Bestie is forgotten', async () => {
    const metrics = createMetrics();
    const namespaces = async (now: number): Promise<unknown[]> => {
      const text = await metrics.render(now);
      const families = ['bestie_operations_total', 'bestie_deployment_size_undesired_count_total'];
      // What a scrape takes away is gone at the next one.
      await metrics.render(now);
      return families.flatMap((name) =>
        samplesOf(text, name).map(([value, { namespace, operation, status }]) => [value, namespace, operation, status]),
      );
    };
    assert.deepEqual(await namespaces(0), []);
    metrics.states.update(bestie, view(1000));
    assert.deepEqual(await namespaces(1000), [
      [0, 'pets', 'create', 'requested'],
      [0, 'pets', 'create', 'error'],
      [0, 'pets', 'update', 'requested'],
      [0, 'pets', 'update', 'error'],
      [0, 'pets', 'delete', 'requested'],
      [0, 'pets', 'delete', 'error'],
      [0, 'pets', undefined, undefined],
    ]);
    metrics.operations.inc({ namespace: 'pets', operation: 'create', status: 'requested' }, 7);
    metrics.states.update({ namespace: 'pets', name: 'other' }, view(1100));
    assert.deepEqual((await namespaces(1100))[0], [7, 'pets', 'create', 'requested']);
    await namespaces(4701);
    assert.deepEqual(await namespaces(4702), []);
  });
});

describe('telemetry/states: bounds', () => {
  const name = (index: number): string => `bestie-${String(index).padStart(5, '0')}`;

  it('forgets the one that was asked about longest ago when there are too many', () => {
    const { states, reported } = followed();
    states.update({ namespace: 'first', name: 'first' }, view(1000));
    for (let index = 1; index < MAX_BESTIES; index += 1) states.update({ namespace: 'pets', name: name(index) }, view(1000));
    states.update({ namespace: 'pets', name: name(1) }, view(1001));
    const timesOf = (): Set<string> =>
      new Set(
        [...states.render(1001).matchAll(/^bestie_spec_replicas\{namespace="(\w+)",bestie="([\w-]+)"/gm)].map(([, , found = '']) => found),
      );
    assert.equal(timesOf().size, MAX_BESTIES);
    states.update({ namespace: 'pets', name: 'one-more' }, view(1001));
    assert.deepEqual(reported, ['+first', '+pets', '-first']);
    states.update({ namespace: 'pets', name: 'two-more' }, view(1001));
    const left = timesOf();
    assert.equal(left.size, MAX_BESTIES);
    assert.deepEqual(
      ['first', name(1), name(2), name(3), 'one-more', 'two-more'].map((each) => left.has(each)),
      [false, true, false, true, true, true],
    );
  });

  it('a Bestie with one repository has 23 series at rest at most, four more for each other repository, and one for each condition that is not as it should be', () => {
    const { states } = followed();
    states.update(bestie, view(1000));
    assert.equal(seriesOf(states.render(1000)), 23);
    const worst = (Object.keys(conditionTypes) as ConditionType[]).flatMap((type) => [
      condition(
        type,
        ['Reconciling', 'Stalled', 'UpgradeFailed', 'RolledBack', 'Paused', 'DeletionBlocked'].includes(type) ? 'True' : 'False',
      ),
    ]);
    const repositories = ['repo1', 'repo2', 'repo3', 'repo4'].map((name) => ({ ...repository, name }));
    states.update(
      bestie,
      view(1000, {}, { conditions: worst, backup: { id: 'b', completedAt: '2026-01-01T00:00:00Z', repositories, verified } }),
    );
    assert.equal(seriesOf(states.render(1000)), 22 + 3 * 4 + Object.keys(conditionTypes).length);
    states.update(bestie, {
      ...view(
        1000,
        { maxReplicas: undefined, database: { provider: 'External' } },
        { backup: undefined, database: {}, upgrade: undefined, restore: undefined },
      ),
      autoscaled: undefined,
    });
    assert.equal(seriesOf(states.render(1000)), 8, 'the least');
  });

  it('10,000 Besties are 2,000 bytes each, whatever their specs hold, and nothing is left of them in the end', async () => {
    const metrics = createMetrics();
    const empty = metrics.states.render(0);
    assert.equal(empty, HEADERS);
    const before = (await metrics.registry.metrics()).replace(/^(process|nodejs)_.*\n/gm, '');
    for (let index = 0; index < 10_000; index += 1)
      metrics.states.update({ namespace: `team-${index % 100}`, name: name(index) }, view(5000 + index / 100));
    const text = metrics.states.render(5100);
    assert.equal([...text.matchAll(/^bestie_/gm)].length, 230_000);
    assert.ok(text.length / 10_000 < 2_000, `${text.length / 10_000} bytes each`);
    for (let index = 0; index < 10_000; index += 1)
      metrics.states.update(
        { namespace: `team-${index % 100}`, name: name(index) },
        view(5101, { image: '"'.repeat(1e4), version: '\n'.repeat(1e4) }),
      );
    assert.ok(metrics.states.render(5101).length / 10_000 < 2_000 + 4 * 256, 'three labels of 256 characters, each escaped, at most');
    metrics.states.render(5101 + 3601);
    assert.equal(metrics.states.render(5101 + 3601), HEADERS);
    assert.equal((await metrics.registry.metrics()).replace(/^(process|nodejs)_.*\n/gm, ''), before, 'the counters of 100 Namespaces, too');
  });
});
