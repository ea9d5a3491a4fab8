/** What is known of the backups of a managed database, and the one that is asked for. Source: PGO's behaviour, seen on PGO 6.0 and read for 5.8. */
import type { KubeObject, Live, Observed } from '../api/kubernetes.ts';
import { annotations, PGO_BACKUP_ANNOTATION } from '../api/names.ts';
import type { PostgresClusterSpec } from '../api/postgrescluster.ts';
import { databaseStatus, isUsable, postgresCluster } from './database.ts';

/** What a backup is taken for. */
export type Purpose = 'pre-upgrade' | 'on-demand' | 'final';

/**
 * A backup that the PostgresCluster is told to take. `key` is the hash of what it is taken for, `since` the RFC 3339 time at which it was
 * asked for. The database operator runs it once for each new id.
 */
export interface Armed {
  id: string;
  purpose: Purpose;
  key: string;
  /** Asked for by this Bestie, and not by one that had the database before. */
  isOwn: boolean;
  attempt: number;
  repo: string;
  since: string;
}

const ID = /^(pre-upgrade|on-demand|final)\.([^.]*)\.([0-9a-f]{8})\.g\d+\.a(\d+)$/;

/** The id of a request: derived, never random, so that a repeated answer asks for the same. */
export function backupId(purpose: Purpose, key: string, attempt: number, { metadata }: Observed['bestie']): string {
  return `${purpose}.${metadata.uid.slice(0, 8)}.${key}.g${metadata.generation ?? 0}.a${attempt}`;
}

/** The request as it was last applied: what a person writes on the PostgresCluster is undone, and is no request of ours. */
export function armedBackup(o: Observed): Armed | undefined {
  const live = postgresCluster(o);
  const applied = live && o.applied(live);
  const id = applied?.metadata.annotations?.[PGO_BACKUP_ANNOTATION] ?? '';
  const [, purpose, owner = '', key = '', attempt] = ID.exec(id) ?? [];
  const manual = (applied?.spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest?.manual;
  if (purpose === undefined || manual?.repoName == null) return undefined;
  const since = applied?.metadata.annotations?.[annotations.armedAt] ?? o.now;
  const isOwn = owner === o.bestie.metadata.uid.slice(0, 8);
  return { id, purpose: purpose as Purpose, key, isOwn, attempt: Number(attempt), repo: manual.repoName, since };
}

/** A full one would be the safest and the slowest; a differential one needs nothing but the last full one. */
const types: Record<Purpose, 'full' | 'diff'> = { 'pre-upgrade': 'diff', 'on-demand': 'full', final: 'full' };

/** What a backup with that id was asked for; undefined of an id that is none of ours. */
export const purposeOf = (id: string): Purpose | undefined => ID.exec(id)?.[1] as Purpose | undefined;

/** The type of a backup with that id; undefined of an id that is none of ours. */
export function typeOf(id: string): string | undefined {
  const purpose = purposeOf(id);
  return purpose && types[purpose];
}

/** How the database operator is told to take that backup. Nothing of the options comes from a spec: they reach a shell. */
export const demand = ({ id, purpose, repo, since }: Armed) => ({
  annotations: { [PGO_BACKUP_ANNOTATION]: id, [annotations.armedAt]: since },
  manual: { repoName: repo, options: [`--type=${types[purpose]}`, `--annotation=bestie=${id}`] },
});

/** `waiting`: the database operator has not begun it; `endedAt` is an RFC 3339 time. */
export interface BackupRun {
  state: 'waiting' | 'running' | 'succeeded' | 'failed';
  endedAt?: string;
}

const SUCCESSFUL = 'PGBackRestManualBackupSuccessful';

const condition = (live: KubeObject | undefined, type: string) => databaseStatus(live)?.conditions?.find((each) => each?.type === type);
const isTrue = (live: KubeObject | undefined, type: string): boolean => condition(live, type)?.status === 'True';
const manualBackup = (live: KubeObject | undefined) => databaseStatus(live)?.pgbackrest?.manualBackup ?? undefined;

/** How far that request is. The last attempt of the Job decides: `failed` counts up while it is tried again. */
export function runOf({ id }: Armed, o: Observed): BackupRun {
  const live = postgresCluster(o);
  const run = manualBackup(live);
  if (run?.id !== id || (run.finished !== true && run.startTime == null)) return { state: 'waiting' };
  if (run.finished !== true) return { state: 'running' };
  const endedAt = run.completionTime ?? condition(live, SUCCESSFUL)?.lastTransitionTime ?? undefined;
  const succeeded = (run.succeeded ?? 0) > 0 && isTrue(live, SUCCESSFUL);
  return { state: succeeded ? 'succeeded' : 'failed', ...(endedAt != null && { endedAt }) };
}

/** A backup that is being taken now, by its id or the name of its CronJob, and since when: nothing else is done to the database meanwhile. */
export function backupAtWork(o: Observed): { name: string; since: string | undefined } | undefined {
  const live = postgresCluster(o);
  const run = manualBackup(live);
  if (run?.finished === false && run.startTime != null) return { name: run.id ?? 'unknown', since: run.startTime };
  const scheduled = databaseStatus(live)?.pgbackrest?.scheduledBackups?.find((each) => (each?.active ?? 0) > 0);
  return scheduled == null ? undefined : { name: scheduled.cronJobName ?? 'unknown', since: scheduled.startTime ?? undefined };
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

/** Whether status tells of backups already, or of nothing yet: a release that told none may have written it. */
export function isTelling({ bestie: { status } }: Observed): boolean {
  const told = status.conditions ?? [];
  return told.length === 0 || status.backup != null || told.some((condition) => condition?.type === 'BackupReady');
}

/**
 * Whether status tells of backups: from the first answer on, but of a Bestie that was made by a release that did not, only once its spec has
 * changed. While replicas of both releases answer in turn, one would write what the other removes.
 */
export const tellsBackups = (o: Observed): boolean => isTelling(o) || o.bestie.status.observedGeneration !== o.bestie.metadata.generation;
