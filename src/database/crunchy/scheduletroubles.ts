/** Whether the backups of a schedule that were due have succeeded. */
import type { Observed } from '../../api/observed.ts';
import { onRecord } from '../knownbackups.ts';
import type { Report } from '../../api/kubernetes.ts';
import type { Reason } from '../../api/reason.ts';
import { lastChange } from '../../observed/managedfields.ts';
import { secondsSince } from '../../lib/time.ts';
import type { PlannedBackup, Repository, RepositoryTrouble, Run } from '../../api/backupprovider.ts';
import { followerOf, neverRuns } from '../backupplan.ts';
import { plannedOf } from './backupplan.ts';
import { scheduledRuns } from './backupruns.ts';
import { databaseStatus, postgresCluster } from './cluster.ts';
import { isReported } from '../../observed/reported.ts';
import { kubectl } from '../../observed/commands.ts';
import { logsOf } from './preparation.ts';

/** Seconds after its planned time from which a run that is not seen was missed. */
const MISSED_RUN_SECONDS = 900;

/** Unix times in milliseconds; 0 where there is none. */
const times = (all: readonly (string | null | undefined)[]): number[] => all.map((time) => Date.parse(time ?? '') || 0);

/** Since when PGO could have made the CronJobs that the spec asks for, as far as is known. */
function plannedSince(o: Observed): number {
  const live = postgresCluster(o);
  const created = databaseStatus(live)?.conditions?.find((condition) => condition?.type === 'PGBackRestReplicaCreate')?.lastTransitionTime;
  const written = live && lastChange(live.metadata);
  return Math.max(...times([live?.metadata.creationTimestamp, created, written]));
}

const words: Record<PlannedBackup['type'], string> = { full: 'full', diff: 'differential', incr: 'incremental' };

interface Facts {
  planned: PlannedBackup;
  /** Its newest run, and the newest of those that have ended: one that is under way makes up for nothing yet. */
  newest: Run | undefined;
  ended: Run | undefined;
  repo: string;
  /** Whether the repository takes backups: otherwise PGO makes no CronJobs for it. */
  isPrepared: boolean;
  o: Observed;
}

/** Whether a backup by that schedule that succeeded since is on record: its Job may be gone. */
const isMadeUp = ({ planned, repo, o }: Facts, since: string | undefined): boolean =>
  onRecord(repo, o).some((backup) => backup?.id === planned.id && Date.parse(backup.completedAt ?? '') >= Date.parse(since ?? ''));

const missedWords = ({ planned, repo }: Facts, due: string): string =>
  `the ${words[planned.type]} backup into ${repo} that was planned for ${due} was not started`;

/**
 * The first planned run since the newest one that is known, once it should have been seen, an RFC 3339 time; undefined where none is known to be
 * missed. While one runs no other begins; one that hangs is overdue.
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

/** Whether the next run of the schedule was due while it was still running: no other begins meanwhile. */
function isOverdue(facts: Facts): boolean {
  const { planned, newest, o } = facts;
  if (newest?.state !== 'running' || newest.startedAt === undefined) return false;
  if (isReported(reportOf('ScheduledBackupOverdue', facts, newest.startedAt), o)) return true;
  if (secondsSince(newest.startedAt, o.now) <= o.bestie.spec.upgrade.backupTimeoutSeconds) return false;
  const due = followerOf(planned, Date.parse(newest.startedAt));
  return due !== undefined && Date.parse(due) <= Date.parse(o.now);
}

/** What status keeps of a run that is not as it should be. */
const reportOf = (reason: Reason, { planned }: Facts, detail: string): Report => ({
  reason,
  kind: 'CronJob',
  name: planned.id,
  detail,
});

/** One row for each way in which a schedule brings no backup, the first that fits. */
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

/** Why the schedules of that repository bring no backups. */
export function scheduleTroubles(repository: Repository, isPrepared: boolean, o: Observed): RepositoryTrouble[] {
  return plannedOf(repository, o).flatMap((planned): RepositoryTrouble[] => {
    const own = scheduledRuns(o).filter(({ id }) => id === planned.id);
    const facts: Facts = {
      planned,
      newest: own[0],
      ended: own.find(({ state }) => state !== 'running'),
      repo: repository.name,
      isPrepared,
      o,
    };
    const row = rows.find(({ when }) => when(facts));
    if (row === undefined) return [];
    const { reason, message, detail } = row;
    return [{ reason, message: message(facts), ...(detail && { reports: [reportOf(reason, facts, detail(facts))] }) }];
  });
}
