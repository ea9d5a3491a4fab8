/** A restore that a person does with PGO's own means, at any moment of a Bestie's life: what the data has is not what is on record. */
import assert from 'node:assert/strict';
import { annotations } from '../../src/api/names.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, JOB, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf, restoreByHand, type Data } from '../support/data.ts';
import { imageOf, isSeeding } from '../support/jobs.ts';
import { bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const image = (tag: string): string => `quay.io/opdev/bestie:${tag}`;
const database = (cluster: Cluster): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
const note = (cluster: Cluster, key: string): string | undefined => database(cluster)?.metadata.annotations?.[key];
const users = (cluster: Cluster): unknown => database(cluster)?.spec?.users;
const replicas = (cluster: Cluster): unknown => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.spec?.replicas;
const webPods = (cluster: Cluster): Resource[] =>
  cluster.user
    .list(POD)
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'web' && metadata.deletionTimestamp === undefined);

interface Life {
  cluster: Cluster;
  data: Data;
  /** Images of the migration Jobs that were made, and whether they seed. */
  jobs: { image: string; seeds: boolean }[];
}

async function installed(spec: object = {}): Promise<Life> {
  const cluster = operated();
  const data = dataOf(cluster);
  const jobs: Life['jobs'] = [];
  cluster.server.watch(({ type, object }) => {
    if (type === 'ADDED' && `${object.kind}.${object.apiVersion}` === JOB) jobs.push({ image: imageOf(object), seeds: isSeeding(object) });
  });
  cluster.apply(sample(spec));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  return { cluster, data, jobs };
}

const imageOfPod = ({ spec }: Resource): string => (spec?.containers as { image: string }[] | undefined)?.[0]?.image ?? '';

/** One that runs 1.4; `served` counts pods of it that were made while the data had not its migrations. */
async function upgraded(): Promise<Life & { served: () => number }> {
  const life = await installed();
  const { cluster, data } = life;
  changeSpec(cluster, { version: '1.4' });
  await cluster.until('upgraded', isReady(cluster), 200);
  const strange = new Set<string>();
  cluster.server.watch(({ type, object }) => {
    const isNew = type === 'ADDED' && object.kind === 'Pod' && object.metadata.labels?.['app.kubernetes.io/component'] === 'web';
    if (isNew && imageOfPod(object) === image('1.4') && !data.migrated().includes(image('1.4'))) strange.add(object.metadata.name);
  });
  return { ...life, served: () => strange.size };
}

const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};

/** The status of the database, changed by hand: what PGO would write. */
function observe(cluster: Cluster, change: (status: Record<string, unknown>) => Record<string, unknown>): void {
  const live = database(cluster);
  assert.ok(live);
  cluster.user.updateStatus({ ...live, status: change(live.status ?? {}) });
}

async function nothingFollows(cluster: Cluster): Promise<void> {
  await cluster.settle(600);
  const length = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(length), []);
}

describe('a restore by hand', () => {
  it('stops the application, migrates what was restored, seeds nothing, and starts it again', async () => {
    const { cluster, data, jobs } = await installed();
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('upgraded', isReady(cluster), 200);
    assert.deepEqual(data.migrated(), [image('1.3'), image('1.4')]);
    const before = jobs.length;
    data.target([image('1.3')]);
    restoreByHand(cluster, 'tuesday');
    const templates = new Set<string>();
    cluster.server.watch(({ type, object }) => {
      if (type === 'ADDED' && object.kind === 'ReplicaSet') templates.add(object.metadata.name);
    });
    await cluster.until('stopped', () => replicas(cluster) === 0, 30);
    assert.equal(conditionOf(cluster, 'DeploymentReady'), 'False/Restoring');
    await cluster.until('unknown', () => note(cluster, annotations.migrated) === 'unknown', 60);
    assert.equal(conditionOf(cluster, 'DeploymentReady'), 'False/MigrationHistoryUnknown');
    assert.equal(conditionOf(cluster, 'Available'), 'False/TooFewReplicas');
    assert.deepEqual(webPods(cluster), [], 'pods that are not terminating');
    await cluster.until('Ready again', isReady(cluster), 200);
    assert.deepEqual(jobs.slice(before), [{ image: image('1.4'), seeds: false }]);
    assert.deepEqual(data.migrated(), [image('1.3'), image('1.4')]);
    assert.equal(replicas(cluster), 3);
    assert.equal(note(cluster, annotations.migrated), JSON.stringify([image('1.4')]));
    assert.equal(fieldsOf(bestieOf(cluster)?.status?.upgrade).phase, 'Succeeded');
    assert.equal(templates.size, 1, 'pods of one template only are made after the restore');
    assert.deepEqual(users(cluster), [{ name: 'bestie', databases: ['bestie'], password: { type: 'AlphaNumeric' }, options: 'INHERIT' }]);
    await nothingFollows(cluster);
  });

  it('of a version that was rolled back: what runs gets its schema first, and the version stays given up', async () => {
    const { cluster, data, jobs } = await installed({ upgrade: { progressDeadlineSeconds: 30 } });
    changeSpec(cluster, { version: '1.4-crash' });
    await cluster.until('rolled back', () => conditionOf(cluster, 'RolledBack') === 'True/RolledBack', 300);
    await cluster.settle();
    const before = jobs.length;
    data.target([]);
    restoreByHand(cluster, 'tuesday');
    await cluster.until('migrated', () => data.restoredAt() !== undefined && data.migrated().length > 0, 200);
    await cluster.until('serves', () => conditionOf(cluster, 'Available') === 'True/EnoughReplicas', 200);
    assert.deepEqual(jobs.slice(before), [{ image: image('1.3'), seeds: false }]);
    const deployment = cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app');
    assert.equal(deployment && imageOf(deployment), image('1.3'));
    assert.match(conditionOf(cluster, 'UpgradeFailed') ?? '', /^True/);
    await nothingFollows(cluster);
  });

  for (const [when, reached] of [
    ['the backup before an upgrade', (phase: unknown) => phase === 'BackingUp'],
    ['the migrations of an upgrade', (phase: unknown) => phase === 'Migrating'],
    ['the rollout of an upgrade', (phase: unknown) => phase === 'RollingOut'],
  ] as const) {
    it(`during ${when}: the wanted version is migrated, and runs`, async () => {
      const { cluster, data, jobs } = await installed();
      changeSpec(cluster, { version: '1.4' });
      await cluster.until(when, () => reached(fieldsOf(bestieOf(cluster)?.status?.upgrade).phase), 200);
      data.target([]);
      restoreByHand(cluster, 'tuesday');
      await cluster.until('restored', () => data.restoredAt() !== undefined, 100);
      await cluster.until('Ready', isReady(cluster), 400);
      assert.ok(data.migrated().includes(image('1.4')));
      assert.deepEqual(
        jobs.slice(1).filter(({ seeds }) => seeds),
        [],
      );
      await nothingFollows(cluster);
    });
  }

  it('before the first migration: what was restored is no new database, and nothing is seeded', async () => {
    const cluster = operated();
    const data = dataOf(cluster);
    const seeded: string[] = [];
    data.target([image('1.2')]);
    cluster.server.watch(({ type, object }) => {
      const isJob = `${object.kind}.${object.apiVersion}` === JOB;
      if (type === 'ADDED' && isJob && data.restoredAt() !== undefined && isSeeding(object)) seeded.push(object.metadata.name);
    });
    cluster.apply(sample({}));
    await cluster.until('the database', () => database(cluster)?.status?.databaseRevision !== undefined, 60);
    restoreByHand(cluster, 'tuesday');
    await cluster.until('restored', () => data.restoredAt() !== undefined, 60);
    await cluster.until('Ready', isReady(cluster), 300);
    assert.deepEqual(seeded, []);
    assert.ok(data.migrated().includes(image('1.3')));
    await nothingFollows(cluster);
  });

  it('while the operator is away: the same once it is back', async () => {
    const { cluster, data, jobs } = await installed();
    cluster.down.add('metacontroller');
    data.target([]);
    restoreByHand(cluster, 'tuesday');
    await cluster.until('restored', () => data.restoredAt() !== undefined, 60);
    await cluster.tick(30);
    cluster.down.delete('metacontroller');
    await cluster.until('migrated again', () => data.migrated().includes(image('1.3')), 200);
    await cluster.until('Ready', isReady(cluster), 200);
    assert.deepEqual(jobs.slice(1), [{ image: image('1.3'), seeds: false }]);
    await nothingFollows(cluster);
  });

  it('while the spec is unacceptable: the application is stopped, and migrated once the spec is fixed', async () => {
    const { cluster, data, jobs } = await installed();
    // Past the API server: it was stored before there was a rule.
    const store = (maxReplicas: number | undefined): void => {
      cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, maxReplicas } }));
    };
    store(1);
    await cluster.until('held', () => conditionOf(cluster, 'Ready') === 'False/InvalidSpec', 20);
    data.target([]);
    restoreByHand(cluster, 'tuesday');
    await cluster.until('restored', () => data.restoredAt() !== undefined, 100);
    await cluster.settle();
    assert.deepEqual([replicas(cluster), webPods(cluster)], [0, []]);
    assert.equal(conditionOf(cluster, 'DeploymentReady'), 'False/MigrationHistoryUnknown');
    assert.equal(conditionOf(cluster, 'Available'), 'False/TooFewReplicas');
    assert.equal(note(cluster, annotations.migrated), 'unknown');
    await nothingFollows(cluster);
    assert.equal(jobs.length, 1);
    store(10);
    await cluster.until('Ready', isReady(cluster), 300);
    assert.deepEqual(jobs.slice(1), [{ image: image('1.3'), seeds: false }]);
    assert.ok(data.migrated().includes(image('1.3')));
    await nothingFollows(cluster);
  });

  it('while another controller sets the number of pods: none of them serves before the migrations', async () => {
    const { cluster, data } = await installed({ maxReplicas: undefined });
    const isReadyPod = ({ status }: Resource): boolean =>
      conditionsOf({ status } as Resource).some((each) => each.type === 'Ready' && each.status === 'True');
    data.target([]);
    cluster.missing.add(image('1.3'));
    restoreByHand(cluster, 'tuesday');
    const scaled = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 1) {
        await cluster.tick();
        const live = cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app');
        if (live?.spec?.replicas === 0 && second % 10 === 0)
          cluster.server.as('scaler').update({ ...live, spec: { ...live.spec, replicas: 3 } });
      }
    };
    await scaled(120);
    assert.equal(conditionOf(cluster, 'DeploymentReady'), 'False/MigrationHistoryUnknown');
    assert.equal(conditionOf(cluster, 'Available'), 'False/TooFewReplicas');
    assert.deepEqual([replicas(cluster), webPods(cluster).filter(isReadyPod)], [0, []]);
    cluster.missing.clear();
    await cluster.until('Ready', isReady(cluster), 300);
    assert.ok(data.migrated().includes(image('1.3')));
    await nothingFollows(cluster);
  });

  it('twice: each restore is carried through once', async () => {
    const { cluster, data, jobs } = await installed();
    for (const id of ['tuesday', 'wednesday']) {
      data.target([]);
      restoreByHand(cluster, id);
      await cluster.until('restored', () => data.restores().includes(id), 100);
      await cluster.until('migrated again', () => data.migrated().length > 0, 300);
      await cluster.until('Ready', isReady(cluster), 200);
    }
    assert.deepEqual(jobs.slice(1), [
      { image: image('1.3'), seeds: false },
      { image: image('1.3'), seeds: false },
    ]);
    assert.match(note(cluster, annotations.lineage) ?? '', /"restore":"wednesday",.*"changes":2/);
    await nothingFollows(cluster);
  });
});

describe('what is no restore', () => {
  const same = (status: Record<string, unknown>): Record<string, unknown> => status;
  const identifier = (systemIdentifier: string | undefined) => (status: Record<string, unknown>) => ({
    ...status,
    patroni: systemIdentifier === undefined ? {} : { systemIdentifier },
  });

  it('Failover: another instance becomes the primary, and nothing is written', async () => {
    const { cluster, jobs } = await installed();
    const length = cluster.server.writes.length;
    observe(cluster, (status) => ({ ...same(status), startupInstance: 'bestie-pgo-pg-abcd', startupInstanceSet: 'pg' }));
    await cluster.settle();
    assert.deepEqual(
      cluster.writesSince(length).filter(({ by }) => by === 'metacontroller'),
      [],
    );
    assert.equal(jobs.length, 1);
    assert.equal(replicas(cluster), 3);
  });

  it('IdentifierGone: the moment in which no identifier is known says nothing', async () => {
    const { cluster, jobs } = await installed();
    observe(cluster, identifier(undefined));
    await cluster.tick(1);
    assert.equal(note(cluster, annotations.migrated), JSON.stringify([image('1.3')]));
    await cluster.until('Ready', isReady(cluster), 100);
    assert.equal(jobs.length, 1);
    assert.equal(replicas(cluster), 3);
  });

  it('OtherSystem: another identifier is another database, whose migrations run again', async () => {
    const { cluster, data, jobs } = await installed();
    observe(cluster, identifier('7300000000000000099'));
    await cluster.until('migrated again', () => jobs.length === 2 && note(cluster, annotations.migrated) !== 'unknown', 100);
    await cluster.until('Ready', isReady(cluster), 200);
    assert.deepEqual(jobs.slice(1), [{ image: image('1.3'), seeds: false }]);
    assert.ok(data.migrated().includes(image('1.3')));
    await nothingFollows(cluster);
  });
});

describe('the record of migrations, by hand', () => {
  const say = (cluster: Cluster, value: string): void => {
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => ({
      ...live,
      metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, [annotations.migrated]: value } },
    }));
  };

  it('Disowned: `unknown` lets the migrations run again, once', async () => {
    const { cluster, jobs } = await installed();
    say(cluster, 'unknown');
    await cluster.until('migrated again', () => jobs.length === 2, 100);
    await cluster.until('Ready', isReady(cluster), 200);
    assert.deepEqual(jobs.slice(1), [{ image: image('1.3'), seeds: false }]);
    assert.equal(note(cluster, annotations.migrated), JSON.stringify([image('1.3')]));
    await nothingFollows(cluster);
  });

  it('Corrected: a person says what the data has, where its migrations cannot run', async () => {
    const { cluster, data, jobs } = await installed({ version: '1.3' });
    data.target([image('1.9')]);
    cluster.missing.add(image('1.3'));
    restoreByHand(cluster, 'tuesday');
    await cluster.until('unknown', () => note(cluster, annotations.migrated) === 'unknown', 100);
    say(cluster, JSON.stringify([image('1.3')]));
    await cluster.until('started again, by the word of a person alone', () => replicas(cluster) === 3, 60);
    cluster.missing.clear();
    await cluster.until('Ready', isReady(cluster), 300);
    assert.equal(note(cluster, annotations.migrated), JSON.stringify([image('1.3')]));
    assert.equal(replicas(cluster), 3);
    assert.ok(jobs.length <= 2);
    await nothingFollows(cluster);
  });

  for (const [reason, list] of [
    ['the data is older than what runs', [image('1.3')]],
    ['a mistake', ['bestie']],
  ] as const) {
    it(`CorrectedToOther, ${reason}: the application stays stopped until what it runs has its schema`, async () => {
      const { cluster, data, jobs, served } = await upgraded();
      data.target([image('1.3')]);
      cluster.missing.add(image('1.4'));
      restoreByHand(cluster, 'tuesday');
      await cluster.until('unknown', () => note(cluster, annotations.migrated) === 'unknown', 100);
      say(cluster, JSON.stringify(list));
      cluster.missing.clear();
      await cluster.until('migrated', () => data.migrated().includes(image('1.4')), 300);
      assert.equal(served(), 0, 'pods that were made for a schema without those migrations');
      await cluster.until('Ready', isReady(cluster), 300);
      assert.equal(note(cluster, annotations.migrated), JSON.stringify([...list, image('1.4')]));
      assert.deepEqual(
        jobs.slice(2).filter(({ seeds }) => seeds),
        [],
      );
      await nothingFollows(cluster);
    });
  }

  it('CorrectedAndSetBack: the version that the data has can be wanted again', async () => {
    const { cluster, data, served } = await upgraded();
    data.target([image('1.3')]);
    cluster.missing.add(image('1.4'));
    restoreByHand(cluster, 'tuesday');
    await cluster.until('unknown', () => note(cluster, annotations.migrated) === 'unknown', 100);
    say(cluster, JSON.stringify([image('1.3')]));
    changeSpec(cluster, { version: '1.3' });
    await cluster.until('Ready', isReady(cluster), 300);
    assert.deepEqual([data.migrated(), served(), replicas(cluster)], [[image('1.3')], 0, 3]);
    await nothingFollows(cluster);
  });

  it('SetBackAndForth: what is migrated meanwhile for another version starts nothing', async () => {
    const { cluster, data, jobs, served } = await upgraded();
    data.target([image('1.2')]);
    restoreByHand(cluster, 'tuesday');
    await cluster.until('unknown', () => note(cluster, annotations.migrated) === 'unknown', 100);
    changeSpec(cluster, { version: '1.3' });
    const isAtWork = (pod: Resource): boolean => imageOfPod(pod) === image('1.3') && pod.status?.phase === 'Running';
    await cluster.until('its migrations', () => cluster.user.list(POD).some(isAtWork), 100);
    changeSpec(cluster, { version: '1.4' });
    await cluster.until('migrated', () => data.migrated().includes(image('1.4')), 300);
    assert.ok(jobs.some((job, index) => index > 1 && job.image === image('1.3')));
    assert.equal(served(), 0, 'pods that were made for a schema without those migrations');
    await cluster.until('Ready', isReady(cluster), 300);
    await nothingFollows(cluster);
  });

  it('CorrectedUnderAnUnacceptableSpec: what a user states stays, and counts once the spec is fixed', async () => {
    const { cluster, data, jobs } = await installed();
    const store = (maxReplicas: number): void => {
      changeSpec(cluster, { maxReplicas });
    };
    store(1);
    await cluster.until('held', () => conditionOf(cluster, 'Ready') === 'False/InvalidSpec', 20);
    data.target([image('1.3')]);
    restoreByHand(cluster, 'tuesday');
    await cluster.until('unknown', () => note(cluster, annotations.migrated) === 'unknown', 100);
    for (const nothing of ['[]', 'soon']) {
      say(cluster, nothing);
      await cluster.settle();
      assert.deepEqual([note(cluster, annotations.migrated), replicas(cluster)], ['unknown', 0]);
    }
    say(cluster, JSON.stringify([image('1.3')]));
    await cluster.settle();
    assert.equal(note(cluster, annotations.migrated), JSON.stringify([image('1.3')]));
    await nothingFollows(cluster);
    store(10);
    await cluster.until('Ready', isReady(cluster), 200);
    assert.deepEqual([jobs.length, replicas(cluster)], [1, 3]);
    await nothingFollows(cluster);
  });

  it('Drift: another list over one that is known is put back', async () => {
    const { cluster, jobs } = await installed();
    say(cluster, '[]');
    await cluster.settle();
    assert.equal(note(cluster, annotations.migrated), JSON.stringify([image('1.3')]));
    assert.equal(jobs.length, 1);
  });
});

describe('a password of the database that was changed', () => {
  const rotate = (cluster: Cluster, password: string): void => {
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => ({
      ...live,
      metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, 'sandbox/password': password } },
    }));
  };
  it('is written again after a restore that succeeds at the second try: PGO takes what it wrote before for written', async () => {
    const { cluster, data } = await installed();
    const revision = (): unknown => database(cluster)?.status?.usersRevision;
    const restored = async (id: string): Promise<void> => {
      restoreByHand(cluster, id);
      await cluster.until('restored', () => data.restores().includes(id), 100);
    };
    const fails = (is: boolean): void => {
      cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => ({
        ...live,
        metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, 'sandbox/restore': is ? 'fail' : 'pass' } },
      }));
    };
    data.target([image('1.3')]);
    await restored('one');
    await cluster.until('Ready', isReady(cluster), 200);
    const before = revision();
    fails(true);
    await restored('two');
    await cluster.until('reported', () => conditionOf(cluster, 'DatabaseReady') === 'False/RestoreFailed', 60);
    fails(false);
    await restored('three');
    await cluster.until('Ready', isReady(cluster), 200);
    assert.notEqual(revision(), before);
    await nothingFollows(cluster);
  });

  const uids = (cluster: Cluster): Set<string> => new Set(webPods(cluster).map(({ metadata }) => metadata.uid));

  it('replaces the pods of the application, once for each change', async () => {
    const { cluster, jobs } = await installed();
    // The last one is the first again.
    for (const password of ['second', 'third', '']) {
      const before = uids(cluster);
      rotate(cluster, password);
      await cluster.until('replaced', () => webPods(cluster).every(({ metadata }) => !before.has(metadata.uid)), 200);
      await cluster.until('Ready', isReady(cluster), 200);
      await nothingFollows(cluster);
    }
    assert.equal(jobs.length, 1, 'nothing is migrated for it');
  });
});
