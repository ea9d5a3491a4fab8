/**
 * How often, and for how long, is what Prometheus records of a Bestie wrong, while several replicas of the webhook answer in turn? Days are
 * played in seconds, with the real memory of the replicas and a model of everything around it: routing, scrapes, and the recording rules.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { createStates, type States } from '../../src/telemetry/states.ts';
import type { View } from '../../src/telemetry/staterow.ts';
import { perTest } from '../support/pertest.ts';
import { checkTable } from '../support/markdown.ts';
import { tool } from '../support/tools.ts';

const HOUR = 3600;
const DAYS = 10;
const RESYNC = 60;
/** Mean seconds between two changes of the Bestie. */
const FLIP = 30 * 60;

const read = (file: string): unknown => parse(readFileSync(`manifests/monitoring/${file}`, 'utf8'));
const rules = read('prometheusrule.yaml') as { spec: { groups: { name: string; interval: string }[] } };
const monitor = read('servicemonitor.yaml') as { spec: { endpoints: { interval: string }[] } };
const seconds = (duration: string | undefined): number =>
  Number(/^(\d+)s$/.exec(duration ?? '')?.[1] ?? assert.fail(`no seconds: ${duration ?? ''}`));
const SCRAPE = seconds(monitor.spec.endpoints[0]?.interval);
const EVALUATION = seconds(rules.spec.groups.find(({ name }) => name === 'bestie.rules')?.interval);
/** The longest time for which anything may be wrong. */
const BOUND = 2 * SCRAPE + RESYNC;

const metrics = [
  'bestie_last_sync_timestamp_seconds',
  'bestie_finalized_timestamp_seconds',
  'bestie_upgrade_failure',
  'bestie_ready_replicas',
] as const;
type Metric = (typeof metrics)[number];
type Scraped = Partial<Record<Metric, number>>;

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `farewell` is the latest time, of the last hour, at which a replica is known to have let the Bestie go, whether that replica lives or not. */
type Rule = (scraped: readonly Scraped[], metric: Metric, farewell: number) => number | undefined;

const greatest = (values: readonly number[]): number | undefined => (values.length === 0 ? undefined : Math.max(...values));

/** What the rules `namespace_bestie:…:newest` record: what the replica says that answered last, unless that was a farewell. */
const newest: Rule = (scraped, metric, farewell) => {
  const last = greatest(scraped.flatMap((each) => each.bestie_last_sync_timestamp_seconds ?? [])) ?? -Infinity;
  if (farewell + 30 >= last) return undefined;
  return greatest(scraped.filter((each) => each.bestie_last_sync_timestamp_seconds === last).flatMap((each) => each[metric] ?? []));
};

/** What every scenario writes first. */
const naive: Rule = (scraped, metric) => greatest(scraped.flatMap((each) => each[metric] ?? []));

interface Replica {
  instance: string;
  states: States;
  /** Second of each period at which it is scraped. */
  phase: number;
  /** What Prometheus keeps of it: a series that is missing in a scrape is gone. */
  scraped: Scraped;
  /** What that was read from. */
  text: string;
}

interface Watch {
  scraped?: (at: number, replica: Replica) => void;
  killed?: (at: number, replica: Replica) => void;
  recorded?: (at: number, value: (metric: Metric) => number | undefined) => void;
}

interface Setting {
  seed: number;
  length?: number;
  replicas?: number;
  /** Share of the answers that one replica gives; the others share the rest. */
  sticky?: number;
  /** Seconds after which the replica that answered last is killed, and another one takes its place. */
  killEvery?: number;
  /** The same, once. */
  killAt?: number;
  /** The Bestie is let go by finalize, and one of its name is made; seconds. */
  gone?: { from: number; to: number };
  /** Scrapes are at multiples of so many seconds. */
  grid?: number;
  rule?: Rule;
  watch?: Watch;
}

interface Figures {
  /** Share of the samples that are recorded that do not say what is so at their time. */
  recorded: number;
  /** Share of all seconds in which the latest of them does not: it may be an interval old. */
  asked: number;
  /** Seconds for which that lasts at most. */
  longest: number;
}

const LINE = /^(bestie_(?:last_sync_timestamp_seconds|finalized_timestamp_seconds|upgrade_failure|ready_replicas))\{.*\} (\S+)$/gm;

function scrape(replica: Replica, now: number): void {
  const text = replica.states.render(now);
  if (text === replica.text) return;
  replica.text = text;
  replica.scraped = Object.fromEntries([...text.matchAll(LINE)].map(([, name = '', value]) => [name, Number(value)]));
}

const view = (at: number, fails: boolean, isGone: boolean): View => ({
  at,
  isGone,
  spec: { size: 3 },
  status: {
    readyReplicas: fails ? 2 : 3,
    conditions: [{ type: 'ImagePulled', status: fails ? 'False' : 'True', reason: 'Settled', message: '', lastTransitionTime: '' }],
  },
});

const noFollower = { appeared: () => undefined, vanished: () => undefined };

function simulate({
  seed,
  length = DAYS * 24 * HOUR,
  replicas: count = 3,
  sticky,
  killEvery,
  killAt,
  gone,
  grid = 1,
  rule = newest,
  watch = {},
}: Setting): Figures {
  const random = seeded(seed);
  let made = 0;
  const anyPhase = (): number => grid * Math.floor((random() * SCRAPE) / grid);
  const replica = (): Replica => ({
    instance: `10.0.0.${++made}:8081`,
    states: createStates(noFollower),
    phase: anyPhase(),
    scraped: {},
    text: '',
  });
  const replicas = Array.from({ length: count }, replica);
  const any = (): number => (sticky !== undefined && random() < sticky ? 0 : Math.floor(random() * count));
  const untilFlip = (): number => Math.round(FLIP * (0.5 + random()));
  let [fails, latest, nextFlip, nextSync] = [false, 0, untilFlip(), 0];
  let [evaluations, wrongRecords, wrongSeconds, stretch, longest] = [0, 0, 0, 0, 0];
  let records: (number | undefined)[] = [];
  let farewell = -Infinity;

  for (let now = 0; now < length; now += 1) {
    const isGone = gone !== undefined && now >= gone.from && now < gone.to;
    // Metacontroller hears of every change, and asks within a second.
    if (now === nextFlip) [fails, nextFlip, nextSync] = [!fails, now + untilFlip(), now + 1];
    if (now === gone?.from || now === gone?.to) nextSync = now;
    if (now === killAt || (killEvery !== undefined && now % killEvery === killEvery - 1)) {
      const killed = replicas.splice(latest, 1, replica());
      killed.forEach((each) => watch.killed?.(now, each));
    }
    if (now === nextSync) {
      latest = any();
      const at = now + Math.floor(random() * 1000) / 1000;
      replicas[latest]?.states.update({ namespace: 'pets', name: 'rex' }, view(at, fails, isGone));
      nextSync = isGone ? gone.to : now + RESYNC;
    }
    for (const each of replicas) {
      // Where a scrape falls is another chance each hour: the figure is of no single constellation.
      if (grid === 1 && now % HOUR === 0) each.phase = anyPhase();
      if (now % SCRAPE !== each.phase) continue;
      scrape(each, now + 0.999);
      farewell = Math.max(farewell, each.scraped.bestie_finalized_timestamp_seconds ?? -Infinity);
      watch.scraped?.(now, each);
    }
    const truth = isGone ? [undefined, undefined] : [Number(fails), fails ? 2 : 3];
    const isWrong = (): boolean => records.some((value, index) => value !== truth[index]);
    if (now % EVALUATION === 0) {
      const recorded = (metric: Metric): number | undefined =>
        rule(
          replicas.map(({ scraped }) => scraped),
          metric,
          farewell,
        );
      records = [recorded('bestie_upgrade_failure'), recorded('bestie_ready_replicas')];
      evaluations += 1;
      // Nothing can be known before the first scrape.
      if (now > SCRAPE && isWrong()) wrongRecords += 1;
      watch.recorded?.(now, recorded);
    }
    stretch = now > 2 * SCRAPE && isWrong() ? stretch + 1 : 0;
    wrongSeconds += Number(stretch > 0);
    longest = Math.max(longest, stretch);
  }
  return { recorded: wrongRecords / evaluations, asked: wrongSeconds / length, longest };
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

describe(`several replicas over ${DAYS} simulated days, scraped every ${SCRAPE} s, recorded every ${EVALUATION} s, asked every ${RESYNC} s`, function () {
  this.timeout(120_000);

  const HALF = (DAYS * 24 * HOUR) / 2;
  const cases = {
    Random: { reason: 'three replicas, each as likely to answer', given: { seed: 1 } },
    Two: { reason: 'two replicas', given: { seed: 2, replicas: 2, length: HALF } },
    Sticky: { reason: 'three replicas, 98 % of the answers by one', given: { seed: 3, sticky: 0.98, length: HALF } },
    Killed: { reason: 'three replicas, the one that answered last dies every hour', given: { seed: 4, killEvery: HOUR, length: HALF } },
    Naive: { reason: 'three replicas, the greatest value wins', given: { seed: 5, rule: naive, length: HALF } },
  } satisfies Record<string, { reason: string; given: Setting }>;
  type Name = keyof typeof cases;

  const known = new Map<Name, Figures>();
  const figuresOf = (name: Name): Figures => {
    const figures = known.get(name) ?? simulate(cases[name].given);
    known.set(name, figures);
    return figures;
  };
  const row = ({ recorded, asked, longest }: Figures): string[] => [percent(recorded), percent(asked), `${longest} s`];

  /** Shares of the time in which the latest recorded sample may be wrong. */
  const limits: Record<Exclude<Name, 'Naive'>, number> = { Random: 0.01, Two: 0.01, Sticky: 0.01, Killed: 0.015 };
  for (const [name, limit] of Object.entries(limits) as [Exclude<Name, 'Naive'>, number][]) {
    it(`${name}: ${cases[name].reason}`, function () {
      const figures = figuresOf(name);
      const { asked, longest } = figures;
      if (this.test) this.test.title += `: ${row(figures).join(', ')}`;
      assert.ok(asked < limit, percent(asked));
      assert.ok(longest <= BOUND, `${longest} s`);
      // One second until it is asked about, and on average half an interval of each kind.
      const expected = (1 + SCRAPE / 2 + EVALUATION / 2) / FLIP;
      assert.ok(asked < 1.3 * expected && asked > 0.8 * expected, `${percent(asked)}, not about ${percent(expected)}`);
    });
  }

  it('the greatest value of all replicas would be wrong more often, and for longer', () => {
    const { recorded, longest } = figuresOf('Naive');
    assert.ok(recorded > 0.03 && longest > BOUND, `${percent(recorded)}, ${longest} s`);
  });

  it('docs/metrics.md has these figures', () => {
    const header = ['Case', 'Recorded samples that are wrong', 'Time in which the latest one is wrong', 'Longest'];
    checkTable(
      'docs/metrics.md',
      header,
      (Object.keys(cases) as Name[]).map((name) => [cases[name].reason, ...row(figuresOf(name))]),
    );
  });

  const farewells: Record<string, Setting> = {
    'a Bestie that is let go, and one of its name': { seed: 5, gone: { from: HOUR, to: 2 * HOUR } },
    'the same where the replica that let it go is gone itself': { seed: 6, gone: { from: HOUR, to: 2 * HOUR }, killAt: HOUR + 31 },
  };
  for (const [name, given] of Object.entries(farewells)) {
    it(`${name}: reported within the same bound`, () => {
      const { longest } = simulate({ ...given, length: 3 * HOUR });
      assert.ok(longest <= BOUND, `${longest} s`);
    });
  }
});

/** An hour as promtool takes it: samples on a grid, and what the rules must have recorded from them. */
function hour(setting: Setting): object {
  const GRID = 5;
  const length = HOUR;
  const series = new Map<string, string[]>();
  const of = (instance: string, metric: string): string[] => {
    const key = `${metric}{namespace="pets",bestie="rex",instance="${instance}",pod="p-${instance}",job="bestie-operator"}`;
    const values = series.get(key) ?? Array.from({ length: length / GRID }, () => '_');
    series.set(key, values);
    return values;
  };
  const present = new Set<string>();
  const put = (at: number, instance: string, metric: Metric, value: number | undefined): void => {
    const key = `${instance} ${metric}`;
    if (value === undefined && !present.has(key)) return;
    present[value === undefined ? 'delete' : 'add'](key);
    of(instance, metric)[Math.ceil(at / GRID)] = value === undefined ? 'stale' : String(value);
  };
  const expected: object[] = [];
  simulate({
    ...setting,
    length,
    grid: GRID,
    watch: {
      scraped: (at, { instance, scraped }) => {
        for (const metric of metrics) put(at, instance, metric, scraped[metric]);
      },
      killed: (at, { instance }) => {
        for (const metric of metrics) put(at, instance, metric, undefined);
      },
      recorded: (at, value) => {
        for (const metric of metrics.filter((each) => each !== 'bestie_finalized_timestamp_seconds')) {
          const record = `namespace_bestie:${metric}:newest`;
          const sample = value(metric);
          const samples = sample === undefined ? [] : [{ labels: `${record}{namespace="pets",bestie="rex"}`, value: sample }];
          expected.push({ expr: record, eval_time: `${at}s`, exp_samples: samples });
        }
      },
    },
  });
  const input = [...series].map(([name, values]) => ({ series: name, values: values.join(' ') }));
  return { interval: `${GRID}s`, input_series: input, promql_expr_test: expected };
}

const promtool = tool('promtool');

describe(
  promtool === undefined ? 'SKIPPED, promtool is not installed: the model against the rules' : 'the model against the rules, in promtool',
  () => {
    const settings: Record<string, Setting> = {
      Random: { seed: 11 },
      Sticky: { seed: 12, sticky: 0.98 },
      Killed: { seed: 13, killEvery: 700 },
      Gone: { seed: 14, gone: { from: 1500, to: 2600 } },
      ComesBack: { seed: 15, killEvery: 400, gone: { from: 1500, to: 1520 } },
      GoneAndKilled: { seed: 16, gone: { from: 1500, to: 2600 }, killAt: 1531 },
    };
    for (const [name, setting] of Object.entries(settings)) {
      it(`${name}: an hour, at each evaluation`, function () {
        if (promtool === undefined) this.skip();
        const folder = perTest.folder();
        writeFileSync(join(folder, 'rules.yaml'), stringify(rules.spec));
        const test = hour(setting);
        const expected = (test as { promql_expr_test: { exp_samples: unknown[] }[] }).promql_expr_test;
        assert.ok(expected.length === (3 * HOUR) / EVALUATION && expected.filter(({ exp_samples }) => exp_samples.length > 0).length > 100);
        const file = { rule_files: ['rules.yaml'], evaluation_interval: `${EVALUATION}s`, tests: [test] };
        writeFileSync(join(folder, 'test.yaml'), stringify(file));
        const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', 'test.yaml'], { cwd: folder, encoding: 'utf8' });
        assert.equal(status, 0, `${stdout}${stderr}`.slice(0, 3000));
      });
    }
  },
);
