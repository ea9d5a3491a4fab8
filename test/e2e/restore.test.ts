/** One Bestie for each way in which a restore on request can end: what is done in which order, that an id counts once, and that all is quiet in every end. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, kubectlStdin, list, type ClusterObject } from './support/kubectl.ts';
import { BACKUP_FATE } from './support/pgoplayer.ts';
import { RESTORE_FATE } from './support/pgorestores.ts';
import { POSTGRES_CLUSTERS } from './support/pgostatus.ts';
import { killWebhook, runningReplicas } from './support/webhook.ts';
import { auditedWrites, writesAtRest } from './support/writes.ts';

const NS = 'e2e-restore';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
const SIZE = 2;
/** Writes of Metacontroller that a restore may take until all is quiet. */
const MOST_WRITES = 45;
const ANNOTATION = 'postgres-operator.crunchydata.com/pgbackrest-restore';

interface RestoreStatus {
  id: string;
  phase: string;
  target: string;
  reached?: string;
  backupID?: string;
  reason?: string;
  message?: string;
  succeeded: number;
  failed: number;
  history?: { id: string; result: string }[];
}
interface Block {
  enabled: boolean;
  repoName: string;
  options?: string[];
}

const label = (): string => `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}F`;
const now = (): string => new Date().toISOString().slice(0, 19) + 'Z';

/** What is requested, and where it ends. */
const ends = {
  moment: { restore: () => ({ id: 'one', target: { time: now() } }), phase: 'Succeeded', reason: 'Restored', ready: true },
  labelled: { restore: () => ({ id: 'one', target: { backup: label() } }), phase: 'Succeeded', reason: 'Restored', ready: true },
  newest: { restore: () => ({ id: 'one', target: { latest: true }, backup: 'Skip' }), phase: 'Succeeded', reason: 'Restored', ready: true },
  refused: {
    restore: () => ({ id: 'one', target: { time: '2020-01-01T00:00:00Z' } }),
    phase: 'Refused',
    reason: 'RestoreRefused',
    ready: false,
  },
  failing: { restore: () => ({ id: 'one', target: { time: now() } }), phase: 'Failed', reason: 'RestoreFailed', ready: false },
} as const;
type Name = keyof typeof ends;
const names = Object.keys(ends) as Name[];
const succeeding = names.filter((name) => ends[name].phase === 'Succeeded');

const restoreOf = (live: ClusterObject | undefined): RestoreStatus | undefined => live?.status?.restore as RestoreStatus | undefined;
const statusOf = async (name: string): Promise<RestoreStatus | undefined> => restoreOf(await get(NS, 'besties', name));
const patch = (name: string, spec: object): Promise<string> =>
  kubectl('-n', NS, 'patch', 'bestie', name, '--type=merge', '-p', JSON.stringify({ spec }));
const database = async (name: string): Promise<ClusterObject> => (await get(NS, POSTGRES_CLUSTERS, `${name}-pgo`)) ?? assert.fail(name);
const block = ({ spec }: ClusterObject): Block | undefined =>
  (spec as { backups: { pgbackrest: { restore?: Block } } }).backups.pgbackrest.restore;
const fate = (name: string, key: string, value: string): Promise<string> =>
  kubectl('-n', NS, 'annotate', '--overwrite', POSTGRES_CLUSTERS, `${name}-pgo`, `${key}=${value}`);
const arrives = (name: string, id: string, phase: string, seconds = 120): Promise<ClusterObject> =>
  eventually(`${phase} of restore ${id} of Bestie ${NS}/${name}`, seconds, async () => {
    const live = await get(NS, 'besties', name);
    return restoreOf(live)?.id === id && restoreOf(live)?.phase === phase ? live : undefined;
  });
const isQuiet = (): Promise<unknown> => eventually('it is quiet', 240, async () => (await writesAtRest(NS, 8)).length === 0);
/** Writes about that Bestie and its children since then, Events included. */
const writesOf = async (name: string, since: string): Promise<string[]> =>
  (await auditedWrites(since, NS)).filter((line) => new RegExp(` ${name}(?:$|[-.])`).test(line));
const podsOf = async (name: string): Promise<string[]> => {
  const labels = { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/component': 'web' };
  const isOf = (all: Record<string, string> = {}): boolean => Object.entries(labels).every(([key, value]) => all[key] === value);
  return (await list(NS, 'pods')).filter(({ metadata }) => isOf(metadata.labels)).map(({ metadata }) => metadata.name);
};

async function isServing(name: string): Promise<void> {
  const { metadata, spec, status } = (await get(NS, 'deployments', `${name}-app`)) ?? assert.fail(name);
  assert.deepEqual([spec?.replicas, status?.availableReplicas, status?.observedGeneration], [SIZE, SIZE, metadata.generation], name);
}

describe('restore', () => {
  let since = '';

  before(async function () {
    this.timeout(400_000);
    await namespace(NS);
    for (const name of [...names, 'held', 'dropped']) await apply(NS, bestie(name, { size: SIZE, version: '1.3' }));
    await apply(NS, bestie('undone', { size: SIZE, version: '1.3', upgrade: { onFailure: 'Restore' } }));
    await apply(NS, bestie('passed', { size: SIZE, version: '1.3', restore: { id: 'of-another', target: { latest: true } } }));
    for (const name of [...names, 'held', 'dropped', 'undone']) await becomes(NS, name, 'Ready', 'True', undefined, 120);
    await isQuiet();
  });

  it('the API server refuses what is no request, in words that say what to write', async () => {
    const rows: readonly [restore: object, message: RegExp][] = [
      [{ target: { latest: true } }, /spec\.restore\.id: Required value/],
      [{ id: 'one' }, /spec\.restore\.target: Required value/],
      [{ id: 'one', target: {} }, /spec\.restore\.target: .*at least 1/],
      [{ id: 'one', target: { latest: true, time: now() } }, /spec\.restore\.target: .*must have at most 1/],
      [{ id: 'one', target: { latest: false } }, /spec\.restore\.target\.latest: Unsupported value/],
      [{ id: 'one', target: { time: 'yesterday' } }, /spec\.restore\.target\.time: Invalid value: "yesterday"/],
      [{ id: 'one', target: { time: "2026-01-01T11:00:00Z' --delta" } }, /spec\.restore\.target\.time: Invalid value/],
      [{ id: 'one', target: { backup: '20260101-110000F; id' } }, /spec\.restore\.target\.backup: Invalid value/],
      [{ id: 'one', target: { latest: true }, backup: 'Never' }, /spec\.restore\.backup: Unsupported value: "Never"/],
      [{ id: 'one', target: { latest: true }, repository: 'repo9' }, /spec\.restore\.repository: /],
    ];
    for (const [restore, message] of rows)
      await assert.rejects(
        kubectlStdin(bestie('wrong', { size: 1, version: '1.3', restore }), '-n', NS, 'apply', '--dry-run=server'),
        message,
        JSON.stringify(restore),
      );
    const external = { size: 1, version: '1.3', database: { provider: 'External', secretName: 'theirs' } };
    for (const more of [{ restore: { id: 'one', target: { latest: true } } }, { upgrade: { onFailure: 'Restore' } }])
      await assert.rejects(
        kubectlStdin(bestie('wrong', { ...external, ...more }), '-n', NS, 'apply', '--dry-run=server'),
        /restore|restoring/i,
      );
  });

  it('a request that came with the Bestie is passed over: it was meant for other data', async () => {
    const live = await arrives('passed', 'of-another', 'PassedOver');
    assert.equal(condition(live, 'Restored')?.reason, 'RestorePassedOver');
    await becomes(NS, 'passed', 'Ready', 'True');
    assert.equal(block(await database('passed')), undefined);
  });

  it('each ends where its request takes it', async function () {
    this.timeout(600_000);
    await fate('failing', RESTORE_FATE, 'fail');
    since = new Date().toISOString();
    for (const name of names) await patch(name, { restore: ends[name].restore() });
    for (const name of names) {
      const { phase, reason, ready } = ends[name];
      const live = await arrives(name, 'one', phase, 240);
      assert.equal(condition(live, 'Restored')?.reason, reason, name);
      assert.equal(condition(live, 'Stalled')?.status, ready ? 'False' : 'True', name);
    }
    for (const name of succeeding) await becomes(NS, name, 'Ready', 'True');
  });

  it('the application is back at its size, the request is taken back, and both backups were taken', async () => {
    for (const name of succeeding) {
      await isServing(name);
      assert.equal(block(await database(name)), undefined, name);
      const { backupID, succeeded, failed, history } = (await statusOf(name)) ?? assert.fail(name);
      assert.deepEqual([succeeded, failed, history?.map(({ result }) => result)], [1, 0, ['Succeeded']], name);
      assert.equal(backupID === undefined, name === 'newest', name);
      const { manualBackup } = (await database(name)).status?.pgbackrest as { manualBackup: { id: string; finished: boolean } };
      assert.match(manualBackup.id, /^post-restore\./, name);
      assert.ok(manualBackup.finished, name);
    }
  });

  it('of one that failed the database stays down, and the application stopped', async () => {
    const { enabled, repoName, options = [] } = block(await database('failing')) ?? assert.fail();
    assert.deepEqual([enabled, repoName, options[0]], [true, 'repo1', '--type=time']);
    assert.match(options[1] ?? '', /^--target='\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00'$/);
    assert.equal(options.length, 2);
    assert.equal((await get(NS, 'deployments', 'failing-app'))?.spec?.replicas, 0);
    const live = await get(NS, 'besties', 'failing');
    assert.equal(condition(live, 'Available')?.status, 'False');
    assert.match(condition(live, 'Restored')?.message ?? '', /kubectl -n e2e-restore logs job\/failing-pgo-pgbackrest-restore/);
  });

  it('what is refused changes nothing', async () => {
    await isServing('refused');
    assert.equal((await database('refused')).metadata.annotations?.[ANNOTATION], undefined);
  });

  it(`each took ${MOST_WRITES} writes at most, Events included`, async function () {
    this.timeout(400_000);
    if (process.env.E2E_AUDIT_LOG === undefined) this.skip();
    await isQuiet();
    for (const name of names) {
      const writes = await writesOf(name, since);
      console.log(`      ${name}: ${writes.length} writes`);
      assert.ok(writes.length <= MOST_WRITES && writes.length > 0, `${name}: ${writes.join('\n')}`);
    }
  });

  it('while it is carried out nothing writes, and whatever others change of the request is undone, as often as they do', async function () {
    this.timeout(400_000);
    await fate('held', RESTORE_FATE, 'hang');
    await patch('held', { restore: { id: 'one', target: { latest: true } } });
    await arrives('held', 'one', 'Restoring');
    const before = await eventually('PGO has begun', 60, async () => {
      const live = await database('held');
      return (live.status?.pgbackrest as { restore?: { active?: number } }).restore?.active === 1 && live;
    });
    assert.equal((await get(NS, 'deployments', 'held-app'))?.spec?.replicas, 0);
    assert.deepEqual(await podsOf('held'), []);
    const request = (live: ClusterObject): string => JSON.stringify([block(live), live.metadata.annotations?.[ANNOTATION]]);
    const restore = (change: object | null): object => ({ spec: { backups: { pgbackrest: { restore: change } } } });
    const changes = [
      restore({ options: ['--type=immediate'], repoName: 'repo2' }),
      restore({ enabled: false }),
      { metadata: { annotations: { [ANNOTATION]: null } } },
      restore(null),
    ];
    for (const change of changes) {
      await kubectl('-n', NS, 'patch', POSTGRES_CLUSTERS, 'held-pgo', '--type=merge', '-p', JSON.stringify(change));
      await eventually('the request is as it was', 90, async () => request(await database('held')) === request(before));
    }
    await kubectl('-n', NS, 'patch', 'bestie', 'held', '--type=json', '-p', '[{"op":"remove","path":"/spec/restore"}]');
    await eventually('it says so', 90, async () => (await statusOf('held'))?.message?.includes('it is no longer in the spec'));
    assert.deepEqual(block(await database('held')), block(before));
  });

  it('another id takes the place of one that hangs, without a moment in which nothing is requested', async function () {
    this.timeout(300_000);
    await fate('held', RESTORE_FATE, '');
    await patch('held', { restore: { id: 'two', target: { time: now() } } });
    const live = await arrives('held', 'two', 'Succeeded', 240);
    assert.deepEqual(
      restoreOf(live)?.history?.map(({ id, result }) => [id, result]),
      [
        ['two', 'Succeeded'],
        ['one', 'Replaced'],
      ],
    );
    await becomes(NS, 'held', 'Ready', 'True');
  });

  it('one whose request is removed before anything is changed is called off; the application never stopped', async function () {
    this.timeout(300_000);
    const { generation } = (await get(NS, 'deployments', 'dropped-app'))?.metadata ?? assert.fail();
    await fate('dropped', BACKUP_FATE, 'fail');
    await patch('dropped', { restore: { id: 'one', target: { latest: true }, backup: 'Required' } });
    await eventually('the backup before it has failed', 120, async () => (await statusOf('dropped'))?.reason === 'BackupFailed');
    await kubectl('-n', NS, 'patch', 'bestie', 'dropped', '--type=json', '-p', '[{"op":"remove","path":"/spec/restore"}]');
    const live = await arrives('dropped', 'one', 'CalledOff');
    assert.equal(condition(live, 'Restored')?.reason, 'RestoreCalledOff');
    const found = await database('dropped');
    assert.deepEqual([block(found), found.metadata.annotations?.[ANNOTATION]], [undefined, undefined]);
    assert.equal((await get(NS, 'deployments', 'dropped-app'))?.metadata.generation, generation);
    await becomes(NS, 'dropped', 'Ready', 'True');
  });

  it('a migration that fails is undone: the data of before it is back, and so is the version', async function () {
    this.timeout(600_000);
    const from = new Date().toISOString();
    await patch('undone', { version: '1.4-badmigration' });
    const live = await eventually('the backup before it is restored', 400, async () => {
      const found = await get(NS, 'besties', 'undone');
      const upgrade = found?.status?.upgrade as { phase?: string; to?: string } | undefined;
      return (
        restoreOf(found)?.phase === 'Succeeded' && upgrade?.phase === 'Failed' && condition(found, 'Available')?.status === 'True' && found
      );
    });
    assert.equal(live.status?.appversion, '1.3');
    assert.match(restoreOf(live)?.id ?? '', /^quiet-upgrade\./);
    assert.match(condition(live, 'UpgradeFailed')?.message ?? '', /; the backup before it was restored;/);
    await isServing('undone');
    assert.equal(block(await database('undone')), undefined);
    await isQuiet();
    console.log(`      undone: ${(await writesOf('undone', from)).length} writes, the upgrade included`);
  });

  it('nothing is written any more, whatever the end', async function () {
    this.timeout((REST + 300) * 1000);
    await isQuiet();
    assert.deepEqual(await writesAtRest(NS, REST), []);
  });

  it('a lost status repeats no restore', async function () {
    this.timeout(300_000);
    const started = async (name: string): Promise<string> =>
      JSON.stringify([(await database(name)).metadata.annotations?.[ANNOTATION], (await database(name)).status?.pgbackrest]);
    const before = await Promise.all(succeeding.map(started));
    const gone = JSON.stringify({ status: { restore: null } });
    for (const name of succeeding) await kubectl('-n', NS, 'patch', 'bestie', name, '--subresource=status', '--type=merge', '-p', gone);
    for (const name of succeeding) await arrives(name, 'one', 'Succeeded');
    await sleep(5000);
    assert.deepEqual(await Promise.all(succeeding.map(started)), before);
  });

  it('the one that failed is followed by one under a new id', async function () {
    this.timeout(400_000);
    await fate('failing', RESTORE_FATE, '');
    const from = new Date().toISOString();
    await patch('failing', { restore: { id: 'two', target: { time: now() } } });
    const live = await arrives('failing', 'two', 'Succeeded', 240);
    const { succeeded, failed, history } = restoreOf(live) ?? assert.fail();
    assert.deepEqual([succeeded, failed, history?.map(({ id, result }) => `${id} ${result}`)], [1, 1, ['two Succeeded', 'one Failed']]);
    await becomes(NS, 'failing', 'Ready', 'True');
    await isServing('failing');
    await isQuiet();
    const writes = await writesOf('failing', from);
    console.log(`      failing, the second: ${writes.length} writes`);
    assert.ok(writes.length <= MOST_WRITES, writes.join('\n'));
  });

  it('continues from wherever the webhook was killed, and is carried out once', async function () {
    if (runningReplicas().length === 0) this.skip();
    this.timeout(400_000);
    await patch('moment', { restore: { id: 'two', target: { time: now() } } });
    for (const phase of ['Restoring', 'Migrating', 'Starting', 'Finishing']) {
      await eventually(`${phase}, or later`, 120, async () => {
        const restore = await statusOf('moment');
        return restore?.id === 'two' && [phase, 'Finishing', 'Succeeded'].includes(restore.phase);
      });
      await killWebhook(2);
    }
    const live = await arrives('moment', 'two', 'Succeeded', 240);
    assert.deepEqual(
      restoreOf(live)?.history?.map(({ id }) => id),
      ['two', 'one'],
    );
    await becomes(NS, 'moment', 'Ready', 'True');
    await isServing('moment');
  });

  it('kubectl shows it: a column, Events, and something to wait for', async () => {
    const table = await kubectl('-n', NS, 'get', 'besties');
    assert.match(table, /^NAME .*RESTORE/m);
    assert.match(table, /^moment .*Succeeded/m);
    assert.match(table, /^refused .*Refused/m);
    await kubectl('-n', NS, 'wait', 'bestie', 'moment', '--for=condition=Restored', '--timeout=10s');
    await kubectl('-n', NS, 'wait', 'bestie', 'moment', '--for=jsonpath={.status.restore.phase}=Succeeded', '--timeout=10s');
    const description = await kubectl('-n', NS, 'describe', 'bestie', 'failing');
    for (const reason of ['RestoreStarted', 'RestoreFailed', 'RestoreSucceeded']) assert.match(description, new RegExp(reason));
    const events = JSON.parse(await kubectl('-n', NS, 'get', 'events.events.k8s.io', '-o', 'json')) as {
      items: { reason: string; regarding: { name: string } }[];
    };
    const count = (name: string, reason: string): number =>
      events.items.filter((each) => each.regarding.name === name && each.reason === reason).length;
    for (const name of ['labelled', 'newest'])
      assert.deepEqual([count(name, 'RestoreStarted'), count(name, 'RestoreSucceeded')], [1, 1], name);
    assert.deepEqual([count('moment', 'RestoreStarted'), count('moment', 'RestoreSucceeded')], [2, 2]);
    assert.deepEqual([count('failing', 'RestoreStarted'), count('failing', 'RestoreFailed')], [2, 1]);
  });

  after(async () => {
    await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s');
  });
});
