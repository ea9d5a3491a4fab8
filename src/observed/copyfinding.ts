/** What is said of a database while it is made from the backups of another one. */
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import type { RestoreState } from '../api/restore.ts';
import { secondsSince } from '../lib/time.ts';
import { failedAttempt } from './attempts.ts';
import { kubectl } from './commands.ts';
import { copyRecord, isCopying, wantedCopy } from './copyrecord.ts';
import { wantedSource } from './copysource.ts';
import { hasRun } from './migrations.ts';
import { databaseResource, databaseShown } from './database.ts';
import { aboutDatabase, isReported } from './reported.ts';

/** From what the database is a copy, in words: by its record, or, before it exists, by the spec. */
export function copiedFromWords(o: Observed): string {
  const wanted = o.provider.live(o) === undefined ? wantedSource(o) : undefined;
  return (wanted ? o.provider.copies.words(wanted) : copyRecord(o)?.source) ?? 'a source that is not on record';
}

/** What is said from the request until the database operator has begun. */
export const copyBegins = (o: Observed): Readiness => ({
  status: 'False',
  reason: 'Copying',
  message: `${databaseShown(o)} is being made from ${copiedFromWords(o)}`,
});

/** Whether a database that does not exist yet will be a copy. */
export const isToBeCopied = (o: Observed): boolean => o.provider.live(o) === undefined && wantedCopy(o) !== undefined && !hasRun(o);

/** What is late, and after how many seconds since when. */
interface Limit {
  since: string | undefined;
  seconds: number;
  advice: string;
  /** It may take as long as it takes. */
  isLong?: true;
}

/** Seconds until the database operator must have begun, and Postgres must have started on what was copied. */
const BEGIN_SECONDS = 600;
const START_SECONDS = 900;
/** Seconds after which is said where to look: a database may take longer. */
const LONG_SECONDS = 1800;
/** The same for a moment: one that is not archived is looked for without end. */
const ENDLESS_SECONDS = 600;

const ENDLESS =
  '; where it repeats that recovery ended before the target, nothing so late is archived, and the copy never ends: delete this Bestie, and create it with an earlier target';

function limit(live: KubeObject, { startedAt, endedAt }: RestoreState, o: Observed): Limit {
  const { name, creationTimestamp } = live.metadata;
  const { logs, events } = o.provider.copies;
  if (endedAt !== undefined)
    return {
      since: endedAt,
      seconds: START_SECONDS,
      advice: `Postgres does not start on the copied data; see what is missing: ${events(name, o)}`,
    };
  if (startedAt === undefined)
    return {
      since: creationTimestamp ?? undefined,
      seconds: BEGIN_SECONDS,
      advice: `nothing is copied yet; the events say what is refused or waited for: ${events(name, o)}`,
    };
  const isMoment = wantedCopy(o)?.target?.time != null;
  return {
    since: startedAt,
    seconds: isMoment ? ENDLESS_SECONDS : LONG_SECONDS,
    advice: `a large database may need longer; its log shows how far it is: ${logs(name, o)}${isMoment ? ENDLESS : ''}`,
    isLong: true,
  };
}

/** One that does not end by itself. */
const failures: Partial<Record<RestoreState['state'], string>> = {
  failed: 'has failed',
  brokenOff: 'was broken off, because its instances were started before it had ended',
};

function failed(live: KubeObject, how: string, o: Observed): Readiness {
  const { name } = live.metadata;
  const again = kubectl(o, `delete ${databaseResource(o)} ${name}`);
  const message =
    `the copy of ${copiedFromWords(o)} into ${databaseShown(o)} ${how}; its log says why: ${o.provider.copies.logs(name, o)}; it holds no data of its own: ` +
    `to copy again, ${again}; to copy something else, delete this Bestie, and create it with another database.dataSource`;
  return { status: 'False', reason: 'CopyFailed', message };
}

function underway(live: KubeObject, state: RestoreState, o: Observed): Readiness {
  const { startedAt } = state;
  const { since, seconds, advice, isLong } = limit(live, state, o);
  const begins = copyBegins(o);
  const tried = failedAttempt(state, o.provider.copies.logs(live.metadata.name, o));
  const message = `${begins.message}${startedAt === undefined ? '' : `, since ${startedAt}`}${tried}`;
  const report = aboutDatabase(o, { reason: 'CopyStuck', detail: since ?? '' });
  const left = seconds - secondsSince(since, o.now);
  if (left > 0 && !isReported(report, o)) return { ...begins, message, recheckAfterSeconds: left };
  return { status: 'False', reason: isLong === true ? 'Copying' : 'CopyStuck', message: `${message}; ${advice}`, reports: [report] };
}

/** While the database is being made from its source; undefined once it is, and for one that is no copy. */
export function copyFinding(o: Observed): Readiness | undefined {
  const live = o.provider.live(o);
  if (live === undefined || !isCopying(o)) return undefined;
  const state = o.provider.copies.stateOf(live);
  const how = failures[state.state];
  return how === undefined ? underway(live, state, o) : failed(live, how, o);
}
