/** Items of a list that its schema forbids to repeat. No CEL but a list type: the API server says "Duplicate value". */
import { isFields } from '../lib/fieldpath.ts';
import spec from './bestie.schema.json' with { type: 'json' };

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: readonly string[];
}

/** What identifies an item: the values of the keys of the list, or the item itself. */
const identities = (list: readonly unknown[], keys: readonly string[]): string[] =>
  list.map((item) => JSON.stringify(isFields(item) ? keys.map((key) => item[key]) : item));

function messageOf(list: readonly unknown[], { 'x-kubernetes-list-type': type, ...schema }: Schema, path: string): string[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if ((type !== 'map' && type !== 'set') || new Set(identities(list, keys)).size === list.length) return [];
  return [`${path} must not have two items with the same ${type === 'set' ? 'value' : keys.join(' and ')}`];
}

function collect(value: unknown, schema: Schema, path: string): string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    const inner = items === undefined ? [] : value.flatMap((item) => collect(item, items, path));
    return [...messageOf(value, schema, path), ...inner];
  }
  if (!isFields(value)) return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    value[name] === undefined ? [] : collect(value[name], child, path === '' ? name : `${path}.${name}`),
  );
}

/** A sentence for each list of the spec that names one thing twice. */
export const duplicates = (value: object): string[] => [...new Set(collect(value, spec as Schema, ''))];
