/** How a Job ends: by its completions, its deadline, its limit of failures or its podFailurePolicy. */
import type { Fields, Resource } from '../apiserver/object.ts';
import { fieldsOf } from './objectstatus.ts';

export type Outcome = { done: 'Complete' } | { done: 'Failed'; reason: string; message: string } | undefined;

/** How the Job ended, given its pods that succeeded and failed and its age in seconds; undefined while it runs. */
export function outcomeOf(spec: Fields, succeeded: number, failed: number, age: number): Outcome {
  const deadline = spec.activeDeadlineSeconds;
  if (succeeded >= Number(spec.completions)) return { done: 'Complete' };
  if (typeof deadline === 'number' && age >= deadline)
    return { done: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  if (failed > Number(spec.backoffLimit))
    return { done: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  return undefined;
}

export const failedByPolicy = {
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
