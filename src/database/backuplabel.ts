/** What pgBackRest calls a backup. */
import { utc } from '../lib/time.ts';

/** RFC 3339 time at which the backup with that label began, by a clock in UTC; undefined for a label that is none. */
export function beginOf(label: string): string | undefined {
  const [, date = '', clock = ''] = /^(?:.*_)?(\d{8})-(\d{6})[FDI]$/.exec(label) ?? [];
  const time = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}Z`;
  return date === '' ? undefined : utc(time);
}
