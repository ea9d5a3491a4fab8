/** The CustomResourceDefinition of the Bestie, read from the file that is installed. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Schema {
  type?: string;
  default?: unknown;
  enum?: unknown[];
  maxItems?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  'x-kubernetes-validations'?: { rule: string; message: string }[];
  [keyword: string]: unknown;
}

interface Definition {
  spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
}

const crd = parse(readFileSync(new URL('../../manifests/crd/besties.yaml', import.meta.url), 'utf8'), { merge: true }) as Definition;
export const bestieSchema = crd.spec.versions[0]?.schema.openAPIV3Schema ?? {};

/** The schema with every field that it does not declare forbidden: what the API server would prune is an error. */
export function closed(schema: Schema): Schema {
  const { properties, items, additionalProperties } = schema;
  // A keyword that is null in YAML is none.
  const keywords = Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== null));
  return {
    ...keywords,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, closed(child)])),
      additionalProperties: false,
    }),
    ...(items && { items: closed(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: closed(additionalProperties) }),
  };
}

/** Every schema inside this one, itself included, with its path. */
export function everySchema(schema: Schema, path = ''): [string, Schema][] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    [path, schema],
    ...Object.entries(properties).flatMap(([name, child]) => everySchema(child, `${path}.${name}`)),
    ...(items ? everySchema(items, `${path}[]`) : []),
    ...(typeof additionalProperties === 'object' ? everySchema(additionalProperties, `${path}{}`) : []),
  ];
}
