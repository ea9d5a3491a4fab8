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
  /** The condition that it contributes. Several children may share one: the first that is not True, in table order, wins. */
  condition: ConditionType;
  /** Creation waits until these are True. What exists is never removed. */
  dependsOn(o: Context): readonly ConditionType[];
  /** Whether the spec wants it at all, even if the cluster does not have the kind. */
  includeWhen(o: Observed): boolean;
  /** The objects that should exist: pure, fresh and partial. */
  desired(o: Context): readonly Manifest[];
  /** Why it must not be created now, although everything that it depends on exists. */
  precondition?(o: Context): Readiness | undefined;
  /**
   * The readiness while the object of that name is being created and has no problem, observed or not: word for word that of `readyWhen`.
   * Without it the readiness is `Creating` until the object is observed.
   */
  pendingReadiness?(name: string, o: Observed): Readiness;
  /** A likely cause, as a clause, if the API server refuses to create it. */
  refusedBecause?(o: Context): string;
  /** Called when no desired object is missing. `live` is the first desired object, undefined if none is desired. */
  readyWhen(live: KubeObject | undefined, o: Context): Readiness;
}
