/** When schedules run, in UTC. Source: Next in spec.go and constantdelay.go of github.com/robfig/cron v3.0.1. */
import type { Calendar, Schedule } from './cron.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
/** Years after this one in which a run is searched. */
const YEARS = 5;

/** Whole days from 1970 to the first of a month. Months are counted from January of year 0. */
export const firstDay = (month: number): number => Date.UTC(0, month - 1900 * 12, 1) / MINUTE / DAY_MINUTES;
const timeOf = (day: number, minute: number): Date => new Date((day * DAY_MINUTES + minute) * MINUTE);
const monthOf = (time: Date): number => time.getUTCFullYear() * 12 + time.getUTCMonth();

/** Whether it runs on a day: its number since 1970, its month counted from January of year 0, and its date from 1. */
export function runsOn({ dates, months, weekdays, isEither }: Calendar, day: number, month: number, date: number): boolean {
  if (!months.has((month % 12) + 1)) return false;
  // The first of January 1970 was a Thursday.
  const isWeekday = weekdays.has((((day + 4) % 7) + 7) % 7);
  return isEither ? dates.has(date) || isWeekday : dates.has(date) && isWeekday;
}

/** The first day on which it runs, from a day on and before a month. */
function firstRunDay(calendar: Calendar, from: number, limit: number): number | undefined {
  for (let month = monthOf(timeOf(from, 0)); month < limit; month += 1) {
    if (!calendar.months.has((month % 12) + 1)) continue;
    const [first, next] = [firstDay(month), firstDay(month + 1)];
    for (let day = Math.max(first, from); day < next; day += 1) if (runsOn(calendar, day, month, day - first + 1)) return day;
  }
  return undefined;
}

/** The last day on which it runs, up to a day and from a month on. */
function lastRunDay(calendar: Calendar, to: number, limit: number): number | undefined {
  for (let month = monthOf(timeOf(to, 0)); month >= limit; month -= 1) {
    if (!calendar.months.has((month % 12) + 1)) continue;
    const [first, next] = [firstDay(month), firstDay(month + 1)];
    for (let day = Math.min(next - 1, to); day >= first; day -= 1) if (runsOn(calendar, day, month, day - first + 1)) return day;
  }
  return undefined;
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

function nextInCalendar(calendar: Calendar, after: Date): Date | undefined {
  const from = Math.floor(after.getTime() / MINUTE) + 1;
  const today = Math.floor(from / DAY_MINUTES);
  const [first, rest] = [firstMinute(calendar), firstMinute(calendar, from - today * DAY_MINUTES)];
  // The years are counted from the second after.
  const limit = (new Date(after.getTime() + 1000).getUTCFullYear() + YEARS + 1) * 12;
  const day = firstRunDay(calendar, rest === undefined ? today + 1 : today, limit);
  const minute = day === today ? rest : first;
  return day === undefined || minute === undefined ? undefined : timeOf(day, minute);
}

/** The first run after a time, as Kubernetes plans it; undefined if there is none before the end of the fifth year after. */
export function nextRun(schedule: Schedule, after: Date): Date | undefined {
  if (!('everySeconds' in schedule)) return nextInCalendar(schedule, after);
  return new Date((Math.floor(after.getTime() / 1000) + schedule.everySeconds) * 1000);
}

/**
 * The last planned run up to a time, that time included; undefined if there is none from the beginning of the fifth year before, and for
 * an interval, whose runs depend on the run before.
 */
export function lastRunBefore(schedule: Schedule, now: Date): Date | undefined {
  if ('everySeconds' in schedule) return undefined;
  const to = Math.floor(now.getTime() / MINUTE);
  const today = Math.floor(to / DAY_MINUTES);
  const [last, rest] = [lastMinute(schedule, DAY_MINUTES - 1), lastMinute(schedule, to - today * DAY_MINUTES)];
  const day = lastRunDay(schedule, rest === undefined ? today - 1 : today, (now.getUTCFullYear() - YEARS) * 12);
  const minute = day === today ? rest : last;
  return day === undefined || minute === undefined ? undefined : timeOf(day, minute);
}
