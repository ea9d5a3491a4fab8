/**
 * The kubelets: what becomes of a pod. The images of our containers decide: a name or tag with `crash` crashes, `slow` starts but never
 * becomes ready, `badmigration` makes Job pods fail, `lost` cannot be pulled by any but Job pods, `unreachable` waits for its database for ever,
 * `refused` is not let in by it, and a word of kubeletfaults.ts does not even start. The annotation `sandbox/probe: fail` lets the probe of a pod fail. A container that is not ours runs on until the pod goes.
 */
import type { Client } from '../apiserver/client.ts';
import { POD } from '../apiserver/discovery.ts';
import { faultOf, faults, type Fault } from './kubeletfaults.ts';
import { controllerOf, type Fields, type Resource } from '../apiserver/object.ts';
import { fieldsOf, secondsBetween, setStatus, type StatusCondition } from '../metacontroller/status.ts';

export type Fate = 'ready' | 'no image' | 'ails' | 'crash' | 'never ready' | 'succeeds' | 'fails' | 'waits' | 'is refused';

interface Container {
  name: string;
  image: string;
}

const containersOf = (pod: Resource, key: 'containers' | 'initContainers'): readonly Container[] =>
  (pod.spec?.[key] ?? []) as readonly Container[];

const ours: ReadonlySet<string> = new Set(['bestie', 'migrate', 'seed', 'wait-for-database']);
const isOurs = ({ name }: Container): boolean => ours.has(name);
const allOf = (pod: Resource): Container[] => [...containersOf(pod, 'containers'), ...containersOf(pod, 'initContainers')];
/** Whether a container stands beside ours in the pod. */
const isInjected = (pod: Resource, container: Container): boolean => !isOurs(container) && allOf(pod).some(isOurs);
const isOfJob = (pod: Resource): boolean => controllerOf(pod)?.kind === 'Job';
const imagesOf = (pod: Resource): string[] =>
  allOf(pod)
    .filter((each) => !isInjected(pod, each))
    .map(({ image }) => image);

/** The fate that the images of the pod mean. A pod that has its image keeps it when it is `missing`. */
export function fateOf(pod: Resource, missing: ReadonlySet<string> = new Set()): Fate {
  const [isJob, images] = [isOfJob(pod), imagesOf(pod)];
  const has = (pattern: RegExp): boolean => images.some((image) => pattern.test(image));
  const isPending = (pod.status?.phase ?? 'Pending') === 'Pending';
  const fault = faultOf(images, isJob);
  if (fault === faults.nosuch || (!isJob && has(/lost/)) || (isPending && images.some((image) => missing.has(image)))) return 'no image';
  if (fault !== undefined) return 'ails';
  if (has(/unreachable/)) return 'waits';
  if (has(/refused/)) return 'is refused';
  if (isJob) return has(/badmigration/) ? 'fails' : 'succeeds';
  if (pod.metadata.annotations?.['sandbox/probe'] === 'fail') return 'never ready';
  if (has(/crash/)) return 'crash';
  return has(/slow/) ? 'never ready' : 'ready';
}

const idle = { ready: false, restartCount: 0 };

/** The state of a container at that age of its pod, in seconds. */
function containerState(fate: Fate, age: number, startedAt: string): Fields {
  const terminated = (exitCode: number, reason: string): Fields => ({ terminated: { exitCode, reason, startedAt, finishedAt: startedAt } });
  const running = { running: { startedAt } };
  if (fate === 'crash') {
    const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } };
    return { ...idle, started: false, restartCount: 3, state, lastState: terminated(1, 'Error') };
  }
  if (fate === 'never ready') return { ...idle, started: true, state: running };
  if (fate === 'ready' || age < 3) return { ...idle, ready: true, started: true, state: running };
  return { ...idle, started: false, state: fate === 'fails' ? terminated(1, 'Error') : terminated(0, 'Completed') };
}

/** Seconds after which a refused login ends the container that waits for the database. */
const REFUSED_AFTER = 10;

/** The state of the container that waits for the database, where that keeps the pod. The kubelet starts it anew, but not in a Job. */
function waitingState(fate: Fate, isJob: boolean, age: number, startedAt: string): Fields {
  if (fate === 'waits' || age < REFUSED_AFTER) return { ...idle, started: true, state: { running: { startedAt } } };
  const message = 'the login is refused: the user or the password in the Secret is wrong';
  const end = { terminated: { exitCode: 77, reason: 'Error', message, startedAt, finishedAt: startedAt } };
  if (isJob) return { ...idle, started: false, state: end };
  const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } };
  return { ...idle, started: false, restartCount: 4, state, lastState: end };
}

function phaseOf(fate: Fate, fault: Fault | undefined, isJob: boolean, age: number): string {
  if (fault !== undefined) return fault.of === 'first' ? 'Pending' : 'Running';
  if (fate === 'waits') return 'Pending';
  if (fate === 'is refused') return isJob && age >= REFUSED_AFTER ? 'Failed' : 'Pending';
  if (age < 3) return 'Running';
  return fate === 'succeeds' ? 'Succeeded' : fate === 'fails' ? 'Failed' : 'Running';
}

/** The status of a pod at that age, in seconds. */
export function podStatus(pod: Resource, age: number, now: string, missing?: ReadonlySet<string>): Fields {
  const fate = fateOf(pod, missing);
  const startTime = (pod.status?.startTime as string | undefined) ?? now;
  const init = containersOf(pod, 'initContainers');
  const isJob = isOfJob(pod);
  const fault = fate === 'no image' ? faults.nosuch : fate === 'ails' ? faultOf(imagesOf(pod), isJob) : undefined;
  const isKept = fate === 'waits' || fate === 'is refused';
  const stuckBefore = (fault?.of === 'first' || isKept) && init.length > 0;
  const waitsForInit = { ...idle, started: false, state: { waiting: { reason: 'PodInitializing' } } };
  const state = (image: string): Fields => fault?.state({ image, age, startedAt: startTime }) ?? containerState(fate, age, startTime);
  const injected = (image: string): Fields =>
    faultOf([image], isJob)?.state({ image, age, startedAt: startTime }) ?? {
      ...idle,
      ready: true,
      started: true,
      state: { running: { startedAt: startTime } },
    };
  const done = {
    ready: true,
    started: false,
    restartCount: 0,
    state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: startTime, finishedAt: startTime } },
  };
  // What comes after the container that waits for the database begins the work, and fails it.
  const failsBefore = fate === 'fails' && init.length > 1;
  const containers = containersOf(pod, 'containers');
  const containerStatuses = containers.map((each) => ({
    name: each.name,
    image: each.image,
    ...(stuckBefore || failsBefore ? waitsForInit : (isInjected(pod, each) ? injected : state)(each.image)),
  }));
  const stuck = (image: string): Fields => (isKept ? waitingState(fate, isJob, age, startTime) : state(image));
  const initState = (index: number, image: string): Fields => {
    if (stuckBefore) return index === 0 ? stuck(image) : waitsForInit;
    return failsBefore && index > 0 ? state(image) : done;
  };
  const initContainerStatuses = init.map(({ name, image }, index) => ({
    name,
    image,
    ...initState(index, image),
  }));
  const phase = phaseOf(fate, fault, isJob, age);
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const isKeptRunning = isOver && !stuckBefore && !failsBefore && containers.some((each) => isInjected(pod, each));
  const ready = containerStatuses.every((status) => fieldsOf(status).ready === true);
  const before = (pod.status?.conditions ?? []) as readonly StatusCondition[];
  const condition = (type: string, holds: boolean): Fields => {
    const status = holds ? 'True' : 'False';
    const old = before.find((each) => each.type === type);
    return {
      type,
      status,
      ...(!holds && type !== 'PodReadyToStartContainers' && { reason: 'ContainersNotReady' }),
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : now,
    };
  };
  return {
    phase: isKeptRunning ? 'Running' : phase,
    startTime,
    conditions: [
      condition('PodReadyToStartContainers', fault?.lacksSandbox !== true && (!isOver || isKeptRunning)),
      condition('PodScheduled', true),
      condition('Initialized', !stuckBefore),
      condition('Ready', ready),
      condition('ContainersReady', ready),
    ],
    containerStatuses,
    ...(initContainerStatuses.length > 0 && { initContainerStatuses }),
  };
}

/** One round over all pods; a terminating one is gone after a second. */
export function runKubelets(client: Client, now: string, missing?: ReadonlySet<string>): void {
  for (const pod of client.list(POD)) {
    const { creationTimestamp, deletionTimestamp } = pod.metadata;
    const age = secondsBetween(creationTimestamp, now);
    if (deletionTimestamp !== undefined) {
      if (secondsBetween(deletionTimestamp, now) >= 1) client.remove(pod, { grace: 'at once' });
    } else if (age >= 1) setStatus(client, pod, podStatus(pod, age, now, missing));
    else if (pod.status === undefined) setStatus(client, pod, { phase: 'Pending' });
  }
}
