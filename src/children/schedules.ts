/** How far apart backups by schedule are at most. Cron as Kubernetes reads it (robfig/cron): names, steps, macros, and its rule for two fields of days. */
import type { BestieSpec } from '../api/bestie.ts';
import { own } from '../api/own.ts';

const DAY = 86_400;

const macros: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Field {
  from: number;
  to: number;
  names?: readonly string[];
}

const MINUTE: Field = { from: 0, to: 59 };
const HOUR: Field = { from: 0, to: 23 };
const DATE: Field = { from: 1, to: 31 };
const MONTH: Field = { from: 1, to: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] };
const WEEKDAY: Field = { from: 0, to: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

/** `*`, `?`, `a`, `a-b`, `a/n` (from a on), `a-b/n`; what is out of bounds, or no number, is no value. */
function range(text: string, { from, to, names = [] }: Field): number[] {
  const [base = '', step = '1'] = text.toLowerCase().split('/');
  const number = (word: string): number => (names.includes(word) ? names.indexOf(word) + from : Number(word));
  const [first = '', last = text.includes('/') ? String(to) : first] =
    base === '*' || base === '?' ? [String(from), String(to)] : base.split('-');
  const [low, high, every] = [number(first), number(last), Number(step)];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
    (value) => value >= low && value <= high && (value - low) % every === 0,
  );
}

const values = (text: string, field: Field): number[] => text.split(',').flatMap((part) => range(part, field));
const isOpen = (text: string): boolean => text.split(',').some((part) => /^[*?](\/1)?$/.test(part));

interface Schedule {
  /** Seconds from midnight to its first run of a day; not finite where it never runs. */
  first: number;
  /** Whether dates or months decide, not weekdays alone. */
  isDated: boolean;
  runsOn(day: Date): boolean;
}

function parse(text: string): Schedule {
  const [minute = '', hour = '', date = '', month = '', weekday = ''] = (own(macros, text) ?? text).split(' ');
  const [dates, months, weekdays] = [new Set(values(date, DATE)), new Set(values(month, MONTH)), new Set(values(weekday, WEEKDAY))];
  const first = Math.min(...values(hour, HOUR)) * 3600 + Math.min(...values(minute, MINUTE)) * 60;
  // Two fields of days that are both restricted: either will do.
  const isBoth = isOpen(date) || isOpen(weekday);
  const isDay = (byDate: boolean, byWeekday: boolean): boolean => (isBoth ? byDate && byWeekday : byDate || byWeekday);
  const runsOn = (day: Date): boolean =>
    months.has(day.getUTCMonth() + 1) && isDay(dates.has(day.getUTCDate()), weekdays.has(day.getUTCDay()));
  return { first, isDated: !isOpen(date) || !isOpen(month), runsOn };
}

function compute(texts: readonly string[]): number | undefined {
  const schedules = texts.map(parse).filter(({ first }) => Number.isFinite(first));
  // Weekdays repeat after a week. Dates are tried over eight years from 1970 on, which have two leap days.
  const days = schedules.some(({ isDated }) => isDated) ? 8 * 366 : 14;
  let [before, longest] = [Number.NaN, 0];
  for (let day = 0; day < days; day += 1) {
    const midnight = new Date(day * DAY * 1000);
    const first = Math.min(...schedules.filter((schedule) => schedule.runsOn(midnight)).map(({ first: seconds }) => seconds));
    if (!Number.isFinite(first)) continue;
    const run = day * DAY + first;
    if (run - before > longest) longest = run - before;
    before = run;
  }
  return longest === 0 ? undefined : longest;
}

/** Years of days take milliseconds, and most Besties have the same few schedules. */
const known = new Map<string, number | undefined>();
const KNOWN_LIMIT = 256;

/**
 * Seconds from one run to the next at most, over all of these cron schedules together; undefined where they never run twice. Only the first
 * run of each day counts, so schedules of several runs a day give a day.
 */
export function longestGap(texts: readonly string[]): number | undefined {
  const key = [...new Set(texts)].sort().join('\n');
  if (!known.has(key)) {
    if (known.size >= KNOWN_LIMIT) known.clear();
    known.set(key, compute(texts));
  }
  return known.get(key);
}

type Repositories = BestieSpec['database']['backups']['repos'];

/** Every schedule of every repository. */
export const schedulesOf = (repositories: Repositories): string[] =>
  repositories.flatMap(({ schedules: { full, differential, incremental } = {} }) =>
    [full, differential, incremental].filter((schedule) => schedule !== undefined),
  );
