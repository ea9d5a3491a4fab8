/** Which manager wrote to an object, and when, as the API server keeps it. */
import type { KindKey } from '../../api/kubernetes.ts';
import { POSTGRES_CLUSTER } from './discovery.ts';
import type { ManagedFields, Metadata, Resource } from './object.ts';

/** Kinds whose managedFields the operator reads. */
const tracked = new Set<KindKey>([POSTGRES_CLUSTER]);

/** The metadata that a write leaves: the last entry of a manager replaces the one before. Left out for kinds of which it is not read. */
export function written(
  kind: KindKey,
  before: Resource | undefined,
  { by, at, subresource }: { by: string; at: string; subresource?: 'status' },
): Pick<Metadata, 'managedFields'> {
  if (!tracked.has(kind)) return {};
  const entry: ManagedFields = { manager: by, operation: 'Update', time: at, ...(subresource && { subresource }) };
  const others = (before?.metadata.managedFields ?? []).filter((each) => each.manager !== by || each.subresource !== subresource);
  return { managedFields: [...others, entry] };
}
