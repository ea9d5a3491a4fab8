/** Whole seconds from an RFC 3339 time until `now`; 0 where the time is missing, unreadable or in the future. */
export function secondsSince(time: string | null | undefined, now: string): number {
  const elapsed = Math.floor((Date.parse(now) - Date.parse(time ?? now)) / 1000);
  return Number.isFinite(elapsed) ? Math.max(0, elapsed) : 0;
}
