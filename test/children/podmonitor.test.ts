import { strict as assert } from 'node:assert';
import { kindKey } from '../../src/api/kubernetes.ts';
import { kinds } from '../../src/api/kinds.ts';
import { validateChild } from '../support/schemas.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  carriedOut,
  conditionOf,
  manifestOf,
  overlaid,
  overlays,
  patched,
  said,
  syncOf,
  without,
  world,
  type Loose,
} from '../support/world.ts';

const declared = overlays.monitoring;
const monitored = (spec: Loose = {}): Loose => ({ ...spec, database: { monitoring: { enabled: true } } });
const external = { database: { provider: 'External', secretName: 'theirs' }, sessionSecret: { name: 'session' } };

describe('children/podmonitor', () => {
  each<[Loose, readonly string[] | undefined], [boolean, string | undefined]>(
    {
      Unset: { reason: 'it restarts the database, so it is asked for', given: [{}, declared], want: [false, 'True Created'] },
      Off: {
        reason: 'as without the field',
        given: [{ database: { monitoring: { enabled: false } } }, declared],
        want: [false, 'True Created'],
      },
      On: { reason: 'it waits for nothing', given: [monitored(), declared], want: [true, 'True Created'] },
      AloneWanted: {
        reason: 'the database may be monitored without the application',
        given: [monitored({ monitoring: { enabled: false } }), declared],
        want: [true, 'True Created'],
      },
      NotInstalled: {
        reason: 'the spec wants what is not installed',
        given: [monitored(), undefined],
        want: [false, 'False APINotInstalled'],
      },
      External: { reason: 'nothing is run for it', given: [external, overlays.minimal], want: [false, undefined] },
    },
    ([spec, kindsThere], [isThere, condition]) => {
      const answer = syncOf(ready(world(spec, kindsThere && { declared: kindsThere })));
      assert.equal(manifestOf(answer, 'PodMonitor') !== undefined, isThere);
      assert.equal(said(answer, 'MonitoringReady'), condition);
    },
  );

  it('is requested with the database, before there is an application', () => {
    assert.ok(manifestOf(syncOf(world(monitored(), { declared })), 'PodMonitor'));
  });

  it('names what is missing, and leaves Ready alone, where only an earlier release declared the other kinds', () => {
    const former = declared.filter((kind) => kind !== kindKey(kinds.podMonitor));
    const answer = syncOf(carriedOut(ready(world(monitored(), { declared: former }))));
    assert.equal(
      conditionOf(answer, 'MonitoringReady')?.message,
      'the CompositeController does not declare PodMonitor; install an overlay with the component monitoring, or leave the field out',
    );
    assert.equal(said(answer, 'Ready'), 'True AllReady');
    assert.ok(manifestOf(answer, 'ServiceMonitor'));
  });

  it('selects the instances with an exporter of this database alone, by one endpoint, and keeps what is used', async () => {
    const child = manifestOf(
      syncOf(ready(world(monitored({ monitoring: { labels: { release: 'prometheus' } } }), { declared }))),
      'PodMonitor',
    );
    assert.ok(child);
    await validateChild(child);
    assert.equal(child.metadata.name, 'bestie-podmonitor');
    assert.equal(child.metadata.labels?.release, 'prometheus');
    const { podMetricsEndpoints, ...spec } = child.spec as { podMetricsEndpoints: { metricRelabelings: { regex: string }[] }[] };
    assert.deepEqual(spec, {
      selector: {
        matchLabels: {
          'postgres-operator.crunchydata.com/cluster': 'bestie-pgo',
          'postgres-operator.crunchydata.com/crunchy-postgres-exporter': 'true',
        },
      },
      sampleLimit: 500,
    });
    const [{ metricRelabelings, ...endpoint } = { metricRelabelings: [] }, ...others] = podMetricsEndpoints;
    assert.deepEqual(others, []);
    assert.deepEqual(endpoint, {
      port: 'exporter',
      path: '/metrics',
      scheme: 'http',
      interval: '30s',
      scrapeTimeout: '20s',
      relabelings: [{ action: 'replace', targetLabel: 'bestie', replacement: 'bestie' }],
    });
    const [{ regex, ...keep } = { regex: '' }] = metricRelabelings;
    assert.deepEqual(keep, { action: 'keep', sourceLabels: ['__name__'] });
    const isKept = (name: string): boolean => new RegExp(`^(?:${regex})$`).test(name);
    assert.ok(isKept('ccp_connection_stats_total'));
    // Each table and statement has series of its own.
    for (const name of ['ccp_stat_user_tables_n_live_tup', 'pg_settings_work_mem_bytes', 'ccp_connection_stats_total_x', 'go_goroutines'])
      assert.equal(isKept(name), false, name);
  });

  it('selects the database of a Bestie whose name is cut', () => {
    const name = 'x'.repeat(63);
    const [child, database] = ['PodMonitor', 'PostgresCluster'].map((kind) =>
      manifestOf(syncOf(world(monitored(), { declared, name })), kind),
    );
    const { selector } = child?.spec as { selector: { matchLabels: Record<string, string> } };
    assert.equal(selector.matchLabels['postgres-operator.crunchydata.com/cluster'], database?.metadata.name);
  });

  it('comes and goes by an edit, with the exporter, and what is asked for is the same whatever was observed', () => {
    const off = carriedOut(ready(world({}, { declared })));
    const on = carriedOut({ ...off, parent: overlaid(off.parent, { spec: monitored() }) });
    assert.ok(on.children.some(({ kind }) => kind === 'PodMonitor'));
    const disturbed = patched(on, 'PodMonitor', { spec: { podMetricsEndpoints: [] } });
    assert.equal(
      JSON.stringify(manifestOf(syncOf(disturbed), 'PodMonitor')?.spec),
      JSON.stringify(manifestOf(syncOf(on), 'PodMonitor')?.spec),
    );
    const again = carriedOut({ ...on, parent: off.parent });
    assert.ok(again.children.every(({ kind }) => kind !== 'PodMonitor'));
    assert.deepEqual(
      again.children.find(({ kind }) => kind === 'PostgresCluster')?.spec,
      off.children.find(({ kind }) => kind === 'PostgresCluster')?.spec,
    );
  });

  it('is one of three that speak for MonitoringReady', () => {
    const w = carriedOut(ready(world(monitored(), { declared })));
    assert.equal(said(syncOf(w), 'MonitoringReady'), 'True Created');
    assert.equal(said(syncOf(without(w, 'PodMonitor')), 'MonitoringReady'), 'False Creating');
  });
});
