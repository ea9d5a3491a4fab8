/** Fields of objects by path: a step is a key of a map, or, in a list whose items have a merge key, the value of that key. */
import { isEqual } from './equal.ts';

export type FieldPath = readonly string[];

type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** In the order in which Metacontroller prefers them. Source: pkg/dynamic/apply/apply.go of Metacontroller */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'];

/** The key of every item of every list, by which dynamic apply merges them; undefined if it replaces the list. */
export function mergeKeyOf(lists: readonly (readonly unknown[])[]): string | undefined {
  const items = lists.flat();
  if (items.length === 0 || !items.every(isFields)) return undefined;
  return mergeKeys.find((key) => items.every((item) => Object.hasOwn(item, key)));
}

/** A path as a JSON pointer (RFC 6901). */
export const pointerOf = (path: FieldPath): string => path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export const pathOf = (pointer: string): FieldPath =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

const indexOf = (list: readonly unknown[], step: string): number => {
  const key = mergeKeyOf([list]);
  return key === undefined ? -1 : list.findLastIndex((item) => String((item as Fields)[key]) === step);
};

/** The value at that path; undefined if there is none. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return inner[indexOf(inner, step)];
    return isFields(inner) ? own(inner, step) : undefined;
  }, value);
}

/** The index of an item in its list; undefined if that path does not lead to an item. */
export function indexAt(value: unknown, path: FieldPath): number | undefined {
  const list = valueAt(value, path.slice(0, -1));
  return Array.isArray(list) ? indexOf(list, path.at(-1) ?? '') : undefined;
}

/**
 * A copy with another value at that path; undefined removes the field. An item that is not in its list yet is inserted at `place`, by default at the
 * end. A path that leads nowhere changes nothing.
 */
export function withValue<T>(value: T, path: FieldPath, next: unknown, place?: number): T {
  const [step, ...rest] = path;
  if (step === undefined) return next as T;
  if (Array.isArray(value)) {
    const index = indexOf(value, step);
    if (index === -1) return next === undefined || rest.length > 0 ? value : (value.toSpliced(place ?? value.length, 0, next) as T);
    const item = withValue<unknown>(value[index], rest, next, place);
    return (item === undefined ? value.toSpliced(index, 1) : value.with(index, item)) as T;
  }
  if (!isFields(value)) return value;
  const inner = withValue(own(value, step), rest, next, place);
  const others = Object.entries(value).filter(([key]) => key !== step || inner !== undefined);
  const isNew = !Object.hasOwn(value, step) && inner !== undefined;
  return Object.fromEntries([...others.map(([key, each]) => [key, key === step ? inner : each]), ...(isNew ? [[step, inner]] : [])]) as T;
}

/** A field that an apply of the desired value would change. */
export interface Difference {
  path: FieldPath;
  live: unknown;
  wanted: unknown;
}

/** The fields of `wanted` that differ in the live object, compared as dynamic apply merges them; `last` is what was applied before. */
export function differences(live: unknown, last: unknown, wanted: unknown): Difference[] {
  const found: Difference[] = [];
  const path: string[] = [];
  const step = (key: string, ...values: [unknown, unknown, unknown]): void => {
    path.push(key);
    compare(...values);
    path.pop();
  };
  const compare = (theirs: unknown, before: unknown, ours: unknown): void => {
    if (isFields(theirs) && isFields(ours)) {
      for (const key in ours) step(key, own(theirs, key), isFields(before) ? own(before, key) : undefined, ours[key]);
      return;
    }
    const lists = [theirs, ours].every(Array.isArray) ? ([theirs, Array.isArray(before) ? before : [], ours] as unknown[][]) : [];
    const key = mergeKeyOf(lists);
    if (key !== undefined) {
      for (const item of ours as Fields[]) {
        const isSame = (other: unknown): boolean => (other as Fields)[key] === item[key];
        step(String(item[key]), (theirs as unknown[]).findLast(isSame), lists[1]?.findLast(isSame), item);
      }
      return;
    }
    if (!isEqual(theirs, ours)) found.push({ path: [...path], live: theirs, wanted: ours });
  };
  compare(live, last, wanted);
  return found;
}
