/** What comes between: a drill gives way to every other operation of its Bestie, survives every cut, and is removed whatever happens. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import type { CallHook } from '../../src/sandbox/metacontroller/hookcall.ts';
import {
  begun,
  checkOf,
  copyFate,
  copyOf,
  drillMessage,
  edit,
  installed,
  policyOf,
  recordOf,
  remains,
  steps,
  verifiedOf,
  verify,
} from '../support/drills.ts';
import { annotate, bestieOf, conditionOf, isReady, standing } from '../support/sandbox.ts';

const all = Object.keys(steps);
/** Until the result is on record. */
const underway = all.filter((step) => step !== 'recorded' && step !== 'removed');

const isAtWork = (cluster: Cluster): boolean => {
  const copy = copyOf(cluster);
  return copy !== undefined && copy.metadata.deletionTimestamp === undefined;
};

const isVerified = (cluster: Cluster) => (): boolean => conditionOf(cluster, 'BackupVerified') === 'True/Verified';

async function rests(cluster: Cluster): Promise<void> {
  // After a failed call Metacontroller waits for minutes.
  await cluster.until('nothing is left', () => remains(cluster).length === 0, 900);
  await cluster.settle(900);
  assert.deepEqual(remains(cluster), [], 'nothing of the drill is left');
  const length = cluster.server.writes.length;
  await cluster.resync(5);
  assert.deepEqual(cluster.writesSince(length), []);
}

/** What begins while a copy is at work, from now on. */
function beside(cluster: Cluster): string[] {
  const seen: string[] = [];
  cluster.server.watch(({ type, object }) => {
    const isMigration = type === 'ADDED' && object.kind === 'Job' && !object.metadata.name.includes('drill');
    const { manual, restore } = fieldsOf(fieldsOf(object.spec?.backups).pgbackrest);
    const isRequest = object.kind === 'PostgresCluster' && object.metadata.name === 'bestie-pgo' && (manual ?? restore) !== undefined;
    if (isAtWork(cluster) && (isMigration || isRequest)) seen.push(`${object.kind} ${object.metadata.name}`);
  });
  return seen;
}

interface Rival {
  ask: (cluster: Cluster) => void;
  isDone: (cluster: Cluster) => boolean;
}

const rivals: Readonly<Record<string, Rival>> = {
  'an upgrade': {
    ask: (cluster) => {
      edit(cluster, { version: '1.4' });
    },
    isDone: (cluster) => bestieOf(cluster)?.status?.appversion === '1.4',
  },
  'a restore': {
    ask: (cluster) => {
      edit(cluster, { restore: { id: 'tuesday', target: { latest: true } } });
    },
    isDone: (cluster) => fieldsOf(bestieOf(cluster)?.status?.restore).phase === 'Succeeded',
  },
  'a backup on request': {
    ask: (cluster) => {
      const { database } = bestieOf(cluster)?.spec ?? {};
      const { backups } = fieldsOf(database);
      edit(cluster, { database: { ...fieldsOf(database), backups: { ...fieldsOf(backups), onDemand: 'now' } } });
    },
    isDone: (cluster) =>
      cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.annotations?.['pets.bestie.com/on-demand'] === 'now',
  },
};

describe('a drill and', function () {
  this.timeout(240_000);

  for (const [name, { ask, isDone }] of Object.entries(rivals))
    for (const step of all)
      it(`${name} that is asked for when it is ${step}: the drill gives way, and is made up for`, async () => {
        const cluster = await installed();
        const seen = beside(cluster);
        await begun(cluster, step);
        ask(cluster);
        await cluster.until(name, () => isDone(cluster), 900);
        await cluster.until('verified', isVerified(cluster), 900);
        await rests(cluster);
        assert.deepEqual(seen, []);
      });

  for (const step of all)
    it(`the deletion of the Bestie when it is ${step}: the drill goes first, and nothing is left`, async () => {
      const cluster = await installed();
      await begun(cluster, step);
      const order: string[] = [];
      cluster.server.watch(({ type, object }) => {
        if (type === 'DELETED') order.push(`${object.kind} ${object.metadata.name}`);
      });
      cluster.remove(BESTIE, 'shop', 'bestie');
      await cluster.until('gone', () => bestieOf(cluster) === undefined, 300);
      await cluster.settle(900);
      assert.deepEqual(
        standing(cluster)
          .filter(({ kind }) => kind !== 'Namespace')
          .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
        [],
      );
      const [drill, application] = ['PostgresCluster bestie-drill', 'Deployment bestie-app'].map((each) => order.indexOf(each));
      assert.ok(drill === -1 || (drill ?? 0) < (application ?? -1), order.join(', '));
    });

  for (const step of all)
    it(`a pause when it is ${step}: it stays as it is until its bound, is removed then, and is made up for`, async () => {
      const cluster = await installed();
      await begun(cluster, step, { timeoutSeconds: 600 });
      if (isAtWork(cluster)) copyFate(cluster, 'hang');
      const before = remains(cluster);
      annotate(cluster, 'paused', 'true');
      await cluster.tick(120);
      if (underway.includes(step) && step !== 'shielded') assert.ok(isAtWork(cluster), 'nothing is changed in a pause');
      assert.ok(remains(cluster).length <= before.length + 1);
      await cluster.tick(600);
      await cluster.settle(300);
      assert.deepEqual(remains(cluster), [], 'the bound holds in a pause, too');
      annotate(cluster, 'paused', 'false');
      await cluster.until('verified', isVerified(cluster), 900);
      await rests(cluster);
    });

  for (const step of all)
    it(`an unacceptable spec when it is ${step}: it is removed at its bound`, async () => {
      const cluster = await installed();
      await begun(cluster, step, { timeoutSeconds: 300 });
      if (isAtWork(cluster)) copyFate(cluster, 'hang');
      const { spec } = bestieOf(cluster) ?? {};
      cluster.server
        .as('migrated')
        .update({ ...(bestieOf(cluster) as never as object), spec: { ...spec, maxReplicas: 1, size: 2 } } as never);
      await cluster.tick(330);
      await cluster.settle(300);
      assert.deepEqual(remains(cluster), []);
    });

  for (const step of all)
    it(`the end of drills in the spec when it is ${step}: it is removed`, async () => {
      const cluster = await installed();
      await begun(cluster, step);
      verify(cluster, undefined);
      await rests(cluster);
      assert.equal(conditionOf(cluster, 'BackupVerified'), undefined);
    });

  for (const step of all)
    it(`a status that is lost when it is ${step}: it goes on`, async () => {
      const cluster = await installed();
      await begun(cluster, step);
      const live = bestieOf(cluster);
      if (live) cluster.server.as('user').updateStatus({ ...live, status: {} });
      await cluster.until('verified', isVerified(cluster), 300);
      await rests(cluster);
      assert.equal(verifiedOf(cluster).revision, '9d1c4a6f0de5');
    });

  for (const step of all)
    it(`a hook that is away for ten minutes when it is ${step}: it ends as if nothing had been`, async () => {
      let isAway = false;
      const wrap =
        (call: CallHook): CallHook =>
        (hook, body) =>
          isAway ? Promise.reject(new Error('connection refused')) : call(hook, body);
      const cluster = await installed({}, { wrap });
      await begun(cluster, step);
      isAway = true;
      await cluster.tick(600);
      isAway = false;
      await cluster.until('verified', isVerified(cluster), 900);
      await rests(cluster);
    });

  it('a copy that a user deletes is made again', async () => {
    const cluster = await installed();
    await begun(cluster, 'checked');
    cluster.remove(POSTGRES_CLUSTER, 'shop', 'bestie-drill');
    await cluster.until('verified', isVerified(cluster), 900);
    await rests(cluster);
  });

  it('a check that a user deletes is made again', async () => {
    const cluster = await installed();
    await begun(cluster, 'checked');
    cluster.remove(JOB, 'shop', 'bestie-drill-check');
    await cluster.until('verified', isVerified(cluster), 900);
    await rests(cluster);
  });

  it('a copy whose record a user removes is that of a drill all the same, which has failed', async () => {
    const cluster = await installed();
    await begun(cluster, 'copied');
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-drill', (live) => ({ ...live, metadata: { ...live.metadata, annotations: {} } }));
    await rests(cluster);
    assert.match(drillMessage(cluster), /: the record that its copy carried was removed; none has succeeded before$/);
  });

  it('a database of that name that a user has given the Bestie is never deleted, and no drill begins', async () => {
    const cluster = await installed();
    const uid = bestieOf(cluster)?.metadata.uid ?? '';
    cluster.user.create({
      apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
      kind: 'PostgresCluster',
      metadata: { name: 'bestie-drill', namespace: 'shop', labels: { 'controller-uid': uid } },
      spec: cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.spec ?? {},
    });
    await cluster.settle();
    verify(cluster, { onDemand: 'first' });
    await cluster.settle();
    await cluster.tick(300);
    assert.ok(copyOf(cluster));
    assert.equal(policyOf(cluster), undefined);
    assert.match(
      drillMessage(cluster),
      /waits for PostgresCluster bestie-drill to be gone or renamed, which is no copy of a drill of this Bestie$/,
    );
    verify(cluster, undefined);
    await cluster.settle();
    assert.ok(copyOf(cluster), 'it belongs to a user');
  });

  it('an install: the drill begins once the application runs', async () => {
    const cluster = await installed();
    cluster.remove(BESTIE, 'shop', 'bestie');
    await cluster.settle();
    const { spec } = {
      spec: { size: 1, image: 'quay.io/opdev/bestie', version: '1.3', database: { backups: { verify: { onDemand: 'first' } } } },
    };
    const early: boolean[] = [];
    cluster.server.watch(() => {
      if (copyOf(cluster) !== undefined) early.push(cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app') === undefined);
    });
    cluster.apply({ apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', metadata: { name: 'bestie', namespace: 'shop' }, spec });
    await cluster.until('Ready', isReady(cluster), 120);
    await cluster.until('verified', isVerified(cluster), 300);
    await rests(cluster);
    assert.ok(early.length > 0 && early.every((each) => !each));
    assert.equal(recordOf(cluster).token !== undefined, true);
    assert.equal(checkOf(cluster), undefined);
  });
});
