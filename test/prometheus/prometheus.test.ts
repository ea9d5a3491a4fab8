/**
 * A failed upgrade, as Prometheus sees it: two real webhooks answer the sandbox in turn, a real Prometheus scrapes both and evaluates the
 * operator's own rules. Needs the program `prometheus` (Debian package of that name); without it the tests are skipped.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCluster, type Cluster } from '../../src/sandbox/cluster.ts';
import { controllerConfig, overlays } from '../../src/sandbox/metacontroller/controllerconfig.ts';
import { BESTIE } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { overHttp, type CallHook } from '../../src/sandbox/metacontroller/hookcall.ts';
import { dashboards, expressionsOf, filled } from '../dashboards/files.ts';
import { groups } from '../rules/rules.ts';
import { closingIn } from '../support/closing.ts';
import { serving } from '../support/program.ts';
import { startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { metricNames } from '../support/promql.ts';
import { bestieOf, conditionOf, isReady, sample } from '../support/sandbox.ts';
import { tool } from '../support/tools.ts';

const program = tool('prometheus');
const IMAGE_FAILURE = 'BestieImageFailureAlert';

/** One webhook after the other, whatever is asked. */
function inTurn(urls: readonly string[]): CallHook {
  let asked = 0;
  return (hook, body) => overHttp(urls[asked++ % urls.length] ?? '')(hook, body);
}

/** As often as the scrapes of this test, instead of every 15 s; what keeps firing to bridge a few scrapes does so here. */
const quick = groups.map(({ interval: _, rules, ...group }) => ({
  ...group,
  rules: rules.map((rule) => ({ ...rule, ...(rule.keep_firing_for !== undefined && { keep_firing_for: '2s' }) })),
}));

/** Metrics that the webhooks of this test have; those of Metacontroller, kube-state-metrics, cAdvisor and the application are not served here. */
const isOwn = (name: string): boolean => /^(bestie_|nodejs_|process_)|:|^up$/.test(name);

/** What the dashboards ask of our own metrics, by where it stands. */
const asked = Object.entries(dashboards).flatMap(([file, dashboard]) =>
  expressionsOf(dashboard)
    .map(({ where, expr }) => ({ where: `${file}, ${where}`, expr: filled(expr, { namespace: 'shop', bestie: 'bestie' }) }))
    .filter(({ expr }) => metricNames(expr).every(isOwn)),
);

/** Panels without data in this test, and why. */
const notHere: Record<string, string> = {
  'bestie.json, panel Repositories C': 'no backup fails',
  'operator.json, panel Operations failed A': 'a child is not applied only after three minutes',
  'operator.json, panel Size drift A': 'the Bestie is autoscaled',
  'bestie.json, annotation Upgrades that failed': 'an image is given up only after two minutes',
};

describe(`a real Prometheus${program === undefined ? ' (SKIPPED: there is no program prometheus; install the package of that name)' : ''}`, () => {
  const scope = closingIn(after);
  let webhooks: Awaited<ReturnType<typeof serving>>[] = [];
  let prometheus: Prometheus;
  let cluster: Cluster;

  /** Runs the sandbox, a second of its time at a time, until Prometheus says what is wanted. */
  async function until(what: string, holds: () => Promise<boolean>, seconds = 60): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      await cluster.tick(1);
      if (await holds()) return;
      await sleep(200);
    }
    const seen = JSON.stringify(await prometheus.alerts());
    throw new Error(`not within ${seconds} s: ${what}; Bestie: ${JSON.stringify(bestieOf(cluster)?.status)}; alerts: ${seen}`);
  }

  const value = async (expr: string): Promise<number | undefined> => {
    const [first] = await prometheus.query(expr);
    return first && Number(first.value[1]);
  };
  const stateOf = async (alert: string): Promise<string | undefined> =>
    (await prometheus.alerts()).find(({ labels }) => labels.alertname === alert)?.state;

  /** Pending are those that miss Metacontroller, which is not scraped here; none of them is patient for less than minutes. */
  const firing = async (): Promise<(string | undefined)[]> =>
    (await prometheus.alerts()).filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);

  const phase = (name: string): Promise<number | undefined> =>
    value(`sum(namespace_bestie_phase:bestie_restore_phase:newest{phase="${name}"})`);

  /** Panels that have had no data so far. */
  const empty = new Map(asked.map(({ where, expr }) => [where, expr]));
  const lookAtDashboards = async (): Promise<void> => {
    for (const [where, expr] of empty) if ((await prometheus.query(expr)).length > 0) empty.delete(where);
  };

  afterEach(async () => {
    if (program !== undefined) await lookAtDashboards();
  });

  before(async function () {
    if (program === undefined) return;
    this.timeout(60_000);
    webhooks = await Promise.all([0, 1].map(() => serving({ SHUTDOWN_DELAY_SECONDS: '0' }, { scope })));
    const targets = webhooks.map(({ metricsPort }, index) => ({
      address: `127.0.0.1:${metricsPort}`,
      labels: { namespace: 'bestie-system', pod: `bestie-operator-${index}`, container: 'webhook' },
    }));
    prometheus = await startPrometheus(program, targets, quick, scope);
    cluster = createCluster({
      hooks: () => inTurn(webhooks.map(({ hookPort }) => `http://127.0.0.1:${hookPort}`)),
      config: controllerConfig(overlays.default),
      start: `${new Date().toISOString().slice(0, 19)}Z`,
    });
  });

  beforeEach(function () {
    if (program === undefined) this.skip();
    this.timeout(120_000);
  });

  it('sees both replicas, and one Bestie once, as it becomes Ready', async () => {
    cluster.apply(sample());
    await until('both are up', async () => (await value('bestie_operator_up_total')) === 2);
    await until('it is Ready', async () => isReady(cluster)() && (await value('namespace_bestie:bestie_ready_replicas:newest')) === 3);
    assert.equal((await prometheus.query('bestie_last_sync_timestamp_seconds')).length, 2, 'each replica has answered about it');
    const [condition, ...others] = await prometheus.query('namespace_bestie_type_status:bestie_condition:newest{type="Ready"}');
    assert.deepEqual([condition?.metric.status, others], ['True', []]);
    assert.deepEqual(await firing(), []);
  });

  it('an upgrade that cannot be pulled: the alert fires, for this Bestie, with what to do', async () => {
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.4-nosuch' } }));
    await until('the alert fires', async () => (await stateOf(IMAGE_FAILURE)) === 'firing');
    const alert = (await prometheus.alerts()).find(({ labels }) => labels.alertname === IMAGE_FAILURE);
    assert.deepEqual([alert?.labels.namespace, alert?.labels.bestie, alert?.labels.severity], ['shop', 'bestie', 'critical']);
    assert.match(alert?.annotations.runbook_url ?? '', /\/docs\/runbooks\/BestieImageFailureAlert\.md$/);
    assert.equal(conditionOf(cluster, 'ImagePulled'), 'False/ImagePullFailed');
    assert.equal(await value('namespace_bestie:bestie_upgrade_counter:newest'), 0, 'an upgrade that only began has not succeeded');
  });

  it('the version is set back: the alert resolves', async () => {
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.3' } }));
    await until('the alert is gone', async () => (await stateOf(IMAGE_FAILURE)) === undefined);
    assert.deepEqual(await firing(), []);
    assert.equal(await value('namespace_bestie:bestie_upgrade_failure:newest'), 0);
  });

  it('a good upgrade counts once, whichever replica saw its end', async () => {
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.4' } }));
    await until('it is counted', async () => (await value('namespace_bestie:bestie_upgrade_counter:newest')) === 1);
    assert.equal(await value('sum(namespace_bestie_phase:bestie_upgrade_phase:newest{phase="Succeeded"})'), 1);
  });

  it('a restore is seen in its phases, and counts once', async () => {
    const restore = { id: 'first', target: { latest: true }, backup: 'Skip' };
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, restore } }));
    await until('its data is replaced', async () => (await phase('Restoring')) === 1);
    assert.equal(await value('namespace_bestie:bestie_restores_succeeded_total:newest'), 0, 'one that only began has not succeeded');
    assert.deepEqual(await firing(), []);
    await until('it is counted', async () => (await value('namespace_bestie:bestie_restores_succeeded_total:newest')) === 1);
    assert.deepEqual([await phase('Succeeded'), await phase('Restoring')], [1, undefined]);
  });

  it('a drill is not proven while it is under way, and leaves its time and what it took', async () => {
    const backups = { verify: { onDemand: 'first' } };
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({
      ...bestie,
      spec: { ...bestie.spec, database: { ...fieldsOf(bestie.spec?.database), backups } },
    }));
    const unproven = 'namespace_bestie_type_status:bestie_condition:newest{type="BackupVerified",status="Unknown"}';
    await until('it is under way', async () => (await value(unproven)) === 1);
    await lookAtDashboards();
    const at = 'namespace_bestie:bestie_backup_last_verified_timestamp_seconds:newest';
    await until('it has succeeded', async () => (await value(at)) !== undefined && (await value(unproven)) === undefined);
    assert.ok(Math.abs(Number(await value(at)) - Date.parse(cluster.now()) / 1000) < 120);
    assert.ok(Number(await value('namespace_bestie:bestie_backup_last_verified_duration_seconds:newest')) > 0);
    assert.deepEqual(await firing(), []);
  });

  it('the Bestie is deleted: nothing is recorded of it any more', async () => {
    cluster.remove(BESTIE, 'shop', 'bestie');
    await until('it is gone', async () => (await value('count({__name__=~"namespace_bestie.*:newest"})')) === undefined);
    assert.equal(bestieOf(cluster), undefined);
    assert.ok((await value('count(bestie_finalized_timestamp_seconds)')) === 1, 'the one that let it go says so');
  });

  it('every panel that reads our own metrics has had data, but of what takes minutes to happen', async () => {
    await fetch(`http://127.0.0.1:${webhooks[0]?.hookPort ?? 0}/sync`, { method: 'POST', body: 'x' });
    await until('the refusal is counted', async () => (await value('sum(increase(bestie_hook_errors_total[1m])) > 0')) !== undefined);
    await lookAtDashboards();
    assert.ok(asked.length > 40);
    assert.deepEqual(
      [...empty.keys()].filter((where) => !(where in notHere)),
      [],
    );
    assert.deepEqual(
      Object.keys(notHere).filter((known) => !asked.some(({ where }) => where === known)),
      [],
    );
  });
});
