/** What a database provider must answer about copies of a database; see provider.ts. */
import type { FieldPath } from '../lib/fieldpath.ts';
import type { CopySource } from './copy.ts';
import type { BackupRequest } from './decisions.ts';
import type { KubeObject } from './kubernetes.ts';
import type { Reason } from './reason.ts';
import type { RestoreState } from './restore.ts';

/** Why a source cannot be copied, or not yet. */
export interface Unfit {
  reason: Reason;
  message: string;
}

/** The copy of a drill. */
export interface DrillCopy {
  /** The repository of the own database that it is made from. */
  repo: BackupRequest['repo'];
  /** The source is no longer sent, because the database was made from it. */
  isMade: boolean;
}

export interface CopyProvider<O> {
  /** The id of the restore with which the database of that object begins that is a copy. */
  requestId: (name: string) => string;
  /** How far the copy is with which the database of that object begins. Once it was usable it has succeeded, whatever becomes of it. */
  stateOf: (live: KubeObject | undefined) => RestoreState;
  /** Whether the operator has last applied a source to that object. */
  isSent: (live: KubeObject, o: O) => boolean;
  /** The fields of the object that name the source. */
  sourcePaths: readonly FieldPath[];
  /** The repository of that database that a copy is made from: the named one, or the first; undefined where it has none. */
  repositoryOf: (source: KubeObject, named: string | undefined) => string | undefined;
  /** Why that repository of that database cannot be copied into the database of the spec, or not yet; undefined where nothing is in the way. */
  unfitBecause: (source: KubeObject, repository: string, o: O) => Unfit | undefined;
  /** Whether the data of that database may be older than its object, because it was taken from elsewhere. */
  mayBeOlder: (source: KubeObject) => boolean;
  /** The source in words. */
  words: (source: CopySource) => string;
  /** The command that shows the log of the copy of that object, and the one that shows what the database operator waits for. */
  logs: (name: string, o: O) => string;
  events: (name: string, o: O) => string;
  /** The name of the object of the copy of a drill. */
  drillName: (bestie: string) => string;
  /** The provider's part of that object: annotations for the database operator, and the spec. It archives into nothing that outlives it. */
  drill: (copy: DrillCopy, o: O) => { annotations: Record<string, string>; spec: object };
  /** The Secret with the login of a copy, by the name of its object. */
  loginSecret: (name: string) => string;
}
