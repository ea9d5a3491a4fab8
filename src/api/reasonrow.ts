import type { ConditionType } from './condition.ts';

/** What a reason means, for the documentation and for what follows from it. */
export interface ReasonRow {
  meaning: string;
  /** What the user should do; left out where there is nothing to do. */
  action?: string;
  /** Present where the reason means that nothing goes on without somebody acting: on these conditions, or on any. */
  stalls?: readonly ConditionType[] | 'any';
}
