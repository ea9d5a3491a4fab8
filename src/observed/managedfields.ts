import type { ObservedMetadata } from '../api/kubernetes.ts';

/**
 * The newest change of an object except of its status, an RFC 3339 time: the object has been as it is at least since then. Undefined if the API
 * server does not show the managers of fields.
 */
export function lastChange({ managedFields }: ObservedMetadata): string | undefined {
  const times = (managedFields ?? []).flatMap((entry) => (entry?.time != null && !entry.subresource ? [entry.time] : []));
  return times.sort((a, b) => (Date.parse(a) || 0) - (Date.parse(b) || 0)).at(-1);
}
