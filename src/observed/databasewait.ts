/**
 * Pods that do not reach their database: what their init container `wait-for-database` reports. It waits for what time mends, and ends with a
 * sentence of its own where time does not. Neither says anything about the image that the pods run.
 */
import type { Observed } from '../api/observed.ts';
import type { Readiness, Report } from '../api/kubernetes.ts';
import { secondsSince, wholeSeconds } from '../lib/time.ts';
import { isOver, isTerminating, type Container, type Pod } from './pods.ts';
import { REFUSED_EXIT_CODE, WAITING_CONTAINER } from '../api/containers.ts';
import { isReported } from './reported.ts';
import { startReasons } from './podtroubles.ts';

/** Seconds from which waiting is reported: most databases that are coming up answer sooner. */
export const REPORTED_AFTER_SECONDS = 60;
/** Characters of a termination message that go into a condition; the sentences of ours are shorter. */
const SENTENCE_LIMIT = 200;

/** What the pods belong to, in words, and the kubectl arguments after which their log stands. */
export interface Subject {
  words: string;
  logs: string;
}

const waitingContainer = ({ status }: Pod): Container | undefined =>
  status?.initContainerStatuses?.find((container) => container?.name === WAITING_CONTAINER) ?? undefined;

/** A container that could not even be started waited for nothing: that is up to the image, or to its configuration. */
const failedEnd = ({ state, lastState }: Container) =>
  [state?.terminated, lastState?.terminated].find(
    (end) => end != null && (end.exitCode ?? 0) !== 0 && !startReasons.has(end.reason ?? ''),
  ) ?? undefined;

/** Whether the pod is, as far as is known, where its init container waits, or has given up. */
function isHeld(pod: Pod): boolean {
  const container = waitingContainer(pod);
  if (container === undefined || container.ready === true) return false;
  return container.state?.running != null || failedEnd(container) !== undefined;
}

/** Whether what a rollout or a migration waits for is the database: then its deadline is no fault of the image. */
export const isHeldByDatabase = (pods: readonly Pod[]): boolean => pods.some((pod) => !isTerminating(pod) && isHeld(pod));

/** When the last of those pods was let in by the database, an RFC 3339 time: only from then on its image has had time to become ready. */
export const lastLetIn = (pods: readonly Pod[]): string | undefined =>
  pods
    .map((pod) => waitingContainer(pod)?.state?.terminated)
    .flatMap((end) => (end?.exitCode === 0 && end.finishedAt != null ? [wholeSeconds(end.finishedAt)] : []))
    .sort()
    .at(-1);

const createdAt = ({ metadata }: Pod): string => wholeSeconds(metadata.creationTimestamp ?? '');

/** An attempt that is over says nothing any more once a later one was let in. */
const isPast = (pod: Pod, pods: readonly Pod[]): boolean =>
  isOver(pod) && pods.some((other) => createdAt(other) > createdAt(pod) && waitingContainer(other)?.ready === true);

/** A termination message as one line that a condition takes. */
export const sentenceOf = (message: string | null | undefined): string =>
  (message ?? '').replace(/\s+/g, ' ').trim().slice(0, SENTENCE_LIMIT);

/** A refusal has the container's own sentence; any other end has its exit code, and the log. */
function ended(container: Container, { words, logs }: Subject): Readiness | undefined {
  const end = failedEnd(container);
  if (end === undefined) return undefined;
  const sentence = end.exitCode === REFUSED_EXIT_CODE ? sentenceOf(end.message) : '';
  const where = `container "${WAITING_CONTAINER}" of ${words}`;
  if (sentence !== '') return { status: 'False', reason: 'DatabaseRefused', message: `${where} ended: ${sentence}` };
  const message = `${where} ended with exit code ${end.exitCode ?? 'unknown'} before it reached the database; see why: ${logs}`;
  return { status: 'False', reason: 'DatabaseUnreachable', message };
}

/** That pods of this Bestie have waited for their database since that RFC 3339 time. */
export const unreachableSince = (since: string, { bestie }: Observed): Report => ({
  reason: 'DatabaseUnreachable',
  kind: bestie.kind,
  name: bestie.metadata.name,
  detail: since,
});

function waits(since: string, { words, logs }: Subject): Readiness {
  const message = `container "${WAITING_CONTAINER}" of ${words} has waited for the database since ${since}; see why: ${logs}`;
  return { status: 'False', reason: 'DatabaseUnreachable', message };
}

interface Held {
  /** RFC 3339 time at which the pod was created. */
  created: string;
  /** RFC 3339 time since when the container runs; left out where it does not. */
  since?: string;
  container: Container;
  subject: Subject;
}

const by =
  (key: 'created' | 'since') =>
  (a: Held, b: Held): number =>
    (a[key] ?? '') < (b[key] ?? '') ? -1 : 1;

/** `isWaiting`: the database has not answered yet; not set where a container ended, which may be up to its image. */
export interface DatabaseTrouble {
  trouble?: Readiness;
  isWaiting?: true;
  recheckAfterSeconds?: number;
}

/**
 * Why those pods do not reach the database, if that is so for long enough to be said, or in how many seconds it will be. The pod that has
 * waited longest speaks; where none has waited long, the last pod that was refused.
 */
export function databaseTrouble(pods: readonly Pod[], subjectOf: (pod: Pod) => Subject, o: Observed): DatabaseTrouble {
  const held = pods
    .filter((pod) => !isTerminating(pod) && isHeld(pod) && !isPast(pod, pods))
    .map((pod): Held => {
      const container = waitingContainer(pod) ?? {};
      const since = container.state?.running?.startedAt;
      return { created: createdAt(pod), ...(since != null && { since: wholeSeconds(since) }), container, subject: subjectOf(pod) };
    });
  const longest = held.filter(({ since }) => since !== undefined).sort(by('since'))[0];
  const waited = secondsSince(longest?.since, o.now);
  if (longest?.since !== undefined && (waited >= REPORTED_AFTER_SECONDS || isReported(unreachableSince(longest.since, o), o)))
    return { trouble: { ...waits(longest.since, longest.subject), reports: [unreachableSince(longest.since, o)] }, isWaiting: true };
  const recheck = longest === undefined ? {} : { recheckAfterSeconds: REPORTED_AFTER_SECONDS - waited };
  const trouble = held
    .sort(by('created'))
    .map(({ container, subject }) => ended(container, subject))
    .findLast((each) => each !== undefined);
  return trouble === undefined ? recheck : { trouble };
}
