/** Arbitrary Besties, and arbitrary worlds around them that a cluster could show. */
import fc, { type Arbitrary } from 'fast-check';
import { alerts } from '../../src/children/prometheusrule/alerts.ts';
import { conditionTypes } from '../../src/api/condition.ts';
import { reasons } from '../../src/api/reason.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { annotations } from '../../src/api/names.ts';
import { hash8 } from '../../src/lib/hash.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import {
  ailing,
  containerStatus,
  created,
  halves,
  jobPod,
  jobStatus,
  migrated,
  migrating,
  pgoStatus,
  pod,
  podPhase,
  ready,
  rolledOut,
  rollingOut,
  usable,
  waits,
} from './stages.ts';
import { parentStatus } from './gateway.ts';
import { namespace, priorityClass } from './upgrades.ts';
import { ago, bestie, NOW, observe, overlaid, overlays, rerecorded, world, type Loose, type World } from './world.ts';

/** A record some of whose fields are left out. */
const some = (fields: Record<string, Arbitrary<unknown>>): Arbitrary<Loose> => fc.record(fields, { requiredKeys: [] });
const quantity = fc.constantFrom('100m', '0.1', 1, '1024Mi', '1.5Gi', '512Mi', '1e3', '2');
const label = fc.constantFrom('', 'a', 'b.c/d');
const labels = fc.dictionary(fc.constantFrom('a', 'example.com/b', 'c'), label, { maxKeys: 2 });

const names = ['bestie', 'b', 'x'.repeat(50), 'y'.repeat(63), `${'z'.repeat(27)}-${'z'.repeat(35)}`] as const;

const env = fc.uniqueArray(
  fc.oneof(
    fc.record({ name: fc.constantFrom('A', 'FLASK_ENV', 'GUNICORN_CMD_ARGS'), value: fc.constantFrom('', 'x') }),
    fc.record({ name: fc.constantFrom('B', 'C'), valueFrom: fc.constant({ fieldRef: { fieldPath: 'metadata.name' } }) }),
  ),
  { selector: ({ name }) => name, maxLength: 3 },
);

const volumes = fc.subarray([
  { name: 'settings', configMap: { name: 'settings' } },
  { name: 'scratch', emptyDir: {} },
  { name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] } },
]);
/** Mounts of the volume that every container has are refused, and so are those of other names. */
const mounts = fc.subarray([
  { name: 'settings', mountPath: '/settings' },
  { name: 'scratch', mountPath: '/scratch', readOnly: false },
]);
const added = (...names: string[]): Arbitrary<Loose[]> =>
  fc.uniqueArray(
    fc.record(
      {
        name: fc.constantFrom(...names),
        image: fc.constantFrom('proxy:1', 'busybox'),
        env,
        resources: some({ requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity) }),
      },
      { requiredKeys: ['name'] },
    ),
    { selector: ({ name }) => name, maxLength: 2 },
  );

const tolerations = fc.array(some({ key: fc.constant('k'), operator: fc.constant('Exists'), effect: fc.constantFrom('', 'NoSchedule') }), {
  maxLength: 2,
});

const managed = some({
  provider: fc.constant('Crunchy'),
  replicas: fc.integer({ min: 1, max: 3 }),
  seed: fc.boolean(),
  monitoring: fc.record({ enabled: fc.boolean() }),
  maxConnections: fc.constantFrom(100, 200),
  parameters: some({ work_mem: fc.constantFrom('8MB', 8192), jit: fc.constant('on'), 'pgaudit.log': fc.constant('ddl') }),
  resources: some({
    requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity),
    limits: fc.constantFrom({}, { cpu: '4', memory: '1Ti' }),
  }),
  walStorage: fc.record({ size: fc.constantFrom('1Gi', '1.5Gi') }),
  affinity: fc.constantFrom(
    {},
    { podAntiAffinity: {} },
    { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] } },
  ),
  tolerations,
  priorityClassName: fc.constantFrom('high', 'low'),
  podAnnotations: labels,
  pooler: fc.record({ enabled: fc.boolean(), replicas: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: ['enabled'] }),
});
const external = fc.record(
  { provider: fc.constant('External'), secretName: fc.constantFrom('one', 'two'), seed: fc.boolean() },
  { requiredKeys: ['provider', 'secretName'] },
);

/** A Gateway, and beside it what is kept. */
const behindGateway = fc.record(
  {
    gateway: fc.record(
      {
        name: fc.constantFrom('public', 'other'),
        namespace: fc.constant('gateways'),
        sectionName: fc.constant('https'),
        scheme: fc.constantFrom('http', 'https'),
      },
      { requiredKeys: ['name'] },
    ),
    keep: fc.subarray(['Ingress', 'Route'], { minLength: 1 }),
  },
  { requiredKeys: ['gateway'] },
);

const exposure = fc
  .tuple(
    some({
      enabled: fc.boolean(),
      host: fc.constantFrom('a.example.com', 'b'),
      className: fc.constant('nginx'),
      tlsSecretName: fc.constant('tls'),
      annotations: labels,
    }),
    fc.option(behindGateway, { nil: {} }),
  )
  .map(([ways, gateway]) => ({ ...ways, ...gateway }));

/** Each acceptable: most of all combinations are not, and would be thrown away. */
const service = fc
  .record({
    annotations: fc.option(labels, { nil: undefined }),
    sessionAffinity: fc.constantFrom(undefined, 'None', 'ClientIP'),
    more: fc.constantFrom<Loose>(
      {},
      { type: 'NodePort', externalTrafficPolicy: 'Local' },
      { type: 'LoadBalancer', loadBalancerClass: 'example.com/a', externalTrafficPolicy: 'Cluster' },
      { ipFamilies: ['IPv4'] },
      { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
      { ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy: 'RequireDualStack' },
    ),
  })
  .map(({ annotations, sessionAffinity, more }): Loose => ({
    ...more,
    ...(annotations && { annotations }),
    ...(sessionAffinity && { sessionAffinity }),
  }));
const networkPolicy = some({
  enabled: fc.boolean(),
  extraIngress: fc.constantFrom([{}], [{ ports: [{ port: 9000 }], from: [{ podSelector: {} }] }]),
  extraEgress: fc.constantFrom([{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }], [{ ports: [{ port: 'smtp' }] }]),
});

const fields = (database: Arbitrary<Loose>): Arbitrary<Loose> =>
  some({
    size: fc.integer({ min: 1, max: 6 }),
    maxReplicas: fc.integer({ min: 6, max: 9 }),
    image: fc.constantFrom('quay.io/opdev/bestie', 'registry:5000/bestie'),
    version: fc.constantFrom('1.3', '1.4', `sha256:${'ab'.repeat(32)}`, `1.4@sha256:${'ab'.repeat(32)}`),
    resources: some({
      requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity),
      limits: fc.constantFrom({}, { cpu: '4', memory: '1Ti' }),
    }),
    serviceType: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
    service,
    exposure,
    autoscaling: some({ targetCPUUtilizationPercentage: fc.integer({ min: 1, max: 99 }) }),
    env,
    envFrom: fc.subarray([{ secretRef: { name: 'a' }, prefix: 'A_' }, { configMapRef: { name: 'b', optional: true } }]),
    volumes,
    volumeMounts: mounts,
    initContainers: added('fetch', 'check'),
    sidecars: added('proxy', 'agent'),
    nodeSelector: labels,
    tolerations,
    imagePullSecrets: fc.subarray([{ name: 'registry' }, { name: 'mirror' }]),
    imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
    priorityClassName: fc.constantFrom('low', 'high'),
    serviceAccountName: fc.constantFrom('shop', 'till'),
    automountServiceAccountToken: fc.boolean(),
    runtimeClassName: fc.constant('gvisor'),
    schedulerName: fc.constantFrom('packing', 'default-scheduler'),
    dnsConfig: fc.record(
      {
        nameservers: fc.subarray(['10.0.0.10', 'fd00::a'], { minLength: 1 }),
        searches: fc.constant(['a.example']),
        options: fc.subarray([{ name: 'ndots', value: '2' }, { name: 'edns0' }], { minLength: 1 }),
      },
      { requiredKeys: ['nameservers'] },
    ),
    hostAliases: fc.subarray([
      { ip: '10.0.0.1', hostnames: ['a'] },
      { ip: '::1', hostnames: ['b', 'c.d'] },
    ]),
    terminationGracePeriodSeconds: fc.integer({ min: 15, max: 3600 }),
    strategy: some({ maxSurge: fc.constantFrom<unknown>(1, 2, '50%'), maxUnavailable: fc.constantFrom<unknown>(0, 1, '25%') }),
    probes: some({
      startup: some({ initialDelaySeconds: fc.integer({ min: 1, max: 9 }), failureThreshold: fc.integer({ min: 10, max: 99 }) }),
      liveness: some({ periodSeconds: fc.integer({ min: 1, max: 99 }) }),
      readiness: some({ timeoutSeconds: fc.integer({ min: 4, max: 60 }) }),
    }),
    podSecurityContext: some({ runAsUser: fc.constantFrom(1, 10001), fsGroup: fc.constant(7) }),
    containerSecurityContext: some({
      readOnlyRootFilesystem: fc.boolean(),
      capabilities: some({ drop: fc.constantFrom([], ['ALL']), add: fc.constant(['NET_BIND_SERVICE']) }),
    }),
    monitoring: some({
      enabled: fc.boolean(),
      labels,
      excludeAlerts: fc.subarray(Object.keys(alerts)),
      thresholds: some({
        errorRatePercent: fc.integer({ min: 1, max: 99 }),
        latencyMilliseconds: fc.integer({ min: 1, max: 9999 }),
        databaseDiskPercent: fc.integer({ min: 1, max: 99 }),
      }),
    }),
    networkPolicy,
    successfulJobsHistoryLimit: fc.integer({ min: 0, max: 3 }),
    failedJobsHistoryLimit: fc.integer({ min: 0, max: 3 }),
    database,
  }).map((spec) => ({ size: 1, ...spec }));

const externalSpec = fields(external).map((spec) => ({
  ...spec,
  database: (spec as { database?: Loose }).database ?? { provider: 'External', secretName: 'one' },
  sessionSecret: { name: 's' },
}));

/** A request that is carried out, refused, or passed over, and what becomes of a failed migration. */
const restore = fc.record(
  {
    id: fc.constantFrom('tuesday', 'wednesday'),
    target: fc.constantFrom<Loose>({ latest: true }, { time: ago(600) }, { time: ago(-600) }, { backup: '20260101-110000F' }),
    repository: fc.constantFrom('repo1', 'repo2'),
    backup: fc.constantFrom('Auto', 'Required', 'Skip'),
  },
  { requiredKeys: ['id', 'target'] },
);
const recoverable = some({ restore, upgrade: some({ onFailure: fc.constantFrom('Rollback', 'Halt', 'Restore') }) });
const managedSpec = fc.tuple(fields(managed), recoverable).map(([spec, more]) => ({ ...spec, ...more }));

/** Specs that the API server accepts, with and without a database of their own. */
export const validSpec: Arbitrary<Loose> = fc
  .oneof({ arbitrary: managedSpec, weight: 3 }, { arbitrary: externalSpec, weight: 1 })
  .filter((spec) => observe({ ...world(), parent: { ...bestie(), spec } }).invalid.length === 0);

/** Specs that break the schema or a rule. */
export const invalidSpec: Arbitrary<Loose> = validSpec.chain((spec) =>
  fc
    .constantFrom<Loose>(
      { size: 0 },
      { size: 10, maxReplicas: 9 },
      { version: '' },
      { env: [{ name: 'DB_USER', value: 'x' }] },
      { database: { secretName: 'x' } },
      { size: 'many' },
      { tolerations: [{ key: 'a', operator: 'Sometimes' }] },
      { nodeSelector: { 'a b': 'c' } },
    )
    .map((patch) => ({ ...spec, ...patch })),
);

/** The value with some of what lies in it replaced by null; apart from what identifies an object. */
const withNulls = (object: KubeObject): Arbitrary<KubeObject> => {
  const paths: string[][] = [];
  const collect = (value: unknown, path: string[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, child] of Object.entries(value)) collect(child, [...path, key]);
  };
  collect(object.status ?? {}, []);
  const patches = paths.map((path) => path.reduceRight<unknown>((value, key) => ({ [key]: value }), null));
  return patches.length === 0
    ? fc.constant(object)
    : fc.subarray(patches, { maxLength: 2 }).map((chosen) => chosen.reduce<KubeObject>((sum, status) => overlaid(sum, { status }), object));
};

/** PgBouncer takes logins. */
const pooling = {
  ...pgoStatus.usable,
  proxy: { pgBouncer: { replicas: 2, readyReplicas: 2, postgresRevision: '7d8f9c4b6a' } },
  conditions: [
    ...pgoStatus.usable.conditions,
    { type: 'ProxyAvailable', status: 'True', observedGeneration: 1, lastTransitionTime: ago(60) },
  ],
};

const reportedAs = (accepted: string, place: Loose): Loose => ({
  parents: [parentStatus({ parentRef: { name: 'public', ...place }, accepted, reason: 'NotAllowedByListeners' })],
});

const restoreId = `restore.6f1c0de5.${hash8('tuesday')}`;
/** The status of a database that is being restored, or was. */
const restoredAs = (restore: Loose): Loose => ({
  ...pgoStatus.usable,
  pgbackrest: { ...pgoStatus.usable.pgbackrest, restore: { id: restoreId, ...restore } },
});
const restoreFields = [
  restoredAs({ finished: false }),
  restoredAs({ finished: false, startTime: ago(60), active: 1 }),
  restoredAs({ finished: true, startTime: ago(60), failed: 7 }),
  restoredAs({ finished: true, startTime: ago(60), completionTime: ago(10), succeeded: 1 }),
];

/** What the controllers may have written, by kind. */
const statuses: Record<string, readonly unknown[]> = {
  PostgresCluster: [undefined, null, ...Object.values(pgoStatus), pooling, ...restoreFields],
  Job: Object.values(jobStatus),
  Deployment: [undefined, null, rolledOut(1), rolledOut(6), rollingOut(2), { conditions: [{ type: 'ReplicaFailure', status: 'True' }] }],
  Ingress: [undefined, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }],
  Route: [undefined, { ingress: [{ host: 'h', conditions: [{ type: 'Admitted', status: 'False' }] }] }],
  HTTPRoute: [
    undefined,
    { parents: null },
    ...['True', 'False'].flatMap((accepted) =>
      [{}, { namespace: 'gateways', sectionName: 'https' }].map((place) => reportedAs(accepted, place)),
    ),
  ],
  HorizontalPodAutoscaler: [undefined, { conditions: [{ type: 'ScalingActive', status: 'False', lastTransitionTime: ago(60) }] }],
};

const current = {
  id: 'tuesday',
  request: restoreId,
  target: { type: 'time', time: ago(900) },
  repo: 'repo1',
  since: ago(300),
  restoredAt: ago(120),
};
/** What a database may record of restores, as it stands there. */
const restoreRecords = [
  ...(['Requested', 'Armed', 'Restored'] as const).map((stage) => ({ by: '6f1c0de5', current: { ...current, stage } })),
  { by: '6f1c0de5', ended: [[hash8('tuesday'), 'Failed']], restoredAt: ago(7000), givenUp: [{ from: ago(8000), until: ago(7000) }] },
  { by: 'another1', current: { ...current, stage: 'Armed' } },
  { by: 7, ended: [null, ['a'], ['a', 'Lost']], current: { stage: 'Armed' }, givenUp: [null] },
].map((record) => JSON.stringify(record));

/** That restore is requested, to another moment than is rendered now. */
const requestedRestore = {
  metadata: { annotations: { [RESTORE_ANNOTATION]: restoreId } },
  spec: { backups: { pgbackrest: { restore: { enabled: true, repoName: 'repo1', options: ['--type=time'] } } } },
};

/** The child with a record of restores, and the request that is written with it, in the object and in what was applied to it; and how far it may be. */
function recordingRestores(child: KubeObject): Arbitrary<KubeObject> {
  const hasRecord = child.metadata.annotations?.[LAST_APPLIED_ANNOTATION]?.endsWith('}') === true;
  return fc.tuple(fc.constantFrom(...restoreRecords, '{', '[]'), fc.constantFrom(undefined, ...restoreFields)).map(([text, status]) => {
    // Of one that cannot be read the request alone is left.
    const request = text.includes('Armed') || text === '{' ? requestedRestore : {};
    const change = overlaid<Loose>(request, { metadata: { annotations: { [annotations.restores]: text } } });
    const noted = overlaid({ ...child, ...(status && { status }) }, change);
    return hasRecord ? rerecorded(noted, change) : noted;
  });
}

/** The child in another state. The record of what was applied stays, unless `recordLost`. */
function inAnotherState(child: KubeObject): Arbitrary<KubeObject> {
  const status = fc.constantFrom(...(statuses[child.kind] ?? [undefined, null]));
  const changes: Arbitrary<Loose>[] = [
    status.map((value) => ({ status: value })),
    fc.constant({ metadata: { deletionTimestamp: NOW } }),
    fc.constant({
      metadata: {
        annotations: { [annotations.migrated]: undefined, [annotations.running]: undefined, [annotations.incarnation]: undefined },
      },
    }),
    fc.constant({ metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: '{' } } }),
    fc.constant({ metadata: { labels: null, finalizers: null, ownerReferences: null, creationTimestamp: null } }),
    ...(child.kind === 'Deployment' ? [fc.constantFrom(0, 3, 9, null).map((replicas) => ({ spec: { replicas } }))] : []),
    ...(child.kind === 'PostgresCluster' ? [fc.constant({ metadata: { uid: 'created-anew' } })] : []),
  ];
  const replaced = fc.oneof(...changes).map((patch) => overlaid('status' in patch ? overlaid(child, { status: undefined }) : child, patch));
  const other = fc.oneof(
    { arbitrary: fc.constant(child), weight: 3 },
    { arbitrary: replaced, weight: 2 },
    { arbitrary: withNulls(child), weight: 1 },
  );
  const recording = other.chain((one) => fc.oneof(fc.constant(one), recordingRestores(one)));
  return child.kind === 'PostgresCluster' ? recording : other;
}

const containerStatuses = [
  ...Object.values(halves).flatMap((half) => Object.values(half)),
  waits('InvalidImageName'),
  waits('CreateContainerConfigError', 'secret "x" not found'),
  containerStatus({ ready: true }),
];
const anyPod = (job: string): Arbitrary<KubeObject> =>
  fc
    .oneof(
      fc.constantFrom(...containerStatuses).map((status) => ailing(status)),
      fc.constant(pod('bestie-app-1', 'web')),
      fc.constantFrom(...Object.values(podPhase)).map((phase) => jobPod(job, phase)),
      fc.constant(jobPod('bestie-job-gone', podPhase.running)),
    )
    .chain((one) =>
      fc.tuple(
        fc.constant(one),
        fc.constantFrom(undefined, NOW),
        fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'c') }),
      ),
    )
    .chain(([one, deletionTimestamp, suffix]) =>
      withNulls(overlaid(one, { metadata: { deletionTimestamp, name: `${one.metadata.name}-${suffix}` } })),
    );

const time = fc.constantFrom(NOW, ago(10), ago(130), ago(9000), ago(-60), 'never');
const condition = fc.record({
  type: fc.constantFrom(...Object.keys(conditionTypes), 'Progressing', 'constructor'),
  status: fc.constantFrom('True', 'False', 'Unknown', 'maybe', null),
  reason: fc.constantFrom(...Object.keys(reasons), 'Nonsense', null),
  message: fc.constantFrom('', 'Service bestie-service is being created', 'Deployment bestie-app is being created', null),
  lastTransitionTime: fc.oneof(time, fc.constant(null)),
});

const someone = { kind: fc.constantFrom('Service', 'Deployment', 'Job', 'PostgresCluster', 'Pod', '', null) };
const called = { name: fc.constantFrom('bestie-service', 'bestie-app', 'bestie-pgo', 'bestie', '', null) };
const since = fc.oneof(time, fc.constantFrom(null, '2026-01-01T11:59:30+02:00', '9999-12-31T23:59:59-01:00'));
const creation = fc.record({ ...someone, ...called, since, refused: fc.constantFrom(true, false, null, undefined) });
const report = fc.record({
  reason: fc.constantFrom(...Object.keys(reasons), 'Nonsense', 'constructor', null),
  ...someone,
  ...called,
  detail: fc.constantFrom('', 'Restoring', 'InstancesMissing', null, undefined),
  since: fc.option(since),
});
const listOf = <T>(one: Arbitrary<T>): Arbitrary<(T | null)[] | null> => fc.option(fc.array(fc.option(one, { freq: 9 }), { maxLength: 8 }));

/** The API server checks the form of these. */
const stamp = fc.constantFrom(NOW, ago(10), ago(9000), ago(-60), '2026-01-01T13:00:00.5+02:00');
const restoreEntry = fc.record(
  {
    id: fc.constantFrom('tuesday', 'monday'),
    target: fc.constant('latest'),
    result: fc.constantFrom('Failed', 'Succeeded', 'Nonsense'),
    reason: fc.constantFrom('RestoreFailed', null),
    at: stamp,
  },
  { requiredKeys: ['id', 'target', 'result', 'at'] },
);
const restoreStatus = some({
  id: fc.constantFrom('tuesday', 'monday', null),
  phase: fc.constantFrom('Waiting', 'Restoring', 'Failed', 'Finishing', 'Succeeded', 'Refused', 'CalledOff', 'Nonsense', null),
  target: fc.constantFrom('latest', null),
  repository: fc.constantFrom('repo1', null),
  reached: fc.constantFrom('2026-01-01T11:00:00Z', null),
  backupID: fc.constantFrom('pre-restore.6f1c0de5.01234567.g1.a1', null),
  since: fc.option(stamp),
  startedAt: fc.option(stamp),
  completedAt: fc.option(stamp),
  reason: fc.constantFrom('RestoreFailed', 'Nonsense', null),
  message: fc.constantFrom('', 'as it was', null),
  succeeded: fc.constantFrom(0, 3, null),
  failed: fc.constantFrom(0, 3, null),
  history: listOf(restoreEntry),
});

/** Previous statuses: what the schema of the CRD lets any client write, and nulls. */
const garbage = some({
  conditions: fc.option(fc.array(fc.option(condition, { freq: 9 }), { maxLength: 8 })),
  database: fc.option(
    some({
      name: fc.constantFrom('one', 'two', 'bestie-pgo', null),
      usable: fc.option(fc.boolean()),
      migrated: fc.option(fc.array(fc.constantFrom('quay.io/opdev/bestie:1.3', 'x:1', null), { maxLength: 3 })),
    }),
  ),
  restore: fc.option(restoreStatus),
  creations: listOf(creation),
  reported: listOf(report),
  appversion: fc.constantFrom('0.9', null),
  image: fc.constantFrom('x:1', null),
  podstatus: fc.option(fc.array(fc.constantFrom('x', null))),
  url: fc.constantFrom('http://x', null),
});

const stage = fc.constantFrom((w: World) => w, created, usable, migrating, migrated, ready);
const anyOverlay = fc.constantFrom(...Object.values(overlays));

/** The same child under another name, its record included, without a status. */
function renamed(child: KubeObject, name: string): KubeObject {
  const record = child.metadata.annotations?.[LAST_APPLIED_ANNOTATION]?.replaceAll(child.metadata.name, name);
  return overlaid(child, { metadata: { name, annotations: { [LAST_APPLIED_ANNOTATION]: record } }, status: undefined });
}

/** A migration Job of another spec, in any state. */
const otherJob = (w: World): Arbitrary<KubeObject[]> => {
  const own = w.children.find(({ kind }) => kind === 'Job');
  if (own === undefined) return fc.constant([]);
  const job = fc
    .tuple(fc.constantFrom(...Object.values(jobStatus)), fc.constantFrom('1', '2', '3'), fc.constantFrom('1.1', '1.2', '1.4'))
    .map(([status, suffix, tag]) =>
      overlaid(renamed(own, `bestie-job-other${suffix}`), {
        spec: { template: { spec: { containers: [{ name: 'migrate', image: `quay.io/opdev/bestie:${tag}` }] } } },
        status,
      }),
    );
  return fc.uniqueArray(job, { maxLength: 3, selector: ({ metadata }) => metadata.name });
};

/** What of the cluster is shown besides. */
const shown = fc.subarray([namespace(), priorityClass('high'), priorityClass('low')]);

/** The world in which every child is in some state or gone, Jobs and pods are added, and the status says something else. */
function disturbed(w: World): Arbitrary<World> {
  const job = w.children.find(({ kind }) => kind === 'Job')?.metadata.name ?? 'bestie-job-none';
  const children = fc
    .tuple(...w.children.map((child) => fc.option(inAnotherState(child), { freq: 8 })))
    .map((all) => all.filter((child) => child !== null));
  const pods = fc.uniqueArray(anyPod(job), { maxLength: 4, selector: ({ metadata }) => metadata.name });
  const status = fc.oneof(fc.constant(w.parent.status), fc.constantFrom(undefined, null), garbage);
  return fc.tuple(children, otherJob(w), fc.tuple(pods, shown), fc.boolean(), status).map(([own, others, more, keep, said]) => ({
    ...w,
    children: [...own, ...others],
    related: [...(keep ? w.related : []), ...more.flat()],
    parent: said === undefined ? overlaid(w.parent, { status: undefined }) : { ...w.parent, status: said },
  }));
}

/** Some stage of the life of some Bestie, disturbed. */
export const anyWorld: Arbitrary<World> = fc
  .tuple(validSpec, fc.constantFrom(...names), anyOverlay, stage)
  .map(([spec, name, declared, reach]) => {
    const w = world({}, { name, declared });
    const started = { ...w, parent: { ...w.parent, spec } };
    try {
      return reach(started);
    } catch {
      return created(started); // a stage that this Bestie cannot reach, for example without the database's kind
    }
  })
  .chain(disturbed);

/** Such a world after its spec was changed to another one that fits what exists. */
export const anyEditedWorld: Arbitrary<World> = fc
  .tuple(anyWorld, fc.option(validSpec))
  .map(([w, spec]) => (spec === null ? w : { ...w, parent: { ...w.parent, spec } }))
  .filter((w) => observe(w).invalid.length === 0);
