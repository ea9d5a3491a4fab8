/** What the controllers around us write into the objects: Crunchy PGO, the Job and Deployment controllers, the kubelet. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { annotations, labels, type Component } from '../../src/api/names.ts';
import type { Pod } from '../../src/observed/pods.ts';
import { ago, carriedOut, childOf, edited, NAMESPACE, overlaid, patched, withPods, world, type Loose, type World } from './world.ts';

/** Status of a PostgresCluster in the order in which PGO 5.8 to 6.0 write it. */
export const pgoStatus = {
  seen: {
    observedGeneration: 1,
    postgresVersion: 0,
    instances: [{ name: 'pg', replicas: 1, updatedReplicas: 1 }],
    pgbackrest: {
      repoHost: { apiVersion: 'apps/v1', kind: 'StatefulSet', ready: false },
      repos: [{ name: 'repo1', stanzaCreated: false }],
    },
    conditions: [
      {
        type: 'PGBackRestRepoHostReady',
        status: 'False',
        reason: 'RepoHostNotReady',
        observedGeneration: 1,
        lastTransitionTime: ago(1700),
      },
    ],
  },
  initialised: {
    observedGeneration: 1,
    postgresVersion: 0,
    instances: [{ name: 'pg', replicas: 1, updatedReplicas: 1, readyReplicas: 1 }],
    patroni: { systemIdentifier: '7400000000000000001' },
  },
  usable: {
    observedGeneration: 1,
    postgresVersion: 0,
    databaseRevision: '6c5b6f9f7d',
    usersRevision: '5d8c9d7c6b',
    monitoring: { exporterConfiguration: '559c4c97d6' },
    proxy: { pgBouncer: { postgresRevision: '5c9966f6bc' } },
    instances: [{ name: 'pg', replicas: 1, updatedReplicas: 1, readyReplicas: 1 }],
    patroni: { systemIdentifier: '7400000000000000001' },
    pgbackrest: { repos: [{ name: 'repo1', bound: true, volume: 'pvc-1', stanzaCreated: true, replicaCreateBackupComplete: true }] },
    conditions: [
      { type: 'PGBackRestRepoHostReady', status: 'True', reason: 'RepoHostReady', observedGeneration: 1, lastTransitionTime: ago(1600) },
      { type: 'PGBackRestReplicaRepoReady', status: 'True', reason: 'StanzaCreated', observedGeneration: 1, lastTransitionTime: ago(1600) },
      {
        type: 'PGBackRestReplicaCreate',
        status: 'True',
        reason: 'RepoBackupComplete',
        observedGeneration: 1,
        lastTransitionTime: ago(1590),
      },
    ],
  },
} as const;

const SUCCESSFUL = 'PGBackRestManualBackupSuccessful';

/** The same status while a manual backup with that id is in some state. */
export function manualBackup(status: Loose, id: string, state: 'accepted' | 'running' | 'succeeded' | 'failed', endedAt = ago(30)): Loose {
  const run = {
    accepted: { finished: false },
    running: { finished: false, startTime: ago(60), active: 1 },
    succeeded: { finished: true, startTime: ago(60), completionTime: endedAt, succeeded: 1 },
    failed: { finished: true, startTime: ago(60), failed: 7 },
  }[state];
  const ended = {
    type: SUCCESSFUL,
    status: state === 'succeeded' ? 'True' : 'False',
    reason: state === 'succeeded' ? 'ManualBackupComplete' : 'ManualBackupFailed',
    observedGeneration: 1,
    lastTransitionTime: endedAt,
  };
  const others = ((status.conditions ?? []) as { type: string }[]).filter(({ type }) => type !== SUCCESSFUL);
  return {
    ...status,
    pgbackrest: { ...(status.pgbackrest as Loose | undefined), manualBackup: { id, ...run } },
    conditions: [...others, ...('finished' in run && run.finished ? [ended] : [])],
  };
}

export const jobStatus = {
  created: undefined,
  active: { active: 1, ready: 0, startTime: ago(60), terminating: 0, uncountedTerminatedPods: {} },
  retrying: { active: 1, failed: 2, ready: 0, startTime: ago(60) },
  complete: {
    succeeded: 1,
    startTime: ago(900),
    completionTime: ago(840),
    conditions: [
      { type: 'SuccessCriteriaMet', status: 'True', reason: 'CompletionsReached', lastTransitionTime: ago(840) },
      { type: 'Complete', status: 'True', reason: 'CompletionsReached', lastTransitionTime: ago(840) },
    ],
  },
  failed: {
    failed: 5,
    startTime: ago(900),
    conditions: [
      { type: 'FailureTarget', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago(300) },
      { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago(300) },
    ],
  },
} as const;

/** Status of a Deployment with so many replicas, all of them up to date and ready. */
export const rolledOut = (replicas: number, generation = 1): Loose => ({
  observedGeneration: generation,
  replicas,
  updatedReplicas: replicas,
  readyReplicas: replicas,
  availableReplicas: replicas,
  conditions: [
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastTransitionTime: ago(600), lastUpdateTime: ago(600) },
    { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', lastTransitionTime: ago(600), lastUpdateTime: ago(600) },
  ],
});

export const rollingOut = (replicas: number, generation = 1): Loose => ({
  observedGeneration: generation,
  replicas,
  updatedReplicas: replicas,
  unavailableReplicas: replicas,
  conditions: [
    { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastTransitionTime: ago(60), lastUpdateTime: ago(60) },
    { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', lastTransitionTime: ago(60), lastUpdateTime: ago(60) },
  ],
});

const IMAGE = 'quay.io/opdev/bestie:1.3';

/** A pod of the Bestie named `bestie` as a kubelet reports it: running and ready, unless the patch says otherwise. */
export function pod(name: string, component: Component, patch: Loose = {}, instance = 'bestie'): KubeObject {
  const started = { startedAt: ago(500) };
  const status = {
    phase: 'Running',
    conditions: [
      { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: ago(600) },
      { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: ago(500) },
    ],
    initContainerStatuses: [
      {
        name: 'wait-for-database',
        image: IMAGE,
        ready: true,
        restartCount: 0,
        lastState: {},
        state: { terminated: { exitCode: 0, reason: 'Completed' } },
      },
    ],
    containerStatuses: [
      {
        name: component === 'web' ? 'bestie' : 'migrate',
        image: IMAGE,
        ready: true,
        restartCount: 0,
        lastState: {},
        state: { running: started },
      },
    ],
  };
  const live = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `pod-${name}`,
      creationTimestamp: ago(600),
      labels: { ...labels(instance, component), 'pod-template-hash': '5d9c7b8f6' },
    },
    spec: { containers: [{ name: component === 'web' ? 'bestie' : 'migrate', image: IMAGE }] },
    status,
  };
  const patched = overlaid(live as unknown as KubeObject, patch);
  if (component !== 'web') return patched;
  // What the template requested is recorded on the pod.
  const image = (patched as Pod).spec?.containers?.[0]?.image ?? IMAGE;
  return overlaid(patched, { metadata: { annotations: { [annotations.image]: image, ...patched.metadata.annotations } } });
}

/** Parts of a container status. */
export const waits = (reason: string, message = ''): Loose => ({
  ready: false,
  state: { waiting: { reason, ...(message && { message }) } },
});
const died = (exitCode: number, reason: string): Loose => ({ terminated: { exitCode, reason, startedAt: ago(90), finishedAt: ago(60) } });

/** A container status that says this; the rest is as a kubelet leaves it. */
export const containerStatus = (patch: Loose, name = 'bestie'): Loose => ({
  name,
  image: IMAGE,
  restartCount: 0,
  lastState: {},
  started: false,
  ...patch,
});

const crashed = (state: Loose, exitCode = 1, reason = 'Error'): Loose => ({
  ready: false,
  restartCount: 4,
  state,
  lastState: died(exitCode, reason),
});

/**
 * Container statuses between which a kubelet alternates while one and the same trouble lasts. Every half must read the same,
 * or each flip would be a write.
 */
export const halves: Record<string, Record<string, Loose>> = {
  ImagePull: {
    ErrImagePull: waits('ErrImagePull', 'rpc error: code = NotFound desc = failed to pull and unpack image: not found'),
    ImagePullBackOff: waits('ImagePullBackOff', 'Back-off pulling image "quay.io/opdev/bestie:1.3"'),
  },
  BadSignature: {
    SignatureValidationFailed: waits('SignatureValidationFailed', 'image pull failed for quay.io/opdev/bestie:1.3 because the signature …'),
    ImagePullBackOff: waits('ImagePullBackOff', 'Back-off pulling image "quay.io/opdev/bestie:1.3": SignatureValidationFailed: …'),
  },
  RegistryDown: {
    RegistryUnavailable: waits('RegistryUnavailable', 'image pull failed for quay.io/opdev/bestie:1.3 because the registry is unavailable'),
    ImagePullBackOff: waits('ImagePullBackOff', 'Back-off pulling image "quay.io/opdev/bestie:1.3"'),
    ErrImagePull: waits('ErrImagePull', 'rpc error: code = DeadlineExceeded'),
  },
  ImageOfTheFuture: {
    ArtifactRejected: waits('ArtifactRejected', 'image pull failed for quay.io/opdev/bestie:1.3 because it is not accepted'),
    ImagePullBackOff: waits('ImagePullBackOff', 'Back-off pulling image "quay.io/opdev/bestie:1.3"'),
  },
  Hook: {
    PostStartHookError: crashed({ waiting: { reason: 'PostStartHookError', message: 'command exited with 1' } }, 137),
    CrashLoopBackOff: crashed({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } }, 137),
    RunningAgain: crashed({ running: { startedAt: ago(3) } }, 137),
  },
  CleanEndOfTheFuture: {
    CheckpointRejected: { ...waits('CheckpointRejected'), lastState: died(0, 'Completed') },
    CrashLoopBackOff: { ...waits('CrashLoopBackOff'), lastState: died(0, 'Completed') },
  },
  Crash: {
    CrashLoopBackOff: crashed({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container' } }),
    RunningAgain: crashed({ running: { startedAt: ago(3) } }),
    Terminated: crashed(died(1, 'Error')),
  },
  CleanExit: {
    CrashLoopBackOff: crashed(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' } },
      0,
      'Completed',
    ),
    RunningAgain: crashed({ running: { startedAt: ago(3) } }, 0, 'Completed'),
    Terminated: crashed(died(0, 'Completed'), 0, 'Completed'),
  },
  OutOfMemory: {
    CrashLoopBackOff: crashed(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
      137,
      'OOMKilled',
    ),
    RunningAgain: crashed({ running: { startedAt: ago(3) } }, 137, 'OOMKilled'),
    Terminated: crashed(died(137, 'OOMKilled'), 137, 'OOMKilled'),
  },
  CannotStart: {
    RunContainerError: crashed(
      { waiting: { reason: 'RunContainerError', message: 'failed to create task for container "4f5e": exec: "flask": not found' } },
      128,
      'StartError',
    ),
    CrashLoopBackOff: crashed(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } },
      128,
      'StartError',
    ),
    Terminated: crashed(died(128, 'StartError'), 128, 'StartError'),
  },
  CannotCreate: {
    Reserved: waits('CreateContainerError', 'failed to reserve container name "bestie_1": name is reserved for "8a1f"'),
    ReservedByAnother: waits('CreateContainerError', 'failed to reserve container name "bestie_2": name is reserved for "97c0"'),
  },
};

/** A pod whose application container reports that. */
export const ailing = (status: Loose, name = 'bestie-app-5d9c7b8f6-aaaaa'): KubeObject =>
  pod(name, 'web', {
    status: {
      phase: 'Pending',
      conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
      containerStatuses: [containerStatus(status)],
    },
  });

/** A pod of the Job with that name. */
export const jobPod = (job: string, patch: Loose = {}): KubeObject =>
  pod(`${job}-x7k2p`, 'migration', overlaid({ metadata: { labels: { 'batch.kubernetes.io/job-name': job, 'job-name': job } } }, patch));

/** Patches of a Job's pod: nothing started yet, at work, ended well. */
export const podPhase = {
  pending: {
    status: {
      phase: 'Pending',
      conditions: [],
      initContainerStatuses: [],
      containerStatuses: [containerStatus(waits('PodInitializing'), 'migrate')],
    },
  },
  running: { status: { phase: 'Running' } },
  succeeded: {
    status: { phase: 'Succeeded', containerStatuses: [containerStatus({ ready: false, state: died(0, 'Completed') }, 'migrate')] },
  },
  failed: { status: { phase: 'Failed', containerStatuses: [containerStatus({ ready: false, state: died(3, 'Error') }, 'migrate')] } },
} as const;

/** The condition of a pod that has had neither sandbox nor volumes for so many seconds. */
export const withoutSandbox = (seconds: number): Loose => ({
  type: 'PodReadyToStartContainers',
  status: 'False',
  lastTransitionTime: ago(seconds),
});

/** Patch of a Job's pod: its last step ended that many seconds ago, and an injected container runs on. */
export const besideSidecar = (seconds: number, exitCode = 0, step = 'migrate'): Loose => ({
  status: {
    phase: 'Running',
    containerStatuses: [
      containerStatus({ ready: true, state: { running: { startedAt: ago(seconds + 60) } } }, 'istio-proxy'),
      containerStatus({ ready: false, state: { terminated: { exitCode, reason: 'Completed', finishedAt: ago(seconds) } } }, step),
    ],
  },
});

/** The steps of a first install, each a world in which everything before it has happened. */
/** A Job that is new has had no time for its first pod. */
const withNewJob = (w: World): World => patched(w, 'Job', { metadata: { creationTimestamp: ago(30) } });
export const created = (w: World = world()): World => withNewJob(carriedOut(w));
export const usable = (w?: World): World => withNewJob(carriedOut(patched(created(w), 'PostgresCluster', { status: pgoStatus.usable })));
export const migrating = (w?: World): World =>
  patched(usable(w), 'Job', { metadata: { creationTimestamp: ago(1800) }, status: jobStatus.active });
export const migrated = (w?: World): World => carriedOut(patched(migrating(w), 'Job', { status: jobStatus.complete }));
const size = ({ parent }: World): number => (parent.spec as { size: number }).size;

/** All is well: the Deployment is rolled out and its pods are ready. */
export function ready(w?: World): World {
  const done = migrated(w);
  const pods = Array.from({ length: size(done) }, (_, index) =>
    pod(`${childOf(done, 'Deployment').metadata.name}-5d9c7b8f6-${index}`, 'web', {}, done.parent.metadata.name),
  );
  return carriedOut(withPods(patched(done, 'Deployment', { status: rolledOut(size(done)) }), ...pods));
}

/** The id of the backup that the database is to take. */
export const armedId = (w: World): string | undefined =>
  childOf(w, 'PostgresCluster').metadata.annotations?.['postgres-operator.crunchydata.com/pgbackrest-backup'];

/** The database operator has got that far with the backup that was requested; nothing has been answered yet. */
export const backup = (w: World, state: Parameters<typeof manualBackup>[2], endedAt?: string): World =>
  patched(w, 'PostgresCluster', {
    status: manualBackup(childOf(w, 'PostgresCluster').status as Loose, armedId(w) ?? 'none', state, endedAt),
  });

/** The steps of an upgrade, each a world in which everything before it has happened. */
export const backingUp = (w: World = ready(), spec: Loose = { version: '1.4' }): World => carriedOut(edited(w, spec));
export const backedUp = (w?: World): World => carriedOut(backup(backingUp(w), 'succeeded'));
export const migratedForUpgrade = (w?: World): World => patched(backedUp(w), 'Job', { status: jobStatus.complete });
export const rolling = (w?: World): World => {
  const done = carriedOut(migratedForUpgrade(w));
  const status = rollingOut(size(done), childOf(done, 'Deployment').metadata.generation ?? 1);
  return patched(patched(done, 'Deployment', { status: undefined }), 'Deployment', { status });
};
export const upgraded = (w?: World): World => {
  const done = rolling(w);
  return carriedOut(patched(done, 'Deployment', { status: rolledOut(size(done), childOf(done, 'Deployment').metadata.generation ?? 1) }));
};

export { edited };
