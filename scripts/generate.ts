/** Derives src/api/bestie.ts, src/spec/bestie.schema.json, src/spec/bestie.rules.json and docs/api-reference.md from the CRD. With --check it writes nothing and fails when they differ. */
import { readFile, writeFile } from 'node:fs/promises';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { apiReference } from './apireference.ts';
import { celRules } from './celrules.ts';
import { bestieSchema, root, type Schema } from './schema.ts';
import { shared } from './sharedschema.ts';

const header = '/* Generated from manifests/crd/besties.yaml by `npm run generate`. Do not edit. */\n';

/** The schema with every property that has a default marked as required: the shape after decoding. */
function defaulted(schema: Schema): Schema {
  const { properties, items, additionalProperties, required = [] } = schema;
  const result: Schema = { ...schema };
  if (properties) {
    result.properties = Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, defaulted(child)]));
    result.required = [...new Set([...required, ...Object.keys(properties).filter((name) => properties[name]?.default !== undefined)])];
    result.additionalProperties = false;
  }
  if (items) result.items = defaulted(items);
  if (additionalProperties) result.additionalProperties = defaulted(additionalProperties);
  if (schema['x-kubernetes-int-or-string'] === true) delete result.type;
  delete result.default;
  delete result.minProperties;
  delete result.maxProperties;
  delete result.minItems;
  delete result.maxItems;
  return result;
}

/** The schema without descriptions and without the CEL rules: what ajv compiles. */
function validated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(validated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, child]) => !(key === 'description' && typeof child === 'string') && key !== 'x-kubernetes-validations')
      .map(([key, child]) => [key, validated(child)]),
  );
}

const schema = await bestieSchema();
const { spec, status } = schema.properties;

const types = await compile(
  shared({
    title: 'Generated',
    type: 'object',
    properties: { spec: { ...defaulted(spec), title: 'BestieSpec' }, status: { ...defaulted(status), title: 'BestieStatus' } },
  }) as JSONSchema,
  'Generated',
  { bannerComment: header, additionalProperties: false, style: { printWidth: 140, singleQuote: true } },
);
const outputs = {
  'src/api/bestie.ts': types,
  'src/spec/bestie.schema.json': JSON.stringify(shared(validated(spec) as Schema), null, 1) + '\n',
  'src/spec/bestie.rules.json': JSON.stringify(celRules(schema), null, 1) + '\n',
  'docs/api-reference.md': apiReference(schema),
};

for (const [path, wanted] of Object.entries(outputs)) {
  const url = new URL(path, root);
  if (!process.argv.includes('--check')) await writeFile(url, wanted);
  else if ((await readFile(url, 'utf8')) !== wanted) throw new Error(`${path} is not what the CRD yields: run npm run generate`);
}
