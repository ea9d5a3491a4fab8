/**
 * Metacontroller's dynamic apply: a three-way merge of what is observed, what was last applied and what is desired.
 * Lists are merged like maps where their elements share a key that looks like a merge key, else replaced. It guesses, and the guesses are
 * reproduced here with their flaws. Source: https://metacontroller.github.io/metacontroller/api/apply.html
 */
import { own } from '../../lib/own.ts';
import { isFields, omit, plain, type Draft, type Fields, type Resource } from '../apiserver/object.ts';

/** Where Metacontroller keeps what it last applied. Source: pkg/dynamic/apply of Metacontroller. */
const LAST_APPLIED_ANNOTATION = 'metacontroller.k8s.io/last-applied-configuration';

type Mutable = Record<string, unknown>;

/** In the order in which they are preferred. */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'];

const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The key that every element of every list has, or undefined where the lists are to be replaced. */
function mergeKeyOf(lists: readonly (readonly unknown[])[]): string | undefined {
  const items = lists.flat();
  if (items.length === 0 || !items.every(isFields)) return undefined;
  return mergeKeys.find((key) => items.every((item) => Object.hasOwn(item, key)));
}

const keyed = (items: readonly unknown[], key: string): Mutable =>
  Object.fromEntries(items.map((item) => [String(fields(item)[key]), item]));

function mergeKeyedLists(key: string, observed: readonly unknown[], last: readonly unknown[], desired: readonly unknown[]): unknown[] {
  const merged = mergeFields(keyed(observed, key), keyed(last, key), keyed(desired, key));
  const name = (item: unknown): string => String(fields(item)[key]);
  const known = new Set(observed.map(name).filter((each) => Object.hasOwn(merged, each)));
  const added = new Set(desired.map(name).filter((each) => !known.has(each)));
  // An observed key that occurs twice is taken twice: two endpoints on one port collapse into two copies of the second.
  return [...observed.map(name).filter((each) => Object.hasOwn(merged, each)), ...added].map((each) => merged[each]);
}

function mergeFields(observed: Fields, last: Fields, desired: Fields): Mutable {
  const kept = Object.entries(observed).filter(([key]) => !Object.hasOwn(last, key) || Object.hasOwn(desired, key));
  const wanted = Object.entries(desired).map(([key, value]) => [key, mergeValues(own(observed, key), own(last, key), value)] as const);
  return Object.fromEntries([...kept, ...wanted]);
}

/** Merges one value. Where the observed one is absent or a scalar, the desired one is taken as it is, null and empty values included. */
export function mergeValues(observed: unknown, last: unknown, desired: unknown): unknown {
  if (isFields(observed)) return mergeFields(observed, fields(last), fields(desired));
  if (!Array.isArray(observed)) return desired;
  const key = mergeKeyOf([observed, list(last), list(desired)]);
  if (key !== undefined) return mergeKeyedLists(key, observed, list(last), list(desired));
  return Array.isArray(desired) ? desired : null;
}

const readOnly = [
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
];

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

const withLastApplied = <T extends Draft>(object: T, applied: Draft): T => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [LAST_APPLIED_ANNOTATION]: JSON.stringify(sorted(applied)) },
  },
});

/** Desired without a last-applied annotation of its own; a map that held nothing else is removed with it. */
function withoutLastApplied(desired: Draft): Draft {
  if (desired.metadata.annotations?.[LAST_APPLIED_ANNOTATION] === undefined) return desired;
  const annotations = omit(desired.metadata.annotations, LAST_APPLIED_ANNOTATION);
  return { ...desired, metadata: { ...desired.metadata, annotations } };
}

/** What is sent to create a child: the desired object and a record of it. */
export const toCreate = (desired: Draft): Draft => withLastApplied(desired, desired);

/** What the observed child should become: the merge, its system fields and status restored, and a new record. Throws where the old record is no JSON. */
export function applyUpdate(observed: Resource, update: Draft): Resource {
  const record = observed.metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '';
  const last: unknown = record === '' ? {} : JSON.parse(record);
  const desired = withoutLastApplied(update);
  const merged = mergeFields(observed, fields(last), desired) as Resource;
  const restore = (from: Fields, into: Fields, names: readonly string[]): Fields => ({
    ...Object.fromEntries(Object.entries(into).filter(([key]) => !names.includes(key))),
    ...Object.fromEntries(names.filter((key) => key in from).map((key) => [key, from[key]])),
  });
  const metadata = restore({ ...observed.metadata }, { ...merged.metadata }, readOnly);
  return plain(withLastApplied({ ...restore(observed, merged, ['status']), metadata } as unknown as Resource, desired));
}
