/** The longest time between two scheduled backups. */
import { remembered } from './remembered.ts';
import { parseCron, type Calendar, type Schedule } from './cron.ts';
import { firstDay, firstMinute, runsOn } from './cronruns.ts';

const DAY = 86_400;

/** From January 1972 on, whose first day is the first of the list. */
const FIRST_MONTH = 1972 * 12;
interface Period {
  months: number;
  /** Of each month. */
  dates: number;
  seconds: number;
}
/** Weekdays alone repeat after a week, weekdays and dates together after 28 years. */
const WEEK: Period = { months: 1, dates: 7, seconds: 7 * DAY };
const YEARS: Period = { months: 28 * 12, dates: 31, seconds: (28 * 365 + 7) * DAY };

const isWeekly = ({ dates, months }: Calendar): boolean => dates.size === 31 && months.size === 12;

/** Seconds since 1970 of the first run of each day that has one, ascending. */
function firstRuns(calendars: readonly Calendar[], { months, dates }: Period): number[] {
  const known = calendars.map((calendar) => ({ calendar, minute: firstMinute(calendar) ?? Infinity }));
  const runs: number[] = [];
  for (let month = FIRST_MONTH; month < FIRST_MONTH + months; month += 1) {
    const first = firstDay(month);
    const length = Math.min(firstDay(month + 1) - first, dates);
    const ofMonth = known.filter(({ calendar }) => calendar.months.has((month % 12) + 1));
    for (let date = 1; date <= length; date += 1) {
      const day = first + date - 1;
      let earliest = Infinity;
      for (const { calendar, minute } of ofMonth) if (minute < earliest && runsOn(calendar, day, month, date)) earliest = minute;
      if (earliest < Infinity) runs.push(day * DAY + earliest * 60);
    }
  }
  return runs;
}

/** Not finite if none of them ever runs. */
function longestInCalendars(calendars: readonly Calendar[]): number {
  const period = calendars.every(isWeekly) ? WEEK : YEARS;
  const runs = firstRuns(calendars, period);
  const [first] = runs;
  if (first === undefined) return Infinity;
  // The last is followed by the first of the next period.
  return runs.reduce((longest, run, index) => Math.max(longest, (runs[index + 1] ?? first + period.seconds) - run), 0);
}

const isSchedule = (parsed: ReturnType<typeof parseCron>): parsed is Schedule => !('problem' in parsed);
const isCalendar = (schedule: Schedule): schedule is Calendar => !('everySeconds' in schedule);

function compute(texts: readonly string[]): number | undefined {
  const schedules = texts.map(parseCron).filter(isSchedule);
  const intervals = schedules.flatMap((schedule) => (isCalendar(schedule) ? [] : [Math.max(schedule.everySeconds, DAY)]));
  const longest = Math.min(longestInCalendars(schedules.filter(isCalendar)), ...intervals);
  return Number.isFinite(longest) ? longest : undefined;
}

/** Years of days take milliseconds, and most Besties have the same few schedules. */
const KNOWN_CHARACTERS = 100_000;

const gaps = remembered(KNOWN_CHARACTERS, (texts) => compute(JSON.parse(texts) as string[]));

/**
 * The most seconds from one run to the next, over all of these schedules together; undefined if none of them ever runs, or if
 * Kubernetes refuses them. Only the first run of each day counts, so schedules of several runs a day give a day.
 */
export const longestGap = (texts: readonly string[]): number | undefined => gaps(JSON.stringify([...new Set(texts)].sort()));
