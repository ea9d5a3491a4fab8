/** How far the clocks of two replicas may differ, and a time that one of them wrote may be ahead of the other. */
const CLOCK_DIFFERENCE_SECONDS = 600;

/** Whether the text is an RFC 3339 time that a replica can have written until `now`. */
export const isPast = (text: string | null | undefined, now: string): text is string =>
  text != null && Date.parse(text) <= Date.parse(now) + CLOCK_DIFFERENCE_SECONDS * 1000;

/** Whether it is a text that can be read as a time. */
export const isTime = (value: unknown): value is string => typeof value === 'string' && !Number.isNaN(Date.parse(value));

/** Whole seconds from an RFC 3339 time until `now`; 0 where the time is missing, unreadable or in the future. */
export function secondsSince(time: string | null | undefined, now: string): number {
  const elapsed = Math.floor((Date.parse(now) - Date.parse(time ?? now)) / 1000);
  return Number.isFinite(elapsed) ? Math.max(0, elapsed) : 0;
}

/**
 * The same instant in whole seconds, as RFC 3339 with `Z`: other controllers write fractions and offsets, and copies shall have one
 * form. A fraction is cut off. A text that is no time stays as it is.
 */
export function wholeSeconds(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** The same instant to the minute, as RFC 3339 with `Z`. */
export const minute = (time: string): string => `${new Date(time).toISOString().slice(0, 16)}Z`;

/** In UTC, with milliseconds where there are any; undefined for a day that no calendar has. */
export function utc(time: string): string | undefined {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return undefined;
  // V8 takes 30 February for 2 March.
  const day = new Date(`${time.slice(0, 10)}T00:00:00Z`);
  if (day.toISOString().slice(0, 10) !== time.slice(0, 10)) return undefined;
  return at.toISOString().replace('.000Z', 'Z');
}
