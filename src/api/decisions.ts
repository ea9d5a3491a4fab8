/** What the state machines decide, for the children to carry out. */
import type { Copy } from './copy.ts';
import type { Reason } from './reason.ts';
import type { Readiness } from './kubernetes.ts';
import type { RestoreRequest } from './restore.ts';

/** What a backup is taken for. */
export type Purpose = 'pre-upgrade' | 'quiet-upgrade' | 'pre-restore' | 'post-restore' | 'on-demand' | 'final';

/**
 * A backup that is requested from the database operator, once for each new id. `key` is the hash of what it is taken for, `since` the RFC 3339 time
 * of the request.
 */
export interface BackupRequest {
  id: string;
  purpose: Purpose;
  key: string;
  /** Requested by this Bestie, and not by one that had the database before. */
  isOwn: boolean;
  attempt: number;
  repo: string;
  since: string;
}

/** A target that has failed. `retry` is the retry token of that time. */
export interface Failure {
  image: string;
  during: 'Migrating' | 'RollingOut';
  reason: Reason;
  message: string;
  retry: string;
}

/** A pooler of connections: its pods, and the most connections that each of them takes from clients and opens to the database. */
export interface PoolerSize {
  replicas: number;
  clients: number;
  servers: number;
}

/** What is decided about the database itself. */
export interface DatabaseDecisions {
  /** The backup that is requested from the database operator. */
  backup?: BackupRequest;
  /** Id of the last backup that a migration was started with. */
  usedBackup?: string;
  /** The last value of database.backups.onDemand that was carried out. */
  onDemand?: string;
  /** What a new database is made from; while it is, that is sent as it was. */
  copy?: Copy | 'asSent';
  /** Why a database that is to be a copy is not created. */
  notCopied?: Readiness;
  /** The record of what it was made from; left out where it was not copied. */
  copiedFrom?: string;
  /** The record of drills; left out where there is none. */
  drills?: string;
  /** The restore that is requested from the database operator; a backup is not, meanwhile. */
  restore?: RestoreRequest;
  /** The record of restores; left out where there is none. */
  restores?: string;
  /** The pooler that is requested from the database operator; left out if there is to be none. */
  pooler?: PoolerSize;
}

export interface Decisions extends DatabaseDecisions {
  /** Image reference that the Deployment shall run. */
  image: string;
  /** The Deployment keeps these facts about its release, because status may be lost. */
  lastGood?: string;
  failure?: Failure;
  failures: number;
  /** Whether the migrations of the wanted image may be started, or why not yet. */
  migration: 'go' | Readiness;
  /** Why the application is stopped although its data and its schema are right; undefined if it is not. */
  stopped?: Readiness;
  /** Why the wanted image must not run on the database. */
  refused?: Readiness;
  /** Id of the backup that was taken before the migrations of the target. */
  preUpgradeBackup?: string;
}
