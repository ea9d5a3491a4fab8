/** The Job controller: a pod, another one after a failure, and how it ended. */
import { hash8 } from '../../lib/hash.ts';
import type { Client } from '../apiserver/client.ts';
import { JOB, POD } from '../apiserver/discovery.ts';
import { controllerOf, type Fields, type Resource } from '../apiserver/object.ts';
import { createPod, isRetried } from './replicasets.ts';
import {
  conditionsOf,
  counts,
  fieldsOf,
  secondsBetween,
  setStatus,
  withCondition,
  type StatusCondition,
} from '../metacontroller/status.ts';

/** A failed pod is followed by another after this many seconds, doubled each time. */
const BACKOFF = 10;

const ended = (job: Resource): boolean =>
  conditionsOf(job).some(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True');

type Outcome = { done: 'Complete' } | { done: 'Failed'; reason: string; message: string } | undefined;

/** How the Job ended, given its pods that succeeded and failed and its age in seconds; undefined while it goes on. */
export function outcomeOf(spec: Fields, succeeded: number, failed: number, age: number): Outcome {
  const deadline = spec.activeDeadlineSeconds;
  if (succeeded >= Number(spec.completions)) return { done: 'Complete' };
  if (typeof deadline === 'number' && age >= deadline)
    return { done: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  if (failed > Number(spec.backoffLimit))
    return { done: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  return undefined;
}

const failedByPolicy = {
  done: 'Failed',
  reason: 'PodFailurePolicy',
  message: 'A container of a pod failed with an exit code that matches FailJob',
} as const;

interface FailureRule {
  action: 'Ignore' | 'FailJob' | 'Count';
  onExitCodes?: { containerName?: string; operator: 'In' | 'NotIn'; values: number[] };
}

interface Ended {
  name: string;
  state?: { terminated?: { exitCode: number } };
}

/** The first rule of podFailurePolicy that a container of the failed pod matches, by its exit code. */
export function ruleOf(spec: Fields, { status }: Resource): FailureRule | undefined {
  const rules = (fieldsOf(spec.podFailurePolicy).rules ?? []) as readonly FailureRule[];
  const ended = [status?.initContainerStatuses, status?.containerStatuses].flatMap((list) => (list ?? []) as readonly Ended[]);
  return rules.find(({ onExitCodes: on }) =>
    ended.some(({ name, state }) => {
      const code = state?.terminated?.exitCode ?? 0;
      if (on === undefined || code === 0 || (on.containerName ?? name) !== name) return false;
      return on.values.includes(code) === (on.operator === 'In');
    }),
  );
}

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

/** A Job that is suspended, by a queue for instance, loses its pods and its start; both come back when it is resumed. */
function suspend(client: Client, job: Resource, now: string): void {
  const pods = client.list(POD, job.metadata.namespace).filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);
  pods.forEach((pod) => {
    client.remove(pod);
  });
  const suspended = { type: 'Suspended', status: 'True' as const, reason: 'JobSuspended', message: 'Job suspended' };
  setStatus(client, job, { conditions: withCondition(conditionsOf(job), suspended, now) });
}

/** What a Job that goes on says of an earlier suspension. */
function resumed(job: Resource, now: string): readonly StatusCondition[] {
  const isKnown = conditionsOf(job).some(({ type }) => type === 'Suspended');
  const running = { type: 'Suspended', status: 'False' as const, reason: 'JobResumed', message: 'Job resumed' };
  return isKnown ? withCondition(conditionsOf(job), running, now) : conditionsOf(job);
}

function runJob(client: Client, job: Resource, now: string): void {
  if (ended(job)) {
    const ttl = job.spec?.ttlSecondsAfterFinished;
    const at = conditionsOf(job).find(({ type }) => ['Complete', 'Failed'].includes(type))?.lastTransitionTime ?? now;
    if (typeof ttl === 'number' && secondsBetween(at, now) >= ttl) client.remove(job, { uid: job.metadata.uid });
    return;
  }
  const spec = job.spec ?? {};
  if (spec.suspend === true) {
    suspend(client, job, now);
    return;
  }
  const pods = client.list(POD, job.metadata.namespace).filter((pod) => controllerOf(pod)?.uid === job.metadata.uid);
  const inPhase = (phase: string): number => pods.filter(({ status }) => status?.phase === phase).length;
  const broken = pods.filter(({ status }) => status?.phase === 'Failed');
  const matched = broken.map((pod) => ruleOf(spec, pod)?.action ?? 'Count');
  const [succeeded, failed] = [inPhase('Succeeded'), matched.filter((action) => action !== 'Ignore').length];
  const startTime = (job.status?.startTime as string | undefined) ?? now;
  const outcome = matched.includes('FailJob') ? failedByPolicy : outcomeOf(spec, succeeded, failed, secondsBetween(startTime, now));
  const active = pods.filter(
    ({ status, metadata }) => !['Succeeded', 'Failed'].includes(String(status?.phase)) && metadata.deletionTimestamp === undefined,
  );
  if (outcome)
    active.forEach((pod) => {
      client.remove(pod);
    });
  const last =
    pods
      .map(({ metadata }) => metadata.creationTimestamp)
      .sort()
      .at(-1) ?? startTime;
  const rested = broken.length === 0 || secondsBetween(last, now) >= BACKOFF * 2 ** Math.min(broken.length - 1, 5);
  const isDue = pods.length > 0 ? rested : isRetried(secondsBetween(startTime, now));
  const starts = !outcome && active.length === 0 && isDue;
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
