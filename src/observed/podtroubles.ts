/** The problems of the pods of a Bestie. Reasons and messages are the operator's own and do not alternate: kubelets flip between two at each retry, and each flip would be a write. */
import type { Report } from '../api/kubernetes.ts';
import type { Reason } from '../api/reason.ts';
import type { Observed } from '../api/observed.ts';
import { secondsSince } from '../lib/time.ts';
import { creationTrouble } from './podcreation.ts';
import { waitingKind, type WaitingKind } from './kubeletreasons.ts';
import { containersOf, endOfContainer, isOurs, isTerminating, present, type Container, type Pod, type Problem } from './pods.ts';
import { WAITING_CONTAINER } from '../api/containers.ts';
import { pullSecrets } from './podneeds.ts';
import { isReported } from './reported.ts';

/** A container, and what its kubelet reports. */
interface Patient {
  pod: Pod;
  container: Container;
  /** What it waits for, undefined if it does not wait. */
  waits: WaitingKind | undefined;
  /** The clause about the pull secrets of the spec; empty where it names none. */
  pullSecrets: string;
}

/** The reasons of a container that could not be started; between two tries the kubelet reports CrashLoopBackOff. */
export const startReasons: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

const isDown = ({ container }: Patient): boolean =>
  container.ready !== true &&
  ((endOfContainer(container)?.exitCode ?? 0) !== 0 || ((container.restartCount ?? 0) > 0 && container.lastState?.terminated != null));
/** The end of the container that waits for the database proves nothing about what the pod runs; see databasewait.ts. */
const isWaitForDatabase = ({ container }: Patient): boolean => container.name === WAITING_CONTAINER;
const endedFor = ({ container }: Patient): string => endOfContainer(container)?.reason ?? '';

/** What the kubelet does not find: the Secret or the key, by name. Its other messages have ids that differ at each try. */
function missing({ container }: Patient): string {
  const { reason, message } = container.state?.waiting ?? {};
  if (reason !== 'CreateContainerConfigError') return 'see kubectl describe pod';
  return (message ?? '').replace(/\s+/g, ' ').slice(0, 200) || 'a Secret, a ConfigMap or a key of one is missing';
}

/** The image of the container, and volumes of the pod that are images: the kubelet reports those on the container that mounts them. */
function images({ pod, container }: Patient): string {
  const volumes = present(pod.spec?.volumes).flatMap(({ image }) => (image?.reference == null ? [] : [`"${image.reference}"`]));
  return [`image "${container.image ?? ''}"`, ...(volumes.length > 0 ? [`that of a volume (${volumes.join(', ')})`] : [])].join(' or ');
}

/** Seconds from a pod's creation during which an image or a Secret may still appear. */
const IMAGE_OR_SECRET_SECONDS = 120;
const RESTARTS = 3;

const crashed = ({ container }: Patient): number | undefined => ((container.restartCount ?? 0) >= RESTARTS ? 0 : undefined);

interface Trouble {
  reason: Reason;
  of: (patient: Patient) => boolean;
  message: (patient: Patient) => string;
  /** Age of the pod, in seconds, from which a new version with this problem has failed; undefined while it may recover. */
  terminalAt: (patient: Patient) => number | undefined;
}

/** One row per problem of a container, the most important first. */
const troubles: readonly Trouble[] = [
  {
    reason: 'ImagePullFailed',
    of: ({ waits }) => waits === 'image',
    message: (patient) => `cannot pull ${images(patient)}; check that it exists and that the nodes may pull it${patient.pullSecrets}`,
    terminalAt: ({ container }) => (container.state?.waiting?.reason === 'InvalidImageName' ? 0 : IMAGE_OR_SECRET_SECONDS),
  },
  {
    reason: 'ContainerConfigError',
    of: (patient) => patient.waits === 'configuration' || (isDown(patient) && startReasons.has(endedFor(patient))),
    message: (patient) => `cannot be created or started: ${missing(patient)}`,
    terminalAt: () => IMAGE_OR_SECRET_SECONDS,
  },
  {
    reason: 'OOMKilled',
    of: (patient) => !isWaitForDatabase(patient) && isDown(patient) && endedFor(patient) === 'OOMKilled',
    message: () => 'was killed because it used more memory than its limit',
    terminalAt: crashed,
  },
  {
    reason: 'CrashLoop',
    of: (patient) => !isWaitForDatabase(patient) && (isDown(patient) || patient.waits === 'crash'),
    message: ({ container }) => `ended with exit code ${endOfContainer(container)?.exitCode ?? 'unknown'}; read its log`,
    terminalAt: crashed,
  },
];

const inWords = (pod: Pod, container: Container): string => `container "${container.name ?? ''}" of pod "${pod.metadata.name}" `;

/** That the image of that container cannot be pulled: kept in status, because the reason of the kubelet alternates. */
const missingImage = ({ metadata }: Pod, { name }: Container): Report => ({
  reason: 'ImagePullFailed',
  kind: 'Pod',
  name: metadata.name,
  detail: name ?? '',
});

const problem = ({ reason, message }: Trouble, { pod, container, ...patient }: Patient): Problem => ({
  reason,
  message: `${inWords(pod, container)}${message({ pod, container, ...patient })}`,
  ...(reason === 'ImagePullFailed' && { reports: [missingImage(pod, container)] }),
});

function patientsOf(pod: Pod, o: Observed): Patient[] {
  return containersOf(pod).map((container) => {
    const waiting = container.state?.waiting;
    const hints = {
      message: waiting?.message ?? '',
      hasEnded: endOfContainer(container) !== undefined,
      lacksImage: isReported(missingImage(pod, container), o),
    };
    const waits = waiting == null ? undefined : waitingKind(waiting.reason ?? '', hints);
    return { pod, container, waits, pullSecrets: pullSecrets(o) };
  });
}

function problemOf(pod: Pod, o: Observed): Problem | undefined {
  const unscheduled = present(pod.status?.conditions).some(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
  if (unscheduled) return { reason: 'Unschedulable', message: `no node takes pod "${pod.metadata.name}"; see kubectl describe pod` };
  const patients = patientsOf(pod, o);
  const first = troubles.find(({ of }) => patients.some(of));
  const patient = first && patients.find(first.of);
  return first && patient ? problem(first, patient) : creationTrouble(pod, o).trouble;
}

/** The problems of pods that are not terminating, one per pod, in the order of the pods. Injected containers count: they keep a pod from being ready. */
export const problems = (pods: readonly Pod[], o: Observed): Problem[] =>
  present(pods.filter((pod) => !isTerminating(pod)).map((pod) => problemOf(pod, o)));

/**
 * Why pods of a new version will not run any more, or in how many seconds to check again. An injected container proves nothing
 * about the version: the Deployment and the Job have deadlines of their own.
 */
export function terminalProblem(pods: readonly Pod[], o: Observed): { problem?: Problem; recheckAfterSeconds?: number } {
  let recheckAfterSeconds: number | undefined;
  for (const pod of pods.filter((candidate) => !isTerminating(candidate))) {
    const age = secondsSince(pod.metadata.creationTimestamp, o.now);
    const ours = patientsOf(pod, o).filter(({ container }) => isOurs(container));
    for (const trouble of troubles) {
      for (const patient of ours.filter((each) => troubles.find(({ of }) => of(each)) === trouble)) {
        const at = trouble.terminalAt(patient);
        if (at === undefined) continue;
        if (age >= at) return { problem: problem(trouble, patient) };
        recheckAfterSeconds = Math.min(recheckAfterSeconds ?? Infinity, at - age);
      }
    }
  }
  return recheckAfterSeconds === undefined ? {} : { recheckAfterSeconds };
}
