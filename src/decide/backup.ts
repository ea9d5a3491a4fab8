/** Which backup the database is told to take. One at a time, and one that runs is never replaced: its result would be lost. */
import { hash8 } from '../lib/hash.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { durable } from '../observed/lastapplied.ts';
import { annotations } from '../api/names.ts';
import { secondsSince } from '../lib/time.ts';
import { type BackupRequest, type Purpose } from '../api/decisions.ts';
import type { RequestState } from '../api/provider.ts';
import { backupId } from '../database/backuprequest.ts';
import { startedJob } from '../observed/migrationjobs.ts';
import { mayWrite, podsOf } from '../observed/pods.ts';
import { databaseResource } from '../observed/database.ts';
import { isExternal } from '../observed/migrations.ts';
import { isTold } from '../observed/reported.ts';

/** What a backup is needed for: `key` is a hash of what it is to protect, so that another need takes another backup. */
export interface Need {
  purpose: Purpose;
  key: string;
  repo: string;
  /** RFC 3339 time from which it is waited for; left out where nobody waits. */
  since?: string;
}

/** Seconds between the end of a failed attempt and the next one. The last holds for all that follow. */
const DELAYS = [300, 900, 1800] as const;

/** `armed` stays, or comes, onto the PostgresCluster; `run` is how far it is; `waits` why it is not begun or not over. */
export interface Operation {
  armed?: BackupRequest;
  run?: RequestState;
  waits?: Readiness;
}

function inTheWay(o: Observed): string | undefined {
  if (startedJob(o) !== undefined || podsOf(o, 'migration').some((pod) => mayWrite(pod, o.now))) return 'a migration';
  const other = o.provider.backups.atWork(o);
  return other && `backup ${other.name}`;
}

/** Told as late when it has been waited for too long, and not begun. */
function waiting(reason: 'BackingUp' | 'RepositoryNotReady', what: string, { since }: Need, o: Observed): Operation {
  if (since === undefined) return { waits: { status: 'False', reason, message: `waiting for ${what}` } };
  const left = timeout(o) - secondsSince(since, o.now);
  const late = `after ${timeout(o)} s still waiting for ${what}`;
  if (left > 0 && !isTold('BackupTimeout', late, o))
    return { waits: { status: 'False', reason, message: `waiting for ${what}`, recheckAfterSeconds: left } };
  const message = `${late} before a backup can be taken; check the database and that ${o.provider.operator} runs`;
  return { waits: { status: 'False', reason: 'BackupTimeout', message } };
}

function begin(need: Need, attempt: number, o: Observed): Operation {
  const { purpose, key, repo } = need;
  const other = inTheWay(o);
  if (other !== undefined) return waiting('BackingUp', `${other} to end`, need, o);
  if (!o.provider.backups.isPossible(repo, o)) return waiting('RepositoryNotReady', `repository ${repo} to take backups`, need, o);
  const armed: BackupRequest = { id: backupId(purpose, key, attempt, o.bestie), purpose, key, isOwn: true, attempt, repo, since: o.now };
  return { armed, run: { state: 'waiting' }, waits: backingUp(armed, { state: 'waiting' }, o) };
}

const timeout = ({ bestie }: Observed): number =>
  (bestie.spec as Partial<Observed['bestie']['spec']>).upgrade?.backupTimeoutSeconds ?? 3600;

/** Why it has not ended, as far as is seen. */
function doing(request: BackupRequest, state: RequestState['state'], o: Observed): string {
  if (state === 'running') return 'it is still running';
  return o.provider.backups.isAsked(request, o)
    ? 'the database operator has not begun it'
    : `another controller or a policy takes the request off the ${o.provider.kind?.kind ?? 'database'}`;
}

/** Told from the time of the request, so that a database operator that is down is told, too. */
function backingUp(armed: BackupRequest, { state }: RequestState, o: Observed): Readiness {
  const left = timeout(o) - secondsSince(armed.since, o.now);
  // What failed before has failed until it succeeds: it would be a write more for each attempt to say otherwise.
  const so: Pick<Readiness, 'reason' | 'message'> =
    armed.attempt > 1 ? { reason: 'BackupFailed', message: 'the attempt before failed; ' } : { reason: 'BackingUp', message: '' };
  // With the limit in it: who raises that is not told of the former one.
  const late = `backup ${armed.id}, requested at ${armed.since}, has not ended within ${timeout(o)} s`;
  if (left > 0 && !isTold('BackupTimeout', late, o))
    return { status: 'False', ...so, message: `${so.message}backup ${armed.id} has not ended yet`, recheckAfterSeconds: left };
  const message = `${late}: ${doing(armed, state, o)}; check that ${o.provider.operator} runs, and kubectl -n ${o.bestie.metadata.namespace} describe ${databaseResource(o)}`;
  return { status: 'False', reason: 'BackupTimeout', message };
}

/** The same backup once more, under another id, after a while: the database operator never repeats one that it calls finished. */
function again(armed: BackupRequest, run: RequestState, need: Need, o: Observed): Operation {
  const delay = DELAYS[Math.min(armed.attempt, DELAYS.length) - 1] ?? 0;
  const left = delay - secondsSince(run.endedAt ?? armed.since, o.now);
  if (left <= 0) {
    const next = begin(need, armed.attempt + 1, o);
    if (next.armed !== undefined) return next;
  }
  const message = `backup ${armed.id} failed; read the log of its Job: ${o.provider.backups.logs(o)}; another attempt follows`;
  return { armed, run, waits: { status: 'False', reason: 'BackupFailed', message, ...(left > 0 && { recheckAfterSeconds: left }) } };
}

/** The next step towards the backup that is needed. Without a need nothing stays armed, but what runs is let end. */
export function operation(need: Need | undefined, o: Observed): Operation {
  const armed = o.provider.backups.request(o);
  const run = armed && o.provider.backups.stateOf(armed, o);
  const fits = armed?.isOwn === true && armed.purpose === need?.purpose && armed.key === need.key;
  // What was not begun in a repository that is left is never begun.
  if (fits && run?.state === 'waiting' && armed.repo !== need.repo) return begin(need, armed.attempt + 1, o);
  if (armed !== undefined && run !== undefined && (fits || run.state === 'running')) {
    if (run.state === 'failed' && need !== undefined) return again(armed, run, need, o);
    return { armed, run, ...(run.state !== 'succeeded' && { waits: backingUp(armed, run, o) }) };
  }
  return need === undefined ? {} : begin(need, 1, o);
}

export const firstRepository = ({ bestie }: Observed): string => bestie.spec.database.backups.repos[0]?.name ?? '';

/** The last token of database.backups.onDemand that was carried out, as the database tells it. */
export function carriedOut(o: Observed): string | undefined {
  const live = o.provider.live(o);
  return live && durable(o, live, annotations.onDemand);
}

/** The backup that a person asks for with a new token. */
export function onDemand(o: Observed): Need | undefined {
  const token = o.bestie.spec.database.backups.onDemand;
  if (token === undefined || isExternal(o) || token === carriedOut(o)) return undefined;
  return { purpose: 'on-demand', key: hash8(token), repo: firstRepository(o) };
}
