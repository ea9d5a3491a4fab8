/** The backups that PGO's status shows: the last one on request, and one entry for each Job of a schedule that still exists. Source: PGO's behaviour, seen on PGO 6.0. */
import type { Observed } from '../../api/observed.ts';
import type { Live } from '../../api/kubernetes.ts';
import { BACKUP_ANNOTATION } from './names.ts';
import type { PostgresClusterSpec, PostgresClusterStatus } from './types.ts';
import { secondsSince, wholeSeconds } from '../../lib/time.ts';
import type { Run } from '../../api/backupprovider.ts';
import { purposeOf } from '../backuprequest.ts';
import { backupRequest, typeOf } from './backups.ts';
import { databaseStatus, postgresCluster } from './cluster.ts';
import { memo } from '../../observed/memo.ts';

type Entry = Live<PostgresClusterStatus['pgbackrest']['scheduledBackups'][number]>;

/** The most pods that a Job of PGO starts. PGO's status lags behind while the Job is retried, and is right about the last pod. */
const MOST_ATTEMPTS = 7;
/** Seconds after which a run that has failed at least once, and whose status does not change, has failed: six retries wait for eleven minutes together. */
const LAST_ATTEMPT_SECONDS = 3600;
/** The same for a backup that may take longer: its last attempt may, too. */
const lastTry = ({ bestie: { spec } }: Observed): number =>
  Math.max(LAST_ATTEMPT_SECONDS, (spec as Live<typeof spec>).upgrade?.backupTimeoutSeconds ?? 0);

const pgbackrest = (o: Observed) => databaseStatus(postgresCluster(o))?.pgbackrest;

/** Whether status reports already that it failed: then every replica does, whatever its clock. */
const isOnRecord = ({ cronJobName, repo, startTime }: Entry, { bestie }: Observed): boolean =>
  bestie.status.backup?.repositories?.some(
    (each) =>
      each?.name === repo &&
      each?.lastFailure?.id === cronJobName &&
      each?.lastFailure?.startedAt === (startTime && wholeSeconds(startTime)),
  ) ?? false;

function stateOf(entry: Entry, isFollowed: boolean, o: Observed): Run['state'] {
  const { succeeded, active, failed, startTime } = entry;
  if ((succeeded ?? 0) > 0) return 'succeeded';
  if ((failed ?? 0) >= MOST_ATTEMPTS) return 'failed';
  // A schedule has one run at a time: if another one follows, this one has ended.
  const isLast = isFollowed || secondsSince(startTime, o.now) >= lastTry(o) || isOnRecord(entry, o);
  const isOver = (failed ?? 0) > 0 && (active ?? 0) === 0 && isLast;
  return isOver ? 'failed' : 'running';
}

/** Runs of schedules, of each schedule the newest first. */
export const scheduledRuns = memo((o): readonly Run[] => {
  const entries = (pgbackrest(o)?.scheduledBackups ?? []).flatMap((entry) => (entry?.cronJobName == null ? [] : [entry]));
  const startOf = ({ startTime }: Entry): number => Date.parse(startTime ?? '') || 0;
  const sorted = entries.sort((a, b) => startOf(b) - startOf(a));
  return sorted.map((entry) => ({
    id: entry.cronJobName ?? '',
    repo: entry.repo ?? undefined,
    type: entry.type ?? undefined,
    state: stateOf(entry, sorted.find(({ cronJobName }) => cronJobName === entry.cronJobName) !== entry, o),
    startedAt: entry.startTime ?? undefined,
    completedAt: entry.completionTime ?? undefined,
    isScheduled: true,
  }));
});

/** The repository of a requested backup. PGO does not report it; the request does. All but a final one go into the first repository, which stays the first. */
function repositoryOf(id: string, o: Observed): string | undefined {
  const armed = backupRequest(o);
  if (armed?.id === id) return armed.repo;
  const live = postgresCluster(o);
  const manual = (live?.spec as Live<PostgresClusterSpec> | null | undefined)?.backups?.pgbackrest?.manual;
  if (live?.metadata.annotations?.[BACKUP_ANNOTATION] === id) return manual?.repoName ?? undefined;
  const purpose = purposeOf(id);
  if (purpose === undefined || purpose === 'final') return undefined;
  return (o.bestie.spec as Live<Observed['bestie']['spec']>).database?.backups?.repos?.[0]?.name ?? undefined;
}

/** The last backup on request that was started. */
export const requestedRun = memo((o): Run | undefined => {
  const run = pgbackrest(o)?.manualBackup;
  if (run?.id == null || (run.finished !== true && run.startTime == null)) return undefined;
  const ended = (run.succeeded ?? 0) > 0 ? 'succeeded' : 'failed';
  return {
    id: run.id,
    repo: repositoryOf(run.id, o),
    type: typeOf(run.id),
    state: run.finished === true ? ended : 'running',
    startedAt: run.startTime ?? undefined,
    completedAt: run.completionTime ?? undefined,
    isScheduled: false,
  };
});

/** Every run that PGO's status shows. */
export const backupRuns = (o: Observed): readonly Run[] => [...[requestedRun(o)].filter((run) => run !== undefined), ...scheduledRuns(o)];
