/** `status.backup`: the last backup, and what is known of each repository. The database operator forgets its runs one after the other, and all of them during a restore. */
import type { BestieStatus } from '../api/bestie.ts';
import type { Observed, Status } from '../api/observed.ts';
import type { Live } from '../api/kubernetes.ts';
import { wholeSeconds } from '../lib/time.ts';
import { drillRecord, verifiedOf, type DrillRecord } from '../observed/drillrecord.ts';
import { reportsBackups } from '../observed/reportsbackups.ts';
import type { Repository, Run } from '../api/backupprovider.ts';
import { nextOf } from '../database/backupplan.ts';
import { BACKUPS_ON_RECORD, knownBackups, type Backup } from '../database/knownbackups.ts';
import { isExternal } from '../observed/migrations.ts';
import { isBeingReplaced } from '../observed/replaceddata.ts';

type Entry = NonNullable<NonNullable<BestieStatus['backup']>['repositories']>[number];
type Success = NonNullable<Entry['backups']>[number];
type Failure = NonNullable<Entry['lastFailure']>;

const newestFirst = <T extends { completedAt: string }>(backups: readonly T[]): T[] =>
  [...backups].sort((a, b) => Date.parse(b.completedAt) - Date.parse(a.completedAt));

/** In whole seconds: a recorded time must not compare as older than its own fraction. */
const rounded = <T extends { completedAt: string }>(backup: T): T => ({ ...backup, completedAt: wholeSeconds(backup.completedAt) });

/** The latest backup that is known to have succeeded, whatever its repository. */
function lastBackup(o: Observed): Backup | undefined {
  const { id, repo, completedAt } = o.bestie.status.backup ?? {};
  const before: Backup[] = id != null && completedAt != null ? [{ id, completedAt, ...(repo != null && { repo }) }] : [];
  const known = isExternal(o) || !reportsBackups(o) ? before : [...before, ...knownBackups(o)];
  const [last] = newestFirst(known.map(rounded));
  return last && { id: last.id, ...(last.repo !== undefined && { repo: last.repo }), completedAt: last.completedAt };
}

const isSuccess = (backup: Live<Success> | null): backup is Success => backup?.id != null && backup.completedAt != null;
const success = ({ id, type, completedAt }: Live<Success> & Success): Success => ({ id, ...(type != null && { type }), completedAt });

const failure = ({ id, type, startedAt, reason }: Live<Failure>): Failure | undefined =>
  id == null || reason == null ? undefined : { id, ...(type != null && { type }), ...(startedAt != null && { startedAt }), reason };

const before = (name: string, o: Observed): Live<Entry> | undefined =>
  o.bestie.status.backup?.repositories?.find((entry) => entry?.name === name) ?? undefined;

/** Recorded backups, the last one of a status without such a record, and those that the database operator reports. */
function successes(name: string, o: Observed): Success[] {
  const { id, repo, completedAt } = o.bestie.status.backup ?? {};
  const recorded = (before(name, o)?.backups ?? []).filter(isSuccess).map(success);
  const last: Success[] = repo === name && id != null && completedAt != null ? [{ id, completedAt }] : [];
  const known = knownBackups(o).flatMap(({ repo: of, ...backup }) => (of === name ? [backup] : []));
  // Of two entries for the same backup the one with more information: what the database operator reports now, then the one with a type.
  const all = new Map([...last, ...recorded, ...known].map(rounded).map((backup) => [`${backup.id} ${backup.completedAt}`, backup]));
  return newestFirst([...all.values()]).slice(0, BACKUPS_ON_RECORD);
}

const failureOf = ({ id, type, startedAt, isScheduled }: Run): Failure => ({
  id,
  ...(type !== undefined && { type }),
  ...(startedAt !== undefined && { startedAt: wholeSeconds(startedAt) }),
  reason: isScheduled ? 'ScheduledBackupFailed' : 'BackupFailed',
});

/** A run that seemed to have failed may have been retried: what the database operator reports of it now counts. */
function lastFailure(name: string, o: Observed): Failure | undefined {
  const runs = o.provider.backups.runs(o).filter(({ repo }) => repo === name);
  const known = runs.filter(({ state }) => state === 'failed').map(failureOf);
  const recorded = failure(before(name, o)?.lastFailure ?? {});
  const isShown = runs.map(failureOf).some(({ id, startedAt }) => id === recorded?.id && startedAt === recorded.startedAt);
  const all = [...known, ...(recorded === undefined || isShown ? [] : [recorded])];
  return all.sort((a, b) => (Date.parse(b.startedAt ?? '') || 0) - (Date.parse(a.startedAt ?? '') || 0))[0];
}

/** Seconds by which the clocks of two replicas may differ. */
const CLOCK_SKEW_SECONDS = 120;

const firstAfter = (repository: Repository, time: number, o: Observed): string | undefined =>
  o.provider.backups
    .planned(repository, o)
    .flatMap((planned) => nextOf(planned, new Date(time).toISOString()) ?? [])
    .sort()[0];

/**
 * The next run that Kubernetes plans; undefined if there is none. The report of a replica whose clock is a little ahead stays: two that
 * disagree would write in turn.
 */
function nextRun(repository: Repository, o: Observed): string | undefined {
  const now = Date.parse(o.now);
  const [next, ahead] = [firstAfter(repository, now, o), firstAfter(repository, now + CLOCK_SKEW_SECONDS * 1000, o)];
  const reported = before(repository.name, o)?.nextRun;
  if (next === undefined || ahead === undefined || reported == null || reported <= next || reported > ahead) return next;
  const at = Date.parse(reported);
  return !Number.isNaN(at) && reported === firstAfter(repository, at - 1000, o) ? reported : next;
}

function entryOf(repository: Repository, o: Observed): Entry {
  const { name } = repository;
  const ready =
    o.provider.backups.unpreparedBecause(repository, o) === undefined && !isBeingReplaced(o) && o.provider.stopped(o) === undefined;
  const [backups, failed, next] = [successes(name, o), lastFailure(name, o), ready ? nextRun(repository, o) : undefined];
  return {
    name,
    ready,
    ...(backups[0] && { lastSuccess: backups[0] }),
    ...(failed && { lastFailure: failed }),
    ...(next !== undefined && { nextRun: next }),
    ...(backups.length > 0 && { backups }),
  };
}

/** The last drill that succeeded, by the record on the object of the database; by status where that is lost. */
function verifiedBackup(o: Observed, record: DrillRecord): Pick<NonNullable<Status['backup']>, 'verified'> {
  const verified = record.verified ?? verifiedOf(o.bestie.status.backup?.verified);
  return verified === undefined ? {} : { verified };
}

/** An entry as it was written last, without nulls. */
function asBefore({ name, ready, nextRun: next, ...rest }: Live<Entry>): Entry {
  const backups = (rest.backups ?? []).filter(isSuccess).map(success);
  const [last, failed] = [rest.lastSuccess ?? null, failure(rest.lastFailure ?? {})];
  return {
    name: name ?? '',
    ready: ready ?? false,
    ...(isSuccess(last) && { lastSuccess: success(last) }),
    ...(failed && { lastFailure: failed }),
    ...(next != null && { nextRun: next }),
    ...(backups.length > 0 && { backups }),
  };
}

/** The status while the spec is not carried out: the last backup, and the repositories as before. */
export function carriedBackup(o: Observed): Status['backup'] {
  const last = { ...lastBackup(o), ...verifiedBackup(o, drillRecord(o)) };
  const repositories = (o.bestie.status.backup?.repositories ?? []).flatMap((entry) => (entry === null ? [] : [asBefore(entry)]));
  return Object.keys(last).length > 0 || repositories.length > 0
    ? { ...last, ...(repositories.length > 0 && { repositories }) }
    : undefined;
}

/** The status now, with the record of drills as it is decided. */
export function backupStatus(o: Observed, drills: DrillRecord = drillRecord(o)): Status['backup'] {
  if (isExternal(o) || !reportsBackups(o)) return carriedBackup(o);
  return {
    ...lastBackup(o),
    ...verifiedBackup(o, drills),
    repositories: o.bestie.spec.database.backups.repos.map((repository) => entryOf(repository, o)),
  };
}
