/**
 * One field of a cron line, as robfig/cron v3 reads it: values between commas, each `*`, `?`, `a`, `a-b`, with or without `/step`.
 * Source: getField and getRange in parser.go of github.com/robfig/cron v3.0.1.
 */

export interface CronField {
  /** The name of its values. */
  called: string;
  /** All of them, in words. */
  allowed: string;
  from: number;
  to: number;
  /** Names of the values from `from` on, in lower case. */
  names: readonly string[];
}

export interface CronProblem {
  /** What is wrong, as a clause that follows a colon. */
  problem: string;
}

export interface CronValues extends Partial<CronProblem> {
  values: ReadonlySet<number>;
  /** Whether it is `*` or `?` without a step of more than 1. */
  isStar: boolean;
}

/** The greatest number that Go reads. */
const LARGEST = 2n ** 63n - 1n;

/** A number as Go's Atoi reads it, without a minus. */
const integer = (text: string): number | undefined =>
  /^[+]?[0-9]+$/.test(text) && BigInt(text.replace('+', '')) <= LARGEST ? Number(text) : undefined;

/** In lower case as Go has it, for which the Turkish capital I with a dot is a plain i. */
const lower = (text: string): string => text.replaceAll('\u0130', 'i').toLowerCase();

function valueOf(text: string, { from, names }: CronField): number | undefined {
  const index = names.indexOf(lower(text));
  return index === -1 ? integer(text) : from + index;
}

const stranger = (text: string, { called, allowed }: CronField): CronProblem => ({
  problem: `${called} "${text}" is not one of ${allowed}`,
});

interface Bounds {
  low: number;
  high: number;
  isStar: boolean;
}

/** The part before a slash. What follows a star and a hyphen is ignored, as robfig/cron does. */
function boundsOf(text: string, field: CronField): Bounds | CronProblem {
  const [first = '', last, ...others] = text.split('-');
  if (first === '*' || first === '?') return { low: field.from, high: field.to, isStar: true };
  if (others.length > 0) return { problem: `${text} has more than one hyphen` };
  const [low, high] = [valueOf(first, field), valueOf(last ?? first, field)];
  if (low === undefined) return stranger(first, field);
  if (high === undefined) return stranger(last ?? first, field);
  return { low, high, isStar: false };
}

function rangeOf(text: string, field: CronField): (Bounds & { step: number }) | CronProblem {
  const [base = '', every, ...others] = text.split('/');
  const bounds = boundsOf(base, field);
  if ('problem' in bounds) return bounds;
  if (others.length > 0) return { problem: `${text} has more than one slash` };
  const step = integer(every ?? '1');
  if (step === undefined || step === 0) return { problem: `the step of ${text} must be a number from 1 on` };
  // A single value with a step is a range to the end.
  const high = every === undefined || base.includes('-') ? bounds.high : field.to;
  const beyond = [bounds.low, high].find((value) => value < field.from || value > field.to);
  if (beyond !== undefined) return stranger(String(beyond), field);
  if (bounds.low > high) return { problem: `${text} begins after its end` };
  return { low: bounds.low, high, isStar: bounds.isStar && step === 1, step };
}

/** The values of a field: none where it is made of commas, and those before the first problem. */
export function parseCronField(text: string, field: CronField): CronValues {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',').filter((each) => each !== '')) {
    const range = rangeOf(part, field);
    if ('problem' in range) return { values, isStar, problem: range.problem };
    for (let value = range.low; value <= range.high; value += range.step) values.add(value);
    isStar ||= range.isStar;
  }
  return { values, isStar };
}
