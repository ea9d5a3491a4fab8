/** Which backup is requested. One at a time, and one that runs is never replaced: its result would be lost. */
import { hash8 } from '../lib/hash.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { durable } from '../observed/lastapplied.ts';
import { annotations } from '../api/names.ts';
import { secondsSince } from '../lib/time.ts';
import { type BackupRequest, type Purpose } from '../api/decisions.ts';
import type { RequestState } from '../api/backupprovider.ts';
import { backupId } from '../database/backuprequest.ts';
import { drillInTheWay } from '../observed/drill.ts';
import { startedJob } from '../observed/migrationjobs.ts';
import { mayWrite, podsOf } from '../observed/pods.ts';
import { databaseResource } from '../observed/database.ts';
import { isExternal } from '../observed/migrations.ts';
import { aboutDatabase, isReported } from '../observed/reported.ts';
import { kubectl } from '../observed/commands.ts';
import type { DatabaseOperation } from './operation.ts';

/** What a backup is needed for: `key` is a hash of what it is to protect, so that another need takes another backup. */
export interface BackupNeed {
  purpose: Purpose;
  key: string;
  repo: string;
  /** RFC 3339 time since which something waits for it; left out if nothing does. */
  since?: string;
}

/** Seconds between the end of a failed attempt and the next one. The last value holds for all that follow. */
const RETRY_SECONDS = [300, 900, 1800] as const;

function inTheWay(o: Observed): string | undefined {
  if (startedJob(o) !== undefined || podsOf(o, 'migration').some((pod) => mayWrite(pod, o.now))) return 'a migration';
  const other = o.provider.backups.atWork(o);
  return drillInTheWay(o) ?? (other && `backup ${other.name}`);
}

/** A backup that cannot be requested yet. It is late once it has been waited for too long. */
function pending(reason: 'BackingUp' | 'RepositoryNotReady', what: string, { since }: BackupNeed, o: Observed): DatabaseOperation {
  const young: Readiness = { status: 'False', reason, message: `waiting for ${what}` };
  if (since === undefined) return { type: 'BackupPending', waits: young };
  const left = timeout(o) - secondsSince(since, o.now);
  const report = aboutDatabase(o, { reason: 'BackupTimeout', detail: `${what}, ${timeout(o)} s` });
  if (left > 0 && !isReported(report, o)) return { type: 'BackupPending', waits: { ...young, recheckAfterSeconds: left } };
  const message = `after ${timeout(o)} s still waiting for ${what} before a backup can be taken; check the database and that ${o.provider.operator} runs`;
  return { type: 'BackupPending', waits: { status: 'False', reason: 'BackupTimeout', message, reports: [report] } };
}

function begin(need: BackupNeed, attempt: number, o: Observed): DatabaseOperation {
  const { purpose, key, repo } = need;
  const other = inTheWay(o);
  if (other !== undefined) return pending('BackingUp', `${other} to end`, need, o);
  if (!o.provider.backups.isPossible(repo, o)) return pending('RepositoryNotReady', `repository ${repo} to take backups`, need, o);
  const request: BackupRequest = { id: backupId(purpose, key, attempt, o.bestie), purpose, key, isOwn: true, attempt, repo, since: o.now };
  const progress: RequestState = { state: 'waiting' };
  return { type: 'Backup', request, progress, waits: backingUp(request, progress, o) };
}

/** The default of the CRD, for a Bestie whose spec has no acceptable value. A test compares the two. */
export const DEFAULT_BACKUP_TIMEOUT_SECONDS = 3600;

const timeout = ({ bestie }: Observed): number =>
  (bestie.spec as Partial<Observed['bestie']['spec']>).upgrade?.backupTimeoutSeconds ?? DEFAULT_BACKUP_TIMEOUT_SECONDS;

/** Why it has not ended, as far as is observed. */
function doing(request: BackupRequest, state: RequestState['state'], o: Observed): string {
  if (state === 'running') return 'it is still running';
  return o.provider.backups.isAsked(request, o)
    ? 'the database operator has not started it'
    : `another controller or a policy removes the request from the ${o.provider.kind?.kind ?? 'database'}`;
}

/** The time counts from the request, so that a database operator that is down is reported, too. */
function backingUp(request: BackupRequest, { state }: RequestState, o: Observed): Readiness {
  const { id, since, attempt, purpose } = request;
  const former = purpose === 'quiet-upgrade' ? 'failed, or the application ran beside it' : 'failed';
  const left = timeout(o) - secondsSince(since, o.now);
  // A backup that failed before has failed until it succeeds: any other report would be one more write for each attempt.
  const so: Pick<Readiness, 'reason' | 'message'> =
    attempt > 1 ? { reason: 'BackupFailed', message: `the previous attempt ${former}; ` } : { reason: 'BackingUp', message: '' };
  // With the limit in it: once a user raises the limit, a report about the former one does not count.
  const report = aboutDatabase(o, { reason: 'BackupTimeout', detail: `${id}, ${since}, ${timeout(o)} s` });
  if (left > 0 && !isReported(report, o))
    return { status: 'False', ...so, message: `${so.message}backup ${id} has not ended yet`, recheckAfterSeconds: left };
  const late = `backup ${id}, requested at ${since}, has not ended within ${timeout(o)} s: ${doing(request, state, o)}`;
  const message = `${late}; check that ${o.provider.operator} runs, and ${kubectl(o, `describe ${databaseResource(o)}`)}`;
  return { status: 'False', reason: 'BackupTimeout', message, reports: [report] };
}

/** The same backup once more, under another id, after a while: the database operator never repeats a finished one. */
function again(request: BackupRequest, progress: RequestState, need: BackupNeed, o: Observed): DatabaseOperation {
  const delay = RETRY_SECONDS[Math.min(request.attempt, RETRY_SECONDS.length) - 1] ?? 0;
  const left = delay - secondsSince(progress.endedAt ?? request.since, o.now);
  if (left <= 0) {
    const next = begin(need, request.attempt + 1, o);
    if (next.type === 'Backup') return next;
  }
  const message = `backup ${request.id} failed; read the log of its Job: ${o.provider.backups.logs(o)}; another attempt follows`;
  const waits: Readiness = { status: 'False', reason: 'BackupFailed', message, ...(left > 0 && { recheckAfterSeconds: left }) };
  return { type: 'Backup', request, progress, waits };
}

/** A backup whose request was taken back because the application ran beside it is no quiet one: the next one has another id. */
function firstAttempt({ purpose, key }: BackupNeed, o: Observed): number {
  const isShown = purpose === 'quiet-upgrade' && o.provider.backups.runs(o).some(({ id }) => id === backupId(purpose, key, 1, o.bestie));
  return isShown ? 2 : 1;
}

/** The next step towards the needed backup. Without a need no request stays, except for a backup that runs. */
export function operation(need: BackupNeed | undefined, o: Observed): DatabaseOperation {
  const request = o.provider.backups.request(o);
  const progress = request && o.provider.backups.stateOf(request, o);
  const fits = request?.isOwn === true && request.purpose === need?.purpose && request.key === need.key;
  // A backup that has not started in a repository that the spec no longer names never starts.
  if (fits && progress?.state === 'waiting' && request.repo !== need.repo) return begin(need, request.attempt + 1, o);
  if (request !== undefined && progress !== undefined && (fits || progress.state === 'running')) {
    if (progress.state === 'failed' && need !== undefined) return again(request, progress, need, o);
    return { type: 'Backup', request, progress, ...(progress.state !== 'succeeded' && { waits: backingUp(request, progress, o) }) };
  }
  return need === undefined ? { type: 'None' } : begin(need, firstAttempt(need, o), o);
}

export const firstRepository = ({ bestie }: Observed): string => bestie.spec.database.backups.repos[0]?.name ?? '';

/** Whether a restore takes a backup of what is there; of what a failed migration has left none is. */
export const backupPolicy = (restore: string, { bestie: { spec } }: Observed): 'Auto' | 'Required' | 'Skip' =>
  spec.restore?.id === restore ? spec.restore.backup : 'Skip';

/** The last token of database.backups.onDemand that was carried out, as the object of the database records it. */
export function carriedOut(o: Observed): string | undefined {
  const live = o.provider.live(o);
  return live && durable(o, live, annotations.onDemand);
}

/** The backup that a user requests with a new token. */
export function onDemand(o: Observed): BackupNeed | undefined {
  const token = o.bestie.spec.database.backups.onDemand;
  if (token === undefined || isExternal(o) || token === carriedOut(o)) return undefined;
  return { purpose: 'on-demand', key: hash8(token), repo: firstRepository(o) };
}
