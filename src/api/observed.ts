/** The input of a decision, and its answer. */
import type { BestieSpec, BestieStatus } from './bestie.ts';
import type { Condition, KindKey, KubeObject, Live, Manifest, ObservedMetadata } from './kubernetes.ts';
import type { DatabaseProvider } from './provider.ts';

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
  /** A database of the expected name that is not a child of this Bestie, and what forbids to attach it; undefined if there is none. */
  unattached?: { database: KubeObject; differences: readonly string[] };
  /** Whether the installed CompositeController declares this kind. */
  manages: (kind: KindKey) => boolean;
  /** The observed child of that kind and name, if any. */
  child: (kind: KindKey, name: string) => KubeObject | undefined;
  /** The last desired configuration of an observed child, undefined without a readable record of it. */
  applied: (child: KubeObject) => Manifest | undefined;
  /** What Metacontroller last applied to it: the same, except for fields that are left to other owners. */
  record: (child: KubeObject) => Manifest | undefined;
  /** The Job that is recognised by its name alone, because every record on it was removed, and what that name means. */
  recognised?: { job: string; image: string; database: string };
  /** Who runs the database. */
  provider: Provider;
  /** Facts computed for this request, by the function that computed them. */
  facts: Map<unknown, unknown>;
}

export type Status = Omit<BestieStatus, 'conditions'> & { conditions: Condition[] };

/** The answer of a decision, before it is encoded. */
export interface Plan {
  children: readonly Manifest[];
  status: Status;
  resyncAfterSeconds?: number;
  finalized?: true;
}

/** Who runs a database. */
export type Provider = DatabaseProvider<Observed>;
