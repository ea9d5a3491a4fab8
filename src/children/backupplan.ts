/** When backups by schedule are due: the schedules of a repository, as Kubernetes plans them. */
import type { BestieSpec } from '../api/bestie.ts';
import { parseCron, type Schedule } from '../api/cron.ts';
import { nextRun } from '../api/cronruns.ts';
import type { Observed } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import { wholeSeconds } from '../api/time.ts';

export type Repository = BestieSpec['database']['backups']['repos'][number];

/** One schedule of a repository. `type` is PGO's word for what is backed up, `id` the name of the CronJob that PGO makes of it. */
export interface Planned {
  id: string;
  type: 'full' | 'diff' | 'incr';
  text: string;
  /** Undefined where Kubernetes refuses it; `problem` says why. */
  schedule?: Schedule;
  problem?: string;
}

const types = { full: 'full', differential: 'diff', incremental: 'incr' } as const;

/** Most Besties have the same few lines. */
const parsed = new Map<string, ReturnType<typeof parseCron>>();
const KNOWN_LIMIT = 256;

function read(text: string): ReturnType<typeof parseCron> {
  const known = parsed.get(text) ?? parseCron(text);
  if (parsed.size >= KNOWN_LIMIT) parsed.clear();
  parsed.set(text, known);
  return known;
}

/** The schedules of a repository. */
export function plannedOf({ name, schedules = {} }: Repository, o: Observed): Planned[] {
  return (Object.keys(types) as (keyof typeof types)[]).flatMap((key) => {
    const text = schedules[key];
    if (text === undefined) return [];
    const schedule = read(text);
    const type = types[key];
    const id = `${names.postgresCluster(o.bestie.metadata.name)}-${name}-${type}`;
    return [{ id, type, text, ...('problem' in schedule ? { problem: schedule.problem } : { schedule }) }];
  });
}

const timeOf = (at: Date | undefined): string | undefined => at && wholeSeconds(at.toISOString());

/** RFC 3339 time of the next run; undefined where there is none within five years, and of an interval, whose runs hang on the one before. */
export const nextOf = ({ schedule }: Planned, now: string): string | undefined =>
  schedule === undefined || 'everySeconds' in schedule ? undefined : timeOf(nextRun(schedule, new Date(now)));

/** RFC 3339 time of the run after one that began at that unix time in milliseconds, perhaps a minute early by another clock; undefined where there is none. */
export const followerOf = ({ schedule }: Planned, startedAt: number): string | undefined =>
  schedule && timeOf(nextRun(schedule, new Date(startedAt + 60_000)));

/** Whether it is taken by Kubernetes and never runs. */
export const neverRuns = (planned: Planned, now: string): boolean =>
  planned.schedule !== undefined && !('everySeconds' in planned.schedule) && nextOf(planned, now) === undefined;
