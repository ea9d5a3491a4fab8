/**
 * States that become a fault when they last. Where no object says since when one is so, the condition itself does: what is said of it ends with
 * the minute from which it was said, which is read back from the last status. It is the one thing that is, as in plan/absence.ts.
 */
import type { ConditionType, Reason } from '../api/condition.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { minute, secondsSince } from '../lib/time.ts';

/** A state that lasts: `young` until it has lasted for `patience` seconds, `late` and a fault from then on. */
export interface Lasting {
  young: Reason;
  late: Reason;
  patience: number;
  /** What is so. */
  words: string;
  /** Said once it is a fault: what a person can do. */
  advice: string;
}

const SINCE = /, since (\d{4}-\d\d-\d\dT\d\d:\d\dZ)(?:; |$)/;

/** Numbers may change while a state lasts: how many instances are ready. */
const withoutNumbers = (text: string): string => text.replace(/\d+/g, '#');

/** The last condition of that type, where it speaks of the same state: two states may become the same fault. */
function before(
  type: ConditionType,
  { young, late, words }: Lasting,
  { bestie }: Observed,
): { isLate: boolean; since: string | undefined } {
  const last = bestie.status.conditions?.find((condition) => condition?.type === type);
  const isSaid = withoutNumbers(last?.message ?? '').startsWith(`${withoutNumbers(words)}, since `);
  const isSame = last?.status === 'False' && (last.reason === young || last.reason === late) && isSaid;
  const since = isSame ? SINCE.exec(last.message ?? '')?.[1] : undefined;
  return { isLate: isSame && last.reason === late, since: Number.isNaN(Date.parse(since ?? '')) ? undefined : since };
}

/**
 * What is said of the state in a condition of that type; `recheckAfterSeconds` until it is a fault. Once that is said it is said by every
 * replica, whatever its clock says, for as long as the state lasts.
 */
export function lasting(type: ConditionType, state: Lasting, o: Observed): Readiness {
  const { isLate, since = minute(o.now) } = before(type, state, o);
  const left = state.patience - secondsSince(since, o.now);
  const message = `${state.words}, since ${since}`;
  if (isLate || left <= 0) return { status: 'False', reason: state.late, message: `${message}; ${state.advice}` };
  return { status: 'False', reason: state.young, message, recheckAfterSeconds: left };
}
