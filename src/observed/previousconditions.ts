/** The conditions that were last written. */
import { conditionTypes, type ConditionType } from '../api/condition.ts';
import { isReason } from '../api/reason.ts';
import type { Condition, ConditionStatus } from '../api/kubernetes.ts';
import type { Bestie } from '../api/observed.ts';

const statuses: readonly unknown[] = ['True', 'False', 'Unknown'] satisfies ConditionStatus[];

const isType = (value: unknown): value is ConditionType => typeof value === 'string' && Object.hasOwn(conditionTypes, value);
const isStatus = (value: unknown): value is ConditionStatus => statuses.includes(value);

/** The complete conditions of known types in a status as it was read. */
export function previousConditions(status: Bestie['status']): ReadonlyMap<ConditionType, Condition> {
  const known = new Map<ConditionType, Condition>();
  for (const condition of status.conditions ?? []) {
    const { type, status: value, reason, message, lastTransitionTime } = condition ?? {};
    if (!isType(type) || !isStatus(value) || !lastTransitionTime || Number.isNaN(Date.parse(lastTransitionTime))) continue;
    known.set(type, { type, status: value, reason: isReason(reason) ? reason : 'Progressing', message: message ?? '', lastTransitionTime });
  }
  return known;
}
