/** Objects of Kubernetes, as plain values: what is observed, what is desired, and what conditions say. */
import type { ConditionType } from './condition.ts';
import type { Reason } from './reason.ts';

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
  /** Who wrote, and when. The operator does not read which fields. */
  managedFields?:
    ({ manager?: string | null; time?: string | null; subresource?: string | null; [field: string]: unknown } | null)[] | null;
  ownerReferences?: { kind?: string | null; name?: string | null; uid?: string | null; controller?: boolean | null }[] | null;
}

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

export type ConditionStatus = 'True' | 'False' | 'Unknown';

/**
 * A finding that a condition reports because it has lasted too long, or while it lasts. It is typed, so no sentence is ever read back.
 * `detail` distinguishes findings with one reason about one object; `since` is an RFC 3339 time.
 */
export interface Report {
  reason: Reason;
  kind: string;
  name: string;
  detail?: string;
  since?: string;
}

/** The creation of a child that was requested at an RFC 3339 time. */
export interface Creation {
  kind: string;
  name: string;
  since: string;
  /** It was requested too long ago. */
  refused?: boolean;
}

/**
 * A condition before it has its transition time. `recheckAfterSeconds` requests another sync, because no watch reports the change. `serves`:
 * what depends on the condition may continue although it is not True.
 */
export interface Readiness {
  status: ConditionStatus;
  reason: Reason;
  message: string;
  recheckAfterSeconds?: number;
  serves?: true;
  /** What status keeps of it besides the message. */
  reports?: readonly Report[];
  creation?: Creation;
}

export interface Condition {
  type: ConditionType;
  status: ConditionStatus;
  reason: Reason;
  message: string;
  lastTransitionTime: string;
}
