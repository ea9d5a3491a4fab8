/** What just happened: the one place that compares two statuses. The log, the counters and later the Events are its sinks. */
import type { ConditionType, Reason } from '../api/condition.ts';
import type { Bestie, ConditionStatus, Status } from '../api/kubernetes.ts';
import { previousConditions } from './conditions.ts';

/** A condition whose status or reason changed. `from` is undefined where the condition is new. */
export interface Transition {
  type: ConditionType;
  from: ConditionStatus | undefined;
  to: ConditionStatus;
  reason: Reason;
  message: string;
}

export function transitions(previous: Bestie['status'], next: Status): readonly Transition[] {
  const before = previousConditions(previous);
  return next.conditions
    .filter(({ type, status, reason }) => before.get(type)?.status !== status || before.get(type)?.reason !== reason)
    .map(({ type, status, reason, message }) => ({ type, from: before.get(type)?.status, to: status, reason, message }));
}
