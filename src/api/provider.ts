/**
 * What a database provider must answer. The rest of the operator decides about a database through this interface alone. src/database has one
 * folder for each provider. `O` is the observed world of one Bestie (`Observed`); times are RFC 3339.
 */
import type { BackupProvider } from './backupprovider.ts';
import type { CopyProvider } from './copyprovider.ts';
import type { BackupRequest, DatabaseDecisions, PoolerSize } from './decisions.ts';
import type { ChildKind } from './kinds.ts';
import type { KubeObject, Manifest, Readiness } from './kubernetes.ts';
import type { Reason } from './reason.ts';
import type { RestoreProvider } from './restoreprovider.ts';

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
  /** The volume of the write-ahead log; undefined if it has none of its own. */
  walStorage?: { size?: string; className?: string };
  repos?: readonly {
    name: string;
    kind: 'volume' | 's3' | 'gcs' | 'azure';
    size?: string;
    schedules?: { full?: string | null; differential?: string | null; incremental?: string | null };
  }[];
}

/**
 * What the exporter of a database measures. Each takes the beginning of a selector with an open brace, and is PromQL whose series have the labels
 * `namespace` and `bestie`, and those that it names.
 */
export interface DatabaseMeasures {
  /** Seconds by which the slowest replica is behind the primary; since it replayed something, if it is not connected to the primary. */
  replicationLagSeconds: (selector: string) => string;
  /** Used share of each volume, in percent, by `pod` and `mount_point`. */
  diskPercent: (selector: string) => string;
  /** Used share of max_connections, in percent. */
  connectionsPercent: (selector: string) => string;
  /** Attempts to archive that failed in the last ten minutes, where none succeeded. */
  archivingFailures: (selector: string) => string;
}

/** The exporter that the database operator runs beside each instance of a database. */
export interface DatabaseExporter {
  /** Labels of the pods that have one. */
  podLabels: (name: string) => Record<string, string>;
  /** The name of its port. */
  port: string;
  /** The series that the measures and the panels need: names in full. */
  series: readonly string[];
  measures: DatabaseMeasures;
}

export interface PoolerProvider<O> {
  /** Key of the Secret of the user → the key that leads through the pooler. Those keys exist only while there is a pooler. */
  keys: Readonly<Record<string, string>>;
  /** Whether the live object requests a pooler, with at least one pod. */
  isRequested: (o: O) => boolean;
  /** Whether the keys exist, and every pod of the pooler takes logins: by a status that is about the current spec of the live object. */
  isReady: (o: O) => boolean;
  /** The pooler as it was last applied; undefined if there was none. */
  applied: (o: O) => PoolerSize | undefined;
}

/** A cluster-scoped object by its name. */
export interface ClusterObject {
  apiVersion: string;
  /** Plural name. */
  resource: string;
  name: string;
}

export interface DatabaseProvider<O> {
  /** The name of the database operator, in messages. */
  operator: string;
  /** The kind of the object of a database; undefined if the database is managed outside of this operator. */
  kind: ChildKind | undefined;
  /** The name of the object for a Bestie of that name. */
  nameOf: (bestie: string) => string;
  /** The observed object, whatever the spec says by now. */
  live: (o: O) => KubeObject | undefined;

  /** Whether it is bootstrapped, takes writes and logins, and is not being restored, stopped or deleted. */
  isUsable: (o: O) => boolean;
  /** Whether its data is being replaced. */
  isRestoring: (o: O) => boolean;
  /** Identifies a database system; undefined while it starts. */
  system: (o: O) => string | undefined;
  /** The last restore that has succeeded, failed or was aborted: each left other data behind. */
  endedRestore: (o: O) => { id: string; at: string | undefined } | undefined;
  /** Whether the data of another database was, or may have been, copied into it. */
  isCopied: (o: O) => boolean;
  /** A revision of the login of the application: it changes with the login; undefined if it is not known. */
  loginRevision: (o: O) => string | undefined;
  /** How far it is: usable, or the most important difference from the spec. `serves` if the database serves even so. */
  readiness: (live: KubeObject | undefined, o: O) => Readiness;
  /** What `readiness` reports while a new database of that name is being created. */
  pendingReadiness: (name: string, o: O) => Readiness;
  /** The cluster-scoped objects that the `database` of a spec names, however that spec reads: what it may be given depends on whether they exist. */
  named: (database: unknown) => readonly ClusterObject[];
  /** What of the spec is not applied, or no longer holds, because the cluster lacks it: a clause, and the reason while the database is ready. */
  lacking: (o: O) => { reason: Reason; message: string } | undefined;
  /** A field set by a user that stops it, its writes, or its database operator; undefined if there is none. */
  stopped: (o: O) => Readiness | undefined;
  /** The limit of connections that others set; undefined if they do not, or if the value of this Bestie wins. */
  foreignConnectionLimit: (o: O) => ForeignLimit | undefined;
  /** The least max_connections that is taken: with a smaller one the database has Postgres' default. */
  leastConnections: number;

  /** The Secret with the login of the application, where the spec names none. */
  loginSecret: (bestie: string) => string;
  /** Labels of the pods of the database. */
  podLabels: (name: string) => Record<string, string>;
  /** Labels of the pod that takes writes. */
  primaryLabels: (name: string) => Record<string, string>;
  /** Undefined if the database operator has none. */
  exporter: DatabaseExporter | undefined;
  /** Whether the database operator itself removes that finalizer. */
  ownsFinalizer: (finalizer: string) => boolean;

  /** The provider's part of the object: annotations for the database operator, and the spec. */
  desired: (o: O & { decisions: DatabaseDecisions }) => { annotations: Record<string, string>; spec: object };
  /** The annotations that request a backup. */
  requestAnnotations: (request: BackupRequest) => Record<string, string>;

  /** The features that the spec may not change. */
  before: (live: KubeObject, applied: Manifest | undefined) => DatabaseBefore;
  /** Why an adopted database must be left as it is: a sentence each. */
  obstacles: (live: KubeObject, applied: Manifest | undefined) => string[];
  /** The features of a database to be attached that cannot be changed, in words. */
  features: (live: KubeObject) => string;

  backups: BackupProvider<O>;
  restores: RestoreProvider<O>;
  copies: CopyProvider<O>;
  pooler: PoolerProvider<O>;
}
