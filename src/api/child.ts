/** What a child is: one record per kind. */
import type { ConditionType } from './condition.ts';
import type { ChildKind } from './kinds.ts';
import type { Observed } from './observed.ts';
import type { KubeObject, Manifest, Readiness } from './kubernetes.ts';
import type { Decisions } from './decisions.ts';

/** What was observed, and what follows for the application and its database. */
export interface Context extends Observed {
  decisions: Decisions;
}

export interface Child {
  api: ChildKind;
  /** What it contributes to status; several may share one: the first that is not True, in table order, wins. */
  condition: ConditionType;
  /** Delays creation until these are True; never removes what exists. */
  dependsOn(o: Context): readonly ConditionType[];
  /** Wanted at all, whether or not the cluster has the kind? */
  includeWhen(o: Observed): boolean;
  /** The objects that should exist: pure, fresh and partial. */
  desired(o: Context): readonly Manifest[];
  /** Why it must not be created now, although nothing that it depends on is missing. */
  precondition?(o: Context): Readiness | undefined;
  /**
   * What is said while the object of that name is on its way and nothing ails it, seen or not: word for word what `readyWhen` then says.
   * Left out, it is being created until it is seen.
   */
  pendingReadiness?(name: string): Readiness;
  /** A likely cause in a clause, where the API server refuses to create it. */
  refusedBecause?(o: Context): string;
  /** Asked when nothing that is desired is missing. `live` is the first desired object, undefined where none is desired. */
  readyWhen(live: KubeObject | undefined, o: Context): Readiness;
}
