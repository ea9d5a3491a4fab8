/** The Job controller: a pod, another one after a failure, and how it ended. */
import { hash8 } from '../../lib/hash.ts';
import type { Client } from '../apiserver/client.ts';
import { JOB, POD } from '../apiserver/discovery.ts';
import { controllerOf, type Fields, type Resource } from '../apiserver/object.ts';
import { createPod, isRetried } from './replicasets.ts';
import { failedByPolicy, outcomeOf, ruleOf, type Outcome } from './joboutcome.ts';
import { conditionsOf, counts, secondsBetween, setStatus, withCondition, type StatusCondition } from './objectstatus.ts';

/** A failed pod is followed by another after this many seconds, doubled each time. */
const BACKOFF = 10;

const ended = (job: Resource): boolean =>
  conditionsOf(job).some(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True');

function finished(job: Resource, outcome: NonNullable<Outcome>, now: string): Fields {
  const [first, reason, message] =
    outcome.done === 'Complete'
      ? (['SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'] as const)
      : (['FailureTarget', outcome.reason, outcome.message] as const);
  const announced = withCondition(conditionsOf(job), { type: first, status: 'True', reason, message }, now);
  return {
    conditions: withCondition(announced, { type: outcome.done, status: 'True', reason, message }, now),
    ...(outcome.done === 'Complete' && { completionTime: now }),
  };
}

/** Those that are going, too. */
const podsOfJob = (client: Client, job: Resource): Resource[] =>
  client.list(POD, job.metadata.namespace).filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);

function removeAll(client: Client, pods: readonly Resource[]): void {
  pods.forEach((pod) => {
    client.remove(pod);
  });
}

/** A Job that is suspended, by a queue for instance, loses its pods and its start; both come back when it is resumed. */
function suspend(client: Client, job: Resource, now: string): void {
  removeAll(client, podsOfJob(client, job));
  const suspended = { type: 'Suspended', status: 'True' as const, reason: 'JobSuspended', message: 'Job suspended' };
  setStatus(client, job, { conditions: withCondition(conditionsOf(job), suspended, now) });
}

/** How a Job that was resumed reports its suspension. */
function resumed(job: Resource, now: string): readonly StatusCondition[] {
  const isKnown = conditionsOf(job).some(({ type }) => type === 'Suspended');
  const running = { type: 'Suspended', status: 'False' as const, reason: 'JobResumed', message: 'Job resumed' };
  return isKnown ? withCondition(conditionsOf(job), running, now) : conditionsOf(job);
}

/** A Job that has ended goes when its time is up. */
function expire(client: Client, job: Resource, now: string): void {
  const ttl = job.spec?.ttlSecondsAfterFinished;
  const at = conditionsOf(job).find(({ type }) => ['Complete', 'Failed'].includes(type))?.lastTransitionTime ?? now;
  if (typeof ttl === 'number' && secondsBetween(at, now) >= ttl) client.remove(job, { uid: job.metadata.uid });
}

/** The pods of a Job by what became of them. */
function sorted(job: Resource, pods: readonly Resource[]) {
  const inPhase = (phase: string): readonly Resource[] => pods.filter(({ status }) => status?.phase === phase);
  const broken = inPhase('Failed');
  const matched = broken.map((pod) => ruleOf(job.spec ?? {}, pod)?.action ?? 'Count');
  return {
    broken: broken.length,
    isFailedByPolicy: matched.includes('FailJob'),
    failed: matched.filter((action) => action !== 'Ignore').length,
    succeeded: inPhase('Succeeded').length,
    active: pods.filter(
      ({ status, metadata }) => !['Succeeded', 'Failed'].includes(String(status?.phase)) && metadata.deletionTimestamp === undefined,
    ),
  };
}

/** Whether the time for the next pod has come: at once, and later after each failure. */
function isDue(pods: readonly Resource[], broken: number, startTime: string, now: string): boolean {
  const last = pods
    .map(({ metadata }) => metadata.creationTimestamp)
    .sort()
    .at(-1);
  if (last === undefined) return isRetried(secondsBetween(startTime, now));
  return broken === 0 || secondsBetween(last, now) >= BACKOFF * 2 ** Math.min(broken - 1, 5);
}

function runJob(client: Client, job: Resource, now: string): void {
  if (ended(job)) {
    expire(client, job, now);
    return;
  }
  const spec = job.spec ?? {};
  if (spec.suspend === true) {
    suspend(client, job, now);
    return;
  }
  const pods = podsOfJob(client, job);
  const { broken, isFailedByPolicy, failed, succeeded, active } = sorted(job, pods);
  const startTime = (job.status?.startTime as string | undefined) ?? now;
  const outcome = isFailedByPolicy ? failedByPolicy : outcomeOf(spec, succeeded, failed, secondsBetween(startTime, now));
  if (outcome) removeAll(client, active);
  const starts = !outcome && active.length === 0 && isDue(pods, broken, startTime, now);
  const isCreated = starts && createPod(client, job, hash8([job.metadata.uid, pods.length]).slice(0, 5)) === undefined;
  const running = outcome ? 0 : active.length + Number(isCreated);
  const ready = active.filter(({ status }) => status?.phase === 'Running').length;
  setStatus(client, job, {
    ...(job.status ?? {}),
    ...(resumed(job, now).length > 0 && { conditions: resumed(job, now) }),
    startTime,
    ...counts({ succeeded, failed }),
    active: running > 0 ? running : undefined,
    ready: outcome ? 0 : ready,
    ...(outcome && finished(job, outcome, now)),
  });
}

/** One round over all Jobs. */
export function runJobs(client: Client, now: string): void {
  const living = client.list(JOB).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  living.forEach((job) => {
    runJob(client, job, now);
  });
}
