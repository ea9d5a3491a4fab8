/** What an API server offers, and what it reports of every change. */
import type { KindKey } from '../../api/kubernetes.ts';
import type { Policy } from './admission.ts';
import type { ApiErrorCode } from './apierror.ts';
import type { ResourceType } from './discovery.ts';
import type { Draft, Resource } from './object.ts';

export type Verb = 'create' | 'update' | 'update status' | 'delete';

/** One write request, as an audit log has it. `unchanged`: accepted, but nothing differed. */
export interface Write {
  /** RFC 3339. */
  at: string;
  verb: Verb;
  by: string;
  kind: KindKey;
  namespace: string;
  name: string;
  outcome: 'ok' | 'unchanged' | ApiErrorCode;
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: Resource;
  before?: Resource;
}

export interface DeleteOptions {
  uid?: string;
  propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** A pod stays, terminating, until the kubelet deletes it at once. */
  grace?: 'at once';
}

/** What one client of the API server may do; namespace is empty for cluster-scoped kinds. */
export interface Client {
  get(kind: KindKey, namespace: string, name: string): Resource | undefined;
  list(kind: KindKey, namespace?: string): Resource[];
  everything(): Resource[];
  create(object: Draft): Resource;
  update(object: Draft): Resource;
  updateStatus(object: Draft): Resource;
  remove(object: Draft, options?: DeleteOptions): void;
}

export interface ApiServer {
  /** A client whose writes are logged under that name. */
  as(by: string): Client;
  readonly writes: readonly Write[];
  /** Calls back after every change, in order. */
  watch(listener: (event: WatchEvent) => void): void;
  /** Whether the kind is served; `resourceTypes` has every kind that can be. */
  serves(kind: KindKey): ResourceType | undefined;
  serve(kind: KindKey): void;
  /** The policies of the cluster, in the order in which they are evaluated. */
  policies: readonly Policy[];
  /** As if the CRD were deleted: the objects are removed too. */
  withdraw(kind: KindKey): void;
  /** Lets a test refuse a write, or throw out of it: called before each one. */
  fault: (write: Omit<Write, 'outcome'>) => ApiErrorCode | undefined;
}
