import type { ObservedMetadata } from '../api/kubernetes.ts';

/**
 * The newest change of anything of an object but its status, an RFC 3339 time: the object is at least that old as it is. Undefined where the API
 * server does not show who changed what.
 */
export function lastChange({ managedFields }: ObservedMetadata): string | undefined {
  const times = (managedFields ?? []).flatMap((entry) => (entry?.time != null && !entry.subresource ? [entry.time] : []));
  return times.sort((a, b) => (Date.parse(a) || 0) - (Date.parse(b) || 0)).at(-1);
}
