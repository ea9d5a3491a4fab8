/** Databases and backups that are not as wanted, one Bestie for each: what is reported, and that nothing is written or undone at rest. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Loose } from '../support/world.ts';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, kubectlStdin, list, type ClusterObject } from './support/kubectl.ts';
import { POSTGRES_CLUSTERS } from './support/pgostatus.ts';
import { patchStatus } from './support/playing.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-database';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);
const IMAGE = 'quay.io/opdev/bestie';
/** Classes of the cluster: one that is there, and one that comes and goes. */
const CLASSES = { there: 'e2e-databases', late: 'e2e-databases-late' } as const;

interface State {
  /** What a person writes into the spec of the database. */
  spec?: object;
  /** What the database operator says of it. */
  status?: (database: ClusterObject) => object;
  reason: string;
  /** The application can work with it all the same. */
  serves: boolean;
}

const readOnly = { patroni: { dynamicConfiguration: { postgresql: { parameters: { default_transaction_read_only: 'on' } } } } };

const states: Record<string, State> = {
  missing: {
    status: ({ status }) => ({ instances: (status?.instances as object[]).map((each) => ({ ...each, readyReplicas: 2 })) }),
    reason: 'InstancesMissing',
    serves: true,
  },
  shut: { spec: { shutdown: true }, reason: 'Suspended', serves: false },
  paused: { spec: { paused: true }, reason: 'Suspended', serves: true },
  standby: { spec: { standby: { enabled: true, repoName: 'repo1' } }, reason: 'DatabaseReadOnly', serves: false },
  readonly: { spec: readOnly, reason: 'DatabaseReadOnly', serves: false },
};

const repos = [
  { name: 'repo1', volume: {}, schedules: { full: '0 1 * * *' } },
  { name: 'repo2', gcs: { bucket: 'pets' }, schedules: { full: '0 2 * * *' } },
];
/** Every setting of Postgres, with what the API server might store in another form. */
const settings = {
  parameters: { work_mem: '8MB', temp_file_limit: 3_000_000_000, random_page_cost: '1.1', jit: 'on', 'pgaudit.log': 'ddl' },
  resources: { requests: { cpu: '0.5', memory: '1024Mi' }, limits: { memory: '1Gi' } },
  walStorage: { size: '0.5Gi' },
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] }, podAntiAffinity: {} },
  tolerations: [{ key: 'dedicated', effect: 'NoExecute', tolerationSeconds: 0 }, { operator: 'Exists' }],
  priorityClassName: CLASSES.there,
  podAnnotations: { 'sidecar.istio.io/inject': 'false' },
};
const specs: Record<string, object> = {
  ...Object.fromEntries(Object.keys(states).map((name) => [name, { size: 1, database: { replicas: 3 } }])),
  twofold: { size: 1, database: { backups: { repos } } },
  restored: { size: 2, version: '1.3' },
  rotated: { size: 1 },
  tuned: { size: 1, database: { maxConnections: 200, ...settings } },
  classed: { size: 1 },
};

const now = (): string => new Date().toISOString().replace(/\.\d+Z/, 'Z');
const database = async (name: string): Promise<ClusterObject> =>
  (await get(NS, POSTGRES_CLUSTERS, `${name}-pgo`)) ?? assert.fail(`no database of ${name}`);
const patch = (kind: string, name: string, change: object): Promise<string> =>
  kubectl('-n', NS, 'patch', kind, name, '--type=merge', '-p', JSON.stringify(change));
const say = async (name: string, status: object): Promise<void> => patchStatus(POSTGRES_CLUSTERS, await database(name), status);

const createClass = (name: string): Promise<unknown> =>
  kubectlStdin({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 10 }, 'apply');
const deleteClasses = (): Promise<string> => kubectl('delete', 'priorityclass', ...Object.values(CLASSES), '--ignore-not-found');
const classOf = ({ spec }: ClusterObject): unknown => (spec?.instances as Record<string, unknown>[])[0]?.priorityClassName;

/** What a run of the schedule of repo2 has come to. */
const scheduled = (end: object): object => ({
  pgbackrest: { scheduledBackups: [{ cronJobName: 'twofold-pgo-repo2-full', repo: 'repo2', type: 'full', startTime: now(), ...end }] },
});

interface Repository {
  name: string;
  ready: boolean;
  lastFailure?: { reason: string };
  backups?: { id: string }[];
}
/** The value, cut down to the fields that `fields` has: the API server adds defaults. */
function within(value: unknown, fields: unknown): unknown {
  if (typeof fields !== 'object' || fields === null) return value;
  const live = (value ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, within(live[key], inner)]));
}

const repository = ({ status }: ClusterObject, name: string): Repository | undefined =>
  (status?.backup as { repositories: Repository[] }).repositories.find((each) => each.name === name);

const jobsOf = async (name: string): Promise<ClusterObject[]> =>
  (await list(NS, 'jobs')).filter(({ metadata }) => metadata.name.startsWith(`${name}-job-`));
const replicaSets = async (name: string): Promise<ClusterObject[]> =>
  (await list(NS, 'replicasets')).filter(({ metadata }) => metadata.name.startsWith(`${name}-app-`));

describe('a database', () => {
  before(async function () {
    this.timeout(300_000);
    const real = await kubectl('get', 'deployments', '-A', '-l', 'postgres-operator.crunchydata.com/control-plane', '-o', 'name');
    if (real !== '') {
      console.log('SKIPPED: these states of a database are played; with Crunchy PGO they need a fault of each');
      this.skip();
    }
    await namespace(NS);
    await deleteClasses();
    await createClass(CLASSES.there);
    for (const [name, spec] of Object.entries(specs)) await apply(NS, bestie(name, spec));
    for (const name of Object.keys(specs)) await becomes(NS, name, 'Ready', 'True', undefined, 120);
  });

  for (const [name, { spec, status, reason, serves }] of Object.entries(states)) {
    it(`${name}: DatabaseReady says ${reason}, and the application ${serves ? 'is' : 'may be'} available`, async () => {
      if (spec !== undefined) await patch(POSTGRES_CLUSTERS, `${name}-pgo`, { spec });
      if (status !== undefined) await say(name, status(await database(name)));
      const live = await becomes(NS, name, 'DatabaseReady', 'False', reason);
      assert.equal(condition(live, 'Ready')?.reason, reason);
      assert.equal((live.status?.database as { usable: boolean }).usable, serves);
      if (serves) assert.equal(condition(live, 'Available')?.status, 'True');
    });
  }

  it('twofold: a repository whose scheduled runs fail is reported beside one that works', async () => {
    await say('twofold', scheduled({ failed: 7 }));
    const live = await becomes(NS, 'twofold', 'BackupReady', 'False', 'ScheduledBackupFailed');
    assert.match(condition(live, 'BackupReady')?.message ?? '', /repo2/);
    const [first, second] = [repository(live, 'repo1'), repository(live, 'repo2')];
    assert.deepEqual([first?.ready, first?.lastFailure], [true, undefined]);
    assert.deepEqual([second?.ready, second?.lastFailure?.reason], [true, 'ScheduledBackupFailed'], 'it is prepared');
    assert.equal(condition(live, 'Available')?.status, 'True');
  });

  it('rotated: the pods follow a password that the database operator has changed, once', async () => {
    await say('rotated', { usersRevision: 'rotated' });
    await eventually('a new ReplicaSet', 60, async () => (await replicaSets('rotated')).length === 2);
    const live = await becomes(NS, 'rotated', 'Ready', 'True');
    assert.equal(condition(live, 'DeploymentReady')?.reason, 'RolledOut');
  });

  it('tuned: the settings of Postgres reach the database as they were typed', async () => {
    const { spec } = await database('tuned');
    const { parameters, resources, walStorage, podAnnotations, ...places } = settings;
    const [set] = spec?.instances as Record<string, unknown>[];
    assert.deepEqual(spec?.patroni && within(spec.patroni, { dynamicConfiguration: 0 }), {
      dynamicConfiguration: { postgresql: { parameters: { ...parameters, max_connections: 200 } } },
    });
    assert.deepEqual(set?.resources, { requests: { cpu: '500m', memory: '1Gi' }, limits: resources.limits });
    assert.deepEqual(within(set, { walVolumeClaimSpec: { resources: 0 } }), {
      walVolumeClaimSpec: { resources: { requests: { storage: walStorage.size } } },
    });
    assert.deepEqual(within(set, { affinity: 0, tolerations: 0, priorityClassName: 0, metadata: 0 }), {
      ...places,
      metadata: { annotations: podAnnotations },
    });
    const { message } = condition(await becomes(NS, 'tuned', 'DatabaseReady', 'True', 'Usable'), 'DatabaseReady') ?? {};
    assert.equal(message, 'PostgresCluster tuned-pgo is usable');
  });

  it('classed: a priority class that does not exist is held back and named, comes once it exists, and stays when it goes', async function () {
    this.timeout(300_000);
    const before = await database('classed');
    await patch('bestie', 'classed', { spec: { database: { priorityClassName: CLASSES.late } } });
    const live = await becomes(NS, 'classed', 'DatabaseReady', 'True', 'PriorityClassMissing', 60);
    assert.ok(condition(live, 'DatabaseReady')?.message.includes(`priority class ${CLASSES.late} does not exist`));
    assert.equal(condition(live, 'Ready')?.status, 'True');
    assert.equal(condition(live, 'Ready')?.message, 'the current spec is running, except for what DatabaseReady says is not applied');
    await eventually('it is quiet', 60, async () => (await writesAtRest(NS, 5)).length === 0);
    assert.deepEqual(await writesAtRest(NS, 30), []);
    assert.deepEqual((await database('classed')).spec, before.spec, 'nothing is restarted');

    await createClass(CLASSES.late);
    await becomes(NS, 'classed', 'DatabaseReady', 'True', 'Usable', 60);
    const classed = await database('classed');
    assert.equal(classOf(classed), CLASSES.late);

    await kubectl('delete', 'priorityclass', CLASSES.late);
    await becomes(NS, 'classed', 'DatabaseReady', 'True', 'PriorityClassGone', 60);
    assert.deepEqual((await database('classed')).spec, classed.spec, 'nothing is restarted');
  });

  it('restored: between two upgrades, the application is stopped, migrated without a seed, and started', async function () {
    this.timeout(400_000);
    await patch('bestie', 'restored', { spec: { version: '1.4' } });
    await becomes(NS, 'restored', 'Ready', 'True', undefined, 120);
    const before = new Set((await jobsOf('restored')).map(({ metadata }) => metadata.uid));
    const restore = { restore: { enabled: true, repoName: 'repo1' } };
    const asked = { 'postgres-operator.crunchydata.com/pgbackrest-restore': 'tuesday' };
    await patch(POSTGRES_CLUSTERS, 'restored-pgo', { metadata: { annotations: asked }, spec: { backups: { pgbackrest: restore } } });
    await eventually('no pods are requested', 60, async () => (await get(NS, 'deployments', 'restored-app'))?.spec?.replicas === 0);
    await becomes(NS, 'restored', 'Ready', 'True', undefined, 120);
    const { restore: ended } = (await database('restored')).status?.pgbackrest as { restore: { completionTime: string } };
    const jobs = (await jobsOf('restored')).filter(({ metadata }) => !before.has(metadata.uid));
    assert.equal(jobs.length, 1);
    const [job] = jobs;
    const { creationTimestamp } = job?.metadata as unknown as { creationTimestamp: string };
    assert.ok(creationTimestamp >= ended.completionTime, `${creationTimestamp} ${ended.completionTime}`);
    assert.match(JSON.stringify(job?.spec), new RegExp(`${IMAGE}:1\\.4"`));
    assert.doesNotMatch(JSON.stringify(job?.spec), /seed all/);
    await patch('bestie', 'restored', { spec: { version: '1.5' } });
    const live = await eventually('the next upgrade has succeeded', 120, async () => {
      const found = await get(NS, 'besties', 'restored');
      const { to, phase } = found?.status?.upgrade as { to: string; phase: string };
      return to === `${IMAGE}:1.5` && phase === 'Succeeded' ? found : undefined;
    });
    assert.deepEqual((live.status?.database as { migrated: string[] }).migrated, [`${IMAGE}:1.4`, `${IMAGE}:1.5`]);
  });

  it('at rest nothing is written, and nothing that a person set is undone', async function () {
    this.timeout((REST + 180) * 1000);
    await eventually('it is quiet', 120, async () => (await writesAtRest(NS, 5)).length === 0);
    assert.deepEqual(await writesAtRest(NS, REST), []);
    for (const [name, { spec }] of Object.entries(states))
      if (spec !== undefined) assert.deepEqual(within((await database(name)).spec, spec), spec, name);
    assert.equal((await replicaSets('rotated')).length, 2);
  });

  it('tuned: a setting that is taken away goes, and what others set beside it stays', async () => {
    const instance = async (): Promise<Loose> => ((await database('tuned')).spec?.instances as Loose[])[0] ?? {};
    const before = await instance();
    const theirs = { 'b.example/c': 'x' };
    const annotations = { ...(before.metadata as { annotations: object }).annotations, ...theirs };
    await patch(POSTGRES_CLUSTERS, 'tuned-pgo', { spec: { instances: [{ ...before, metadata: { annotations } }] } });
    await patch('bestie', 'tuned', { spec: { database: { ...Object.fromEntries(Object.keys(settings).map((field) => [field, null])) } } });
    await eventually('the database has none of them', 60, async () => {
      const { spec } = await database('tuned');
      const { metadata, resources, ...set } = await instance();
      const { parameters } = (spec?.patroni as { dynamicConfiguration: { postgresql: { parameters: object } } }).dynamicConfiguration
        .postgresql;
      const left = Object.keys(set).filter((field) => !['name', 'replicas', 'dataVolumeClaimSpec'].includes(field));
      const shared = Object.values((resources ?? {}) as Record<string, object>).flatMap((map) => Object.keys(map));
      const isTheirs = isDeepStrictEqual(metadata, { annotations: theirs });
      return left.length === 0 && shared.length === 0 && isTheirs && Object.keys(parameters).join() === 'max_connections';
    });
    await becomes(NS, 'tuned', 'Ready', 'True', undefined, 60);
  });

  it('is Ready again once it is as wanted', async () => {
    for (const [name, { spec = {} }] of Object.entries(states)) {
      const none = Object.fromEntries(Object.keys(spec).map((field) => [field, null]));
      await patch(POSTGRES_CLUSTERS, `${name}-pgo`, { spec: none });
    }
    const { status } = await database('missing');
    await say('missing', { instances: (status?.instances as object[]).map((each) => ({ ...each, readyReplicas: 3 })) });
    await say('twofold', scheduled({ succeeded: 1, completionTime: now() }));
    for (const name of Object.keys(specs)) await becomes(NS, name, 'Ready', 'True', undefined, 120);
    await createClass(CLASSES.late);
    await becomes(NS, 'classed', 'DatabaseReady', 'True', 'Usable', 60);
    const live = await becomes(NS, 'twofold', 'BackupReady', 'True');
    assert.equal(repository(live, 'repo2')?.backups?.[0]?.id, 'twofold-pgo-repo2-full');
  });

  after(async () => {
    await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s');
    await deleteClasses();
  });
});
