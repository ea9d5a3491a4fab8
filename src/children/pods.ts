/** What the pods of a Bestie tell. Reasons and messages are ours and do not alternate: kubelets flip between two at each retry, and each flip would be a write. */
import type { Reason } from '../api/condition.ts';
import { POD } from '../api/kinds.ts';
import type { KubeObject, Live, Observed } from '../api/kubernetes.ts';
import { COMPONENT_LABEL, type Component } from '../api/names.ts';
import { once } from './once.ts';

const present = <T>(items: readonly (T | null | undefined)[] | null | undefined): T[] => (items ?? []).filter((item) => item != null);

interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  restartCount: number;
  state: { waiting: { reason: string; message: string }; running: object; terminated: Terminated };
  lastState: { terminated: Terminated };
}

interface Terminated {
  reason: string;
  exitCode: number;
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

/** The related pods with that role, by name, terminating ones included. */
export const podsOf = (o: Observed, component: Component): Pod[] =>
  sorted(o).filter(({ metadata }) => metadata.labels?.[COMPONENT_LABEL] === component);

/** Every container ended and none is started again: a Job is done with it, a Deployment has replaced it. */
export const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

export const isTerminating = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp != null;

type Container = Live<ContainerStatus>;

const pullReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);
const configReasons = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);
/** What a container that could not be started leaves behind; between two tries the kubelet calls that CrashLoopBackOff. */
const startReasons = new Set(['StartError', 'ContainerCannotRun']);
const waiting = (container: Container): string => container.state?.waiting?.reason ?? '';
const ended = (container: Container): Live<Terminated> | undefined =>
  container.state?.terminated ?? container.lastState?.terminated ?? undefined;
const failing = (container: Container): boolean =>
  container.ready !== true &&
  ((ended(container)?.exitCode ?? 0) !== 0 || ((container.restartCount ?? 0) > 0 && container.lastState?.terminated != null));

/** What the kubelet misses: the Secret or the key, by name. Its other messages carry ids that differ at each try. */
function missing(container: Container): string {
  if (waiting(container) !== 'CreateContainerConfigError') return 'see kubectl describe pod';
  return (container.state?.waiting?.message ?? '').replace(/\s+/g, ' ').slice(0, 200) || 'a Secret, a ConfigMap or a key of one is missing';
}

/** One row per trouble of a container, the most telling first. */
const troubles: readonly { reason: Reason; of: (container: Container) => boolean; message: (container: Container) => string }[] = [
  {
    reason: 'ImagePullFailed',
    of: (container) => pullReasons.has(waiting(container)),
    message: (container) => `cannot pull image "${container.image ?? ''}"; check that it exists and that the nodes may pull it`,
  },
  {
    reason: 'ContainerConfigError',
    of: (container) => configReasons.has(waiting(container)) || (failing(container) && startReasons.has(ended(container)?.reason ?? '')),
    message: (container) => `cannot be created or started: ${missing(container)}`,
  },
  {
    reason: 'OOMKilled',
    of: (container) => failing(container) && ended(container)?.reason === 'OOMKilled',
    message: () => 'was killed because it used more memory than its limit',
  },
  {
    reason: 'CrashLoop',
    of: (container) => failing(container) || waiting(container) === 'CrashLoopBackOff',
    message: (container) => `ended with exit code ${ended(container)?.exitCode ?? 'unknown'}; read its log`,
  },
];

function problemOf(pod: Pod): Problem | undefined {
  const unscheduled = present(pod.status?.conditions).some(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
  if (unscheduled) return { reason: 'Unschedulable', message: `no node takes pod "${pod.metadata.name}"; see kubectl describe pod` };
  const containers = [...present(pod.status?.initContainerStatuses), ...present(pod.status?.containerStatuses)];
  for (const { reason, of, message } of troubles) {
    const container = containers.find(of);
    if (container !== undefined)
      return { reason, message: `container "${container.name ?? ''}" of pod "${pod.metadata.name}" ${message(container)}` };
  }
  return undefined;
}

/** The troubles of pods that are not terminating, one per pod, in the order of the pods. */
export const problems = (pods: readonly Pod[]): Problem[] => present(pods.filter((pod) => !isTerminating(pod)).map(problemOf));

/** Whether a container of the pod, init containers left out, has ever started. */
export function hasStarted(pod: Pod): boolean {
  return present(pod.status?.containerStatuses).some(
    (container) => container.state?.running != null || ended(container) !== undefined || (container.restartCount ?? 0) > 0,
  );
}
