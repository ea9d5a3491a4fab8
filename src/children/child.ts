/** What a child is: one record per kind. */
import type { ConditionType } from '../api/condition.ts';
import type { ChildKind } from '../api/kinds.ts';
import type { Bestie, KubeObject, Manifest, Observed, Readiness } from '../api/kubernetes.ts';
import { labels } from '../api/names.ts';

export interface Child {
  api: ChildKind;
  /** What it contributes to status; several may share one: the first that is not True, in table order, wins. */
  condition: ConditionType;
  /** Delays creation until these are True; never removes what exists. */
  dependsOn(o: Observed): readonly ConditionType[];
  /** Wanted at all, whether or not the cluster has the kind? */
  includeWhen(o: Observed): boolean;
  /** The objects that should exist: pure, fresh and partial. */
  desired(o: Observed): readonly Manifest[];
  /**
   * What is said while the object of that name is on its way and nothing ails it, seen or not: word for word what `readyWhen` then says.
   * Left out, it is being created until it is seen.
   */
  underway?(name: string): Readiness;
  /** Asked when nothing that is desired is missing. `live` is the first desired object, undefined where none is desired. */
  readyWhen(live: KubeObject | undefined, o: Observed): Readiness;
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
