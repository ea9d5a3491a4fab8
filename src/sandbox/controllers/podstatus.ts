/** The status that a kubelet writes of a pod. */
import { containerState, idle, phaseOf, waitingState } from './containerstates.ts';
import { faultOf, faults, type Fault } from './kubeletfaults.ts';
import { containersOf, fateOf, imagesOf, isInjected, isOfJob, type Container, type Fate } from './podfate.ts';
import type { Fields, Resource } from '../apiserver/object.ts';
import { fieldsOf, type StatusCondition } from './objectstatus.ts';

/** What the states of the containers of a pod follow from. */
interface Facts {
  pod: Resource;
  fate: Fate;
  fault: Fault | undefined;
  isJob: boolean;
  /** Seconds. */
  age: number;
  startedAt: string;
  init: readonly Container[];
  /** It does not come beyond its first container. */
  stuckBefore: boolean;
  /** What comes after the container that waits for the database begins the work, and fails it. */
  failsBefore: boolean;
}

const waitsForInit = { ...idle, started: false, state: { waiting: { reason: 'PodInitializing' } } };

/** The container that waits for the database does not end. */
const isKept = (fate: Fate): boolean => fate === 'waits' || fate === 'is refused';

function faultOfPod(pod: Resource, fate: Fate): Fault | undefined {
  if (fate === 'no image') return faults.nosuch;
  return fate === 'cannot start' ? faultOf(imagesOf(pod), isOfJob(pod)) : undefined;
}

function factsOf(pod: Resource, age: number, now: string, missing?: ReadonlySet<string>): Facts {
  const fate = fateOf(pod, missing);
  const fault = faultOfPod(pod, fate);
  const init = containersOf(pod, 'initContainers');
  return {
    pod,
    fate,
    fault,
    isJob: isOfJob(pod),
    age,
    startedAt: (pod.status?.startTime as string | undefined) ?? now,
    init,
    stuckBefore: (fault?.of === 'first' || isKept(fate)) && init.length > 0,
    failsBefore: fate === 'fails' && init.length > 1,
  };
}

const workState = ({ fate, fault, age, startedAt }: Facts, image: string): Fields =>
  fault?.state({ image, age, startedAt }) ?? containerState(fate, age, startedAt);

/** The container that checks the copy of a drill, and what it leaves as its termination message, by its exit code. */
const CHECK = 'check';
const sentences: Readonly<Record<string, string>> = {
  0: 'revision 9d1c4a6f0de5; rows: users 3, pets 12, applications 5',
  1: 'table pets cannot be read: SQLSTATE XX001',
};

function withSentence(status: Fields): Fields {
  const { terminated, ...rest } = fieldsOf(status.state);
  if (terminated === undefined) return status;
  const end = fieldsOf(terminated);
  return { ...status, state: { ...rest, terminated: { ...end, message: sentences[String(end.exitCode)] } } };
}

/** One that is not ours runs, unless its own image has a fault. */
const injectedState = ({ isJob, age, startedAt }: Facts, image: string): Fields =>
  faultOf([image], isJob)?.state({ image, age, startedAt }) ?? { ...idle, ready: true, started: true, state: { running: { startedAt } } };

function stateOf(f: Facts, container: Container): Fields {
  if (f.stuckBefore || f.failsBefore) return waitsForInit;
  if (isInjected(f.pod, container)) return injectedState(f, container.image);
  const state = workState(f, container.image);
  return container.name === CHECK ? withSentence(state) : state;
}

function firstState(f: Facts, image: string): Fields {
  return isKept(f.fate) ? waitingState(f.fate, f.isJob, f.age, f.startedAt) : workState(f, image);
}

function initState(f: Facts, index: number, image: string): Fields {
  if (f.stuckBefore) return index === 0 ? firstState(f, image) : waitsForInit;
  if (f.failsBefore && index > 0) return workState(f, image);
  const { startedAt } = f;
  const state = { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: startedAt } };
  return { ready: true, started: false, restartCount: 0, state };
}

/** The conditions that hold or do not, since when. */
function conditions(pod: Resource, holding: Readonly<Record<string, boolean>>, now: string): Fields[] {
  const before = (pod.status?.conditions ?? []) as readonly StatusCondition[];
  return Object.entries(holding).map(([type, holds]) => {
    const status = holds ? 'True' : 'False';
    const old = before.find((each) => each.type === type);
    return {
      type,
      status,
      ...(!holds && type !== 'PodReadyToStartContainers' && { reason: 'ContainersNotReady' }),
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : now,
    };
  });
}

/** The status of a pod at that age, in seconds. */
export function podStatus(pod: Resource, age: number, now: string, missing?: ReadonlySet<string>): Fields {
  const f = factsOf(pod, age, now, missing);
  const containers = containersOf(pod, 'containers');
  const containerStatuses = containers.map((each) => ({ name: each.name, image: each.image, ...stateOf(f, each) }));
  const initContainerStatuses = f.init.map(({ name, image }, index) => ({ name, image, ...initState(f, index, image) }));
  const phase = phaseOf(f.fate, f.fault, f.isJob, age);
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const isKeptRunning = isOver && !f.stuckBefore && !f.failsBefore && containers.some((each) => isInjected(pod, each));
  const ready = containerStatuses.every((status) => fieldsOf(status).ready === true);
  const holding = {
    PodReadyToStartContainers: f.fault?.lacksSandbox !== true && (!isOver || isKeptRunning),
    PodScheduled: true,
    Initialized: !f.stuckBefore,
    Ready: ready,
    ContainersReady: ready,
  };
  return {
    phase: isKeptRunning ? 'Running' : phase,
    startTime: f.startedAt,
    conditions: conditions(pod, holding, now),
    containerStatuses,
    ...(initContainerStatuses.length > 0 && { initContainerStatuses }),
  };
}
