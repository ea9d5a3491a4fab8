/**
 * Every rule and every panel on real Prometheuses, 2.42 and 3, for each way of scraping in `settings`: the same target, the same results. The
 * jobs are those of the ServiceMonitors and the PodMonitor. Needs the programs `prometheus` and `prometheus3` of .ci/run; what needs one that is missing is skipped.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { dashboards, expressionsOf, filled } from '../dashboards/files.ts';
import { groups } from '../rules/rules.ts';
import { closer } from '../support/closing.ts';
import { runPrometheus } from '../support/prometheus.ts';
import { tool } from '../support/tools.ts';
import { jobOf, monitors, ownGroups, type Job } from './monitors.ts';
import { difference, resultOf, type Result } from './results.ts';
import { settings, type Setting } from './settings.ts';
import { serveWorld, trouble, type Clock } from './targets.ts';

const programs = ['prometheus', 'prometheus3'].map((name) => ({ name, program: tool(name) }));
const HALF_MINUTES: Clock = { scrapes: 30, apart: 30 };
/** Milliseconds for which a condition is waited for. */
const PATIENCE = 110_000;
/** For seconds all seven targets were up, and both replicas recorded: on a busy machine a scrape may be late. */
const SETTLED = 'count(min_over_time(up[4s]) == 1) == 7 and on () min_over_time(bestie_operator_up_total{job=""}[3s]) == 2';
const BESTIE = { namespace: 'pets', bestie: 'bestie' };

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
}

/** Recorded quantiles differ by a label alone. */
const nameOf = ({ record, alert, labels }: Rule): string => `rule ${record ?? alert ?? ''}${labels?.quantile ?? ''}`;

/** Every expression that is shipped, by where it stands. */
const asked = new Map<string, string>([
  ...[...groups, ...ownGroups].flatMap(({ rules }) => rules.map((rule: Rule): [string, string] => [nameOf(rule), rule.expr])),
  ...Object.entries(dashboards).flatMap(([file, dashboard]) =>
    expressionsOf(dashboard).map(({ where, expr }): [string, string] => [`${file}, ${where}`, filled(expr, BESTIE)]),
  ),
]);

/** What has no result in this world, and why. */
const quiet: Record<string, string> = {
  'rule BestieOperatorDown': 'a replica is up',
  'rule BestieOperatorNotRedundant': 'both are',
  'rule BestieControllerNotRunning': 'a controller that does not run is not BestieHookUnreachable',
  'bestie.json, annotation Upgrades that succeeded': 'nothing is upgraded while the rules are looked at',
  'bestie.json, annotation Upgrades that failed': 'likewise',
};

function jobsOn(address: string): Job[] {
  const pod = (name: string, namespace: string, instance: string): Record<string, string> => ({ pod: name, namespace, instance });
  return [
    ...['a', 'b'].map((query) =>
      jobOf('bestie-operator', monitors.webhook, {
        ...{ address, path: '/webhook', query },
        labels: pod(`bestie-operator-${query}`, 'bestie-system', `10.0.0.${query === 'a' ? 1 : 2}:8081`),
      }),
    ),
    jobOf('metacontroller-metrics', monitors.metacontroller, {
      ...{ address, path: '/metacontroller' },
      labels: pod('metacontroller-0', 'metacontroller', '10.0.0.3:9999'),
    }),
    // As kube-prometheus has it.
    jobOf(
      'kube-state-metrics',
      { endpoints: [{ honorLabels: true }] },
      {
        ...{ address, path: '/cluster' },
        labels: { ...pod('kube-state-metrics-0', 'monitoring', '10.0.0.4:8443'), container: 'kube-rbac-proxy-main' },
      },
    ),
    jobOf('bestie-svc', monitors.application, {
      ...{ address, path: '/application' },
      labels: pod('bestie-app-5d9c7b8f6-aaaaa', 'pets', '10.0.0.5:8000'),
    }),
    ...[
      { path: '/database', query: 'a', labels: pod('bestie-pgo-pg-x7k2-0', 'pets', '10.0.0.6:9187') },
      { path: '/replica', query: 'b', labels: pod('bestie-pgo-pg-b2c3-0', 'pets', '10.0.0.7:9187') },
    ].map((instance) => jobOf('pets/bestie-podmonitor', monitors.database, { address, ...instance })),
  ];
}

async function within(milliseconds: number, holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
    await sleep(200);
  }
}

interface Run {
  found: Map<string, Result>;
  isInForce: boolean;
}

async function run(
  program: string,
  { global, flags, evidence, format = 'text', clock = HALF_MINUTES, jobs = (job) => job }: Setting,
): Promise<Run> {
  const { close, ...scope } = closer();
  try {
    const targets = await serveWorld(trouble, clock, format, scope);
    const prometheus = await runPrometheus(
      program,
      {
        global: { scrape_interval: '500ms', scrape_timeout: '500ms', ...global },
        scrapeConfigs: jobsOn(targets.address).map(jobs),
        groups: [...groups, ...ownGroups].map((group) => ({ ...group, interval: '500ms' })),
        ...(flags && { flags }),
      },
      scope,
    );
    await within(PATIENCE, () => targets.areDone(), 'the targets are scraped to their end');
    const { query } = prometheus;
    await within(PATIENCE, async () => (await query(SETTLED)).length > 0, 'all are up, and the rules have seen it');
    const found = new Map<string, Result>();
    for (const [where, expr] of asked) found.set(where, resultOf(await prometheus.query(expr)));
    return { found, isInForce: evidence === undefined || (await prometheus.query(evidence)).length > 0 };
  } finally {
    await close();
  }
}

describe('scraping: every rule and panel holds', function () {
  this.timeout(240_000);
  /** What all others are compared with: the first that there is, without any setting. */
  let wanted: Map<string, Result> | undefined;

  for (const { name, program } of programs) {
    const title = program === undefined ? ` (SKIPPED: there is no program ${name}; .ci/run prometheus gets it)` : '';
    const rows = Object.entries(settings).filter(([, { only = name }]) => only === name);

    describe(`${name}${title}`, () => {
      const runs = new Map<string, Run>();

      before(async () => {
        if (program === undefined) return;
        // Each waits for seconds until Prometheus begins to scrape, so all wait together.
        const done = await Promise.all(rows.map(async ([setting, row]): Promise<[string, Run]> => [setting, await run(program, row)]));
        for (const [setting, one] of done) runs.set(setting, one);
        wanted ??= runs.get('Default')?.found;
      });

      for (const [setting, { reason }] of rows) {
        it(`${setting}: ${reason}`, function () {
          const one = runs.get(setting);
          if (one === undefined || wanted === undefined) return this.skip();
          assert.ok(one.isInForce, 'the setting is in force');
          const reference = wanted;
          const differences = [...one.found].flatMap(
            ([where, result]) => difference(where, result, reference.get(where) ?? new Map<string, number>()) ?? [],
          );
          assert.deepEqual(differences, []);
        });
      }

      it('every rule and panel has a result, but those that cannot be true together', function () {
        const found = runs.get('Default')?.found;
        if (found === undefined) return this.skip();
        const empty = [...found].filter(([, { size }]) => size === 0).map(([where]) => where);
        assert.deepEqual(empty, Object.keys(quiet));
      });
    });
  }
});
