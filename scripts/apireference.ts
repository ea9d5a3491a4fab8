/** Writes the schema of the CRD as a page: a section for each object, a row for each field, and the messages of the rules. */
import { stringify } from 'yaml';
import type { Schema } from './schema.ts';

const INTRODUCTION = `# API reference

<!-- Generated from manifests/crd/besties.yaml by \`npm run generate\`. Do not edit. -->

Every field of a Bestie (\`pets.bestie.com/v1\`), with its type, default and bounds, and what the API server refuses. \`kubectl explain bestie.spec.database\` prints
the same of one group. The [user guide](user-guide.md) says what the fields do together; [conditions](conditions.md) has every condition and reason.

A field is optional unless it says "required". \`[]\` stands for the entries of a list. A field "as in the Pod API" has the fields of
[the Pod](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/). The patterns that names and values must match are in the CRD,
\`manifests/crd/besties.yaml\`; a refusal by the API server quotes them.
`;

/** Text in a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const code = (value: unknown): string => `\`${String(value)}\``;
const flow = (value: unknown): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
const heading = (path: string): string =>
  path
    .replaceAll(/[^\w[\]-]/g, '')
    .replaceAll(/[[\]]/g, '')
    .toLowerCase();

/** The schema of what is inside: that of the entries of a list, or of the values of a map. */
const inside = (schema: Schema): Schema => schema.items ?? schema;

/** An object whose fields the CRD describes itself, so that it gets a section. Those of the Pod API have no descriptions. */
const isSection = (schema: Schema): boolean =>
  Object.values(inside(schema).properties ?? {}).some(({ description }) => description !== undefined);

/** What may be a number or a text has no type. */
const mixed = ({ pattern }: Schema): string =>
  typeof pattern === 'string' && pattern.endsWith('%$') ? 'integer or percentage' : 'quantity';

function typeOf(schema: Schema, path: string): string {
  const { type = mixed(schema), format, items, additionalProperties } = schema;
  if (isSection(schema)) return `[${items === undefined ? 'object' : 'list of objects'}](#${heading(path)})`;
  if (items !== undefined) return `list of ${items.type === undefined ? 'quantities' : `${items.type}s`}`;
  if (additionalProperties) return `map of ${additionalProperties.type === undefined ? 'quantities' : `${additionalProperties.type}s`}`;
  return format === 'date-time' ? 'time' : type;
}

/** The greatest number of 32 bits: a bound that no reader needs. */
const UNBOUNDED = 2 ** 31 - 1;

const range = (least: number | undefined, most: number | undefined, unit: string): string[] => {
  if (most === undefined || most >= UNBOUNDED) return least === undefined ? [] : [`At least ${least}${unit}.`];
  return [least === undefined ? `At most ${most}${unit}.` : `${least} to ${most}${unit}.`];
};

/** What a value may be, a sentence for each bound. */
function bounds(schema: Schema): string[] {
  const choice = schema.enum ?? schema.items?.enum;
  return [
    ...(choice === undefined ? [] : [`${schema.items === undefined ? 'One' : 'Each one'} of ${choice.map(code).join(', ')}.`]),
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' entries'),
    ...range(schema.minProperties, schema.maxProperties, ' keys'),
  ];
}

/** The messages of the rules here and in whatever below gets no section of its own, once each. */
function messages(schema: Schema): string[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(({ rule, message }) => message ?? `must satisfy ${rule}`);
  const { properties = {}, items, additionalProperties } = schema;
  const below = [
    ...Object.values(properties).filter((child) => !isSection(child)),
    ...(additionalProperties ? [additionalProperties] : []),
  ];
  return [...new Set([...own, ...(items === undefined ? [] : messages(items)), ...below.flatMap(messages)])];
}

/** Whether a field must be given, or what it is otherwise. */
function necessity(schema: Schema, isRequired: boolean): string {
  if (isRequired) return 'required';
  const isNamed = schema.default !== undefined && flow(schema.default) !== '{}';
  return isNamed ? code(flow(schema.default)) : '–';
}

function row(name: string, schema: Schema, path: string, isRequired: boolean): string {
  const description = (schema.description ?? '').replace(/ Defaults to .*?\.(?=( Stability: \w+\.)?$)/s, '');
  const cells = [
    code(name),
    typeOf(schema, path),
    necessity(schema, isRequired),
    cell([description, ...bounds(schema)].filter(Boolean).join(' ')),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The sections of an object and of all objects in it, in the order of the CRD. */
function sections(schema: Schema, path: string): string[] {
  const { properties = {}, required = [] } = inside(schema);
  const pathOf = (name: string): string => `${path}${schema.items === undefined ? '' : '[]'}.${name}`;
  const rules = messages(schema);
  const section = [
    `${path.includes('.') ? '###' : '##'} ${path}${schema.items === undefined ? '' : '[]'}`,
    ...(schema.description === undefined ? [] : [cell(schema.description)]),
    [
      '| field | type | default | meaning |',
      '| --- | --- | --- | --- |',
      ...Object.entries(properties).map(([name, child]) => row(name, child, pathOf(name), required.includes(name))),
    ].join('\n'),
    ...(rules.length === 0 ? [] : ['Messages of a refusal:', rules.map((message) => `- ${cell(message)}`).join('\n')]),
  ].join('\n\n');
  const below = Object.entries(properties).filter(([, child]) => isSection(child));
  return [section, ...below.flatMap(([name, child]) => sections(child, pathOf(name)))];
}

/** docs/api-reference.md, whole. */
export function apiReference(schema: { properties: { spec: Schema; status: Schema } } & Schema): string {
  const { spec, status } = schema.properties;
  const whole = (schema['x-kubernetes-validations'] ?? []).map(({ message = '' }) => `- ${cell(message)}`).join('\n');
  return (
    [INTRODUCTION.trimEnd(), `The name of a Bestie:\n\n${whole}`, ...sections(spec, 'spec'), ...sections(status, 'status')].join('\n\n') +
    '\n'
  );
}
