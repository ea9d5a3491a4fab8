/** Equal parts of a schema as one definition each: compiled once they take half of the start and of its memory, and one type has their name. */
import type { Schema } from './schema.ts';

/** A shorter part, as JSON, is compiled as fast where it stands. */
const SHORTEST = 250;

interface Part {
  /** The field that the part is the schema of; for an item, the field of its list. */
  field: string;
  schema: Schema;
}

/** The schemas right below one. */
function partsOf({ properties = {}, items, additionalProperties }: Schema, field: string): Part[] {
  const inner = [items, additionalProperties].filter((schema) => schema !== undefined && schema !== false);
  return [
    ...Object.entries(properties).map(([name, schema]) => ({ field: name, schema })),
    ...inner.map((schema) => ({ field: `${field}Item`, schema })),
  ];
}

/** Every part that may be a definition, with how often it stands there; what lies in it counts once. A default beside a reference would not be filled in. */
function counted(root: Schema): Map<string, Part & { count: number }> {
  const found = new Map<string, Part & { count: number }>();
  const visit = ({ field, schema }: Part): void => {
    const text = JSON.stringify(schema);
    const known = found.get(text);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    if (text.length >= SHORTEST && schema.default === undefined) found.set(text, { field, schema, count: 1 });
    for (const part of partsOf(schema, field)) visit(part);
  };
  for (const part of partsOf(root, '')) visit(part);
  return found;
}

/** The names of the definitions by the JSON of what they define: the field's, with a number where several fields of a name differ. */
function named(root: Schema): Map<string, string> {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  for (const [text, { field, count }] of counted(root)) {
    if (count === 1) continue;
    const use = (uses.get(field) ?? 0) + 1;
    uses.set(field, use);
    names.set(text, use === 1 ? field : `${field}${use}`);
  }
  return names;
}

/** The schema with `$defs` for the parts that stand in it more than once, and a `$ref` wherever they stood. */
export function shared(root: Schema): Schema {
  const names = named(root);
  const referring = (schema: Schema): Schema => {
    const name = names.get(JSON.stringify(schema));
    return name === undefined ? within(schema) : { $ref: `#/$defs/${name}` };
  };
  const within = ({ properties, items, additionalProperties, ...rest }: Schema): Schema => ({
    ...rest,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, referring(child)])) }),
    ...(items && { items: referring(items) }),
    ...(additionalProperties && { additionalProperties: referring(additionalProperties) }),
  });
  const definitions = [...names].map(([text, name]) => [name, within(JSON.parse(text) as Schema)]);
  return { ...within(root), $defs: Object.fromEntries(definitions) as unknown };
}
