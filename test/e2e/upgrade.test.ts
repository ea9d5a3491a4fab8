/** One Bestie for each way in which an upgrade can end; never fewer pods are available than requested, and in the end all is quiet. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closingIn } from '../support/closing.ts';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, list, type ClusterObject } from './support/kubectl.ts';
import { killWebhook, runningReplicas } from './support/webhook.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-upgrade';
const SIZE = 2;
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
const IMAGE = 'quay.io/opdev/bestie';

interface UpgradeStatus {
  from: string;
  to: string;
  phase: string;
  backupID?: string;
  reason?: string;
  succeeded: number;
  failed: number;
  history: { to: string; result: string }[];
}

const upgradeOf = (live: ClusterObject | undefined): UpgradeStatus | undefined => live?.status?.upgrade as UpgradeStatus | undefined;

/** One row per Bestie: what its next version does, and what is then reported. */
const ends = {
  good: { version: '1.4', phase: 'Succeeded', runs: '1.4', reason: undefined },
  unpullable: { version: '1.4-nosuch', phase: 'Failed', runs: '1.3', reason: 'ImagePullFailed' },
  crashing: { version: '1.4-crash', phase: 'RolledBack', runs: '1.3', reason: 'CrashLoop' },
  unmigratable: { version: '1.4-badmigration', phase: 'Failed', runs: '1.3', reason: 'MigrationFailed' },
  lost: { version: '1.4-lost', phase: 'RolledBack', runs: '1.3', reason: 'ImagePullFailed' },
  refused: { version: '1.2', phase: 'Refused', runs: '1.3', reason: 'DowngradeRefused' },
} as const;
const names = Object.keys(ends) as (keyof typeof ends)[];

const patch = (name: string, spec: object): Promise<string> =>
  kubectl('-n', NS, 'patch', 'bestie', name, '--type=merge', '-p', JSON.stringify({ spec }));
const arrives = (name: string, phase: string, to: string, seconds = 300): Promise<ClusterObject> =>
  eventually(`${phase} of Bestie ${NS}/${name}`, seconds, async () => {
    const live = await get(NS, 'besties', name);
    const upgrade = upgradeOf(live);
    return upgrade?.phase === phase && upgrade.to === to ? live : undefined;
  });

describe('upgrade', () => {
  const perSuite = closingIn(after);
  let seen = '';
  /** `name number`, one line for each change of a Deployment. */
  const available = (): string[] => seen.split('\n').filter((line) => line.trim() !== '');

  before(async function () {
    this.timeout(240_000);
    await namespace(NS);
    for (const name of names) await apply(NS, bestie(name, { size: SIZE, version: '1.3' }));
    for (const name of names) await becomes(NS, name, 'Ready', 'True', undefined, 120);
    const format = '{.metadata.name} {.status.availableReplicas}{"\\n"}';
    const watcher = perSuite.child(spawn('kubectl', ['-n', NS, 'get', 'deployments', '--watch', '-o', `jsonpath=${format}`]));
    watcher.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await eventually('the watch has started', 20, () => Promise.resolve(available().length >= names.length));
  });

  it('each Bestie arrives where its next version takes it', async function () {
    this.timeout(600_000);
    for (const name of names) await patch(name, { version: ends[name].version });
    for (const name of names) {
      const { version, phase, runs, reason } = ends[name];
      const live = await arrives(name, phase, `${IMAGE}:${version}`, 400);
      assert.equal(live.status?.appversion, runs, name);
      assert.equal(live.status.image, `${IMAGE}:${runs}`, name);
      assert.equal(upgradeOf(live)?.reason, reason, name);
      assert.equal(condition(live, 'Ready')?.status, reason === undefined ? 'True' : 'False', name);
      assert.equal(condition(live, 'Available')?.status, 'True', name);
      assert.equal(condition(live, 'Stalled')?.status, reason === undefined ? 'False' : 'True', name);
    }
  });

  it('the database was backed up before it was migrated, and migrated before anything ran on it', async () => {
    const live = await get(NS, 'besties', 'good');
    const id = upgradeOf(live)?.backupID ?? 'none';
    const { manualBackup } = (await get(NS, 'postgresclusters.v1beta1.postgres-operator.crunchydata.com', 'good-pgo'))?.status
      ?.pgbackrest as { manualBackup: { id: string; completionTime: string } };
    assert.equal(manualBackup.id, id);
    const job = (await list(NS, 'jobs')).find(({ metadata }) => metadata.annotations?.['pets.bestie.com/backup'] === id);
    const { creationTimestamp } = job?.metadata as unknown as { creationTimestamp: string };
    assert.ok(manualBackup.completionTime <= creationTimestamp, `${manualBackup.completionTime} ${creationTimestamp}`);
    const replicaSets = (await list(NS, 'replicasets')).filter(({ spec }) => JSON.stringify(spec).includes(`${IMAGE}:1.4"`));
    const completed = (job?.status as { completionTime: string }).completionTime;
    for (const { metadata } of replicaSets)
      assert.ok(completed <= (metadata as unknown as { creationTimestamp: string }).creationTimestamp);
    assert.equal(replicaSets.length, 1);
    assert.equal((await get(NS, 'besties', 'good'))?.status?.backup !== undefined, true);
  });

  it('nothing is written any more, whatever the end', async function () {
    this.timeout((REST + 200) * 1000);
    await eventually('it is quiet', 180, async () => (await writesAtRest(NS, 8)).length === 0);
    assert.deepEqual(await writesAtRest(NS, REST), []);
  });

  it('what was given up is tried again when a person says so, with another backup and another Job', async function () {
    this.timeout(300_000);
    const before = upgradeOf(await get(NS, 'besties', 'unmigratable'));
    await kubectl('-n', NS, 'annotate', 'bestie', 'unmigratable', 'pets.bestie.com/retry-upgrade=once');
    const again = await eventually('it failed again', 240, async () => {
      const upgrade = upgradeOf(await get(NS, 'besties', 'unmigratable'));
      return upgrade?.phase === 'Failed' && upgrade.failed === 2 ? upgrade : undefined;
    });
    assert.notEqual(again.backupID, before?.backupID);
    assert.deepEqual(
      again.history.map(({ result }) => result),
      ['Failed', 'Failed'],
    );
  });

  it('setting the version back, or allowing what was refused, ends the trouble', async function () {
    this.timeout(240_000);
    for (const name of ['unpullable', 'crashing', 'unmigratable', 'lost'] as const) await patch(name, { version: '1.3' });
    await kubectl('-n', NS, 'annotate', 'bestie', 'refused', 'pets.bestie.com/allow-downgrade=1.2');
    for (const name of ['unpullable', 'crashing', 'unmigratable', 'lost'] as const) {
      const live = await becomes(NS, name, 'Ready', 'True');
      assert.equal(condition(live, 'UpgradeFailed')?.status, 'False', name);
    }
    await arrives('refused', 'Succeeded', `${IMAGE}:1.2`);
  });

  it('continues from wherever the webhook was killed', async function () {
    if (runningReplicas().length === 0) this.skip();
    this.timeout(300_000);
    const jobs = (await list(NS, 'jobs')).length;
    await patch('good', { version: '1.5' });
    for (const phase of ['BackingUp', 'Migrating', 'RollingOut']) {
      await eventually(`${phase}, or later`, 90, async () => {
        const upgrade = upgradeOf(await get(NS, 'besties', 'good'));
        return upgrade?.to === `${IMAGE}:1.5` && (upgrade.phase === phase || upgrade.phase === 'Succeeded');
      });
      await killWebhook(3);
    }
    const live = await arrives('good', 'Succeeded', `${IMAGE}:1.5`);
    assert.equal(live.status?.appversion, '1.5');
    assert.equal(upgradeOf(live)?.succeeded, 2);
    assert.ok((await list(NS, 'jobs')).length <= jobs + 1, 'one migration');
  });

  it('at no time were fewer pods available than requested', () => {
    assert.ok(available().length > names.length * 3, seen);
    assert.deepEqual(
      available().filter((line) => Number(line.split(' ')[1] ?? 0) < SIZE),
      [],
    );
  });

  after(async () => {
    await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s');
  });
});
