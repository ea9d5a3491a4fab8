/** When a drill is due: by its schedule, or once for each new token. */
import type { BestieSpec } from '../api/bestie.ts';
import type { Drill } from '../api/drill.ts';
import { parseCron, type Schedule } from '../lib/cron.ts';
import { lastRunBefore, nextRun } from '../lib/cronruns.ts';
import { hash8 } from '../lib/hash.ts';
import { remembered } from '../lib/remembered.ts';
import { wholeSeconds } from '../lib/time.ts';
import type { DrillRecord } from '../observed/drillrecord.ts';

export type Verify = NonNullable<BestieSpec['database']['backups']['verify']>;

/** What makes a drill due; an RFC 3339 time, or a hash of the token. */
export type Due = Pick<Drill, 'id' | 'due' | 'token'>;

/** Most Besties have the same few schedules. */
const KNOWN_CHARACTERS = 20_000;
const read = remembered(KNOWN_CHARACTERS, parseCron);

/** Undefined where there is none, or where Kubernetes would refuse it. */
function scheduleOf({ schedule }: Pick<Verify, 'schedule'>): Schedule | undefined {
  const parsed = schedule === undefined ? undefined : read(schedule);
  return parsed === undefined || 'problem' in parsed ? undefined : parsed;
}

const later = (a: string | undefined, b: string | undefined): string | undefined =>
  [a, b]
    .filter((each) => each !== undefined)
    .sort()
    .at(-1);

/** RFC 3339 time of the first run after those that were carried out; undefined without a schedule, before it is on record, and where it never runs. */
export function nextDue(verify: Verify, { schedule, since, due }: DrillRecord): string | undefined {
  const planned = scheduleOf(verify);
  const from = later(since, due);
  if (planned === undefined || schedule !== verify.schedule || from === undefined) return undefined;
  const next = nextRun(planned, new Date(from));
  return next && wholeSeconds(next.toISOString());
}

/** Of several runs that were missed the last one. `by`: until when one counts that is still to come. */
function byTime(verify: Verify, record: DrillRecord, now: string, by: string): Due | undefined {
  const [planned, next] = [scheduleOf(verify), nextDue(verify, record)];
  if (planned === undefined || next === undefined || Date.parse(next) > Date.parse(by)) return undefined;
  const last = lastRunBefore(planned, new Date(now));
  const due = later(next, last && wholeSeconds(last.toISOString())) ?? next;
  return { id: `scheduled.${due}`, due };
}

function byToken({ onDemand }: Verify, { token }: DrillRecord): Due | undefined {
  if (onDemand === undefined || token === hash8(onDemand)) return undefined;
  return { id: `on-demand.${onDemand}`, token: hash8(onDemand) };
}

/** The drill that is due now, or by a time to come. A user who asks for one is served first. */
export const dueNow = (verify: Verify, record: DrillRecord, now: string, by = now): Due | undefined =>
  byToken(verify, record) ?? byTime(verify, record, now, by);

/** The record with the schedule of the spec, if it is another one: no earlier run of that is due. Without a schedule none is kept. */
export function withSchedule(record: DrillRecord, verify: Verify | undefined, now: string): DrillRecord {
  const { schedule, since: _, due, ...rest } = record;
  if (schedule === verify?.schedule) return record;
  return verify?.schedule === undefined ? rest : { ...rest, schedule: verify.schedule, since: now, ...(due !== undefined && { due }) };
}
