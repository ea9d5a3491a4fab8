/** What the controllers of the sandbox share: conditions that keep their dates, and writes that do nothing where nothing differs. */
import { isDeepStrictEqual } from 'node:util';
import { ignoring } from '../apiserver/apierror.ts';
import type { Client } from '../apiserver/client.ts';
import { isFields, plain, type Fields, type Resource } from '../apiserver/object.ts';

export interface StatusCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  lastTransitionTime: string;
  lastUpdateTime?: string;
  observedGeneration?: number | undefined;
}

export const conditionsOf = ({ status }: Resource): readonly StatusCondition[] => (status?.conditions ?? []) as readonly StatusCondition[];

/** The conditions with this one set: in place where its type is there, else last; the date is kept unless the status differs. */
export function withCondition(
  conditions: readonly StatusCondition[],
  next: Omit<StatusCondition, 'lastTransitionTime'>,
  now: string,
): readonly StatusCondition[] {
  const before = conditions.find(({ type }) => type === next.type);
  const dated = { ...next, lastTransitionTime: before?.status === next.status ? before.lastTransitionTime : now };
  return before ? conditions.map((each) => (each === before ? dated : each)) : [...conditions, dated];
}

/** Seconds from one RFC 3339 time to another. */
export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** Replaces the status where it differs; a conflict is left to the next round. */
export function setStatus(client: Client, object: Resource, status: Fields): void {
  if (isDeepStrictEqual(plain(status), plain(object.status ?? {}))) return;
  ignoring(['Conflict', 'NotFound'], () => client.updateStatus({ ...object, status }));
}

/** Changes the rest of the object; a conflict is left to the next round. */
export function setObject(client: Client, object: Resource): void {
  ignoring(['Conflict', 'NotFound'], () => client.update(object));
}

/** Zero counts are omitted, as Go's omitempty does. */
export const counts = (given: Readonly<Record<string, number>>): Fields =>
  Object.fromEntries(Object.entries(given).filter(([, count]) => count !== 0));

/** The fields of a value, none where it has none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
