/** The values of the sandbox: objects as an API server holds them, plain JSON and deep-frozen. */
import { own } from '../../lib/own.ts';

/** JSON fields of unknown shape; each controller reads the part that it knows. */
export type Fields = Readonly<Record<string, unknown>>;

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface Metadata {
  name: string;
  namespace?: string | undefined;
  uid: string;
  resourceVersion: string;
  generation?: number | undefined;
  creationTimestamp: string;
  deletionTimestamp?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
  annotations?: Readonly<Record<string, string>> | undefined;
  finalizers?: readonly string[] | undefined;
  ownerReferences?: readonly OwnerReference[] | undefined;
  managedFields?: readonly ManagedFields[] | undefined;
}

/** Which manager wrote last to what, and when; which fields it was is left out. */
export interface ManagedFields {
  manager: string;
  operation: 'Update';
  /** RFC 3339. */
  time: string;
  subresource?: 'status';
}

/** What a client sends: any part of an object that has at least a kind and a name; undefined fields are not sent. */
export interface Draft {
  apiVersion: string;
  kind: string;
  metadata: Partial<Metadata> & { name: string };
  spec?: Fields | undefined;
  status?: Fields | undefined;
  [field: string]: unknown;
}

/** What the API server holds. */
export interface Resource extends Draft {
  metadata: Metadata;
}

/** Finalizers that the API server sets for a deletion in the foreground, or one that leaves the dependents. */
export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** Sets a key of its own, also one that objects inherit. */
function put(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  else fields[key] = value;
}

/** The value as JSON would carry it: without undefined. What is frozen came from here, and is shared. */
export function plain<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item ?? null)) as T;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const child = (value as Record<string, unknown>)[key];
    if (child !== undefined) put(copy, key, plain(child));
  }
  return copy as T;
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy without those fields. */
export function omit<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}

/** Freezes a value and everything in it, so that no reader changes what the next one reads. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** `namespace/name`, or `name` for cluster-scoped objects. */
export const keyOf = ({ metadata: { namespace, name } }: Draft): string => (namespace === undefined ? name : `${namespace}/${name}`);

/** The owner that controls the object, if any. */
export const controllerOf = ({ metadata }: Draft): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

/** The reference that a controller puts on what it creates. */
export const controllerReference = ({ apiVersion, kind, metadata: { name, uid } }: Resource): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Whether the labels have every wanted one. */
export function matchesLabels({ metadata }: Draft, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => own(metadata.labels ?? {}, key) === value);
}
