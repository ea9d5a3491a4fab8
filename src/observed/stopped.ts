/** Objects that do nothing although they have no fault: stopped by a field of their kind, or not allowed to create pods. */
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Live, Readiness, Report } from '../api/kubernetes.ts';
import { secondsSince } from '../lib/time.ts';
import type { MigrationJob } from './migrationjobs.ts';
import { isReported } from './reported.ts';
import { kubectl, patchSpec } from './commands.ts';
import { mayBeMissing, missingNeed } from './podneeds.ts';

/** Seconds that a Job may take to create its first pod before that is reported. */
const FIRST_POD_SECONDS = 120;

const FORBIDDEN = 'cannot create its pods: a quota, a LimitRange, Pod Security or another admission policy forbids them';

/** Why a Job that has not ended does not run; `recheckAfterSeconds` if it may have to be reported later. */
export function stoppedJob({ name, isSuspended, isIdle, since }: MigrationJob, o: Observed): Partial<Readiness> {
  if (isSuspended) {
    const message = `Job ${name} is suspended; a queue starts it when it is its turn, or: ${patchSpec(o, 'job', name, { suspend: false })}`;
    return { status: 'False', reason: 'Suspended', message };
  }
  if (!isIdle) return {};
  const left = FIRST_POD_SECONDS - secondsSince(since, o.now);
  const report: Report = { reason: 'PodsNotCreated', kind: 'Job', name };
  if (left > 0 && !isReported(report, o)) return { recheckAfterSeconds: left };
  return {
    status: 'False',
    reason: 'PodsNotCreated',
    message: `Job ${name} ${FORBIDDEN}${mayBeMissing(o)}; its events say which: ${kubectl(o, `describe job ${name}`)}`,
    reports: [report],
  };
}

/** Why a Deployment has no pods of its template. `refusal`: the words of the API server, which are read, but not repeated: a quota counts in them. */
export function podsForbidden(name: string, refusal: string | undefined, o: Observed): Readiness {
  const missing = missingNeed(refusal, o);
  const message =
    missing === undefined
      ? `Deployment ${name} ${FORBIDDEN}${mayBeMissing(o)}; its ReplicaSets say which: ${kubectl(o, `describe deployment ${name}`)}`
      : `Deployment ${name} cannot create its pods: ${missing}`;
  return { status: 'False', reason: 'PodsNotCreated', message };
}

/** Whether the rollouts of that Deployment are paused. */
export const isRolloutPaused = (deployment: object | undefined): boolean =>
  (deployment as Live<{ spec: { paused: boolean } }> | undefined)?.spec?.paused === true;

/**
 * The message about a Deployment whose rollouts a user has paused; undefined if they are not. One that the operator has paused is in the middle of
 * an exchange of its init containers: resumed by hand, it would make pods without them.
 */
export function pausedRollout(live: KubeObject | undefined, o: Observed): string | undefined {
  if (live === undefined || !isRolloutPaused(live) || isRolloutPaused(o.applied(live))) return undefined;
  const { name } = live.metadata;
  return `Deployment ${name} is paused, so nothing new is rolled out; to resume: ${kubectl(o, `rollout resume deployment ${name}`)}`;
}
