/** A database that is not as wanted: reported within its time, at rest without a write, and gone once it is fixed. Nothing that a user set is undone. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { COMPONENT_LABEL } from '../../src/api/names.ts';
import { BESTIE, JOB, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Fields, Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { restoreByHand } from '../support/data.ts';
import { bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const database = (cluster: Cluster): Resource => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo') ?? assert.fail('no database');

async function installed(spec: object = {}): Promise<Cluster> {
  const cluster = operated();
  cluster.apply(sample({ database: { replicas: 3 }, upgrade: { backup: 'Skip' }, ...spec }));
  await cluster.until('Ready', isReady(cluster), 200);
  await cluster.settle();
  return cluster;
}

/** What a person, or the test, writes on the database: fields of its spec, and annotations; undefined takes one away. */
function set(cluster: Cluster, spec: Fields, annotations: Record<string, string | undefined> = {}): void {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, ...live }) => ({
    ...live,
    spec: { ...live.spec, ...spec },
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...(annotations as Record<string, string>) } },
  }));
}

const changeSpec = (cluster: Cluster, spec: Fields): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};

/** Seconds, as they pass with the resyncs of Metacontroller. */
async function pass(cluster: Cluster, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) await cluster.resync(1);
}

const message = (cluster: Cluster, type: string): string => {
  const bestie = bestieOf(cluster);
  return (bestie && conditionsOf(bestie).find((condition) => condition.type === type)?.message) ?? '';
};

interface Kind {
  /** What happens to the database. */
  spec?: Fields;
  annotations?: Record<string, string>;
  /** What is said within seconds, and after so many minutes. */
  young: string;
  late: string;
  minutes: number;
  serves: boolean;
  words: RegExp;
  /** A change of the spec of the Bestie that brings it out. */
  change?: Fields;
}

const parameters = (values: Fields): Fields => ({ patroni: { dynamicConfiguration: { postgresql: { parameters: values } } } });
const kinds: Record<string, Kind> = {
  'an instance that is missing': {
    annotations: { 'sandbox/instances': '2' },
    young: 'False/InstancesMissing',
    late: 'False/InstancesStuck',
    minutes: 11,
    serves: true,
    words: /^2 of 3 instances .*, since .*get pods/,
  },
  'no instance that is ready': {
    annotations: { 'sandbox/instances': '0' },
    young: 'False/NoInstanceReady',
    late: 'False/InstancesStuck',
    minutes: 6,
    serves: false,
    words: /^no instance of /,
  },
  'a rollout that stands still': {
    annotations: { 'sandbox/rollout': 'stuck' },
    young: 'False/InstancesOutdated',
    late: 'False/RolloutStuck',
    minutes: 16,
    serves: true,
    words: /^2 of 3 instances .* run the latest spec/,
  },
  'a volume that must not grow, and whose condition changes every second': {
    annotations: { 'sandbox/volume': 'forbidden' },
    young: 'False/VolumeNotResized',
    late: 'False/VolumeNotResized',
    minutes: 1,
    serves: true,
    words: /does not get the requested size/,
  },
  'psql that fails': {
    annotations: { 'sandbox/psql': 'fail' },
    change: { database: { replicas: 3, maxConnections: 200 } },
    young: 'True/Usable',
    late: 'False/NotCarriedOut',
    minutes: 6,
    serves: true,
    words: /has not finished the last change/,
  },
  'a standby': {
    spec: { standby: { enabled: true, repoName: 'repo1' } },
    young: 'False/DatabaseReadOnly',
    late: 'False/DatabaseReadOnly',
    minutes: 1,
    serves: false,
    words: /is a standby/,
  },
  'a standby without a source, which PGO refuses': {
    spec: { standby: { enabled: true } },
    young: 'True/Usable',
    late: 'False/NotReconciled',
    minutes: 6,
    serves: true,
    words: /has not acted on the last change/,
  },
  'a database that is read-only': {
    spec: parameters({ default_transaction_read_only: 'on' }),
    young: 'False/DatabaseReadOnly',
    late: 'False/DatabaseReadOnly',
    minutes: 1,
    serves: false,
    words: /default_transaction_read_only/,
  },
  'a database that is shut down': {
    spec: { shutdown: true },
    young: 'False/Suspended',
    late: 'False/Suspended',
    minutes: 1,
    serves: false,
    words: /is shut down; to resume: .*"shutdown":false/,
  },
  'a database operator that is paused for this database': {
    spec: { paused: true },
    young: 'False/Suspended',
    late: 'False/Suspended',
    minutes: 1,
    serves: true,
    words: /is paused.*"paused":false/,
  },
};

const gone = (keys: object | undefined): Record<string, undefined> =>
  Object.fromEntries(Object.keys(keys ?? {}).map((key) => [key, undefined]));

describe('a database that is not as wanted', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    it(`${name}: reported in time, at rest without a write, nothing undone, over once it is fixed`, async () => {
      const cluster = await installed();
      set(cluster, kind.spec ?? {}, kind.annotations);
      if (kind.change !== undefined) changeSpec(cluster, kind.change);
      await cluster.tick(10);
      assert.equal(conditionOf(cluster, 'DatabaseReady'), kind.young);
      await pass(cluster, kind.minutes - 2);
      assert.equal(conditionOf(cluster, 'DatabaseReady'), kind.young);
      await pass(cluster, 2);
      assert.equal(conditionOf(cluster, 'DatabaseReady'), kind.late);
      assert.match(message(cluster, 'DatabaseReady'), kind.words);
      assert.equal(conditionOf(cluster, 'Ready'), kind.late);
      assert.equal(conditionOf(cluster, 'Stalled'), kind.late.replace('False', 'True'));
      assert.equal(conditionOf(cluster, 'Reconciling'), 'False/Settled');
      assert.equal(fieldsOf(bestieOf(cluster)?.status?.database).usable, kind.serves);
      if (kind.serves) assert.equal(conditionOf(cluster, 'Available'), 'True/EnoughReplicas');
      const length = cluster.server.writes.length;
      await cluster.resync(3);
      assert.deepEqual(cluster.writesSince(length), [], 'writes at rest');
      for (const [field, value] of Object.entries(kind.spec ?? {})) assert.deepEqual(database(cluster).spec?.[field], value, field);
      set(cluster, gone(kind.spec), gone(kind.annotations));
      await cluster.until('Ready again', isReady(cluster), 120);
    });
  }

  it('a database operator that does not run: a change of the database is reported after five minutes, and a quick one never', async () => {
    const cluster = await installed();
    const reported = new Set<string>();
    cluster.server.watch(({ object }) => {
      if (object.kind === 'Bestie') reported.add(conditionOf(cluster, 'DatabaseReady') ?? '');
    });
    changeSpec(cluster, { database: { replicas: 3, maxConnections: 200 } });
    await cluster.settle();
    assert.deepEqual([...reported], ['True/Usable']);
    cluster.down.add('postgres-operator');
    changeSpec(cluster, { database: { replicas: 3, maxConnections: 300 } });
    await pass(cluster, 4);
    assert.equal(conditionOf(cluster, 'DatabaseReady'), 'True/Usable');
    await pass(cluster, 2);
    assert.equal(conditionOf(cluster, 'DatabaseReady'), 'False/NotReconciled');
    assert.equal(conditionOf(cluster, 'Available'), 'True/EnoughReplicas');
    const length = cluster.server.writes.length;
    await cluster.resync(3);
    assert.deepEqual(cluster.writesSince(length), []);
    cluster.down.delete('postgres-operator');
    await cluster.until('Ready again', isReady(cluster), 60);
  });

  it('a restore by hand is said to be one for as long as it takes, though PGO looks at no change meanwhile', async () => {
    const cluster = await installed();
    set(cluster, {}, { 'sandbox/restore': 'hang' });
    restoreByHand(cluster, 'one');
    await pass(cluster, 12);
    assert.equal(conditionOf(cluster, 'DatabaseReady'), 'False/Restoring');
    assert.equal(conditionOf(cluster, 'Stalled'), 'False/NotStalled');
    const length = cluster.server.writes.length;
    await cluster.resync(3);
    assert.deepEqual(cluster.writesSince(length), []);
    set(cluster, {}, { 'sandbox/restore': undefined });
    await cluster.until('Ready again', isReady(cluster), 200);
  });

  it('no primary that answers, of which the database operator says nothing: reported after a minute by the pods that ran, and over with their probes', async () => {
    const cluster = await installed();
    const probe = (value: string): void => {
      for (const { metadata } of cluster.user.list(POD).filter(({ metadata: { labels } }) => labels?.[COMPONENT_LABEL] === 'web'))
        cluster.edit(POD, 'shop', metadata.name, (pod) => ({
          ...pod,
          metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, 'sandbox/probe': value } },
        }));
    };
    const before = database(cluster).status;
    probe('fail');
    await cluster.tick(30);
    assert.equal(conditionOf(cluster, 'DatabaseReady'), 'True/Usable');
    await pass(cluster, 2);
    assert.equal(conditionOf(cluster, 'DatabaseReady'), 'False/DatabaseUnreachable');
    assert.equal(conditionOf(cluster, 'Ready'), 'False/DatabaseUnreachable');
    assert.equal(conditionOf(cluster, 'Available'), 'False/TooFewReplicas');
    assert.match(message(cluster, 'DatabaseReady'), /^no pod of the application has reached the database since .*role=master$/);
    assert.equal(fieldsOf(bestieOf(cluster)?.status?.database).usable, true);
    assert.deepEqual(database(cluster).status, before, 'the database operator says nothing');
    // For three minutes the Deployment says since when it has been requested.
    await pass(cluster, 3);
    const length = cluster.server.writes.length;
    await pass(cluster, 20);
    assert.deepEqual(cluster.writesSince(length), [], 'writes at rest');
    probe('');
    await cluster.until('Ready again', isReady(cluster), 60);
  });

  it('a restore by hand that fails is reported, and over with another id that succeeds', async () => {
    const cluster = await installed();
    set(cluster, {}, { 'sandbox/restore': 'fail' });
    restoreByHand(cluster, 'one');
    await cluster.until('reported', () => conditionOf(cluster, 'DatabaseReady') === 'False/RestoreFailed', 60);
    assert.equal(conditionOf(cluster, 'Stalled'), 'True/RestoreFailed');
    await cluster.settle();
    const length = cluster.server.writes.length;
    await cluster.resync(3);
    assert.deepEqual(cluster.writesSince(length), []);
    set(cluster, {}, { 'sandbox/restore': undefined });
    restoreByHand(cluster, 'two');
    await cluster.until('Ready again', isReady(cluster), 200);
  });

  it('becomes a fault once, whichever replica answers', async () => {
    const cluster = operated({ skewSeconds: 90 });
    cluster.apply(sample({ database: { replicas: 3 } }));
    await cluster.until('Ready', isReady(cluster), 200);
    await cluster.settle();
    const reported: string[] = [];
    cluster.server.watch(({ object }) => {
      const said = conditionOf(cluster, 'DatabaseReady') ?? '';
      if (object.kind === 'Bestie' && reported.at(-1) !== said) reported.push(said);
    });
    set(cluster, {}, { 'sandbox/instances': '2' });
    await pass(cluster, 14);
    assert.deepEqual(reported, ['False/InstancesMissing', 'False/InstancesStuck']);
  });

  it('more instances are requested, and fewer, in a rollout that stands still', async () => {
    const cluster = await installed({ database: { replicas: 2 } });
    set(cluster, {}, { 'sandbox/rollout': 'stuck', 'sandbox/instances': '2' });
    await cluster.until('outdated', () => conditionOf(cluster, 'DatabaseReady') === 'False/InstancesOutdated', 20);
    changeSpec(cluster, { database: { replicas: 3 } });
    await cluster.until('missing', () => conditionOf(cluster, 'DatabaseReady') === 'False/InstancesMissing', 20);
    changeSpec(cluster, { database: { replicas: 2 } });
    await cluster.until('outdated', () => conditionOf(cluster, 'DatabaseReady') === 'False/InstancesOutdated', 20);
    set(cluster, {}, { 'sandbox/rollout': undefined });
    await cluster.until('Ready', isReady(cluster), 60);
  });

  it('an upgrade continues in a database that serves with less than was requested', async () => {
    const cluster = await installed();
    set(cluster, {}, { 'sandbox/instances': '2' });
    await cluster.tick(5);
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('upgraded', () => fieldsOf(bestieOf(cluster)?.status?.upgrade).phase === 'Succeeded', 200);
    assert.equal(conditionOf(cluster, 'DatabaseReady'), 'False/InstancesMissing');
    assert.equal(conditionOf(cluster, 'Available'), 'True/EnoughReplicas');
  });

  for (const [name, backup] of [
    ['without a backup', 'Skip'],
    ['with a backup before', 'Required'],
  ] as const)
    it(`an upgrade ${name} starts nothing in a database that is read-only, and continues once it is not`, async () => {
      const cluster = await installed({ upgrade: { backup } });
      set(cluster, { standby: { enabled: true, repoName: 'repo1' } });
      await cluster.tick(5);
      const started: string[] = [];
      cluster.server.watch(({ type, object }) => {
        const isJob = type === 'ADDED' && `${object.kind}.${object.apiVersion}` === JOB;
        const isArmed = object.metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-backup'] !== undefined;
        if (isJob || isArmed) started.push(`${object.kind} ${object.metadata.name}`);
      });
      changeSpec(cluster, { version: '1.4' });
      await pass(cluster, 10);
      assert.deepEqual(started, []);
      assert.equal(conditionOf(cluster, 'Available'), 'True/EnoughReplicas');
      assert.equal(conditionOf(cluster, 'DatabaseReady'), 'False/DatabaseReadOnly');
      set(cluster, { standby: undefined });
      await cluster.until('upgraded', isReady(cluster), 300);
      assert.equal(fieldsOf(bestieOf(cluster)?.status?.upgrade).phase, 'Succeeded');
    });
});
