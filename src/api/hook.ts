/** What Metacontroller posts and what it expects back (CompositeController hooks, v1 and v2). */
import type { Status } from './observed.ts';
import type { KindKey, KubeObject, Manifest } from './kubernetes.ts';

/** Objects by kind, then by `name` (v1) or `namespace/name` (v2). Every declared kind has a key. */
export type ObjectMap = Record<KindKey, Record<string, KubeObject>>;

export interface SyncRequest {
  controller: unknown;
  parent: KubeObject;
  children: ObjectMap;
  related: ObjectMap;
  finalizing: boolean;
}

export interface SyncResponse {
  status: Status;
  children: readonly Manifest[];
  /** Seconds after which Metacontroller calls the hook again although nothing changed. */
  resyncAfterSeconds?: number;
  /** Only in an answer of the finalize hook: Metacontroller may remove its finalizer. */
  finalized?: true;
}

/** The part of a CompositeController that customize reads. */
export interface Controller {
  spec: { childResources: { apiVersion: string; resource: string }[] };
}

export interface CustomizeRequest {
  controller: Controller;
  parent: KubeObject;
}

/** Selects related objects by label, or by name, in one namespace; cluster-scoped objects by name alone. */
export interface RelatedRule {
  apiVersion: string;
  resource: string;
  namespace?: string;
  names?: readonly string[];
  labelSelector?: { matchLabels: Record<string, string> };
}

export interface CustomizeResponse {
  relatedResources: readonly RelatedRule[];
}
