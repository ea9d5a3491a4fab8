/** Drills on a real API server with a real Metacontroller: how each can end, what cuts them, and that nothing of them stays. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { hasKubelet } from './support/drillchecks.ts';
import { condition, eventually, get, kubectl, kubectlStdin, list, type ClusterObject } from './support/kubectl.ts';
import { killMetacontroller, mayDie } from './support/metacontroller.ts';
import { COPIES_FATE } from './support/pgocopies.ts';
import { POSTGRES_CLUSTERS } from './support/pgostatus.ts';
import { killWebhook, runningReplicas } from './support/webhook.ts';
import { auditedWrites, writesAtRest } from './support/writes.ts';

const NS = 'e2e-drill';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
/** Writes of Metacontroller that a drill may take until all is quiet. */
const MOST_WRITES = 30;
const RECORD = 'pets.bestie.com/drills';
const KINDS = ['networkpolicies', POSTGRES_CLUSTERS, 'jobs', 'secrets', 'pods'];

const versions = { passing: '1.3', empty: '1.3', damaged: '1.3-baddata', upgraded: '1.3', cut: '1.3', dead: '1.3', leaving: '1.3' };
type Name = keyof typeof versions;
const names = Object.keys(versions) as Name[];

interface Verified {
  at: string;
  repository: string;
  target: string;
  took: number;
  revision: string;
}
const verifiedOf = (live: ClusterObject | undefined): Verified | undefined =>
  (live?.status?.backup as { verified?: Verified } | undefined)?.verified;
const patch = (name: Name, spec: object): Promise<string> =>
  kubectl('-n', NS, 'patch', 'bestie', name, '--type=merge', '-p', JSON.stringify({ spec }));
const drill = (name: Name, onDemand: string, more: object = {}): Promise<string> =>
  patch(name, { database: { backups: { verify: { onDemand, ...more } } } });
const copyOf = (name: Name): Promise<ClusterObject | undefined> => get(NS, POSTGRES_CLUSTERS, `${name}-drill`);
const checkOf = (name: Name): Promise<ClusterObject | undefined> => get(NS, 'jobs', `${name}-drill-check`);
const fate = (name: Name, value: string): Promise<string> =>
  kubectl('-n', NS, 'annotate', '--overwrite', POSTGRES_CLUSTERS, `${name}-pgo`, `${COPIES_FATE}=${value}`);

/** The record on the database: the token that was carried out last, and how. */
async function recordOf(name: Name): Promise<{ last?: { id: string; hasSucceeded: boolean; words: string } }> {
  const text = (await get(NS, POSTGRES_CLUSTERS, `${name}-pgo`))?.metadata.annotations?.[RECORD];
  return text === undefined ? {} : (JSON.parse(text) as object);
}

/** Every object of a drill of that Bestie. */
const remains = async (name: Name): Promise<string[]> =>
  (await list(NS, ...KINDS))
    .filter(({ metadata }) => metadata.name.startsWith(`${name}-drill`))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const isGone = (name: Name): Promise<unknown> =>
  eventually(`nothing of a drill of ${name} is left`, 60, async () => (await remains(name)).length === 0);
/** The drill with that token has ended, and is cleaned up. */
async function ended(name: Name, token: string, status: 'True' | 'False'): Promise<ClusterObject> {
  await eventually(`drill ${token} of ${name} is on record`, 180, async () => (await recordOf(name)).last?.id === `on-demand.${token}`);
  const live = await becomes(NS, name, 'BackupVerified', status, status === 'True' ? 'Verified' : 'DrillFailed');
  await isGone(name);
  return live;
}
const isQuiet = (): Promise<unknown> => eventually('it is quiet', 240, async () => (await writesAtRest(NS, 8)).length === 0);
/** Writes about that Bestie and its children since then, Events included. */
const writesOf = async (name: Name, since: string): Promise<string[]> =>
  (await auditedWrites(since, NS)).filter((line) => new RegExp(` ${name}(?:$|[-.])`).test(line));
/** The source as a drill must leave it: the spec, and what PGO acts on. */
async function sourceOf(name: Name): Promise<string> {
  const { metadata, spec } = (await get(NS, POSTGRES_CLUSTERS, `${name}-pgo`)) ?? assert.fail(name);
  const { [RECORD]: _, 'metacontroller.k8s.io/last-applied-configuration': __, ...others } = metadata.annotations ?? {};
  return JSON.stringify([metadata.generation, spec, others]);
}
const events = async (name: Name): Promise<string[]> => {
  const text = await kubectl('-n', NS, 'get', 'events.events.k8s.io', '-o', 'json');
  const { items } = JSON.parse(text) as { items: { reason: string; regarding: { name: string } }[] };
  return items.filter(({ regarding }) => regarding.name === name).map(({ reason }) => reason);
};

/** The steps of a drill, each seen by what exists then; what may be over before it is looked at counts as come. */
const steps: Readonly<Record<string, (name: Name) => Promise<boolean>>> = {
  shielded: async (name) => (await get(NS, 'networkpolicies', `${name}-drill`)) !== undefined,
  copied: async (name) => (await copyOf(name)) !== undefined,
  restored: async (name) => (await copyOf(name))?.status?.databaseRevision !== undefined,
  checked: async (name) => (await checkOf(name)) !== undefined,
};
const comesTo = (name: Name, step: string, token: string): Promise<unknown> =>
  eventually(
    `a drill that is ${step}`,
    120,
    async () => {
      const isThere = await steps[step]?.(name);
      return isThere === true || (await recordOf(name)).last?.id === `on-demand.${token}`;
    },
    50,
  );

describe('drill', () => {
  before(async function () {
    this.timeout(400_000);
    await namespace(NS);
    for (const name of names) await apply(NS, bestie(name, { size: 1, version: versions[name] }));
    for (const name of names) await becomes(NS, name, 'Ready', 'True', undefined, 120);
    await isQuiet();
  });

  it('the API server refuses what is no drill, in words that say what to write', async () => {
    const rows: readonly [verify: object, message: RegExp][] = [
      [{}, /backups\.verify needs a schedule, or onDemand/],
      [{ schedule: 'at night' }, /backups\.verify\.schedule must be a schedule that a CronJob takes/],
      [{ onDemand: '' }, /onDemand: .*at least 1/],
      [{ onDemand: 'a', storage: '0' }, /the volume of a copy must be greater than 0/],
      [{ onDemand: 'a', timeoutSeconds: 10 }, /timeoutSeconds: .*greater than or equal to 300/],
      [{ onDemand: 'a', repository: 'repo9' }, /repository: /],
    ];
    for (const [verify, message] of rows)
      await assert.rejects(
        kubectlStdin(
          bestie('wrong', { size: 1, version: '1.3', database: { backups: { verify } } }),
          '-n',
          NS,
          'apply',
          '--dry-run=server',
        ),
        message,
        JSON.stringify(verify),
      );
  });

  it('succeeds: a copy is shielded, made, checked, put on record and removed; the source is as before', async function () {
    this.timeout(400_000);
    const [before, since] = [await sourceOf('passing'), new Date().toISOString()];
    await drill('passing', 'one');
    await eventually('a copy', 60, () => copyOf('passing'), 50);
    assert.ok(await get(NS, 'networkpolicies', 'passing-drill'), 'it is shielded from its first moment');
    const { at, repository, target, took, revision } = verifiedOf(await ended('passing', 'one', 'True')) ?? assert.fail();
    assert.deepEqual([repository, revision === ''], ['repo1', false]);
    assert.match(at, /^\d{4}-\d\d-\d\dT[\d:]+Z$/);
    assert.match(target, /^latest, at /);
    assert.ok(took >= 0 && took < 180, String(took));
    assert.equal(await sourceOf('passing'), before);
    await isQuiet();
    const writes = await writesOf('passing', since);
    if (process.env.E2E_AUDIT_LOG !== undefined) {
      console.log(`      passing: ${writes.length} writes`);
      assert.ok(writes.length <= MOST_WRITES && writes.length > 0, writes.join('\n'));
    }
    assert.deepEqual(
      (await events('passing')).filter((reason) => /Drill|Verified/.test(reason)),
      ['BackupVerified'],
    );
  });

  it('fails and is cleaned up where the repository is empty; another failure is another Event', async function () {
    this.timeout(400_000);
    await fate('empty', 'fail');
    for (const token of ['one', 'two']) {
      await drill('empty', token);
      const live = await ended('empty', token, 'False');
      assert.match(condition(live, 'BackupVerified')?.message ?? '', /repo1 could not be restored/);
      assert.equal(condition(live, 'Ready')?.status, 'True');
      assert.equal(verifiedOf(live), undefined);
    }
    assert.deepEqual(
      (await events('empty')).filter((reason) => /Drill|Verified/.test(reason)),
      ['DrillFailed', 'DrillFailed'],
    );
    await fate('empty', '');
    await drill('empty', 'three');
    await ended('empty', 'three', 'True');
  });

  it('fails with the sentence of the check', async function () {
    if (await hasKubelet()) this.skip();
    this.timeout(400_000);
    await drill('damaged', 'one');
    const live = await ended('damaged', 'one', 'False');
    assert.match(condition(live, 'BackupVerified')?.message ?? '', /table pets cannot be read: SQLSTATE XX001/);
  });

  it('gives way to an upgrade, and is carried out after it', async function () {
    this.timeout(400_000);
    await fate('upgraded', 'hang');
    await drill('upgraded', 'one');
    await eventually('the copy is being made', 60, async () => (await copyOf('upgraded'))?.status?.pgbackrest !== undefined);
    await patch('upgraded', { version: '1.4' });
    await isGone('upgraded');
    await fate('upgraded', '');
    const { status } = await becomes(NS, 'upgraded', 'Ready', 'True', undefined, 180);
    assert.equal(status?.appversion, '1.4');
    await ended('upgraded', 'one', 'True');
  });

  it('continues from wherever the webhook was killed, and is carried out once', async function () {
    if (runningReplicas().length === 0) this.skip();
    this.timeout(600_000);
    await cutBy('cut', () => killWebhook(2));
  });

  it(`continues from wherever Metacontroller was killed${mayDie ? '' : ' (SKIPPED: E2E_KILL_METACONTROLLER is not set)'}`, async function () {
    if (!mayDie) this.skip();
    this.timeout(900_000);
    await cutBy('dead', killMetacontroller);
  });

  it('a lost status repeats no drill', async function () {
    this.timeout(300_000);
    const before = JSON.stringify(await recordOf('passing'));
    const gone = JSON.stringify({ status: { backup: null, conditions: null } });
    await kubectl('-n', NS, 'patch', 'bestie', 'passing', '--subresource=status', '--type=merge', '-p', gone);
    const live = await becomes(NS, 'passing', 'BackupVerified', 'True');
    await sleep(5000);
    assert.deepEqual([JSON.stringify(await recordOf('passing')), await remains('passing')], [before, []]);
    assert.ok(verifiedOf(live));
  });

  it('a deletion in the middle takes the copy first', async function () {
    this.timeout(300_000);
    await fate('leaving', 'hang');
    await drill('leaving', 'one');
    await eventually('the copy is being made', 60, async () => (await copyOf('leaving'))?.status?.pgbackrest !== undefined);
    const since = new Date().toISOString();
    await kubectl('-n', NS, 'delete', 'bestie', 'leaving', '--timeout=120s');
    await isGone('leaving');
    const deleted = (await auditedWrites(since, NS)).filter((line) => line.startsWith('delete postgresclusters leaving'));
    if (process.env.E2E_AUDIT_LOG !== undefined) assert.match(deleted[0] ?? '', /leaving-drill$/);
    assert.equal(await get(NS, POSTGRES_CLUSTERS, 'leaving-pgo'), undefined);
  });

  it('nothing is written any more, whatever the end, and nothing is left', async function () {
    this.timeout((REST + 300) * 1000);
    await isQuiet();
    for (const name of names) assert.deepEqual(await remains(name), [], name);
    assert.deepEqual(await writesAtRest(NS, REST), []);
  });

  it('kubectl can wait for it, and shows what it proved', async () => {
    await kubectl('-n', NS, 'wait', 'bestie', 'passing', '--for=condition=BackupVerified', '--timeout=10s');
    assert.match(await kubectl('-n', NS, 'describe', 'bestie', 'passing'), /BackupVerified/);
  });

  after(async () => {
    await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s');
  });
});

/** A drill for each step at which it is cut: it goes on, is carried out once, and leaves nothing. */
async function cutBy(name: Name, cut: () => Promise<unknown>): Promise<void> {
  for (const step of Object.keys(steps)) {
    const token = `after-${step}`;
    await drill(name, token);
    await comesTo(name, step, token);
    await cut();
    await ended(name, token, 'True');
  }
  for (const step of ['recorded', 'removed']) {
    const token = `after-${step}`;
    await drill(name, token);
    await eventually(
      `a drill that is ${step}`,
      180,
      async () => {
        const isRecorded = (await recordOf(name)).last?.id === `on-demand.${token}`;
        return isRecorded && (step === 'recorded' || (await copyOf(name)) === undefined);
      },
      50,
    );
    await cut();
    await ended(name, token, 'True');
  }
  const drills = (await events(name)).filter((reason) => reason === 'BackupVerified');
  assert.equal(drills.length, Object.keys(steps).length + 2);
}
