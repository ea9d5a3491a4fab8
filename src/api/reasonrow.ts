import type { ConditionType } from './condition.ts';

/** What a reason means, for the documentation and for the condition Stalled. */
export interface ReasonRow {
  meaning: string;
  /** What the user should do; left out if there is nothing to do. */
  action?: string;
  /** The conditions on which the reason means that nothing progresses without an action of a user. */
  stalls?: readonly ConditionType[] | 'any';
}
