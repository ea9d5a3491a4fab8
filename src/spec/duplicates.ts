/** Items of a list that its schema forbids to repeat. No CEL but a list type: the API server says "Duplicate value". */
import { isFields } from '../lib/fieldpath.ts';
import spec from './bestie.schema.json' with { type: 'json' };

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: readonly string[];
}

const { $defs: definitions } = spec as { $defs: Record<string, Schema> };
const PREFIX = '#/$defs/';

/** What a reference refers to: the equal parts of the schema stand once in its definitions. */
const resolved = (schema: Schema): Schema => (schema.$ref === undefined ? schema : (definitions[schema.$ref.slice(PREFIX.length)] ?? {}));

/** What identifies an item: the values of the keys of the list, or the item itself. */
const identities = (list: readonly unknown[], keys: readonly string[]): string[] =>
  list.map((item) => JSON.stringify(isFields(item) ? keys.map((key) => item[key]) : item));

function messageOf(list: readonly unknown[], { 'x-kubernetes-list-type': type, ...schema }: Schema, path: string): string[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if ((type !== 'map' && type !== 'set') || new Set(identities(list, keys)).size === list.length) return [];
  return [`${path} must not have two items with the same ${type === 'set' ? 'value' : keys.join(' and ')}`];
}

function collect(value: unknown, part: Schema, path: string): string[] {
  const schema = resolved(part);
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
