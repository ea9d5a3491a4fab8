/**
 * A database that has stopped answering, by the probes of the application. Each probe opens a connection of its own. No status of the database
 * operator shows that no primary answers, and the pods that ran before wait in no init container.
 */
import type { Observed } from '../api/observed.ts';
import { secondsSince, wholeSeconds } from '../lib/time.ts';
import { isOver, isReady, isTerminating, podsOf, present, type Pod } from './pods.ts';
import { isExternal } from './migrations.ts';
import { WEB_CONTAINER } from '../api/containers.ts';
import { isReported } from './reported.ts';
import { kubectl, labelSelector } from './commands.ts';
import { REPORTED_AFTER_SECONDS, unreachableSince, type DatabaseTrouble } from './databasewait.ts';

const isWeb = ({ name }: { name?: string | null }): boolean => name === WEB_CONTAINER;

/**
 * Since when the probe of a pod that was ready has failed while its container runs; undefined for any other pod, and for one that is probed by HTTP.
 * If a node is lost its pod is not ready either, but its container still is.
 */
function unansweredSince({ spec, status }: Pod): string | undefined {
  const isProbed = present(spec?.containers).some((container) => isWeb(container) && container.readinessProbe?.exec != null);
  const { ready, state } = present(status?.containerStatuses).find(isWeb) ?? {};
  const startedAt = state?.running?.startedAt;
  const since = present(status?.conditions).find((each) => each.type === 'Ready' && each.status === 'False')?.lastTransitionTime;
  const wasReady = startedAt != null && since != null && Date.parse(since) > Date.parse(startedAt);
  return isProbed && ready === false && wasReady ? wholeSeconds(since) : undefined;
}

/** That no pod of the application reaches the database any more, once that has lasted long enough to be reported. */
export function lostDatabase(o: Observed): DatabaseTrouble {
  const pods = podsOf(o, 'web').filter((pod) => !isTerminating(pod) && !isOver(pod));
  const since = pods
    .flatMap((pod) => unansweredSince(pod) ?? [])
    .sort()
    .at(-1);
  if (since === undefined || pods.some(isReady)) return {};
  const left = REPORTED_AFTER_SECONDS - secondsSince(since, o.now);
  const report = unreachableSince(since, o);
  if (left > 0 && !isReported(report, o)) return { recheckAfterSeconds: left };
  const labels = labelSelector(o.provider.primaryLabels(o.provider.live(o)?.metadata.name ?? ''));
  const look = isExternal(o) ? '' : `; see whether it has a primary: ${kubectl(o, `get pods -l ${labels}`)}`;
  const message = `no pod of the application has reached the database since ${since}: their readiness probes fail${look}`;
  return { trouble: { status: 'False', reason: 'DatabaseUnreachable', message, reports: [report] }, isWaiting: true };
}
