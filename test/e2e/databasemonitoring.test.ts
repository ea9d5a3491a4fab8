/** A database that is monitored from now on, and no longer: what the API server warns of, what is made of it, and that it is at rest in between. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, declaredResources, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectlBoth } from './support/kubectl.ts';
import { POSTGRES_CLUSTERS } from './support/pgostatus.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-database-monitoring';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
const EXPORTER = { pgmonitor: { exporter: {} } };

const monitored = (enabled: boolean): object => bestie('watched', { size: 1, database: { monitoring: { enabled } } });
const applied = async (object: object): Promise<string> => (await kubectlBoth(object, '-n', NS, 'apply')).stderr;
const requested = async (): Promise<unknown> => (await get(NS, POSTGRES_CLUSTERS, 'watched-pgo'))?.spec?.monitoring;

describe('a database that is monitored', () => {
  /** As `kubectl get` takes it; undefined where the overlay does not declare the kind. */
  let podMonitors: string | undefined;

  before(async () => {
    await namespace(NS);
    podMonitors = (await declaredResources()).find((resource) => resource.startsWith('podmonitors.'));
    await apply(NS, bestie('watched', { size: 1 }));
    await becomes(NS, 'watched', 'Ready', 'True', undefined, 120);
  });

  it('is one from now on, with a warning, an exporter and what scrapes it', async () => {
    assert.equal(await requested(), undefined);
    assert.match(
      await applied(monitored(true)),
      /Warning: .*database\.monitoring is switched on, which restarts Postgres: .*single instance/,
    );
    assert.deepEqual(await eventually('the exporter is requested', 30, requested), EXPORTER);
    if (podMonitors === undefined) {
      const live = await becomes(NS, 'watched', 'MonitoringReady', 'False', 'APINotInstalled');
      assert.match(
        condition(live, 'MonitoringReady')?.message ?? '',
        /does not declare PodMonitor; install an overlay with the component monitoring/,
      );
    } else {
      const kind = podMonitors;
      await becomes(NS, 'watched', 'MonitoringReady', 'True');
      await eventually('the PodMonitor', 30, () => get(NS, kind, 'watched-podmonitor'));
    }
    await becomes(NS, 'watched', 'Ready', 'True', undefined, 120);
  });

  it('is applied again without a warning', async () => {
    assert.equal(await applied(monitored(true)), '');
  });

  it('at rest nothing is written', async function () {
    this.timeout((REST + 180) * 1000);
    await eventually('it is quiet', 120, async () => (await writesAtRest(NS, 5)).length === 0);
    assert.deepEqual(await writesAtRest(NS, REST), []);
    assert.deepEqual(await requested(), EXPORTER);
  });

  it('is none any longer, with a warning', async () => {
    assert.match(await applied(monitored(false)), /Warning: .*database\.monitoring is switched off, which restarts Postgres/);
    await eventually('the exporter is no longer requested', 30, async () => (await requested()) === undefined);
    if (podMonitors === undefined) return;
    const kind = podMonitors;
    await eventually('the PodMonitor is gone', 30, async () => (await get(NS, kind, 'watched-podmonitor')) === undefined);
  });
});
