/** Plain values that travel between the wire, the decisions and the children. */
import type { BestieSpec, BestieStatus } from './bestie.ts';
import type { ConditionType, Reason } from './condition.ts';

/** What an object read from the API server may hold at any place: every field can be missing or null. */
export type Live<T> = T extends (infer Item)[]
  ? (Live<Item> | null)[] | null
  : T extends object
    ? { [Key in keyof T]?: Live<T[Key]> | null }
    : T | null;

/** Metadata of an observed object; `name` is checked when the request is decoded. */
export interface ObservedMetadata {
  name: string;
  namespace?: string | null;
  uid?: string | null;
  generation?: number | null;
  creationTimestamp?: string | null;
  deletionTimestamp?: string | null;
  labels?: Record<string, string> | null;
  annotations?: Record<string, string> | null;
  finalizers?: string[] | null;
  /** Who wrote something, and when; which fields it was is not read. */
  managedFields?:
    ({ manager?: string | null; time?: string | null; subresource?: string | null; [field: string]: unknown } | null)[] | null;
  ownerReferences?: { kind?: string | null; name?: string | null; uid?: string | null; controller?: boolean | null }[] | null;
}

export const observedChildren = (o: Pick<Observed, 'children'>): KubeObject[] =>
  [...o.children.values()].flatMap((byName) => [...byName.values()]);

/** An object as the API server holds it. `spec` and `status` are read through the narrower types of the child that owns the kind. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObservedMetadata;
  spec?: unknown;
  status?: unknown;
}

/** A desired child: partial, fresh, without nulls. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: readonly object[];
  };
  spec?: object;
  [field: string]: unknown;
}

/** The identity of a child kind as Metacontroller keys it: `Kind.group/version`, for the core group `Kind.version`. */
export type KindKey = string;

export const kindKey = ({ apiVersion, kind }: { apiVersion: string; kind: string }): KindKey => `${kind}.${apiVersion}`;

/** The parent, with the defaults of the CRD in `spec`. */
export interface Bestie {
  apiVersion: string;
  kind: string;
  metadata: ObservedMetadata & { namespace: string; uid: string };
  spec: BestieSpec;
  status: Live<BestieStatus>;
}

/**
 * Everything that a decision may look at.
 * `now` is an RFC 3339 time; `invalid` has one sentence per rule that the spec breaks (empty when it is acceptable).
 */
export interface Observed {
  bestie: Bestie;
  invalid: readonly string[];
  children: ReadonlyMap<KindKey, ReadonlyMap<string, KubeObject>>;
  related: ReadonlyMap<KindKey, ReadonlyMap<string, KubeObject>>;
  now: string;
  /** A database of the wanted name that is not a child of this Bestie, and what forbids to attach it; undefined where there is none. */
  unattached?: { database: KubeObject; differences: readonly string[] };
  /** Whether the installed CompositeController declares this kind. */
  manages: (kind: KindKey) => boolean;
  /** The observed child of that kind and name, if any. */
  child: (kind: KindKey, name: string) => KubeObject | undefined;
  /** What was last wanted of an observed child, undefined where there is no readable record of it. */
  applied: (child: KubeObject) => Manifest | undefined;
  /** What Metacontroller last applied to it: the same, but for fields that are left to others. */
  record: (child: KubeObject) => Manifest | undefined;
  /** The Job that is recognised by its name alone, because every record on it was taken away, and what that name means. */
  recognised?: { job: string; image: string; database: string };
  /** What was worked out about this world already, by the function that did it. */
  facts: Map<unknown, unknown>;
}

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/**
 * A condition before it is dated. `recheckAfterSeconds` asks for another sync because no watch will tell. `serves`: although it is not True,
 * what depends on it may go on.
 */
export interface Readiness {
  status: ConditionStatus;
  reason: Reason;
  message: string;
  recheckAfterSeconds?: number;
  serves?: true;
}

export interface Condition {
  type: ConditionType;
  status: ConditionStatus;
  reason: Reason;
  message: string;
  lastTransitionTime: string;
}

export type Status = Omit<BestieStatus, 'conditions'> & { conditions: Condition[] };

/** The answer of a decision, before it goes onto the wire. */
export interface Plan {
  children: readonly Manifest[];
  status: Status;
  resyncAfterSeconds?: number;
  finalized?: true;
}
