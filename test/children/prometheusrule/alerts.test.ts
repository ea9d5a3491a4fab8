import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import type { AlertName } from '../../../src/children/prometheusrule/alert.ts';
import { alerts } from '../../../src/children/prometheusrule/alerts.ts';
import { staleBackups } from '../../../src/children/prometheusrule/backupage.ts';
import { podNames, subjectOf } from '../../../src/children/prometheusrule/subject.ts';
import { names } from '../../../src/api/names.ts';
import { bestieSchema } from '../../support/crd.ts';
import { migrated, ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { carriedOut, manifestOf, observe, overlaid, overlays, said, syncOf, world, type Loose, type World } from '../../support/world.ts';

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Loose;
  annotations: Record<string, string>;
}

const declared = overlays.monitoring;
const monitored = (spec: Loose = {}, name?: string): World => ready(world(spec, { declared, ...(name && { name }) }));
const rulesOf = (w: World): Rule[] => {
  const spec = manifestOf(syncOf(w), 'PrometheusRule')?.spec as { groups: { rules: Rule[] }[] } | undefined;
  return spec?.groups.flatMap(({ rules }) => rules) ?? [];
};
const ruleOf = (alert: AlertName, w: World): Rule | undefined => rulesOf(w).find((rule) => rule.alert === alert);
const all = Object.keys(alerts) as AlertName[];
const external = { database: { provider: 'External', secretName: 'database' }, sessionSecret: { name: 'session' } };
const schedules = (wanted: Loose | undefined): Loose => ({
  database: { backups: { repos: [{ name: 'repo1', volume: {}, ...(wanted && { schedules: wanted }) }] } },
});
const exclude = (...excludeAlerts: string[]): Loose => ({ monitoring: { excludeAlerts } });
const ofDatabase = all.filter((alert) => alert.startsWith('BestieDatabase'));
/** Without those of a database that is monitored. */
const usual = all.filter((alert) => !ofDatabase.includes(alert));
const without = (...left: AlertName[]): AlertName[] => usual.filter((alert) => !left.includes(alert));
const withExporter = (spec: Loose = {}): Loose => ({ ...spec, database: { monitoring: { enabled: true } } });

describe('children/prometheusrule/alerts', () => {
  each<World, AlertName[]>(
    {
      Autoscaled: { reason: 'every alert about the application', given: monitored({ size: 2, maxReplicas: 5 }), want: usual },
      DatabaseMonitored: { reason: 'every alert', given: monitored(withExporter({ size: 2, maxReplicas: 5 })), want: all },
      DatabaseUnmonitored: {
        reason: 'no series are there',
        given: monitored({ size: 2, maxReplicas: 5, database: { monitoring: { enabled: false } } }),
        want: usual,
      },
      DatabaseExcluded: {
        reason: 'each can be left out',
        given: monitored(withExporter({ size: 2, maxReplicas: 5, ...exclude(...ofDatabase) })),
        want: usual,
      },
      Fixed: { reason: 'nothing scales out', given: monitored(), want: without('BestieAtMaxReplicas') },
      FixedByBounds: {
        reason: 'it would always be at its greatest',
        given: monitored({ size: 3, maxReplicas: 3 }),
        want: without('BestieAtMaxReplicas'),
      },
      External: {
        reason: 'backups are up to the team that runs the database',
        given: monitored({ ...external, monitoring: { thresholds: { backupAgeSeconds: 3600 } } }),
        want: without('BestieAtMaxReplicas', 'BestieBackupStale'),
      },
      NoSchedule: {
        reason: 'nothing states when a backup is due',
        given: monitored(schedules(undefined)),
        want: without('BestieAtMaxReplicas', 'BestieBackupStale'),
      },
      NoScheduleButAge: {
        reason: 'something does',
        given: monitored({ ...schedules(undefined), monitoring: { thresholds: { backupAgeSeconds: 3600 } } }),
        want: without('BestieAtMaxReplicas'),
      },
      Excluded: {
        reason: 'not wanted',
        given: monitored(exclude('BestieHighLatency', 'BestieRolledBack')),
        want: without('BestieAtMaxReplicas', 'BestieHighLatency', 'BestieRolledBack'),
      },
      AllExcluded: { reason: 'no empty list, but no PrometheusRule', given: monitored(exclude(...all)), want: [] },
      NothingLeft: {
        reason: 'what was not excluded does not apply',
        given: monitored(exclude(...without('BestieAtMaxReplicas'))),
        want: [],
      },
    },
    (given, want) => {
      assert.deepEqual(
        rulesOf(given).map(({ alert }) => alert),
        want,
      );
    },
  );

  it('are those that the API lets people exclude', () => {
    const names = bestieSchema.properties?.spec?.properties?.monitoring?.properties?.excludeAlerts?.items?.enum;
    assert.deepEqual(names, all);
  });

  it('compare with every threshold of the API, and with no other', () => {
    const fields = Object.keys(bestieSchema.properties?.spec?.properties?.monitoring?.properties?.thresholds?.properties ?? {});
    assert.deepEqual(all.flatMap((alert) => alerts[alert].threshold ?? []).sort(), fields.sort());
  });

  for (const rule of rulesOf(monitored(withExporter({ size: 2, maxReplicas: 5 })))) {
    it(`${rule.alert} says how bad it is, about whom, what to do and where to read on`, () => {
      assert.match(rule.alert, /^Bestie[A-Z][A-Za-z]+$/);
      assert.deepEqual(Object.keys(rule.labels), ['severity', 'namespace', 'bestie']);
      assert.ok(['critical', 'warning'].includes(String(rule.labels.severity)));
      assert.match(rule.annotations.summary ?? '', /^Bestie pets\/bestie [a-z].*\.$/);
      assert.match(rule.annotations.description ?? '', /\.$|lists the pods\.$/);
      const page = /^https:\/\/github\.com\/bestie-operator\/bestie-operator\/blob\/main\/(docs\/runbooks\/(\w+)\.md)$/.exec(
        rule.annotations.runbook_url ?? '',
      );
      assert.equal(page?.[2], rule.alert);
      assert.ok(existsSync(page[1] ?? ''), page[1]);
    });

    it(`${rule.alert} selects the series of one Namespace and one Bestie, in every selector`, () => {
      const selectors = rule.expr.match(/\{(?!5\})[^}]*/g) ?? [];
      assert.ok(selectors.length > 0);
      for (const selector of selectors) assert.match(selector, /^\{namespace="pets",\w+=~?"bestie[-"]/);
    });
  }

  it('stand in the user guide, with how bad they are, and have a page with what to do', () => {
    const guide = readFileSync('docs/user-guide.md', 'utf8');
    const rows = [...guide.matchAll(/^\| \[(Bestie\w+)\]\(runbooks\/(\w+)\.md\) +\| (\w+)/gm)].map(([, ...cells]) => cells);
    assert.deepEqual(
      rows,
      all.map((alert) => [alert, alert, alerts[alert].severity]),
    );
    for (const alert of all) {
      const headings = readFileSync(`docs/runbooks/${alert}.md`, 'utf8').match(/^##? .+$/gm);
      assert.deepEqual(headings, [`# ${alert}`, '## Meaning', '## Impact', '## Diagnosis', '## Mitigation']);
    }
  });

  it('are the same whichever order the exclusions have, and none is left of an excluded one', () => {
    const [one, other] = [
      monitored(exclude('BestieOOMKilled', 'BestieHighLatency')),
      monitored(exclude('BestieHighLatency', 'BestieOOMKilled')),
    ];
    assert.deepEqual(rulesOf(one), rulesOf(other));
  });

  it('leave MonitoringReady to the ServiceMonitor where all are excluded', () => {
    assert.equal(said(syncOf(monitored(exclude(...all))), 'MonitoringReady'), 'True Created');
  });

  it('go and come back by an edit', () => {
    const w = monitored();
    const off = carriedOut({ ...w, parent: overlaid(w.parent, { spec: exclude(...all) }) });
    assert.ok(off.children.every(({ kind }) => kind !== 'PrometheusRule'));
    assert.ok(off.children.some(({ kind }) => kind === 'ServiceMonitor'));
    const on = carriedOut({ ...off, parent: w.parent });
    assert.ok(on.children.some(({ kind }) => kind === 'PrometheusRule'));
  });

  each<[AlertName, World], string>(
    {
      ErrorRate: { reason: 'the default', given: ['BestieHighErrorRate', monitored()], want: '> 5' },
      ErrorRateSet: {
        reason: 'in percent',
        given: ['BestieHighErrorRate', monitored({ monitoring: { thresholds: { errorRatePercent: 20 } } })],
        want: '> 20',
      },
      Latency: { reason: 'the default', given: ['BestieHighLatency', monitored()], want: '> 1' },
      LatencySet: {
        reason: 'PromQL counts seconds',
        given: ['BestieHighLatency', monitored({ monitoring: { thresholds: { latencyMilliseconds: 250 } } })],
        want: '> 0.25',
      },
      LatencyLeast: {
        reason: 'no other notation for a small number',
        given: ['BestieHighLatency', monitored({ monitoring: { thresholds: { latencyMilliseconds: 1 } } })],
        want: '> 0.001',
      },
      DatabaseLag: { reason: 'no field was set', given: ['BestieDatabaseReplicationLag', monitored(withExporter())], want: '> 300' },
      DatabaseDisk: { reason: 'no field was set', given: ['BestieDatabaseDiskFilling', monitored(withExporter())], want: '> 85' },
      DatabaseConnections: {
        reason: 'no field was set',
        given: ['BestieDatabaseConnectionsHigh', monitored(withExporter())],
        want: '> 80',
      },
      DatabaseDiskSet: {
        reason: 'in percent',
        given: ['BestieDatabaseDiskFilling', monitored(withExporter({ monitoring: { thresholds: { databaseDiskPercent: 50 } } }))],
        want: '> 50',
      },
      BackupAge: { reason: 'one and a half days for a backup a day', given: ['BestieBackupStale', monitored()], want: '> 129600' },
      BackupAgeWeekly: {
        reason: 'by the schedules',
        given: ['BestieBackupStale', monitored(schedules({ full: '@weekly' }))],
        want: `> ${1.5 * 7 * 86_400}`,
      },
      BackupAgeSet: {
        reason: 'whatever the schedules are',
        given: ['BestieBackupStale', monitored({ monitoring: { thresholds: { backupAgeSeconds: 7200 } } })],
        want: '> 7200',
      },
    },
    ([alert, given], want) => {
      const rule = ruleOf(alert, given);
      assert.ok(rule?.expr.endsWith(want), rule?.expr);
    },
  );

  for (const alert of ['BestieHighErrorRate', 'BestieHighLatency'] as const) {
    it(`${alert} counts reads alone, which no crawler can make fail or last, in both forms of a histogram`, () => {
      const expr = ruleOf(alert, monitored())?.expr ?? '';
      const reads = 'method="GET",path=~"/api/applications/|/api/auth/|/api/listings/|/api/users/"';
      const selected = [...expr.matchAll(/flask_\w+\{([^}]*)\}/g)].map(([, inner = '']) => inner.replace(',status=~"5.."', ''));
      assert.deepEqual([...new Set(selected)], [`namespace="pets",bestie="bestie",${reads}`]);
      const names = [...expr.matchAll(/flask_http_request_duration_seconds(\w*)\{/g)].map(([, suffix]) => suffix);
      assert.equal(names.filter((suffix) => suffix === '').length, names.length / 2);
    });
  }

  it('BestieRolledBack says that the schema is newer, and what to check', () => {
    const { description } = ruleOf('BestieRolledBack', monitored())?.annotations ?? {};
    for (const word of ['newer schema', 'create a listing and an application', 'sign up', '5xx'])
      assert.ok(description?.includes(word), word);
  });

  describe('BestieBackupStale, where no backup is known', () => {
    const created = `+ ${Date.parse('2026-01-01T11:00:00Z') / 1000}\n)`;
    const w = monitored();
    const withStatus = (status: unknown): World => ({ ...w, parent: { ...w.parent, status } });
    const { conditions } = w.parent.status as { conditions: { type: string }[] };
    const silent = {
      ...(w.parent.status as Loose),
      backup: undefined,
      conditions: conditions.filter(({ type }) => type !== 'BackupReady'),
    };

    each<World, boolean>(
      {
        Reported: { reason: 'counts from the creation', given: w, want: true },
        StatusLost: { reason: 'the next status reports it', given: withStatus(undefined), want: true },
        FormerRelease: { reason: 'what status never reports cannot be missing', given: withStatus(silent), want: false },
        FormerReleaseOnceReported: {
          reason: 'from the first backup that is reported',
          given: withStatus({ ...silent, backup: { id: 'x', completedAt: '2026-01-01T01:00:00Z' } }),
          want: true,
        },
        NoCreation: {
          reason: 'posted without an API server',
          given: { ...w, parent: overlaid(w.parent, { metadata: { creationTimestamp: undefined } }) },
          want: false,
        },
      },
      (given, want) => {
        assert.equal(ruleOf('BestieBackupStale', given)?.expr.includes(created), want);
      },
    );
  });

  describe('BestieBackupStale, by repository', () => {
    const repos = (...given: (Loose | undefined)[]): Loose => ({
      database: {
        backups: {
          repos: given.map((wanted, index) => ({ name: `repo${index + 1}`, volume: {}, ...(wanted && { schedules: wanted }) })),
        },
      },
    });
    const threshold = { monitoring: { thresholds: { backupAgeSeconds: 7200 } } };
    const daily = { full: '0 1 * * *' };
    const DAILY = 129_600;
    const terms = (expr = ''): [string, number][] =>
      expr.split('\nor\n').map((term) => {
        const [repository, ...others] = new Set([...term.matchAll(/,repository=~?"([^"]*)"/g)].map(([, name]) => name));
        assert.deepEqual(others, [], term);
        return [repository ?? '', Number(/\) > (\d+)$/.exec(term)?.[1])];
      });

    each<Loose, [string, number][] | undefined>(
      {
        Usual: { reason: 'the default has one repository', given: {}, want: [['repo1', DAILY]] },
        Equal: { reason: 'one term for all that may be equally old', given: repos(daily, daily), want: [['repo1|repo2', DAILY]] },
        Different: {
          reason: 'each by its own schedules',
          given: repos(daily, { full: '@weekly' }),
          want: [
            ['repo1', DAILY],
            ['repo2', 7 * DAILY],
          ],
        },
        Apart: {
          reason: 'the second fills no gap of the first',
          given: repos({ full: '0 1 * * 0' }, { full: '0 1 * * 1-6' }),
          want: [
            ['repo1', 7 * DAILY],
            ['repo2', 2 * DAILY],
          ],
        },
        Unscheduled: { reason: 'it is used on demand', given: repos(daily, undefined), want: [['repo1', DAILY]] },
        Threshold: { reason: 'it holds for all', given: { ...repos(daily, undefined), ...threshold }, want: [['repo1|repo2', 7200]] },
        NeverRuns: { reason: 'never no alert', given: repos({ full: '0 1 31 2 *' }), want: [['repo1', DAILY]] },
        NeverRunsBesideAnother: {
          reason: 'never no alert, whatever the other one does',
          given: repos({ full: '@weekly' }, { full: ', 1 * * *' }),
          want: [
            ['repo1', 7 * DAILY],
            ['repo2', DAILY],
          ],
        },
        NeverRunsInPart: {
          reason: 'the one that runs',
          given: repos({ full: '0 1 31 2 *', incremental: '@daily' }),
          want: [['repo1', DAILY]],
        },
        NoSchedules: { reason: 'the spec does not say when a backup is due', given: repos(undefined, undefined), want: undefined },
      },
      (given, want) => {
        const rule = ruleOf('BestieBackupStale', monitored(given));
        assert.deepEqual(rule && terms(rule.expr), want);
        for (const text of rule ? [rule.annotations.summary, rule.annotations.description] : [])
          assert.ok(text?.includes('in repository {{ $labels.repository }}'), text);
      },
    );

    it('has a deadline where Kubernetes refuses the schedule that got past admission', () => {
      const o = observe(world(repos({ full: '0 1 * * 7' }, { full: '@reboot' })));
      assert.deepEqual(terms(staleBackups(subjectOf(o))), [['repo1|repo2', DAILY]]);
    });

    it('stays as it was for a Bestie of a former release that is left alone, byte for byte', () => {
      const former = (spec: Loose): Rule | undefined => {
        const w = monitored(spec);
        const { backup: _, ...status } = w.parent.status as { backup?: unknown; conditions: { type: string }[] };
        const conditions = status.conditions.filter(({ type }) => type !== 'BackupReady');
        return ruleOf('BestieBackupStale', { ...w, parent: { ...w.parent, status: { ...status, conditions } } });
      };
      const { expr, annotations } = former({}) ?? {};
      assert.equal(
        expr,
        'time() - max_over_time(namespace_bestie:bestie_last_backup_timestamp_seconds:newest{namespace="pets",bestie="bestie"}[5m]) > 129600',
      );
      assert.deepEqual(
        [annotations?.summary, annotations?.description],
        [
          'Bestie pets/bestie has no recent backup.',
          'No backup of the database is known to have succeeded for {{ $value | humanizeDuration }}. kubectl -n pets describe bestie bestie shows the condition BackupReady.',
        ],
      );
      assert.ok(former({ ...repos(daily, undefined), ...threshold })?.expr.endsWith(' > 7200'));
      assert.equal(former(repos({ full: '0 1 31 2 *' })), undefined);
    });
  });

  describe('pods by name', () => {
    const matches = (bestie: string, pod: string): boolean => new RegExp(`^(?:${podNames(names.deployment(bestie))})$`).test(pod);
    /** As the ReplicaSet controller asks for names, and the API server gives them. */
    const podOf = (bestie: string): string => `${`${names.deployment(bestie)}-5d9c7b8f6d-`.slice(0, 58)}x7k2p`;

    each<[string, string], boolean>(
      {
        Own: { reason: 'hash and five characters', given: ['bestie', 'bestie-app-5d9c7b8f6-x7k2p'], want: true },
        ShortHash: { reason: 'hashes are of any length', given: ['bestie', 'bestie-app-9c7-x7k2p'], want: true },
        Migration: { reason: 'it is no part of the application', given: ['bestie', 'bestie-job-0a1b2c3d-x7k2p'], want: false },
        Database: { reason: 'the database operator alerts about it', given: ['bestie', 'bestie-pgo-pg-x7k2-0'], want: false },
        OtherBegins: { reason: 'a Bestie called bestie-app', given: ['bestie', podOf('bestie-app')], want: false },
        OtherMigration: {
          reason: 'a migration of a Bestie called bestie-app',
          given: ['bestie', 'bestie-app-job-0a1b2c3d-x7k2p'],
          want: false,
        },
        OtherDatabase: { reason: 'the database of a Bestie called bestie-app', given: ['bestie', 'bestie-app-pgo-pg-x7k2-0'], want: false },
        OtherEnds: { reason: 'a Bestie called my-bestie', given: ['bestie', podOf('my-bestie')], want: false },
      },
      ([bestie, pod], want) => {
        assert.equal(matches(bestie, pod), want);
      },
    );

    it('holds for names of every length', () => {
      for (let length = 1; length <= 63; length += 1) {
        const bestie = 'b'.repeat(length);
        assert.ok(matches(bestie, podOf(bestie)), podOf(bestie));
        assert.equal(matches(bestie, podOf(`c${bestie.slice(1)}`)), false, bestie);
        if (length < 63) assert.equal(matches(bestie, `${bestie}-job-0a1b2c3d-x7k2p`), false, bestie);
      }
    });

    it('stands in the selectors', () => {
      assert.ok(subjectOf(observe(world())).pods.includes(podNames('bestie-app')));
    });
  });

  it('are not touched in a world before the migrations', () => {
    assert.deepEqual(rulesOf(world({}, { declared })), []);
    assert.ok(rulesOf(migrated(world({}, { declared }))).length > 0);
  });
});
