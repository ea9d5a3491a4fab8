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
  /** Who wrote something, and when; which fields it was is not read. */
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
 * Something that a condition reports because it has lasted too long, or for as long as it lasts: typed, so that no sentence has to be read back.
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
  /** It has been requested for too long. */
  refused?: boolean;
}

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
  /** What of it status keeps beside the sentence. */
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
