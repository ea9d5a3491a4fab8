/** The reasons that are about pods: why there are none, why they do not start, and why they do not stay. */
import type { ReasonRow } from './reasonrow.ts';

export const podReasons = {
  ImagePulled: { meaning: 'No container waits for an image that cannot be pulled.' },
  NoPods: { meaning: 'There is no pod, so nothing is known of the image.' },
  ImagePullFailed: {
    meaning:
      'A container cannot have its image: the kubelet cannot or may not pull it, does not trust its signature, or cannot read its name.',
    action: 'Check spec.image and spec.version, and that the nodes may pull it. kubectl describe pod has the words of the kubelet.',
  },
  ContainerConfigError: {
    meaning: 'A container cannot be created from its configuration; usually a Secret or one of its keys is missing.',
    action: 'Create the Secret or key that the message names.',
  },
  CrashLoop: { meaning: 'A container keeps ending and being restarted.', action: 'Read its log with kubectl logs --previous.' },
  OOMKilled: {
    meaning: 'A container was killed because it used more memory than its limit.',
    action: 'Raise spec.resources.limits.memory.',
  },
  Unschedulable: {
    meaning: 'No node takes a pod.',
    action: 'Compare the requests, nodeSelector, affinity and tolerations with the nodes.',
  },
  PodsNotCreated: {
    meaning: 'The Deployment or Job cannot create its pods; usually a quota or an admission policy forbids it.',
    action: 'Run the command in the message, and read its events.',
  },
  Suspended: {
    meaning:
      'The object is stopped by the switch of its kind: `suspend` of a Job, `paused` of a Deployment, or one of the object of the database.',
    action: 'Run the command in the message; a Job that a queue has suspended starts when it is its turn.',
    stalls: ['DatabaseReady'],
  },
  ContainersNotCreated: {
    meaning: 'A pod has been on its node for two minutes or more without its sandbox and its volumes, so that no container was created.',
    action: 'Run the command in the message: the events of the pod say what fails, such as the network plugin or a volume.',
  },
  SidecarRunning: {
    meaning: 'The work of a migration Job is done, and a container that was injected into its pod runs on, so that the Job never ends.',
    action: 'Keep the container out of the Job, as the message says, and run the Job again.',
    stalls: 'any',
  },
} as const satisfies Record<string, ReasonRow>;
