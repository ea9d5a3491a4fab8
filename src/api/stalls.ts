import type { ConditionType } from './condition.ts';
import { reasons, type Reason } from './reason.ts';
import type { ReasonRow } from './reasonrow.ts';

/** Whether a condition of this type that is not True for this reason needs an action of a user. */
export function stalls(type: ConditionType, reason: Reason): boolean {
  const row: ReasonRow = reasons[reason];
  return row.stalls === 'any' || (row.stalls?.includes(type) ?? false);
}
