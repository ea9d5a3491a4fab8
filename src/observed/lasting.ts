/**
 * States of the database that become a fault when they last. If no object says since when a state lasts, status does: in `reported`, by the reason
 * of the state while it is young.
 */
import type { Reason } from '../api/reason.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { isPast, minute, secondsSince, wholeSeconds } from '../lib/time.ts';
import { aboutDatabase, isReported, reportedBefore } from './reported.ts';

/** A state that lasts: `young` until it has lasted for `patience` seconds, `late` and a fault from then on. */
export interface Lasting {
  young: Reason;
  late: Reason;
  patience: number;
  /** The fact. */
  words: string;
  /** Reported once it is a fault: what a user can do. */
  advice: string;
}

/**
 * The readiness for the state; `recheckAfterSeconds` until it is a fault. Once status reports it as one, every replica does, whatever its clock, while
 * the state lasts.
 */
export function lasting({ young, late, patience, words, advice }: Lasting, o: Observed): Readiness {
  const state = aboutDatabase(o, { reason: young });
  const fault = aboutDatabase(o, { reason: late, detail: young });
  const before = reportedBefore(state, o)?.since;
  const since = minute(isPast(before, o.now) ? before : o.now);
  const left = patience - secondsSince(since, o.now);
  const message = `${words}, since ${since}`;
  const reports = [{ ...state, since: wholeSeconds(since) }];
  if (left <= 0 || (before != null && isReported(fault, o)))
    return { status: 'False', reason: late, message: `${message}; ${advice}`, reports: [...reports, fault] };
  return { status: 'False', reason: young, message, recheckAfterSeconds: left, reports };
}
