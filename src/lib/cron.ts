/**
 * Schedules of CronJobs: exactly those that Kubernetes accepts, which reads them with robfig/cron v3. src/lib/cronruns.ts computes when they run.
 * Source: ParseStandard in parser.go of github.com/robfig/cron v3.0.1, validateScheduleFormat in k8s.io/kubernetes/pkg/apis/batch/validation.
 */
import { parseCronField, type CronField, type CronProblem, type CronValues } from './cronfield.ts';
import { parseGoDuration } from './goduration.ts';
import { own } from './own.ts';

/** Runs at minutes of days, in UTC. It never runs if a field has no values, or if no month has such a day. */
export interface Calendar {
  /** 0 to 59, ascending. */
  minutes: readonly number[];
  /** 0 to 23, ascending. */
  hours: readonly number[];
  /** 1 to 31. */
  dates: ReadonlySet<number>;
  /** 1 to 12. */
  months: ReadonlySet<number>;
  /** 0 to 6 from Sunday. */
  weekdays: ReadonlySet<number>;
  /** Whether it runs on a day that has the date or the weekday; otherwise the day needs both. */
  isEither: boolean;
}

/** Runs again and again after a time, counted from the run before, or from the creation of the CronJob. */
export interface Interval {
  /** Whole seconds, at least one. */
  everySeconds: number;
}

export type Schedule = Calendar | Interval;

const MINUTE: CronField = { called: 'minute', allowed: '0 to 59', from: 0, to: 59, names: [] };
const HOUR: CronField = { called: 'hour', allowed: '0 to 23', from: 0, to: 23, names: [] };
const DATE: CronField = { called: 'day', allowed: '1 to 31', from: 1, to: 31, names: [] };
const MONTH: CronField = {
  called: 'month',
  allowed: '1 to 12, jan to dec',
  from: 1,
  to: 12,
  names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const WEEKDAY: CronField = {
  called: 'weekday',
  allowed: '0 (Sunday) to 6, sun to sat',
  from: 0,
  to: 6,
  names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};

const macros: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** White space as Go has it. */
const WORD = /[^\t-\r\x85\p{Z}]+/gu;
const EVERY = '@every ';
const SECOND = 1_000_000_000n;

function parseInterval(text: string): Interval | CronProblem {
  const duration = parseGoDuration(text);
  if (duration === undefined) return { problem: `"${text}" is no duration up to 292 years, such as 12h or 1h30m` };
  return { everySeconds: duration < SECOND ? 1 : Number(duration / SECOND) };
}

const ascending = ({ values }: CronValues): number[] => [...values].sort((a, b) => a - b);

function parseFields(text: string): Calendar | CronProblem {
  const words = [...text.matchAll(WORD)].map(([word]) => word);
  const count = words.length === 1 ? 'one field' : `${words.length} fields`;
  if (words.length !== 5) return { problem: `${count} instead of five: minute, hour, day, month, weekday` };
  const [minutes, hours, dates, months, weekdays] = [
    parseCronField(words[0] ?? '', MINUTE),
    parseCronField(words[1] ?? '', HOUR),
    parseCronField(words[2] ?? '', DATE),
    parseCronField(words[3] ?? '', MONTH),
    parseCronField(words[4] ?? '', WEEKDAY),
  ];
  const problem = [minutes, hours, dates, months, weekdays].find((field) => field.problem !== undefined)?.problem;
  if (problem !== undefined) return { problem };
  return {
    minutes: ascending(minutes),
    hours: ascending(hours),
    dates: dates.values,
    months: months.values,
    weekdays: weekdays.values,
    isEither: !dates.isStar && !weekdays.isStar,
  };
}

/** The schedule, or why the API server refuses it in a CronJob. An accepted one may never run: `0 1 31 2 *`. */
export function parseCron(text: string): Schedule | CronProblem {
  if (text.includes('TZ')) return { problem: 'it names a time zone; leave out TZ= or CRON_TZ=' };
  if (text.startsWith(EVERY)) return parseInterval(text.slice(EVERY.length));
  const macro = own(macros, text);
  if (macro === undefined && text.startsWith('@'))
    return { problem: `"${text}" is not one of ${Object.keys(macros).join(', ')}, and @every with a duration` };
  return parseFields(macro ?? text);
}
