/** The reasons about pods: why there are none, why they do not start, and why they do not keep running. */
import type { ReasonRow } from './reasonrow.ts';

export const podReasons = {
  ImagePulled: { meaning: 'No container waits for an image that cannot be pulled.' },
  NoPods: { meaning: 'There is no pod, so the operator does not know whether the image can be pulled.' },
  ImagePullFailed: {
    meaning:
      'A container cannot have its image: the kubelet cannot or may not pull it, does not trust its signature, or cannot parse its name.',
    action:
      'Check spec.image and spec.version, that the nodes may pull it, and that the pull secrets in the message exist. kubectl describe pod shows the error of the kubelet.',
  },
  ContainerConfigError: {
    meaning: 'A container cannot be created from its configuration; usually a Secret or one of its keys is missing.',
    action: 'Create the Secret or key that the message names.',
  },
  CrashLoop: { meaning: 'A container ends and is restarted again and again.', action: 'Read its log with kubectl logs --previous.' },
  OOMKilled: {
    meaning: 'A container was killed because it used more memory than its limit.',
    action: 'Raise spec.resources.limits.memory.',
  },
  Unschedulable: {
    meaning: 'A pod cannot be scheduled, or the scheduler of spec.schedulerName has not looked at it for two minutes.',
    action: 'Compare the requests, nodeSelector, affinity and tolerations with the nodes; check that the scheduler in the message runs.',
  },
  PodsNotCreated: {
    meaning:
      'The Deployment or Job cannot create its pods: a quota or an admission policy forbids it, or a service account, priority class or runtime class that the spec names does not exist.',
    action: 'Create what the message names, or run the command in it and read the events.',
  },
  Suspended: {
    meaning:
      'The object is stopped by a field of its kind: `suspend` of a Job, `paused` of a Deployment, or a field of the object of the database.',
    action: 'Run the command in the message; a Job that a queue has suspended starts when it is its turn.',
    stalls: ['DatabaseReady'],
  },
  ContainersNotCreated: {
    meaning: 'A pod has been on its node for two minutes or more without its sandbox and its volumes, so no container was created.',
    action: 'Run the command in the message: the events of the pod say what fails, such as the network plugin or a volume.',
  },
  SidecarRunning: {
    meaning: 'A migration is done, and a container that was injected into the pod of its Job keeps running, so the Job never ends.',
    action: 'Keep the container out of the Job, as the message says, and run the Job again.',
    stalls: 'any',
  },
} as const satisfies Record<string, ReasonRow>;
