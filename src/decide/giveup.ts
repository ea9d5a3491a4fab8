/** When a new version has failed. The times are in src/observed/podtroubles.ts; a rollout has its own deadline, which the Deployment counts. */
import { isEqual } from '../lib/equal.ts';
import { kinds } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import { names } from '../api/names.ts';
import { secondsSince } from '../lib/time.ts';
import { webTemplate } from '../children/deployment.ts';
import { type Failure } from '../api/decisions.ts';
import { attemptToken, retryToken, deployedImage } from '../observed/releaserecord.ts';
import { jobOfTarget } from '../children/wantedjob.ts';
import { failureOf, hadNoPod } from '../observed/migrationfailure.ts';
import { isOver, type Pod } from '../observed/pods.ts';
import { target } from '../observed/migrations.ts';
import { appliedTemplate, deployment, podsOfImage, refusalOf, rollout } from '../observed/deployment.ts';
import { hasNeeds, missingNeed } from '../observed/podneeds.ts';
import { podsForbidden } from '../observed/stopped.ts';
import { terminalProblem, problems } from '../observed/podtroubles.ts';
import { isHeldByDatabase, lastLetIn } from '../observed/databasewait.ts';

import { lastPending, refused } from '../observed/pendingchanges.ts';

/** Why a target has failed, or in how many seconds to check again. */
export interface Trouble {
  failure?: Pick<Failure, 'during' | 'reason' | 'message'>;
  recheckAfterSeconds?: number;
}

function hopeless(pods: readonly Pod[], during: Failure['during'], o: Observed): Trouble {
  const { problem, ...rest } = terminalProblem(pods, o);
  return { ...rest, ...(problem && { failure: { during, reason: problem.reason, message: problem.message } }) };
}

/** Whether a user has requested another attempt since this one began. */
const isRequestedAgain = (o: Observed): boolean => !['', attemptToken(o, target(o))].includes(retryToken(o));

/**
 * A failed Job, or one whose pods cannot start. One that has started is waited for. What the spec names beside the image may have kept a Job
 * from any pod: that is no fault of the image, and another spec has another Job. Where the user requests another attempt, this one has failed.
 */
export function migrationTrouble(o: Observed): Trouble {
  const job = jobOfTarget(o);
  if (job !== undefined && hadNoPod(job) && hasNeeds(o) && !isRequestedAgain(o)) return {};
  if (job?.phase === 'failed') return { failure: { during: 'Migrating', reason: 'MigrationFailed', message: failureOf(job, o) } };
  return job?.phase === 'pending' ? hopeless(job.pods, 'Migrating', o) : {};
}

/** Phases of a target that has failed. */
const gaveUp: ReadonlySet<string> = new Set(['Failed', 'RollingBack', 'RolledBack']);

/** The later of two RFC 3339 times in UTC. */
const later = (a: string, b: string): string => (a > b ? a : b);

/** The target whose Deployment is refused: nothing starts, and only the time that has passed shows that nothing will. */
export function refusedRollout(o: Observed): Trouble {
  const change = lastPending(o, { kind: kinds.deployment.kind, name: names.deployment(o.bestie.metadata.name), operation: 'Update' });
  const { to, phase, since, reason, message: said, retry } = o.bestie.status.upgrade ?? {};
  if (to !== target(o) || phase == null) return {};
  // A failure that could not be recorded on the Deployment, because that change was refused, too.
  const isRetried = retryToken(o) !== '' && retryToken(o) !== (retry ?? '');
  const isGivenUp = gaveUp.has(phase) && reason === 'NotApplied' && !isRetried;
  if (isGivenUp) return { failure: { during: 'Migrating', reason: 'NotApplied', message: said ?? '' } };
  if (change?.refused !== true || phase !== 'RollingOut') return {};
  const { message } = refused(change, o);
  // Nothing of the target runs, so there is nothing to roll back.
  const failure: Trouble['failure'] = { during: 'Migrating', reason: 'NotApplied', message };
  const left = o.bestie.spec.upgrade.progressDeadlineSeconds - secondsSince(later(change.since, since ?? change.since), o.now);
  return left > 0 ? { recheckAfterSeconds: left } : { failure };
}

const TEMPLATE_HASH = 'pod-template-hash';
const age = ({ metadata }: Pod): string => metadata.creationTimestamp ?? '';

/** The pods of the latest template: those that are like the youngest one. */
function latestPods(image: string, o: Observed): Pod[] {
  const pods = podsOfImage(image, o).filter((pod) => !isOver(pod));
  const youngest = pods.reduce<Pod | undefined>((young, pod) => (young === undefined || age(pod) > age(young) ? pod : young), undefined);
  return pods.filter(({ metadata }) => metadata.labels?.[TEMPLATE_HASH] === youngest?.metadata.labels?.[TEMPLATE_HASH]);
}

/**
 * Whether the cluster lacks what the spec names beside the image. Until the first pod is created after that was created, the Deployment still
 * reports a missed deadline.
 */
const isKeptByCluster = (refusal: string | undefined, updated: number, o: Observed): boolean =>
  refusal === undefined ? updated === 0 && hasNeeds(o) : missingNeed(refusal, o) !== undefined;

/** Pods of the target that will not run, or a Deployment that made no progress. Pods of an earlier template prove nothing. */
export function rolloutTrouble(o: Observed): Trouble {
  const live = deployment(o);
  const image = deployedImage(o);
  if (live === undefined || image === undefined) return {};
  const { current, updated, condition } = rollout(live);
  const applied = appliedTemplate(live, o);
  const isChanging = applied !== undefined && !isEqual(applied, webTemplate(image, o));
  if (!current || isChanging) return {};
  const pods = updated > 0 ? latestPods(image, o) : [];
  const trouble = hopeless(pods, 'RollingOut', o);
  const isLate = condition('Progressing')?.reason === 'ProgressDeadlineExceeded';
  // Pods that wait for the database say nothing about the image.
  if (trouble.failure !== undefined || !isLate || isHeldByDatabase(pods)) return trouble;
  const refusal = refusalOf(live);
  if (isKeptByCluster(refusal, updated, o)) return {};
  // The Deployment counts from the start of the pods; the image has had time only since the database accepted them.
  const letIn = lastLetIn(pods);
  const left = letIn === undefined ? 0 : o.bestie.spec.upgrade.progressDeadlineSeconds - secondsSince(letIn, o.now);
  if (left > 0) return { recheckAfterSeconds: left };
  const { name } = live.metadata;
  if (refusal !== undefined) {
    const { reason, message } = podsForbidden(name, refusal, o);
    return { failure: { during: 'RollingOut', reason, message } };
  }
  const message = `Deployment ${name} made no progress within its deadline`;
  const { reason, message: why } = problems(pods, o)[0] ?? { reason: 'ProgressDeadlineExceeded' as const, message };
  return { failure: { during: 'RollingOut', reason, message: why } };
}
