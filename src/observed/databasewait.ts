/**
 * Pods that do not reach their database: what their init container `wait-for-database` reports. It waits while that may help, and ends with a
 * sentence of its own if it would not. Neither proves anything about the image that the pods run.
 */
import type { Observed } from '../api/observed.ts';
import type { Readiness, Report } from '../api/kubernetes.ts';
import { secondsSince, wholeSeconds } from '../lib/time.ts';
import { isOver, isTerminating, type Container, type Pod } from './pods.ts';
import { REFUSED_EXIT_CODE, WAITING_CONTAINER } from '../api/containers.ts';
import { isReported } from './reported.ts';
import { startReasons } from './podtroubles.ts';

/** Seconds after which waiting is reported: most databases that are starting answer sooner. */
export const REPORTED_AFTER_SECONDS = 60;
/** The most characters of a termination message in a condition; the operator's own sentences are shorter. */
const SENTENCE_LIMIT = 200;

/** What the pods belong to, in words, and the command that shows their log. */
export interface Subject {
  words: string;
  logs: string;
}

const waitingContainer = ({ status }: Pod): Container | undefined =>
  status?.initContainerStatuses?.find((container) => container?.name === WAITING_CONTAINER) ?? undefined;

/** A container that could not be started did not wait: the fault is in the image, or in its configuration. */
const failedEnd = ({ state, lastState }: Container) =>
  [state?.terminated, lastState?.terminated].find(
    (end) => end != null && (end.exitCode ?? 0) !== 0 && !startReasons.has(end.reason ?? ''),
  ) ?? undefined;

/** Whether the init container of the pod waits, or has ended with a failure, as far as is known. */
function isHeld(pod: Pod): boolean {
  const container = waitingContainer(pod);
  if (container === undefined || container.ready === true) return false;
  return container.state?.running != null || failedEnd(container) !== undefined;
}

/** Whether a rollout or a migration waits for the database: then a missed deadline is no fault of the image. */
export const isHeldByDatabase = (pods: readonly Pod[]): boolean => pods.some((pod) => !isTerminating(pod) && isHeld(pod));

/** When the database accepted the last of those pods, an RFC 3339 time: only since then its image has had time to become ready. */
export const lastLetIn = (pods: readonly Pod[]): string | undefined =>
  pods
    .map((pod) => waitingContainer(pod)?.state?.terminated)
    .flatMap((end) => (end?.exitCode === 0 && end.finishedAt != null ? [wholeSeconds(end.finishedAt)] : []))
    .sort()
    .at(-1);

const createdAt = ({ metadata }: Pod): string => wholeSeconds(metadata.creationTimestamp ?? '');

/** An attempt that has ended proves nothing once the database has accepted a later one. */
const isPast = (pod: Pod, pods: readonly Pod[]): boolean =>
  isOver(pod) && pods.some((other) => createdAt(other) > createdAt(pod) && waitingContainer(other)?.ready === true);

/** A termination message as one line for a condition. */
export const sentenceOf = (message: string | null | undefined): string =>
  (message ?? '').replace(/\s+/g, ' ').trim().slice(0, SENTENCE_LIMIT);

/** A refusal is reported with the container's own sentence; any other end with its exit code, and the log. */
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

/** `isWaiting`: the database has not answered yet; not set if a container ended, which may be a fault of its image. */
export interface DatabaseTrouble {
  trouble?: Readiness;
  isWaiting?: true;
  recheckAfterSeconds?: number;
}

/**
 * Why those pods do not reach the database, once that has lasted long enough to be reported; before that, in how many seconds. The pod that has
 * waited longest is reported; if none has waited long, the last pod that was refused.
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
