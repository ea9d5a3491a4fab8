import type { ConditionType, Reason } from '../api/condition.ts';
import type { Observed } from '../api/observed.ts';

/**
 * Whether a condition says so already. What is told from some time on is told from then on by every replica, whatever its clock says: two
 * that disagree would otherwise write in turn.
 */
export const isTold = (reason: Reason, words: string, { bestie }: Observed): boolean =>
  (bestie.status.conditions ?? []).some((condition) => condition?.reason === reason && (condition.message ?? '').includes(words));

/** The same of a condition that says several things at once: its reason is that of the first. */
export const isSaid = (type: ConditionType, words: string, { bestie }: Observed): boolean =>
  (bestie.status.conditions ?? []).some((condition) => condition?.type === type && (condition.message ?? '').includes(words));
