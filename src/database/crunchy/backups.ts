/** What is known of the backups of a managed database, and the requested one. Source: PGO's behaviour, seen on PGO 6.0 and read for 5.8. */
import type { BackupRequest, Purpose } from '../../api/decisions.ts';
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import type { RequestState } from '../../api/backupprovider.ts';
import { parseBackupId, purposeOf } from '../backuprequest.ts';
import { BACKUP_ANNOTATION } from './names.ts';
import { annotations } from '../../api/names.ts';
import type { PostgresClusterSpec } from './types.ts';
import { databaseStatus, isUsable, postgresCluster } from './cluster.ts';

/** The request as it was last applied. What a user writes on the PostgresCluster is undone, and is no request of this operator. */
export function backupRequest(o: Observed): BackupRequest | undefined {
  const live = postgresCluster(o);
  const applied = live && o.applied(live);
  const id = applied?.metadata.annotations?.[BACKUP_ANNOTATION] ?? '';
  const known = parseBackupId(id, o.bestie);
  const manual = (applied?.spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest?.manual;
  if (known === undefined || manual?.repoName == null) return undefined;
  const since = applied?.metadata.annotations?.[annotations.armedAt] ?? o.now;
  return { id, ...known, repo: manual.repoName, since };
}

/** A full one would be the safest and the slowest; a differential one needs nothing but the last full one. */
const types: Record<Purpose, 'full' | 'diff'> = {
  'pre-upgrade': 'diff',
  'quiet-upgrade': 'diff',
  'pre-restore': 'diff',
  'post-restore': 'diff',
  'on-demand': 'full',
  final: 'full',
};

/** The type of a backup with that id; undefined for an id that the operator has not made. */
export function typeOf(id: string): string | undefined {
  const purpose = purposeOf(id);
  return purpose && types[purpose];
}

/** How PGO takes that backup. Nothing of the options comes from a spec: they reach a shell. */
export const manualBackup = ({ id, purpose, repo }: BackupRequest) => ({
  repoName: repo,
  options: [`--type=${types[purpose]}`, `--annotation=bestie=${id}`],
});

const SUCCESSFUL = 'PGBackRestManualBackupSuccessful';

const condition = (live: KubeObject | undefined, type: string) => databaseStatus(live)?.conditions?.find((each) => each?.type === type);
const isTrue = (live: KubeObject | undefined, type: string): boolean => condition(live, type)?.status === 'True';
const lastManual = (live: KubeObject | undefined) => databaseStatus(live)?.pgbackrest?.manualBackup ?? undefined;

/** How far that request is. The last attempt of the Job decides: `failed` counts up while it is retried. */
export function stateOf({ id }: BackupRequest, o: Observed): RequestState {
  const live = postgresCluster(o);
  const run = lastManual(live);
  if (run?.id !== id || (run.finished !== true && run.startTime == null)) return { state: 'waiting' };
  if (run.finished !== true) return { state: 'running' };
  const endedAt = run.completionTime ?? condition(live, SUCCESSFUL)?.lastTransitionTime ?? undefined;
  const succeeded = (run.succeeded ?? 0) > 0 && isTrue(live, SUCCESSFUL);
  return { state: succeeded ? 'succeeded' : 'failed', ...(endedAt != null && { endedAt }) };
}

/** A backup that is being taken now, by its id or the name of its CronJob, and since when. No other operation on the database starts meanwhile. */
export function backupAtWork(o: Observed): { name: string; since: string | undefined } | undefined {
  const live = postgresCluster(o);
  const run = lastManual(live);
  if (run?.finished === false && run.startTime != null) return { name: run.id ?? 'unknown', since: run.startTime };
  const scheduled = databaseStatus(live)?.pgbackrest?.scheduledBackups?.find((each) => (each?.active ?? 0) > 0);
  return scheduled == null ? undefined : { name: scheduled.cronJobName ?? 'unknown', since: scheduled.startTime ?? undefined };
}

/** Whether the live PostgresCluster carries the request. */
export function isAsked({ id, repo }: BackupRequest, o: Observed): boolean {
  const live = postgresCluster(o);
  const manual = (live?.spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest?.manual;
  return live?.metadata.annotations?.[BACKUP_ANNOTATION] === id && manual?.repoName === repo;
}

/** Whether the repository has been prepared. */
export const isPrepared = (repo: string, o: Observed): boolean =>
  databaseStatus(postgresCluster(o))?.pgbackrest?.repos?.some((each) => each?.name === repo && each.stanzaCreated === true) ?? false;

/** Whether the database operator would take a backup into that repository at once. A volume needs a host of its own; a bucket has none. */
export function canBackUp(repo: string, o: Observed): boolean {
  const live = postgresCluster(o);
  const host = condition(live, 'PGBackRestRepoHostReady');
  const hosted = host === undefined || host?.status === 'True';
  return isUsable(live) && isTrue(live, 'PGBackRestReplicaCreate') && hosted && isPrepared(repo, o);
}
