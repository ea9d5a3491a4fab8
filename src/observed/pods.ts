/** What the pods of a Bestie are, and how far they got. Their problems are in podtroubles.ts. */
import type { Reason } from '../api/reason.ts';
import { POD } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Live, Report } from '../api/kubernetes.ts';
import { annotations, COMPONENT_LABEL, type Component } from '../api/names.ts';
import { secondsSince } from '../lib/time.ts';
import { memo } from './memo.ts';
import { MIGRATING_CONTAINER, SEEDING_CONTAINER, WAITING_CONTAINER, WEB_CONTAINER } from '../api/containers.ts';

export const present = <T>(items: readonly (T | null | undefined)[] | null | undefined): T[] =>
  (items ?? []).filter((item) => item != null);

export interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  restartCount: number;
  state: { waiting: { reason: string; message: string }; running: { startedAt: string }; terminated: Terminated };
  lastState: { terminated: Terminated };
}

export interface Terminated {
  reason: string;
  exitCode: number;
  message: string;
  finishedAt: string;
}

/** A volume names a Secret by `secretName`, a source of a projected volume by `name`. */
interface VolumeSource {
  configMap: { name: string; optional: boolean };
  secret: { name: string; secretName: string; optional: boolean };
}

export interface Pod extends KubeObject {
  spec?: Live<{
    containers: { name: string; image: string; readinessProbe: { exec: object } }[];
    volumes: (VolumeSource & {
      name: string;
      image: { reference: string };
      persistentVolumeClaim: { claimName: string };
      projected: { sources: VolumeSource[] };
    })[];
    nodeName: string;
    schedulerName: string;
  }> | null;
  status?: Live<{
    phase: string;
    conditions: { type: string; status: string; reason: string; lastTransitionTime: string }[];
    initContainerStatuses: ContainerStatus[];
    containerStatuses: ContainerStatus[];
  }> | null;
}

/** The problem of a pod: the operator's reason for it, and a sentence that names the pod. */
export interface Problem {
  reason: Reason;
  message: string;
  reports?: readonly Report[];
}

/** The status of a container as it is read. */
export type Container = Live<ContainerStatus>;

export const isReady = ({ status }: Pod): boolean =>
  present(status?.conditions).some((condition) => condition.type === 'Ready' && condition.status === 'True');

const byName = (a: KubeObject, b: KubeObject): number => (a.metadata.name < b.metadata.name ? -1 : 1);
const sorted = memo((o) => [...(o.related.get(POD)?.values() ?? [])].sort(byName) as Pod[]);

/** The requested image reference of the pod, by the operator's own record: admission may rewrite the images. Undefined for pods of former releases. */
export const imageOf = ({ metadata }: Pod): string | undefined => metadata.annotations?.[annotations.image];

/** The related pods with that role, by name, terminating ones included. */
export const podsOf = (o: Observed, component: Component): Pod[] =>
  sorted(o).filter(({ metadata }) => metadata.labels?.[COMPONENT_LABEL] === component);

/** Every container ended and none is started again: the Job is done with the pod, or the Deployment has replaced it. */
export const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

export const isTerminating = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp != null;

/** Seconds after which a terminating pod counts as gone: its grace period and a reserve. On a lost node no kubelet ends it. */
export const POD_GONE_SECONDS = 300;

/** Whether the pod may still write to the database. */
export const mayWrite = (pod: Pod, now: string): boolean =>
  !isOver(pod) && secondsSince(pod.metadata.deletionTimestamp, now) < POD_GONE_SECONDS;

/** The containers of the application and of migrations. The one that waits for the database comes before them, and any other was injected. */
const workers: ReadonlySet<string> = new Set([WEB_CONTAINER, MIGRATING_CONTAINER, SEEDING_CONTAINER]);

export const isWorker = ({ name }: { name?: string | null }): boolean => workers.has(name ?? '');
export const isOurs = (container: { name?: string | null }): boolean => container.name === WAITING_CONTAINER || isWorker(container);

/** The containers of a pod in the order of their statuses, those that run before the others first. */
export const containersOf = ({ status }: Pod): Container[] => [
  ...present(status?.initContainerStatuses),
  ...present(status?.containerStatuses),
];

/** How a container ended last, undefined if it never did. */
export const endOfContainer = (container: Container): Live<Terminated> | undefined =>
  container.state?.terminated ?? container.lastState?.terminated ?? undefined;

/** How the container of that name failed last, in any of those pods, the last one by name; undefined if it did not. */
export const endOf = (pods: readonly Pod[], name: string): Live<Terminated> | undefined =>
  pods
    .flatMap(containersOf)
    .filter((container) => container.name === name)
    .map(endOfContainer)
    .findLast((end) => end !== undefined && (end.exitCode ?? 0) !== 0);

/** Whether the pod's own work has started. Neither the container that waits for the database nor an injected one is part of it. */
export function hasStarted(pod: Pod): boolean {
  return containersOf(pod).some(
    (container) =>
      isWorker(container) &&
      (container.state?.running != null || endOfContainer(container) !== undefined || (container.restartCount ?? 0) > 0),
  );
}
