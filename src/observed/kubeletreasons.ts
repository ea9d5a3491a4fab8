/**
 * Why a kubelet says that a container waits: every reason up to Kubernetes 1.34, by kind of trouble. Kubelets
 * alternate between an error and its back-off at each try, so messages come from the kind and never from the reason.
 * Source: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go, pkg/kubelet/container/sync_result.go and
 * pkg/kubelet/kubelet_pods.go of Kubernetes, and pkg/errors/errors.go of k8s.io/cri-api.
 */

/**
 * `image`: the image cannot be pulled; `configuration`: the container cannot be created or started; `crash`: it ended, and is started again
 * later; `creation`: no trouble while it is short: the pod waits for its sandbox, its volumes or an ordinary pull.
 */
export type WaitingKind = 'image' | 'configuration' | 'crash' | 'creation';

const reasonsOf: Readonly<Record<WaitingKind, readonly string[]>> = {
  image: [
    'ErrImagePull',
    'ImagePullBackOff',
    'ErrImageNeverPull',
    'InvalidImageName',
    'ImageInspectError',
    'RegistryUnavailable',
    'SignatureValidationFailed',
  ],
  configuration: [
    'CreateContainerConfigError',
    'CreateContainerError', // of an image volume that cannot be mounted, too
    'PreCreateHookError',
    'PreStartHookError',
    'RunContainerError',
  ],
  // A container whose postStart hook failed is killed and started again: between two tries that looks like any other back-off.
  crash: ['CrashLoopBackOff', 'PostStartHookError'],
  creation: [
    '',
    'ContainerCreating',
    'PodInitializing',
    // What the kubelet reports in Events, and in no container.
    'CreatePodSandboxError',
    'ConfigPodSandboxError',
    'KillPodSandboxError',
    'KillContainerError',
  ],
};

/** Every known reason. */
export const waitingKinds: ReadonlyMap<string, WaitingKind> = new Map(
  (Object.entries(reasonsOf) as [WaitingKind, readonly string[]][]).flatMap(([kind, reasons]) => reasons.map((reason) => [reason, kind])),
);

/** Reasons of later releases have similar names, and a kubelet's message shows that a runtime refused to pull. */
const IMAGE_REASON = /image|pull|registr|signature|manifest/i;
const IMAGE_MESSAGE = /^(image pull failed|failed to pull|back-off pulling)/i;

/** Facts about a container that waits for a reason that is not in the table. */
export interface Hints {
  /** The kubelet's own message. */
  message: string;
  /** Whether it has run and ended: what keeps it from running again alternates with the back-off of a crash. */
  hasEnded: boolean;
  /** Whether status reports already that its image cannot be pulled: the reason alternates with the back-off of a pull. */
  lacksImage: boolean;
}

/** The trouble that a reason is about, '' for a container that does not wait. */
export function waitingKind(reason: string, { message, hasEnded, lacksImage }: Hints): WaitingKind {
  const known = waitingKinds.get(reason);
  if (known !== undefined) return known;
  if (lacksImage || IMAGE_REASON.test(reason) || IMAGE_MESSAGE.test(message)) return 'image';
  return hasEnded ? 'crash' : 'configuration';
}
