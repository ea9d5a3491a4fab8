/**
 * What a database operator must answer: the rest of the operator decides about a database through this interface alone. src/database has one
 * folder for each provider. `O` is the observed world of one Bestie (`Observed`); times are RFC 3339.
 */
import type { BestieSpec } from './bestie.ts';
import type { BackupRequest, DatabaseDecisions } from './decisions.ts';
import type { ChildKind } from './kinds.ts';
import type { KubeObject, Manifest, Readiness, Report } from './kubernetes.ts';
import type { Reason } from './reason.ts';
import type { Schedule } from '../lib/cron.ts';

export type Repository = BestieSpec['database']['backups']['repos'][number];

/** One backup, by schedule or on request. `id` is that of the request or of the schedule. A run that is tried again is running. */
export interface Run {
  id: string;
  /** Undefined where nothing says so. */
  repo: string | undefined;
  /** full, diff or incr; undefined where nothing says so. */
  type: string | undefined;
  state: 'running' | 'succeeded' | 'failed';
  startedAt: string | undefined;
  completedAt: string | undefined;
  isScheduled: boolean;
}

/** How far a request is. `waiting`: the database operator has not begun it. */
export interface RequestState {
  state: 'waiting' | 'running' | 'succeeded' | 'failed';
  endedAt?: string;
}

/** One schedule of a repository. `type` is what is backed up, `id` what its runs are called. */
export interface PlannedBackup {
  id: string;
  type: 'full' | 'diff' | 'incr';
  text: string;
  /** Undefined where Kubernetes refuses it; `problem` says why. */
  schedule?: Schedule;
  problem?: string;
}

/** What is wrong with a repository, in a clause that names it. */
export interface RepositoryTrouble {
  reason: Reason;
  message: string;
  reports?: readonly Report[];
}

/** A field of a live object that others set: its value, and the keys that lead from `spec` to it. */
export interface ForeignLimit {
  limit: number;
  path: readonly string[];
}

/** What the spec may not change about a database that exists: its features as they were last applied. */
export interface DatabaseBefore {
  postgresVersion?: number;
  storage?: string;
  className?: string;
  repos?: readonly {
    name: string;
    kind: 'volume' | 's3' | 'gcs' | 'azure';
    size?: string;
    schedules?: { full?: string | null; differential?: string | null; incremental?: string | null };
  }[];
}

export interface BackupProvider<O> {
  /** The request as it was last applied: what others write on the object is undone, and is no request of ours. */
  request: (o: O) => BackupRequest | undefined;
  /** How far that request is. */
  stateOf: (request: BackupRequest, o: O) => RequestState;
  /** Whether the live object carries the request. */
  isAsked: (request: BackupRequest, o: O) => boolean;
  /** A backup that is being taken now, and since when: nothing else is done to the database meanwhile. */
  atWork: (o: O) => { name: string; since: string | undefined } | undefined;
  /** Whether a backup into that repository would be taken at once. */
  isPossible: (repo: string, o: O) => boolean;
  /** Every run that the database operator still knows. */
  runs: (o: O) => readonly Run[];
  planned: (repository: Repository, o: O) => PlannedBackup[];
  /** Why a repository takes no backups; undefined where it does. */
  unpreparedBecause: (repository: Repository, o: O) => string | undefined;
  /** What is wrong with a repository, the most telling first; nothing where every backup that was due is there. */
  troubles: (repository: Repository, o: O) => RepositoryTrouble[];
  /** The command that shows the log of backups on request. */
  logs: (o: O) => string;
  /** The repositories as they were last applied; none where there is no record of any. */
  applied: (o: O) => Repository[];
  /** Of a manifest of the database, the name of the first repository that outlives it. */
  remoteRepository: (manifest: Manifest) => string | undefined;
  /** The same manifest with that request and no other, or without any. */
  withRequest: (manifest: Manifest, request: BackupRequest | undefined) => Manifest;
  /** Where a request stands in the object, as prefixes of JSON pointers that end with a slash. */
  requestPaths: readonly string[];
}

export interface DatabaseProvider<O> {
  /** The name of the database operator, in messages. */
  operator: string;
  /** The kind that stands for a database; undefined where others run it. */
  kind: ChildKind | undefined;
  /** The name of the object for a Bestie of that name. */
  nameOf: (bestie: string) => string;
  /** The observed object, whatever the spec says by now. */
  live: (o: O) => KubeObject | undefined;

  /** Bootstrapped, neither being restored, stopped nor deleted, written to, and ready to be logged in to. */
  isUsable: (o: O) => boolean;
  /** Whether its data is being replaced. */
  isRestoring: (o: O) => boolean;
  /** What tells one database system from the next; undefined while it comes up. */
  system: (o: O) => string | undefined;
  /** The last restore that has ended, well or not, or was broken off: each left other data behind. */
  endedRestore: (o: O) => { id: string; at: string | undefined } | undefined;
  /** Whether the data of another database was, or may have been, copied into it. */
  isCopied: (o: O) => boolean;
  /** What changes whenever the login of the application does; undefined where nothing says so. */
  loginRevision: (o: O) => string | undefined;
  /** How far it is: usable, or the most telling of what is not as wanted. `serves` where the database does all the same. */
  readiness: (live: KubeObject | undefined, o: O) => Readiness;
  /** What `readiness` says while a new database of that name is on its way. */
  pendingReadiness: (name: string) => Readiness;
  /** A switch of a person that stops it, its writes, or what is done about it; undefined where none is on. */
  stopped: (o: O) => Readiness | undefined;
  /** The limit of connections that others set; undefined where they do not, or where the value of this Bestie wins. */
  foreignConnectionLimit: (o: O) => ForeignLimit | undefined;

  /** The Secret with the login of the application, where the spec names none. */
  loginSecret: (bestie: string) => string;
  /** Labels of the pods of the database. */
  podLabels: (name: string) => Record<string, string>;
  /** Labels of the pod that takes writes. */
  primaryLabels: (name: string) => Record<string, string>;
  /** Whether the database operator itself removes that finalizer. */
  ownsFinalizer: (finalizer: string) => boolean;

  /** What of the object is the provider's: annotations for the database operator, and the spec. */
  desired: (o: O & { decisions: DatabaseDecisions }) => { annotations: Record<string, string>; spec: object };
  /** The annotations that ask for a backup. */
  requestAnnotations: (request: BackupRequest) => Record<string, string>;

  /** The features that the spec may not change. */
  before: (live: KubeObject, applied: Manifest | undefined) => DatabaseBefore;
  /** Why an adopted database must be left as it is: a sentence each. */
  obstacles: (live: KubeObject, applied: Manifest | undefined) => string[];
  /** What of a database that waits to be attached cannot be changed, in words. */
  features: (live: KubeObject) => string;

  backups: BackupProvider<O>;
}
