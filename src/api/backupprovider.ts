/** What a database provider must answer about backups; see provider.ts. Times are RFC 3339. */
import type { BestieSpec } from './bestie.ts';
import type { BackupRequest } from './decisions.ts';
import type { Manifest, Report } from './kubernetes.ts';
import type { Reason } from './reason.ts';
import type { Schedule } from '../lib/cron.ts';
import type { FieldPath } from '../lib/fieldpath.ts';

export type Repository = BestieSpec['database']['backups']['repos'][number];

/** One backup, by schedule or on request. `id` is that of the request or of the schedule. A run that is retried is running. */
export interface Run {
  id: string;
  /** Undefined if it is not known. */
  repo: string | undefined;
  /** full, diff or incr; undefined if it is not known. */
  type: string | undefined;
  state: 'running' | 'succeeded' | 'failed';
  startedAt: string | undefined;
  completedAt: string | undefined;
  isScheduled: boolean;
}

/** How far a request is. `waiting`: the database operator has not started it. */
export interface RequestState {
  state: 'waiting' | 'running' | 'succeeded' | 'failed';
  endedAt?: string;
}

/** One schedule of a repository. `type` is the type of its backups, `id` the id of its runs. */
export interface PlannedBackup {
  id: string;
  type: 'full' | 'diff' | 'incr';
  text: string;
  /** Undefined where Kubernetes refuses it; `problem` says why. */
  schedule?: Schedule;
  problem?: string;
}

/** What is wrong with a repository, as a clause that names it. */
export interface RepositoryTrouble {
  reason: Reason;
  message: string;
  reports?: readonly Report[];
}

export interface BackupProvider<O> {
  /** The request as it was last applied. What others write on the object is undone, and is no request of this operator. */
  request: (o: O) => BackupRequest | undefined;
  /** How far that request is. */
  stateOf: (request: BackupRequest, o: O) => RequestState;
  /** Whether the live object carries the request. */
  isAsked: (request: BackupRequest, o: O) => boolean;
  /** A backup that is running now, and since when. No other operation on the database starts meanwhile. */
  atWork: (o: O) => { name: string; since: string | undefined } | undefined;
  /** Whether the database operator would start a backup into that repository at once. */
  isPossible: (repo: string, o: O) => boolean;
  /** Every run that the database operator still knows. */
  runs: (o: O) => readonly Run[];
  planned: (repository: Repository, o: O) => PlannedBackup[];
  /** Why a repository takes no backups; undefined where it does. */
  unpreparedBecause: (repository: Repository, o: O) => string | undefined;
  /** What is wrong with a repository, the most important first; empty if every backup that was due succeeded. */
  troubles: (repository: Repository, o: O) => RepositoryTrouble[];
  /** The command that shows the log of backups on request. */
  logs: (o: O) => string;
  /** The repositories as they were last applied; none where there is no record of any. */
  applied: (o: O) => Repository[];
  /** Of a manifest of the database, the name of the first repository that outlives it. */
  remoteRepository: (manifest: Manifest) => string | undefined;
  /** The same manifest with that request and no other, or without any. */
  withRequest: (manifest: Manifest, request: BackupRequest | undefined) => Manifest;
  /** The fields of the object that request a backup. */
  requestPaths: readonly FieldPath[];
}
