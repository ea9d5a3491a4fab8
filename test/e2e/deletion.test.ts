/** What becomes of the database, whatever way its Bestie goes. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, kubectlBoth, kubectlStdin, list, type ClusterObject } from './support/kubectl.ts';
import { BACKUP_FATE } from './support/pgoplayer.ts';
import { runningReplicas, startReplica, stopReplica } from './support/webhook.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-deletion';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
const DATABASE = 'postgresclusters.v1beta1.postgres-operator.crunchydata.com';

const bucket = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const backedUp = {
  size: 1,
  deletionPolicy: 'BackupThenDelete',
  database: {
    backups: {
      repos: [
        { name: 'repo1', volume: {} },
        { name: 'repo2', s3: bucket },
      ],
    },
  },
};

const refusal = (request: Promise<string>): Promise<string> =>
  request.then(
    () => assert.fail('it was let through'),
    (error: unknown) => (error as { stderr: string }).stderr,
  );
const databaseOf = (name: string): Promise<ClusterObject | undefined> => get(NS, DATABASE, `${name}-pgo`);
const gone = (name: string, seconds = 60): Promise<unknown> =>
  eventually(`Bestie ${name} is gone`, seconds, async () => (await get(NS, 'besties', name)) === undefined);
const blocked = (name: string, reason: string): Promise<ClusterObject> =>
  eventually(`DeletionBlocked/${reason} of Bestie ${name}`, 90, async () => {
    const live = await get(NS, 'besties', name);
    const found = condition(live, 'DeletionBlocked');
    return found?.status === 'True' && found.reason === reason ? live : undefined;
  });

/** Types the command that a condition shows. */
async function obey(live: ClusterObject, type: string): Promise<void> {
  const command = /kubectl (.*)$/.exec(condition(live, type)?.message ?? '')?.[1];
  assert.ok(command, `${type} has a command`);
  await kubectl(...command.split(' '));
}

/** What the operator made; the Service of a database is its database operator's. */
const [LABEL, MANAGER] = ['app.kubernetes.io/managed-by', 'bestie-operator'];
const application = async (): Promise<ClusterObject[]> =>
  (await list(NS, 'deployments', 'jobs', 'services')).filter(({ metadata }) => metadata.labels?.[LABEL] === MANAGER);

/** One row per way to go: what is typed. */
const ways: Record<string, (name: string) => Promise<unknown>> = {
  'in the background': (name) => kubectl('-n', NS, 'delete', 'bestie', name, '--timeout=60s'),
  'in the foreground': (name) => kubectl('-n', NS, 'delete', 'bestie', name, '--cascade=foreground', '--timeout=60s'),
  'with its children left behind': (name) => kubectl('-n', NS, 'delete', 'bestie', name, '--cascade=orphan', '--timeout=60s'),
  'with the finalizer stripped while the webhook is dead': async (name) => {
    const replicas = runningReplicas();
    await Promise.all(replicas.map(stopReplica));
    await kubectl('-n', NS, 'delete', 'bestie', name, '--wait=false');
    const patch = JSON.stringify([{ op: 'remove', path: '/metadata/finalizers' }]);
    await kubectl('-n', NS, 'patch', 'bestie', name, '--type=json', '-p', patch);
    await gone(name);
    await Promise.all(replicas.map(startReplica));
  },
};

describe('deletion', () => {
  before(() => namespace(NS));

  describe('Retain', () => {
    const spec = { size: 1, deletionPolicy: 'Retain' };
    let uid: string | undefined;

    before(async function () {
      this.timeout(120_000);
      await apply(NS, bestie('kept', spec));
      await becomes(NS, 'kept', 'Ready', 'True');
      await becomes(NS, 'kept', 'DatabaseGuarded', 'True');
      uid = (await databaseOf('kept'))?.metadata.uid;
    });

    for (const [way, go] of Object.entries(ways)) {
      it(`${way}: the database stays, and is attached again by the one command`, async function () {
        this.timeout(240_000);
        await go('kept');
        await gone('kept');
        const left = way === 'with its children left behind';
        if (!left) await eventually('the application is gone', 60, async () => (await application()).length === 0);
        // The collector has had its time.
        await new Promise((resolve) => setTimeout(resolve, 5000));
        const database = await databaseOf('kept');
        assert.equal(database?.metadata.uid, uid);
        assert.equal((database?.metadata as { deletionTimestamp?: string }).deletionTimestamp, undefined);
        if (left) await kubectl('-n', NS, 'delete', 'deployment,service,pdb,ingress,job,hpa', '-l', `${LABEL}=${MANAGER}`);

        await apply(NS, bestie('kept', spec));
        await obey(await becomes(NS, 'kept', 'DatabaseReady', 'False', 'DatabaseNotAttached'), 'DatabaseReady');
        await becomes(NS, 'kept', 'Ready', 'True');
        assert.equal((await databaseOf('kept'))?.metadata.uid, uid);
        assert.deepEqual(await list(NS, 'jobs'), [], 'no migration ran again');
      });
    }

    it('waits in silence for the command', async function () {
      this.timeout((REST + 120) * 1000);
      await kubectl('-n', NS, 'delete', 'bestie', 'kept', '--timeout=60s');
      await apply(NS, bestie('kept', { ...spec, database: { postgresVersion: 16 } }));
      await becomes(NS, 'kept', 'DatabaseReady', 'False', 'DatabaseDiffers');
      await eventually('it is quiet', 60, async () => (await writesAtRest(NS, 5)).length === 0);
      assert.deepEqual(await writesAtRest(NS, REST), []);
    });

    it('one that differs and is attached all the same is left as it is', async () => {
      const { uid: owner } = (await get(NS, 'besties', 'kept'))?.metadata ?? { uid: '' };
      const before = (await databaseOf('kept'))?.spec;
      await kubectl('-n', NS, 'label', 'postgrescluster', 'kept-pgo', '--overwrite', `controller-uid=${owner}`);
      await becomes(NS, 'kept', 'Stalled', 'True', 'InvalidSpec');
      assert.deepEqual((await databaseOf('kept'))?.spec, before);
    });
  });

  for (const [way, go] of Object.entries(ways).filter(([name]) => name !== 'with its children left behind'))
    it(`Delete takes the database, ${way}`, async function () {
      this.timeout(180_000);
      await apply(NS, bestie('all', { size: 1 }));
      await becomes(NS, 'all', 'Ready', 'True');
      await go('all');
      await gone('all');
      await eventually(
        'nothing is left',
        60,
        async () => (await databaseOf('all')) === undefined && (await get(NS, 'deployments', 'all-app')) === undefined,
      );
    });

  it('BackupThenDelete keeps the database, with the finalizer stripped while the webhook is dead: no backup was taken', async function () {
    this.timeout(180_000);
    await apply(NS, bestie('stripped', backedUp));
    await becomes(NS, 'stripped', 'Ready', 'True');
    await becomes(NS, 'stripped', 'DatabaseGuarded', 'True');
    await ways['with the finalizer stripped while the webhook is dead']?.('stripped');
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const left = (await databaseOf('stripped'))?.metadata as { deletionTimestamp?: string } | undefined;
    assert.ok(left !== undefined && left.deletionTimestamp === undefined);
    await kubectl('-n', NS, 'delete', 'postgrescluster', 'stripped-pgo', '--wait=false');
  });

  it('Delete takes everything, also right after the policy was Retain', async function () {
    this.timeout(180_000);
    await apply(NS, bestie('all', { size: 1, deletionPolicy: 'Retain' }));
    await becomes(NS, 'all', 'Ready', 'True');
    await kubectl('-n', NS, 'patch', 'bestie', 'all', '--type=merge', '-p', '{"spec":{"deletionPolicy":"Delete"}}');
    await kubectl('-n', NS, 'delete', 'bestie', 'all', '--timeout=90s');
    assert.equal(await databaseOf('all'), undefined);
  });

  describe('BackupThenDelete', () => {
    it('deletes the database when its final backup has succeeded', async function () {
      this.timeout(180_000);
      await apply(NS, bestie('saved', backedUp));
      await becomes(NS, 'saved', 'Ready', 'True');
      await kubectl('-n', NS, 'delete', 'bestie', 'saved', '--wait=false');
      const armed = await eventually('the final backup is requested', 60, async () => {
        const live = await databaseOf('saved');
        return live?.metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-backup']?.startsWith('final.') ? live : undefined;
      });
      assert.equal(
        (armed.spec as { backups: { pgbackrest: { manual: { repoName: string } } } }).backups.pgbackrest.manual.repoName,
        'repo2',
      );
      assert.equal(await get(NS, 'deployments', 'saved-app'), undefined, 'no pod writes any more');
      await gone('saved', 90);
      assert.equal(await databaseOf('saved'), undefined);
    });

    it('keeps the database while the final backup fails, in silence, until a person says otherwise', async function () {
      this.timeout((2 * REST + 300) * 1000);
      await apply(NS, bestie('stuck', backedUp));
      await becomes(NS, 'stuck', 'Ready', 'True');
      await kubectl('-n', NS, 'annotate', 'postgrescluster', 'stuck-pgo', `${BACKUP_FATE}=fail`);
      await kubectl('-n', NS, 'delete', 'bestie', 'stuck', '--wait=false');
      const live = await blocked('stuck', 'BackupFailed');
      assert.equal(condition(live, 'Stalled')?.status, 'True');
      await eventually('it is quiet', 60, async () => (await writesAtRest(NS, 5)).length === 0);
      assert.deepEqual(await writesAtRest(NS, REST), [], 'until the next attempt');
      assert.match(
        await refusal(kubectl('-n', NS, 'delete', 'bestie', 'stuck', '--cascade=foreground', '--wait=false')),
        /--cascade=background/,
      );
      const protect = (on: boolean): Promise<string> =>
        kubectl('-n', NS, 'patch', 'bestie', 'stuck', '--type=merge', '-p', JSON.stringify({ spec: { deletionProtection: on } }));
      await protect(true);
      await blocked('stuck', 'DeletionProtected');
      await eventually('the application is back', 60, () => get(NS, 'deployments', 'stuck-app'));
      await eventually('it is quiet', 120, async () => (await writesAtRest(NS, 8)).length === 0);
      assert.deepEqual(await writesAtRest(NS, REST), []);
      await protect(false);
      await eventually(
        'it is blocked again',
        90,
        async () => condition(await get(NS, 'besties', 'stuck'), 'DeletionBlocked')?.status === 'True',
      );
      assert.notEqual(await databaseOf('stuck'), undefined);
      await kubectl('-n', NS, 'annotate', 'bestie', 'stuck', 'pets.bestie.com/skip-final-backup=true');
      await gone('stuck', 90);
      assert.equal(await databaseOf('stuck'), undefined);
    });
  });

  describe('admission', () => {
    it('refuses to delete a protected Bestie, with the command that ends the protection, and lets its Namespace go', async function () {
      this.timeout(180_000);
      const ns = await namespace(`${NS}-protected`);
      await apply(ns, bestie('safe', { size: 1, deletionProtection: true, deletionPolicy: 'Retain' }));
      await becomes(ns, 'safe', 'Ready', 'True');
      assert.match(await refusal(kubectl('-n', ns, 'delete', 'bestie', 'safe')), /this Bestie is protected.*"deletionProtection":false/);
      assert.match(await refusal(kubectl('-n', ns, 'delete', 'bestie', '--all')), /this Bestie is protected/);
      await kubectl('label', 'namespace', ns, 'pets.bestie.com/protected=true');
      assert.match(await refusal(kubectl('delete', 'namespace', ns)), /this Namespace is protected/);
      await kubectl('label', 'namespace', ns, 'pets.bestie.com/protected-');
      await kubectl('delete', 'namespace', ns, '--timeout=120s');
    });

    it('refuses the foreground where the database cannot be guarded, and warns of it beforehand', async function () {
      this.timeout(120_000);
      const ns = await namespace(`${NS}-same`);
      const { stderr } = await kubectlBoth(bestie(ns, { size: 1, deletionPolicy: 'Retain' }), '-n', ns, 'apply');
      assert.match(stderr, /Warning: .*named like its Namespace/);
      await becomes(ns, ns, 'DatabaseGuarded', 'False', 'NameEqualsNamespace');
      assert.match(await refusal(kubectl('-n', ns, 'delete', 'bestie', ns, '--cascade=foreground')), /--cascade=background/);
      await kubectl('-n', ns, 'delete', 'bestie', ns, '--timeout=60s');
      assert.notEqual(await get(ns, DATABASE, `${ns}-pgo`), undefined);
      await kubectl('delete', 'namespace', ns, '--timeout=120s');
    });
  });

  it('what stays because of a foreign finalizer is named with its key', async function () {
    this.timeout(120_000);
    await apply(NS, bestie('held', { size: 1 }));
    await becomes(NS, 'held', 'Ready', 'True');
    const finalizers = (keys: string[]): string => JSON.stringify({ metadata: { finalizers: keys } });
    await kubectl('-n', NS, 'patch', 'service', 'held-service', '--type=merge', '-p', finalizers(['example.com/held']));
    await kubectl('-n', NS, 'delete', 'bestie', 'held', '--wait=false');
    await eventually('the finalizer is reported', 60, async () =>
      condition(await get(NS, 'besties', 'held'), 'Ready')?.message.includes('Service held-service (kept by finalizer example.com/held)'),
    );
    await kubectl('-n', NS, 'patch', 'service', 'held-service', '--type=merge', '-p', finalizers([]));
    await gone('held');
  });

  after(async () => {
    await kubectlStdin({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } }, 'apply');
    await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s');
  });
});
