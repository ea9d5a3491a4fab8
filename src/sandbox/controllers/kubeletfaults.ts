/**
 * What a kubelet reports of a pod whose containers it cannot start. A word in the name or tag of the image decides, and `-web-` before it spares
 * the pods of Jobs. Reasons and times are those of Kubernetes: pkg/kubelet/images/image_manager.go, pkg/kubelet/kuberuntime/kuberuntime_container.go.
 */
import type { Fields } from '../apiserver/object.ts';

/** A container at some age of its pod, in seconds. */
interface At {
  image: string;
  age: number;
  /** RFC 3339 time at which the pod was started. */
  startedAt: string;
}

export interface Fault {
  /** Which container reports it: the first of the pod, whatever its purpose, or those that do the work. */
  of: 'first' | 'work';
  state: (at: At) => Fields;
  /** The pod has neither sandbox nor volumes. */
  lacksSandbox?: true;
}

const FIRST_BACK_OFF = 10;
const LONGEST_BACK_OFF = 300;
/** Seconds after a try for which its error is shown; then the back-off is. */
const SHOWN = 5;

/** How often that was tried before, and for how many seconds the last try has been over. */
export function tries(age: number): { before: number; over: number } {
  let [at, wait, before] = [0, FIRST_BACK_OFF, 0];
  while (age >= at + wait) {
    [at, wait, before] = [at + wait, Math.min(wait * 2, LONGEST_BACK_OFF), before + 1];
  }
  return { before, over: age - at };
}

/** The state of a container that waits. */
const waiting = (reason: string, message = ''): Fields => ({
  ready: false,
  restartCount: 0,
  started: false,
  state: { waiting: { reason, ...(message !== '' && { message }) } },
});

/** Tried again and again, with a back-off of pulls. */
const pull = (reason: string, words: string): Fault => ({
  of: 'first',
  state: ({ image, age }) =>
    tries(age).over < SHOWN
      ? waiting(reason, `image pull failed for ${image} because ${words}`)
      : waiting('ImagePullBackOff', `Back-off pulling image "${image}": ${reason}: image pull failed for ${image} because ${words}`),
});

/** Reported at every sync, without any back-off. */
const steady = (reason: string, message: (at: At) => string): Fault => ({ of: 'first', state: (at) => waiting(reason, message(at)) });

/** It ends at once, and is started again with a back-off of crashes. */
const restarted = (reason: string, exitCode: number, end: string): Fault => ({
  of: 'work',
  state: ({ age, startedAt }) => {
    const { before, over } = tries(age);
    const shown = over < SHOWN ? reason : 'CrashLoopBackOff';
    const message = `back-off restarting failed container, try ${before}`;
    return {
      ...waiting(shown, message),
      restartCount: before,
      lastState: { terminated: { exitCode, reason: end, startedAt, finishedAt: startedAt } },
    };
  },
});

const noSandbox: Fault = { of: 'first', lacksSandbox: true, state: () => waiting('PodInitializing') };

/** By the word in the image. */
export const faults = {
  nosuch: pull('ErrImagePull', 'it is not found'),
  registrydown: pull('RegistryUnavailable', 'the registry is unavailable'),
  badsignature: pull('SignatureValidationFailed', 'the signature validation failed'),
  /** A reason that no release has. */
  futurepull: pull('ArtifactRejected', 'it is no longer accepted'),
  neverpull: steady('ErrImageNeverPull', ({ image }) => `Container image "${image}" is not present with pull policy of Never`),
  badname: steady('InvalidImageName', ({ image }) => `Failed to apply default image tag "${image}": invalid reference format`),
  inspectfails: steady('ImageInspectError', ({ image }) => `Failed to inspect image "${image}": rpc error`),
  noconfig: steady('CreateContainerConfigError', () => 'secret "bestie-extra" not found'),
  nocreate: steady('CreateContainerError', ({ age }) => `failed to reserve container name "bestie_${tries(age).before}": name is reserved`),
  noprecreate: steady('PreCreateHookError', () => 'not enough CPUs available to satisfy request'),
  noprestart: steady('PreStartHookError', ({ age }) => `container ${tries(age).before} is not to be pinned`),
  novolumeimage: steady('CreateContainerError', ({ age }) => `ImageVolumeMountFailed: mount ${tries(age).before} failed`),
  /** A reason that no release has. */
  futurecreate: steady('DeviceNotPrepared', ({ age }) => `device ${tries(age).before} is not prepared`),
  norun: restarted('RunContainerError', 128, 'StartError'),
  nopoststart: restarted('PostStartHookError', 137, 'Error'),
  /** A reason that no release has. */
  futurestart: restarted('CheckpointRejected', 139, 'Error'),
  nosandbox: noSandbox,
  novolume: noSandbox,
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

const words = (Object.keys(faults) as FaultName[]).sort((a, b) => b.length - a.length);

/** The fault that the first of those images with one means. */
export function faultOf(images: readonly string[], isJob: boolean): Fault | undefined {
  const candidates = images.filter((image) => !(isJob && image.includes('-web-')));
  const name = words.find((word) => candidates.some((image) => image.includes(word)));
  return name && faults[name];
}
