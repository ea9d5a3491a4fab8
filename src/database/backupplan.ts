/** When backups by schedule are due, as Kubernetes plans them. */
import type { PlannedBackup } from '../api/backupprovider.ts';
import { nextRun } from '../lib/cronruns.ts';
import { wholeSeconds } from '../lib/time.ts';

const timeOf = (at: Date | undefined): string | undefined => at && wholeSeconds(at.toISOString());

/** RFC 3339 time of the next run; undefined if there is none within five years, and for an interval, whose runs depend on the run before. */
export const nextOf = ({ schedule }: PlannedBackup, now: string): string | undefined =>
  schedule === undefined || 'everySeconds' in schedule ? undefined : timeOf(nextRun(schedule, new Date(now)));

/** RFC 3339 time of the run after one that began at that unix time in milliseconds, perhaps a minute early by another clock; undefined if there is none. */
export const followerOf = ({ schedule }: PlannedBackup, startedAt: number): string | undefined =>
  schedule && timeOf(nextRun(schedule, new Date(startedAt + 60_000)));

/** Whether Kubernetes accepts the schedule although it never runs. */
export const neverRuns = (planned: PlannedBackup, now: string): boolean =>
  planned.schedule !== undefined && !('everySeconds' in planned.schedule) && nextOf(planned, now) === undefined;
