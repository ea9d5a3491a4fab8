/**
 * Pods whose node creates neither sandbox nor volumes for them: a network plugin that fails, a volume that does not attach, a runtime class that
 * does not exist. No container has a reason of its own then, so the kubelet's condition of the pod shows it.
 */
import type { Report } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { secondsSince } from '../lib/time.ts';
import { waitingKinds } from './kubeletreasons.ts';
import { containersOf, endOfContainer, isOver, isTerminating, present, type Pod, type Problem } from './pods.ts';
import { objectsOfVolumes } from './podvolumes.ts';
import { schedulingTrouble } from './podscheduling.ts';
import { isReported } from './reported.ts';

/** Seconds after which it is reported: most sandboxes and volumes exist sooner. */
const REPORTED_AFTER_SECONDS = 120;

/** Since when, as an RFC 3339 time, the pod is on a node that has created nothing for it; undefined for any other pod. */
function waitsSince(pod: Pod): string | undefined {
  const condition = present(pod.status?.conditions).find(({ type }) => type === 'PodReadyToStartContainers');
  if (condition?.status !== 'False' || isOver(pod) || isTerminating(pod)) return undefined;
  const isUntouched = containersOf(pod).every(
    (container) =>
      container.state?.running == null &&
      endOfContainer(container) === undefined &&
      waitingKinds.get(container.state?.waiting?.reason ?? '') === 'creation',
  );
  return isUntouched ? (condition.lastTransitionTime ?? pod.metadata.creationTimestamp ?? undefined) : undefined;
}

/**
 * The problem of a pod that has waited too long for its scheduler, or for its sandbox and its volumes; before that, in how many seconds. The message has no time:
 * a sandbox that is created and lost again at each try would change it.
 */
export function creationTrouble(pod: Pod, o: Observed): { trouble?: Problem; recheckAfterSeconds?: number } {
  const unplaced = schedulingTrouble(pod, o);
  if (unplaced !== undefined) return unplaced;
  const since = waitsSince(pod);
  if (since === undefined) return {};
  const { name } = pod.metadata;
  const words = `pod "${name}" has neither its sandbox nor its volumes`;
  const left = REPORTED_AFTER_SECONDS - secondsSince(since, o.now);
  const report: Report = { reason: 'ContainersNotCreated', kind: 'Pod', name };
  if (left > 0 && !isReported(report, o)) return { recheckAfterSeconds: left };
  const needed = objectsOfVolumes(pod);
  const cause = needed === undefined ? '' : `; its volumes need ${needed}`;
  const message = `${words}, so its containers are not created${cause}; see why: kubectl -n ${o.bestie.metadata.namespace} describe pod ${name}`;
  return { trouble: { reason: 'ContainersNotCreated', message, reports: [report] } };
}

/** In how many seconds to check one of those pods again, or something else, if that is sooner. */
export function creationRecheck(pods: readonly Pod[], o: Observed, other: { recheckAfterSeconds?: number }): typeof other {
  const seconds = [other, ...pods.map((pod) => creationTrouble(pod, o))].flatMap(({ recheckAfterSeconds }) => recheckAfterSeconds ?? []);
  return seconds.length === 0 ? {} : { recheckAfterSeconds: Math.min(...seconds) };
}
