/** Pods that the scheduler of the spec has not looked at: it does not exist, or does not run. No condition of a pod shows that. */
import type { Report } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { secondsSince } from '../lib/time.ts';
import { kubectl } from './commands.ts';
import { isOver, isTerminating, present, type Pod, type Problem } from './pods.ts';
import { isReported } from './reported.ts';

/** Seconds after which it is reported: a scheduler that runs looks at a pod within a few. */
const REPORTED_AFTER_SECONDS = 120;

const isUntouched = (pod: Pod): boolean =>
  !isOver(pod) &&
  !isTerminating(pod) &&
  pod.spec?.nodeName == null &&
  present(pod.status?.conditions).every(({ type }) => type !== 'PodScheduled');

/** The problem of a pod that waits for its scheduler for too long; before that, in how many seconds; undefined for any other pod. */
export function schedulingTrouble(pod: Pod, o: Observed): { trouble?: Problem; recheckAfterSeconds?: number } | undefined {
  const { schedulerName } = o.bestie.spec;
  if (schedulerName === undefined || pod.spec?.schedulerName !== schedulerName || !isUntouched(pod)) return undefined;
  const { name, creationTimestamp } = pod.metadata;
  const left = REPORTED_AFTER_SECONDS - secondsSince(creationTimestamp, o.now);
  const report: Report = { reason: 'Unschedulable', kind: 'Pod', name };
  if (left > 0 && !isReported(report, o)) return { recheckAfterSeconds: left };
  const message =
    `no scheduler has looked at pod "${name}"; check that scheduler "${schedulerName}" of spec.schedulerName exists and runs; ` +
    `see its events: ${kubectl(o, `describe pod ${name}`)}`;
  return { trouble: { reason: 'Unschedulable', message, reports: [report] } };
}
