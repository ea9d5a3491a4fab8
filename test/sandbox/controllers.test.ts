/** The controllers around Metacontroller: Deployment, Job, autoscaler, kubelet. PGO has a file of its own. */
import assert from 'node:assert/strict';
import { createCluster, type Cluster } from '../../src/sandbox/cluster.ts';
import { rollout, type ReplicaCounts } from '../../src/sandbox/controllers/rollout.ts';
import { DEPLOYMENT, HPA, JOB, POD, REPLICA_SET } from '../../src/sandbox/apiserver/discovery.ts';
import { outcomeOf } from '../../src/sandbox/controllers/joboutcome.ts';
import { podStatus } from '../../src/sandbox/controllers/podstatus.ts';
import { fateOf, type Fate } from '../../src/sandbox/controllers/podfate.ts';
import { controllerOf, type Draft, type Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { configured, tiny } from '../support/sandbox.ts';

const labels = { app: 'web' };
const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
const deployment = (image: string, replicas = 3, more: object = {}): Draft => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas,
    strategy,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
    ...more,
  },
});
const job = (image: string, more: object = {}): Draft => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once', namespace: 'shop' },
  spec: {
    ...more,
    template: { metadata: { labels: { app: 'once' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'once', image }] } },
  },
});

/** A cluster without a Bestie, and the highest and lowest number of pods seen. */
function world(): { cluster: Cluster; extremes: { most: number; fewestReady: number } } {
  const cluster = createCluster({ hooks: tiny(() => ({})), config: configured(['sync']) });
  const extremes = { most: 0, fewestReady: Infinity };
  cluster.server.watch(() => {
    const pods = cluster.user.list(POD).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    extremes.most = Math.max(extremes.most, pods.length);
    extremes.fewestReady = Math.min(extremes.fewestReady, pods.filter(ready).length);
  });
  return { cluster, extremes };
}

const ready = (object: Resource): boolean => conditionsOf(object).some(({ type, status }) => type === 'Ready' && status === 'True');
const reasons = (object: Resource | undefined): Record<string, string> =>
  Object.fromEntries((object ? conditionsOf(object) : []).map(({ type, status, reason }) => [type, `${status}/${reason}`]));
const get = (cluster: Cluster, kind: string, name: string): Resource | undefined => cluster.user.get(kind, 'shop', name);
const images = (cluster: Cluster): unknown[] =>
  cluster.user.list(POD).map(({ spec }) => (spec?.containers as { image: string }[])[0]?.image);

const counts = (name: string, replicas: number, available: number): ReplicaCounts => ({ name, replicas, available });
const rollouts: readonly {
  name: string;
  reason: string;
  spec: object;
  current: ReplicaCounts;
  old: ReplicaCounts[];
  want: [string, number][];
}[] = [
  { name: 'First', reason: 'nothing runs yet', spec: { replicas: 3 }, current: counts('new', 0, 0), old: [], want: [['new', 3]] },
  {
    name: 'SurgeOne',
    reason: 'one more than wanted',
    spec: { replicas: 3 },
    current: counts('new', 0, 0),
    old: [counts('old', 3, 3)],
    want: [
      ['new', 1],
      ['old', 3],
    ],
  },
  {
    name: 'NoneUnavailable',
    reason: 'an old one goes when a new one serves',
    spec: { replicas: 3 },
    current: counts('new', 1, 1),
    old: [counts('old', 3, 3)],
    want: [
      ['new', 1],
      ['old', 2],
    ],
  },
  {
    name: 'NewDoesNotServe',
    reason: 'the old ones stay',
    spec: { replicas: 3 },
    current: counts('new', 1, 0),
    old: [counts('old', 3, 3)],
    want: [
      ['new', 1],
      ['old', 3],
    ],
  },
  {
    name: 'OldDoesNotServe',
    reason: 'a sick old one goes first',
    spec: { replicas: 3 },
    current: counts('new', 1, 1),
    old: [counts('old', 3, 2)],
    want: [
      ['new', 1],
      ['old', 2],
    ],
  },
  {
    name: 'ScaledUp',
    reason: 'one set only',
    spec: { replicas: 5 },
    current: counts('new', 3, 3),
    old: [counts('old', 0, 0)],
    want: [
      ['new', 5],
      ['old', 0],
    ],
  },
  { name: 'ScaledDown', reason: 'one set only', spec: { replicas: 1 }, current: counts('new', 3, 3), old: [], want: [['new', 1]] },
  {
    name: 'Percentages',
    reason: 'surge is rounded up, unavailability down',
    spec: { replicas: 5, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } },
    current: counts('new', 0, 0),
    old: [counts('old', 5, 5)],
    want: [
      ['new', 2],
      ['old', 4],
    ],
  },
];

const fates: readonly { image: string; owner: string; want: Fate }[] = [
  { image: 'web:1', owner: 'ReplicaSet', want: 'ready' },
  { image: 'web:1', owner: 'Job', want: 'succeeds' },
  { image: 'nosuch:1', owner: 'ReplicaSet', want: 'no image' },
  { image: 'web:nosuch', owner: 'Job', want: 'no image' },
  { image: 'web:lost', owner: 'ReplicaSet', want: 'no image' },
  { image: 'web:lost', owner: 'Job', want: 'succeeds' },
  { image: 'web:crash', owner: 'ReplicaSet', want: 'crash' },
  { image: 'web:slow', owner: 'ReplicaSet', want: 'never ready' },
  { image: 'web:badmigration', owner: 'Job', want: 'fails' },
  { image: 'web:badmigration', owner: 'ReplicaSet', want: 'ready' },
];

describe('sandbox/controllers', () => {
  for (const { name, reason, spec, current, old, want } of rollouts) {
    it(`Rollout${name}: ${reason}`, () => {
      assert.deepEqual([...rollout({ strategy, ...spec }, current, old)], want);
    });
  }

  it('counts every percentage of up to 200 replicas in whole pods: surge rounded up, unavailability down', () => {
    for (let percent = 1; percent <= 100; percent += 1) {
      for (let replicas = 1; replicas <= 200; replicas += 1) {
        const rollingUpdate = { maxSurge: `${percent}%`, maxUnavailable: `${percent}%` };
        const given = { replicas, strategy: { rollingUpdate } };
        const next = rollout(given, counts('new', 0, 0), [counts('old', replicas, replicas)]);
        const hundredths = percent * replicas;
        const up = Number((BigInt(hundredths) + 99n) / 100n);
        const down = Number(BigInt(hundredths) / 100n);
        assert.deepEqual([...next.values()], [Math.min(up, replicas), replicas - down], `${percent}% of ${replicas}`);
      }
    }
  });

  for (const { image, owner, want } of fates) {
    it(`Fate of ${image} in a ${owner}: ${want}`, () => {
      const ownerReferences = [{ apiVersion: 'v1', kind: owner, name: 'x', uid: 'x', controller: true }];
      const pod: Resource = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', uid: 'p', resourceVersion: '1', creationTimestamp: 't', ownerReferences },
        spec: { containers: [{ name: 'c', image }] },
      };
      assert.equal(fateOf(pod), want);
    });
  }

  it('PullReason: alternates between two as a real kubelet does', () => {
    const pod: Resource = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', uid: 'p', resourceVersion: '1', creationTimestamp: 't' },
      spec: { containers: [{ name: 'c', image: 'nosuch' }] },
    };
    const reasonAt = (age: number): unknown =>
      (podStatus(pod, age, 't').containerStatuses as { state: { waiting: { reason: string } } }[])[0]?.state.waiting.reason;
    assert.deepEqual([reasonAt(1), reasonAt(20), reasonAt(41)], ['ErrImagePull', 'ImagePullBackOff', 'ImagePullBackOff']);
    // Tried again after 10, 20, 40 … and at most 300 seconds.
    const tried = Array.from({ length: 1200 }, (_, age) => age).filter(
      (age) => reasonAt(age) === 'ErrImagePull' && (age === 0 || reasonAt(age - 1) !== 'ErrImagePull'),
    );
    assert.deepEqual(tried, [0, 10, 30, 70, 150, 310, 610, 910]);
  });

  it('InitContainer: an image that cannot be pulled is reported there, and the others wait', () => {
    const pod: Resource = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', uid: 'p', resourceVersion: '1', creationTimestamp: 't' },
      spec: { initContainers: [{ name: 'i', image: 'nosuch' }], containers: [{ name: 'c', image: 'nosuch' }] },
    };
    const status = JSON.stringify(podStatus(pod, 20, 't'));
    assert.match(status, /"containerStatuses":\[\{"name":"c".*PodInitializing/);
    assert.match(status, /"initContainerStatuses":\[\{"name":"i".*ImagePullBackOff/);
  });

  it('Deployment: pods with the metadata of real ones, then status and conditions', async () => {
    const { cluster } = world();
    cluster.user.create(deployment('web:1'));
    await cluster.settle();
    const live = get(cluster, DEPLOYMENT, 'web');
    assert.deepEqual(
      [live?.status?.replicas, live?.status?.readyReplicas, live?.status?.updatedReplicas, live?.status?.observedGeneration],
      [3, 3, 3, 1],
    );
    assert.deepEqual(reasons(live), { Available: 'True/MinimumReplicasAvailable', Progressing: 'True/NewReplicaSetAvailable' });
    const [pod] = cluster.user.list(POD);
    const set = cluster.user.list(REPLICA_SET)[0];
    assert.equal(pod && controllerOf(pod)?.name, set?.metadata.name);
    assert.deepEqual(Object.keys(pod?.metadata.labels ?? {}), ['app', 'pod-template-hash']);
    assert.equal(live?.metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
  });

  it('RollingUpdate: never fewer ready than wanted, never more than one extra', async () => {
    const { cluster, extremes } = world();
    cluster.user.create(deployment('web:1'));
    await cluster.settle();
    Object.assign(extremes, { most: 0, fewestReady: Infinity });
    cluster.apply(deployment('web:2'));
    await cluster.settle();
    assert.deepEqual(images(cluster), ['web:2', 'web:2', 'web:2']);
    assert.deepEqual(extremes, { most: 4, fewestReady: 3 });
    assert.equal(get(cluster, DEPLOYMENT, 'web')?.metadata.annotations?.['deployment.kubernetes.io/revision'], '2');
  });

  it('BadRollout: one pod of the new template hangs, the old ones serve, then the deadline passes', async () => {
    const { cluster } = world();
    cluster.user.create(deployment('web:1', 3, { progressDeadlineSeconds: 60 }));
    await cluster.settle();
    cluster.apply(deployment('web:slow', 3, { progressDeadlineSeconds: 60 }));
    await cluster.tick(30);
    assert.deepEqual(reasons(get(cluster, DEPLOYMENT, 'web')), {
      Available: 'True/MinimumReplicasAvailable',
      Progressing: 'True/ReplicaSetUpdated',
    });
    await cluster.tick(60);
    assert.deepEqual(reasons(get(cluster, DEPLOYMENT, 'web')), {
      Available: 'True/MinimumReplicasAvailable',
      Progressing: 'False/ProgressDeadlineExceeded',
    });
    cluster.apply(deployment('web:1', 3, { progressDeadlineSeconds: 60 }));
    await cluster.settle();
    assert.deepEqual(images(cluster), ['web:1', 'web:1', 'web:1']);
    assert.equal(reasons(get(cluster, DEPLOYMENT, 'web')).Progressing, 'True/NewReplicaSetAvailable');
    assert.equal(cluster.user.list(REPLICA_SET).length, 2);
  });

  it('Scaled: up and down without a rollout', async () => {
    const { cluster } = world();
    cluster.user.create(deployment('web:1'));
    await cluster.settle();
    for (const size of [5, 1]) {
      cluster.apply(deployment('web:1', size));
      await cluster.settle();
      assert.deepEqual([cluster.user.list(POD).length, cluster.user.list(REPLICA_SET).length], [size, 1]);
    }
  });

  it('DeletedPod: replaced', async () => {
    const { cluster } = world();
    cluster.user.create(deployment('web:1'));
    await cluster.settle();
    const [victim] = cluster.user.list(POD);
    assert.ok(victim);
    cluster.user.remove(victim);
    await cluster.settle();
    assert.equal(cluster.user.list(POD).filter(ready).length, 3);
    assert.equal(get(cluster, POD, victim.metadata.name), undefined);
  });

  it('DeletedDeployment: its ReplicaSets and pods go with it', async () => {
    const { cluster } = world();
    cluster.user.create(deployment('web:1'));
    await cluster.settle();
    cluster.remove(DEPLOYMENT, 'shop', 'web');
    await cluster.settle();
    assert.deepEqual([cluster.user.list(POD), cluster.user.list(REPLICA_SET)], [[], []]);
  });

  const outcomes: readonly [name: string, spec: object, succeeded: number, failed: number, age: number, want: string | undefined][] = [
    ['Succeeded', { completions: 1, backoffLimit: 6 }, 1, 0, 5, 'Complete'],
    ['SucceededLate', { completions: 1, backoffLimit: 6, activeDeadlineSeconds: 5 }, 1, 0, 9, 'Complete'],
    ['StillRunning', { completions: 1, backoffLimit: 6 }, 0, 0, 5, undefined],
    ['FailedOften', { completions: 1, backoffLimit: 1 }, 0, 2, 5, 'Failed'],
    ['FailedWithinLimit', { completions: 1, backoffLimit: 2 }, 0, 2, 5, undefined],
    ['Deadline', { completions: 1, backoffLimit: 6, activeDeadlineSeconds: 5 }, 0, 0, 5, 'Failed'],
  ];
  for (const [name, spec, succeeded, failed, age, want] of outcomes) {
    it(`JobOutcome${name}: ${String(want)}`, () => {
      assert.equal(outcomeOf({ ...spec }, succeeded, failed, age)?.done, want);
    });
  }

  it('Job: one pod that names it, then Complete', async () => {
    const { cluster } = world();
    cluster.user.create(job('once:1'));
    await cluster.tick(2);
    assert.equal(get(cluster, JOB, 'once')?.status?.active, 1);
    await cluster.settle();
    const live = get(cluster, JOB, 'once');
    assert.deepEqual(reasons(live), { SuccessCriteriaMet: 'True/CompletionsReached', Complete: 'True/CompletionsReached' });
    assert.deepEqual([live?.status?.succeeded, live?.status?.active], [1, undefined]);
    assert.equal(cluster.user.list(POD)[0]?.metadata.labels?.['batch.kubernetes.io/job-name'], 'once');
    assert.equal(cluster.user.list(POD)[0]?.status?.phase, 'Succeeded');
  });

  it('FailingJob: tried again after a growing pause, then Failed', async () => {
    const { cluster } = world();
    cluster.user.create(job('once:badmigration', { backoffLimit: 2 }));
    await cluster.until('the Job failed', () => reasons(get(cluster, JOB, 'once')).Failed !== undefined, 120);
    assert.equal(reasons(get(cluster, JOB, 'once')).Failed, 'True/BackoffLimitExceeded');
    assert.equal(cluster.user.list(POD).length, 3);
  });

  it('LateJob: its pod is deleted when the deadline passes', async () => {
    const { cluster } = world();
    cluster.user.create(job('nosuch:1', { activeDeadlineSeconds: 30 }));
    await cluster.tick(40);
    assert.equal(reasons(get(cluster, JOB, 'once')).Failed, 'True/DeadlineExceeded');
    assert.deepEqual(cluster.user.list(POD), []);
  });

  it('ExpiredJob: gone with its pod after its time to live', async () => {
    const { cluster } = world();
    cluster.user.create(job('once:1', { ttlSecondsAfterFinished: 20 }));
    await cluster.tick(30);
    assert.deepEqual([cluster.user.list(JOB), cluster.user.list(POD)], [[], []]);
  });

  const autoscaler = (minReplicas: number, maxReplicas: number): Draft => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas, maxReplicas },
  });
  for (const [min, max, want] of [
    [5, 9, 5],
    [1, 2, 2],
    [1, 9, 3],
  ] as const) {
    it(`Autoscaler [${min}, ${max}]: 3 become ${want}`, async () => {
      const { cluster } = world();
      cluster.user.create(deployment('web:1'));
      cluster.user.create(autoscaler(min, max));
      await cluster.settle();
      assert.equal(get(cluster, DEPLOYMENT, 'web')?.spec?.replicas, want);
      assert.equal(reasons(get(cluster, HPA, 'web')).ScalingActive, 'True/ValidMetricFound');
    });
  }

  it('AutoscalerWithoutMetrics: says so, and keeps the bounds all the same', async () => {
    const cluster = createCluster({ hooks: tiny(() => ({})), config: configured(['sync']), metrics: 'missing' });
    cluster.user.create(deployment('web:1'));
    cluster.user.create(autoscaler(4, 9));
    await cluster.settle();
    assert.equal(reasons(get(cluster, HPA, 'web')).ScalingActive, 'False/FailedGetResourceMetric');
    assert.equal(get(cluster, DEPLOYMENT, 'web')?.spec?.replicas, 4);
  });

  it('NotSettled: a wait that times out reports what is not True and what was written last', async () => {
    const { cluster } = world();
    cluster.user.create(deployment('web:1'));
    await assert.rejects(
      cluster.until('pigs fly', () => false, 3),
      /not within 3 s: pigs fly[\s\S]*kubelet: update status Pod/,
    );
    assert.throws(() => {
      cluster.remove(JOB, 'shop', 'none');
    }, /there is no Job/);
  });
});
