/** When schedules run, in UTC. Source: Next in spec.go and constantdelay.go of github.com/robfig/cron v3.0.1. */
import type { Calendar, Schedule } from './cron.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
/** Years beyond this one in which a run is looked for. */
const YEARS = 5;

/** Whole days from 1970 to the first of a month. Months are counted from January of year 0. */
export const firstDay = (month: number): number => Date.UTC(0, month - 1900 * 12, 1) / MINUTE / DAY_MINUTES;
const monthOf = (time: Date): number => time.getUTCFullYear() * 12 + time.getUTCMonth();

/** Whether it runs on a day: its number since 1970, its month counted from January of year 0, and its date from 1. */
export function runsOn({ dates, months, weekdays, isEither }: Calendar, day: number, month: number, date: number): boolean {
  if (!months.has((month % 12) + 1)) return false;
  // The first of January 1970 was a Thursday.
  const isWeekday = weekdays.has((((day + 4) % 7) + 7) % 7);
  return isEither ? dates.has(date) || isWeekday : dates.has(date) && isWeekday;
}

/** The days of a month on which it runs, as numbers since 1970, ascending. */
function runDays(calendar: Calendar, month: number): number[] {
  const { minutes, hours, months } = calendar;
  if (minutes.length === 0 || hours.length === 0 || !months.has((month % 12) + 1)) return [];
  const [first, next] = [firstDay(month), firstDay(month + 1)];
  const days = Array.from({ length: next - first }, (_, index) => first + index);
  return days.filter((day) => runsOn(calendar, day, month, day - first + 1));
}

/** The first run of a day from a minute of it on, in minutes from midnight. */
export function firstMinute({ hours, minutes }: Calendar, from = 0): number | undefined {
  const hour = Math.floor(from / 60);
  const rest = hours.includes(hour) ? minutes.find((minute) => minute >= from % 60) : undefined;
  if (rest !== undefined) return hour * 60 + rest;
  const [next, first] = [hours.find((each) => each > hour), minutes[0]];
  return next === undefined || first === undefined ? undefined : next * 60 + first;
}

/** The last run of a day up to a minute of it, in minutes from midnight. */
function lastMinute({ hours, minutes }: Calendar, to: number): number | undefined {
  const hour = Math.floor(to / 60);
  const rest = hours.includes(hour) ? minutes.findLast((minute) => minute <= to % 60) : undefined;
  if (rest !== undefined) return hour * 60 + rest;
  const [next, last] = [hours.findLast((each) => each < hour), minutes.at(-1)];
  return next === undefined || last === undefined ? undefined : next * 60 + last;
}

const timeOf = (day: number, minute: number): Date => new Date((day * DAY_MINUTES + minute) * MINUTE);

function nextInCalendar(calendar: Calendar, after: Date): Date | undefined {
  const from = Math.floor(after.getTime() / MINUTE) + 1;
  const today = Math.floor(from / DAY_MINUTES);
  // The years are counted from the second after.
  const limit = (new Date(after.getTime() + 1000).getUTCFullYear() + YEARS + 1) * 12;
  for (let month = monthOf(timeOf(today, 0)); month < limit; month += 1) {
    for (const day of runDays(calendar, month)) {
      const minute = day < today ? undefined : firstMinute(calendar, day === today ? from - today * DAY_MINUTES : 0);
      if (minute !== undefined) return timeOf(day, minute);
    }
  }
  return undefined;
}

/** The first run after a time, as Kubernetes plans it; undefined where there is none to the end of the fifth year after. */
export function nextRun(schedule: Schedule, after: Date): Date | undefined {
  if (!('everySeconds' in schedule)) return nextInCalendar(schedule, after);
  return new Date((Math.floor(after.getTime() / 1000) + schedule.everySeconds) * 1000);
}

/**
 * The last planned run up to a time, that time included; undefined where there is none from the beginning of the fifth year before, and of
 * an interval, whose runs hang on the one before.
 */
export function lastRunBefore(schedule: Schedule, now: Date): Date | undefined {
  if ('everySeconds' in schedule) return undefined;
  const to = Math.floor(now.getTime() / MINUTE);
  const today = Math.floor(to / DAY_MINUTES);
  const limit = (now.getUTCFullYear() - YEARS) * 12;
  for (let month = monthOf(now); month >= limit; month -= 1) {
    for (const day of runDays(schedule, month).reverse()) {
      const minute = day > today ? undefined : lastMinute(schedule, day === today ? to - today * DAY_MINUTES : DAY_MINUTES - 1);
      if (minute !== undefined) return timeOf(day, minute);
    }
  }
  return undefined;
}
