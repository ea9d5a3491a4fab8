/** Whether each repository of a managed database takes backups, and whether those that were due have succeeded. One that works does not hide one that fails. */
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Report } from '../../api/kubernetes.ts';
import type { Reason } from '../../api/reason.ts';
import { lastChange } from '../../observed/managedfields.ts';
import { clusterName, label } from './names.ts';
import { secondsSince } from '../../lib/time.ts';
import type { PlannedBackup, Repository, RepositoryTrouble, Run } from '../../api/provider.ts';
import { followerOf, neverRuns } from '../backupplan.ts';
import { plannedOf } from './backupplan.ts';
import { backupRuns, requestedRun, scheduledRuns } from './backupruns.ts';
import { databaseStatus, postgresCluster } from './cluster.ts';
import { isReported } from '../../observed/reported.ts';
import { kubectl, labelSelector } from '../../observed/commands.ts';

/** Seconds after its planned time from which a run that is not observed was missed. */
const MISSED_RUN_SECONDS = 900;

const isTrue = (live: KubeObject | undefined, type: string): boolean =>
  databaseStatus(live)?.conditions?.some((condition) => condition?.type === type && condition.status === 'True') ?? false;

/** PGO leaves out a condition that it has not checked. */
const isFalse = (live: KubeObject | undefined, type: string): boolean =>
  databaseStatus(live)?.conditions?.some((condition) => condition?.type === type && condition.status !== 'True') ?? false;

const logsOf = (labels: Record<string, string>, o: Observed): string => {
  const all = { cluster: postgresCluster(o)?.metadata.name ?? '', ...labels };
  return kubectl(o, `logs -l ${labelSelector(Object.fromEntries(Object.entries(all).map(([key, value]) => [label(key), value])))}`);
};

/** Why it takes no backups; undefined if it does. PGO prepares all repositories at once, and needs one backup into the first before any other. */
export function unpreparedBecause({ name, volume }: Repository, o: Observed): string | undefined {
  const live = postgresCluster(o);
  const repos = databaseStatus(live)?.pgbackrest?.repos ?? [];
  const state = repos.find((each) => each?.name === name);
  const events = `see why: ${kubectl(o, `describe postgrescluster ${clusterName(o.bestie.metadata.name)}`)}`;
  if (volume !== undefined && state != null && state.bound !== true && state.stanzaCreated !== true)
    return `its volume is not bound; ${events}`;
  if (state?.stanzaCreated !== true) {
    const all = repos.filter((each) => each?.name != null);
    const isCommon = all.length > 1 && all.every((each) => each?.stanzaCreated !== true);
    return `its stanza is not created${isCommon ? ', nor that of any other repository: one that fails blocks all' : ''}; ${events}`;
  }
  if (volume !== undefined && isFalse(live, 'PGBackRestRepoHostReady')) return 'the repository host is not ready';
  // The order of the spec: PGO sorts the repositories of its status by name.
  const first = o.bestie.spec.database.backups.repos[0]?.name ?? name;
  const hasFirst =
    isTrue(live, 'PGBackRestReplicaCreate') ||
    (!isFalse(live, 'PGBackRestReplicaCreate') && repos.some((each) => each?.name === first && each.replicaCreateBackupComplete === true));
  return hasFirst
    ? undefined
    : `the first backup of the database, into ${first === name ? 'it' : first}, has not succeeded; see ${logsOf({ 'pgbackrest-backup': 'replica-create' }, o)}`;
}

/** Unix times in milliseconds; 0 where there is none. */
const times = (all: readonly (string | null | undefined)[]): number[] => all.map((time) => Date.parse(time ?? '') || 0);

/** Since when PGO could have created the CronJobs of the spec, as far as is known. */
function plannedSince(o: Observed): number {
  const live = postgresCluster(o);
  const created = databaseStatus(live)?.conditions?.find((condition) => condition?.type === 'PGBackRestReplicaCreate')?.lastTransitionTime;
  const written = live && lastChange(live.metadata);
  return Math.max(...times([live?.metadata.creationTimestamp, created, written]));
}

const words: Record<PlannedBackup['type'], string> = { full: 'full', diff: 'differential', incr: 'incremental' };

interface Facts {
  planned: PlannedBackup;
  /** Its newest run, and the newest of those that have ended: one that still runs replaces no failed one yet. */
  newest: Run | undefined;
  ended: Run | undefined;
  repo: string;
  /** Whether the repository takes backups: otherwise PGO makes no CronJobs for it. */
  isPrepared: boolean;
  o: Observed;
}

/** Successful backups that status records, because PGO forgets them. */
const onRecord = (repo: string, { bestie }: Observed) =>
  (bestie.status.backup?.repositories ?? []).flatMap((each) => (each?.name === repo ? (each.backups ?? []) : []));

/** Whether a later successful backup by that schedule is recorded: its Job may be gone. */
const isMadeUp = ({ planned, repo, o }: Facts, since: string | undefined): boolean =>
  onRecord(repo, o).some((backup) => backup?.id === planned.id && Date.parse(backup.completedAt ?? '') >= Date.parse(since ?? ''));

const missedWords = ({ planned, repo }: Facts, due: string): string =>
  `the ${words[planned.type]} backup into ${repo} that was planned for ${due} was not started`;

/**
 * The first planned run since the newest one that is known, once it should have been observed, an RFC 3339 time; undefined if none is known to be
 * missed. While one runs no other starts; one that hangs is overdue.
 */
function missed(facts: Facts): string | undefined {
  const { planned, newest, repo, isPrepared, o } = facts;
  if (!isPrepared || newest?.state === 'running') return undefined;
  const recorded = onRecord(repo, o).flatMap((backup) => (backup?.id === planned.id ? [backup.completedAt] : []));
  const due = followerOf(planned, Math.max(plannedSince(o), ...times([newest?.startedAt, ...recorded])));
  if (due === undefined) return undefined;
  return secondsSince(due, o.now) >= MISSED_RUN_SECONDS || isReported(reportOf('ScheduledBackupMissed', facts, due), o) ? due : undefined;
}

const overdueWords = ({ planned, newest, repo }: Facts): string =>
  `the ${words[planned.type]} backup into ${repo} that the schedule started at ${newest?.startedAt ?? ''} has not ended`;

/** Whether the next run of the schedule was due while it was still running: no other starts meanwhile. */
function isOverdue(facts: Facts): boolean {
  const { planned, newest, o } = facts;
  if (newest?.state !== 'running' || newest.startedAt === undefined) return false;
  if (isReported(reportOf('ScheduledBackupOverdue', facts, newest.startedAt), o)) return true;
  if (secondsSince(newest.startedAt, o.now) <= o.bestie.spec.upgrade.backupTimeoutSeconds) return false;
  const due = followerOf(planned, Date.parse(newest.startedAt));
  return due !== undefined && Date.parse(due) <= Date.parse(o.now);
}

/** What status records of a run that failed, is overdue or was missed. */
const reportOf = (reason: Reason, { planned }: Facts, detail: string): Report => ({
  reason,
  kind: 'CronJob',
  name: planned.id,
  detail,
});

/** One row for each reason for which a schedule takes no backup, the first that fits. */
const rows: readonly { reason: Reason; when: (f: Facts) => boolean; message: (f: Facts) => string; detail?: (f: Facts) => string }[] = [
  {
    reason: 'InvalidSchedule',
    when: ({ planned }) => planned.problem !== undefined,
    message: ({ planned, repo }) =>
      `Kubernetes refuses the schedule "${planned.text}" of ${words[planned.type]} backups into ${repo}, so none is taken by it: ${planned.problem ?? ''}`,
  },
  {
    reason: 'ScheduleNeverRuns',
    when: ({ planned, o }) => neverRuns(planned, o.now),
    message: ({ planned, repo }) => `the schedule "${planned.text}" of ${words[planned.type]} backups into ${repo} never runs`,
  },
  {
    reason: 'ScheduledBackupFailed',
    when: (f) => f.ended?.state === 'failed' && !isMadeUp(f, f.ended.startedAt),
    message: ({ planned, ended, repo, o }) =>
      `the ${words[planned.type]} backup into ${repo} that the schedule started at ${ended?.startedAt ?? 'an unknown time'} failed; see why: ` +
      logsOf({ 'pgbackrest-cronjob': planned.type, 'pgbackrest-repo': repo }, o),
  },
  {
    reason: 'ScheduledBackupOverdue',
    when: isOverdue,
    message: (f) => `${overdueWords(f)}, and no other starts meanwhile`,
    detail: ({ newest }) => newest?.startedAt ?? '',
  },
  {
    reason: 'ScheduledBackupMissed',
    when: (f) => missed(f) !== undefined,
    message: (f) => `${missedWords(f, missed(f) ?? '')}; see ${kubectl(f.o, `describe cronjob ${f.planned.id}`)}`,
    detail: (f) => missed(f) ?? '',
  },
];

/** The command that shows the log of backups on request. */
export const logsOfRequests = (o: Observed): string => logsOf({ 'pgbackrest-backup': 'manual' }, o);

/** A requested backup that failed, without a later successful one. One that this Bestie requested, and retries, is reported as such. */
function failedRequest({ name }: Repository, o: Observed): RepositoryTrouble[] {
  const run = requestedRun(o);
  if (run?.state !== 'failed' || run.repo !== name) return [];
  const isLater = (completedAt: string | null | undefined): boolean => Date.parse(completedAt ?? '') > Date.parse(run.startedAt ?? '');
  const isMadeUp =
    backupRuns(o).some(({ repo, state, completedAt }) => repo === name && state === 'succeeded' && isLater(completedAt)) ||
    onRecord(name, o).some((backup) => isLater(backup?.completedAt));
  return isMadeUp
    ? []
    : [
        {
          reason: 'BackupFailed',
          message: `backup ${run.id} into ${name} failed; see why: ${logsOfRequests(o)}`,
        },
      ];
}

/** What is wrong with that repository, the most important first; empty if every backup that was due succeeded. */
export function repositoryTroubles(repository: Repository, o: Observed): RepositoryTrouble[] {
  const { name: repo } = repository;
  const because = unpreparedBecause(repository, o);
  const unprepared: RepositoryTrouble[] =
    because === undefined ? [] : [{ reason: 'RepositoryNotReady', message: `repository ${repo} does not take backups: ${because}` }];
  const ofSchedules = plannedOf(repository, o).flatMap((planned): RepositoryTrouble[] => {
    const own = scheduledRuns(o).filter(({ id }) => id === planned.id);
    const facts: Facts = {
      planned,
      newest: own[0],
      ended: own.find(({ state }) => state !== 'running'),
      repo,
      isPrepared: because === undefined,
      o,
    };
    const row = rows.find(({ when }) => when(facts));
    if (row === undefined) return [];
    const { reason, message, detail } = row;
    return [{ reason, message: message(facts), ...(detail && { reports: [reportOf(reason, facts, detail(facts))] }) }];
  });
  return [...unprepared, ...ofSchedules, ...failedRequest(repository, o)];
}
