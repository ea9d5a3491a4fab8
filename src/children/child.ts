/** What a child is: one record per kind. */
import type { ConditionType } from '../api/condition.ts';
import type { ChildKind } from '../api/kinds.ts';
import type { Bestie, KubeObject, Manifest, Observed, Readiness } from '../api/kubernetes.ts';
import { labels } from '../api/names.ts';
import type { Armed } from './backups.ts';
import type { Failure } from './deployed.ts';

/** What the state machines decided, for the children to carry out. */
export interface Decided {
  /** Image reference that the Deployment is told to run. */
  image: string;
  /** What the Deployment keeps about its release, because status may be lost. */
  lastGood?: string;
  failure?: Failure;
  failures: number;
  /** Whether the migrations of the wanted image may be started, or why not yet. */
  migration: 'go' | Readiness;
  /** Why the wanted image must not run on the database. */
  refused?: Readiness;
  /** The backup that the database is told to take. */
  backup?: Armed;
  /** Id of the backup that was taken before the migrations of the target. */
  evidence?: string;
  /** Id of the last backup that a migration was begun with. */
  usedBackup?: string;
  /** The last value of database.backups.onDemand that was carried out. */
  onDemand?: string;
}

/** What was observed, and what follows for the application and its database. */
export interface World extends Observed {
  decided: Decided;
}

export interface Child {
  api: ChildKind;
  /** What it contributes to status; several may share one: the first that is not True, in table order, wins. */
  condition: ConditionType;
  /** Delays creation until these are True; never removes what exists. */
  dependsOn(o: World): readonly ConditionType[];
  /** Wanted at all, whether or not the cluster has the kind? */
  includeWhen(o: Observed): boolean;
  /** The objects that should exist: pure, fresh and partial. */
  desired(o: World): readonly Manifest[];
  /** Why it must not be created now, although nothing that it depends on is missing. */
  withheld?(o: World): Readiness | undefined;
  /**
   * What is said while the object of that name is on its way and nothing ails it, seen or not: word for word what `readyWhen` then says.
   * Left out, it is being created until it is seen.
   */
  underway?(name: string): Readiness;
  /** A likely cause in a clause, where the API server refuses to create it. */
  refusedBecause?(o: World): string;
  /** Asked when nothing that is desired is missing. `live` is the first desired object, undefined where none is desired. */
  readyWhen(live: KubeObject | undefined, o: World): Readiness;
}

/** Type and metadata of a child, to be spread into its manifest. */
export function head({ apiVersion, kind }: ChildKind, name: string, o: Observed, annotations?: Record<string, string>): Manifest {
  return { apiVersion, kind, metadata: { name, labels: labels(o.bestie.metadata.name), ...(annotations && { annotations }) } };
}

/** The Bestie as the controller of a child: complete, as Metacontroller would write it. */
export const ownerReference = ({ apiVersion, kind, metadata: { name, uid } }: Bestie): object => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Readiness of a child that is ready as soon as it exists. */
export function exists(live: KubeObject | undefined): Readiness {
  return { status: 'True', reason: 'Created', message: `${live?.kind ?? 'object'} ${live?.metadata.name ?? ''} exists` };
}
