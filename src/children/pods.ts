/** What the pods of a Bestie tell. Reasons and messages are ours and do not alternate: kubelets flip between two at each retry, and each flip would be a write. */
import type { Reason } from '../api/condition.ts';
import { POD } from '../api/kinds.ts';
import type { KubeObject, Live, Observed } from '../api/kubernetes.ts';
import { annotations, COMPONENT_LABEL, type Component } from '../api/names.ts';
import { secondsSince } from '../api/time.ts';
import { once } from './once.ts';
import { WAITING_CONTAINER } from './scripts.ts';

const present = <T>(items: readonly (T | null | undefined)[] | null | undefined): T[] => (items ?? []).filter((item) => item != null);

export interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  restartCount: number;
  state: { waiting: { reason: string; message: string }; running: { startedAt: string }; terminated: Terminated };
  lastState: { terminated: Terminated };
}

interface Terminated {
  reason: string;
  exitCode: number;
  message: string;
  finishedAt: string;
}

export interface Pod extends KubeObject {
  spec?: Live<{ containers: { name: string; image: string }[] }> | null;
  status?: Live<{
    phase: string;
    conditions: { type: string; status: string; reason: string }[];
    initContainerStatuses: ContainerStatus[];
    containerStatuses: ContainerStatus[];
  }> | null;
}

export const isReady = ({ status }: Pod): boolean =>
  present(status?.conditions).some((condition) => condition.type === 'Ready' && condition.status === 'True');

/** Trouble of a pod: our reason for it and a sentence that names the pod. */
export interface Problem {
  reason: Reason;
  message: string;
}

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);
const sorted = once((o) => [...(o.related.get(POD)?.values() ?? [])].sort(byName) as Pod[]);

/** The image reference that the pod was asked to run, by our own record: admission may rewrite the images. Undefined for pods of former releases. */
export const imageOf = ({ metadata }: Pod): string | undefined => metadata.annotations?.[annotations.image];

/** The related pods with that role, by name, terminating ones included. */
export const podsOf = (o: Observed, component: Component): Pod[] =>
  sorted(o).filter(({ metadata }) => metadata.labels?.[COMPONENT_LABEL] === component);

/** Every container ended and none is started again: a Job is done with it, a Deployment has replaced it. */
export const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

export const isTerminating = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp != null;

/** Seconds after which a pod that is going away counts as gone: its grace and a reserve. Nobody ends it where its node is lost. */
export const GRACE = 300;

/** Whether the pod may still write to the database. */
export const mayWrite = (pod: Pod, now: string): boolean => !isOver(pod) && secondsSince(pod.metadata.deletionTimestamp, now) < GRACE;

type Container = Live<ContainerStatus>;

const pullReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);
const configReasons = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);
/** What a container that could not be started leaves behind; between two tries the kubelet calls that CrashLoopBackOff. */
export const startReasons: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);
const waiting = (container: Container): string => container.state?.waiting?.reason ?? '';
const ended = (container: Container): Live<Terminated> | undefined =>
  container.state?.terminated ?? container.lastState?.terminated ?? undefined;
/** The end of the container that waits for the database says nothing about what the pod runs; see waiting.ts. */
const failing = (container: Container): boolean => container.name !== WAITING_CONTAINER && isDown(container);
const isDown = (container: Container): boolean =>
  container.ready !== true &&
  ((ended(container)?.exitCode ?? 0) !== 0 || ((container.restartCount ?? 0) > 0 && container.lastState?.terminated != null));

/** How the container of that name failed last, in any of those pods, the last one by name; undefined where it did not. */
export const endOf = (pods: readonly Pod[], name: string): Live<Terminated> | undefined =>
  pods
    .flatMap(containersOf)
    .filter((container) => container.name === name)
    .map(ended)
    .findLast((end) => end !== undefined && (end.exitCode ?? 0) !== 0);

/** What the kubelet misses: the Secret or the key, by name. Its other messages carry ids that differ at each try. */
function missing(container: Container): string {
  if (waiting(container) !== 'CreateContainerConfigError') return 'see kubectl describe pod';
  return (container.state?.waiting?.message ?? '').replace(/\s+/g, ' ').slice(0, 200) || 'a Secret, a ConfigMap or a key of one is missing';
}

/** Seconds from a pod's creation for which an image or a Secret may still turn up. */
const PATIENCE = 120;
const RESTARTS = 3;

const crashed = ({ restartCount }: Container): number | undefined => ((restartCount ?? 0) >= RESTARTS ? 0 : undefined);

interface Trouble {
  reason: Reason;
  of: (container: Container) => boolean;
  message: (container: Container) => string;
  /** Age of the pod, in seconds, from which a new version with this trouble is given up; undefined while it may recover. */
  hopelessAt: (container: Container) => number | undefined;
}

/** One row per trouble of a container, the most telling first. */
const troubles: readonly Trouble[] = [
  {
    reason: 'ImagePullFailed',
    of: (container) => pullReasons.has(waiting(container)),
    message: (container) => `cannot pull image "${container.image ?? ''}"; check that it exists and that the nodes may pull it`,
    hopelessAt: (container) => (waiting(container) === 'InvalidImageName' ? 0 : PATIENCE),
  },
  {
    reason: 'ContainerConfigError',
    of: (container) => configReasons.has(waiting(container)) || (isDown(container) && startReasons.has(ended(container)?.reason ?? '')),
    message: (container) => `cannot be created or started: ${missing(container)}`,
    hopelessAt: () => PATIENCE,
  },
  {
    reason: 'OOMKilled',
    of: (container) => failing(container) && ended(container)?.reason === 'OOMKilled',
    message: () => 'was killed because it used more memory than its limit',
    hopelessAt: crashed,
  },
  {
    reason: 'CrashLoop',
    of: (container) => failing(container) || (container.name !== WAITING_CONTAINER && waiting(container) === 'CrashLoopBackOff'),
    message: (container) => `ended with exit code ${ended(container)?.exitCode ?? 'unknown'}; read its log`,
    hopelessAt: crashed,
  },
];

function problemOf(pod: Pod): Problem | undefined {
  const unscheduled = present(pod.status?.conditions).some(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
  if (unscheduled) return { reason: 'Unschedulable', message: `no node takes pod "${pod.metadata.name}"; see kubectl describe pod` };
  const first = troubles.find(({ of }) => containersOf(pod).some(of));
  const container = first && containersOf(pod).find(first.of);
  return first && container && problem(pod, container, first);
}

const containersOf = ({ status }: Pod): Container[] => [...present(status?.initContainerStatuses), ...present(status?.containerStatuses)];

const problem = ({ metadata }: Pod, container: Container, { reason, message }: Trouble): Problem => ({
  reason,
  message: `container "${container.name ?? ''}" of pod "${metadata.name}" ${message(container)}`,
});

/** The troubles of pods that are not terminating, one per pod, in the order of the pods. */
export const problems = (pods: readonly Pod[]): Problem[] => present(pods.filter((pod) => !isTerminating(pod)).map(problemOf));

/** Why pods of a new version will not run any more, or in how many seconds that is to be looked at again. */
export function hopelessness(pods: readonly Pod[], now: string): { problem?: Problem; recheckAfterSeconds?: number } {
  let recheckAfterSeconds: number | undefined;
  for (const pod of pods.filter((candidate) => !isTerminating(candidate))) {
    const age = secondsSince(pod.metadata.creationTimestamp, now);
    for (const trouble of troubles) {
      for (const container of containersOf(pod).filter(trouble.of)) {
        const at = trouble.hopelessAt(container);
        if (at === undefined) continue;
        if (age >= at) return { problem: problem(pod, container, trouble) };
        recheckAfterSeconds = Math.min(recheckAfterSeconds ?? Infinity, at - age);
      }
    }
  }
  return recheckAfterSeconds === undefined ? {} : { recheckAfterSeconds };
}

/** Whether a container of the pod, the one that waits for the database left out, has ever started. */
export function hasStarted(pod: Pod): boolean {
  return containersOf(pod).some(
    (container) =>
      container.name !== WAITING_CONTAINER &&
      (container.state?.running != null || ended(container) !== undefined || (container.restartCount ?? 0) > 0),
  );
}
