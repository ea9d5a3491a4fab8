/** Where two JSON values differ. Conditions are identified by their type and children by kind and name, elements of all other lists by place. */
import { isObject, type Json, type JsonObject } from './json.ts';

export interface Difference {
  /** The steps to the place; a condition is named by its type, a child by its kind. */
  path: readonly string[];
  /** `order`: the same keys or children in another order. */
  what: 'changed' | 'added' | 'removed' | 'order';
  before?: Json;
  after?: Json;
}

interface Item {
  key: string;
  segment: string;
  value: Json;
}

/** How the element of a list is recognised in the other list, and named in a path. */
function itemOf(value: Json, index: number): Item {
  const { type, kind, apiVersion, metadata } = isObject(value) ? value : ({} as JsonObject);
  if (typeof kind === 'string' && typeof apiVersion === 'string' && isObject(metadata) && typeof metadata.name === 'string')
    return { key: `${kind} ${apiVersion} ${metadata.name}`, segment: kind, value };
  if (typeof type === 'string') return { key: type, segment: type, value };
  return { key: String(index), segment: String(index), value };
}

/** The elements of a list; by place where their keys are not unique. */
function itemsOf(list: readonly Json[]): Item[] {
  const items = list.map(itemOf);
  if (new Set(items.map(({ key }) => key)).size === items.length) return items;
  return items.map(({ segment, value }, index) => ({ key: String(index), segment, value }));
}

const entriesOf = (object: JsonObject): Item[] => Object.entries(object).map(([key, value]) => ({ key, segment: key, value }));

function between(before: readonly Item[], after: readonly Item[], path: readonly string[], ordered: boolean): Difference[] {
  const others = new Map(after.map((item) => [item.key, item]));
  const known = new Set(before.map(({ key }) => key));
  const differences = before.flatMap(({ key, segment, value }): Difference[] => {
    const other = others.get(key);
    if (other === undefined) return [{ path: [...path, segment], what: 'removed', before: value }];
    return differencesOf(value, other.value, [...path, segment]);
  });
  for (const { key, segment, value } of after)
    if (!known.has(key)) differences.push({ path: [...path, segment], what: 'added', after: value });
  const common = (items: readonly Item[], of: ReadonlySet<string>): string[] => items.map(({ key }) => key).filter((key) => of.has(key));
  const [left, right] = [common(before, new Set(others.keys())), common(after, known)];
  if (ordered && left.join('\n') !== right.join('\n')) differences.push({ path, what: 'order', before: left, after: right });
  return differences;
}

/**
 * Every place where the values differ, each once and as high up as it is one that only one of them has. The order of keys counts within
 * /children, where the bytes do; the order of a list counts everywhere.
 */
export function differencesOf(before: Json, after: Json, path: readonly string[] = []): Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) return between(itemsOf(before), itemsOf(after), path, true);
  if (isObject(before) && isObject(after)) return between(entriesOf(before), entriesOf(after), path, path[0] === 'children');
  return before === after ? [] : [{ path, what: 'changed', before, after }];
}
