/**
 * Writes strict JSON Schemas, one file per kind, as kubeconform reads them: node schemas.mjs OUT FOLDER…
 * A folder holds OpenAPI v3 documents of Kubernetes (*.json) or CustomResourceDefinitions (*.yaml). Strict means that a field which the
 * schema does not name is an error, as it is for `kubectl apply`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const [, , out, ...folders] = process.argv;
mkdirSync(out, { recursive: true });

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const mapValues = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (!isObject(schema)) return schema;
  const { properties, nullable, format, ...rest } = schema;
  const copy = mapValues(rest, strict);
  if (nullable === true && typeof copy.type === 'string') copy.type = [copy.type, 'null'];
  if (copy['x-kubernetes-int-or-string'] === true) delete copy.type;
  // The other formats (int64, Go durations, quantities) are not those of JSON Schema.
  if (format === 'date-time') copy.format = format;
  if (properties === undefined) return copy;
  const open = copy.additionalProperties !== undefined || copy['x-kubernetes-preserve-unknown-fields'] === true;
  return { ...copy, properties: mapValues(properties, strict), ...(!open && { additionalProperties: false }) };
}

function write(kind, group, version, schema) {
  const suffix = [group.split('.')[0], version].filter(Boolean).join('-');
  writeFileSync(join(out, `${kind}-${suffix}.json`.toLowerCase()), JSON.stringify(schema));
}

function openapi(file) {
  const { components } = JSON.parse(readFileSync(file, 'utf8').replaceAll('#/components/schemas/', '#/definitions/'));
  const definitions = mapValues(components?.schemas ?? {}, strict);
  for (const [name, schema] of Object.entries(definitions)) {
    const kinds = schema['x-kubernetes-group-version-kind'] ?? [];
    // What is shared by all groups (DeleteOptions, WatchEvent) is not applied by anybody.
    if (kinds.length === 1) write(kinds[0].kind, kinds[0].group, kinds[0].version, { $ref: `#/definitions/${name}`, definitions });
  }
}

function crds(file) {
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    const { kind, spec } = document.toJS() ?? {};
    if (kind !== 'CustomResourceDefinition') continue;
    for (const { name, schema } of spec.versions) {
      const root = strict(schema.openAPIV3Schema);
      // The API server knows these three in every kind.
      root.properties = { ...root.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };
      write(spec.names.kind, spec.group, name, root);
    }
  }
}

for (const folder of folders) {
  for (const name of readdirSync(folder)) {
    if (name.endsWith('_openapi.json')) openapi(join(folder, name));
    else if (name.endsWith('.yaml')) crds(join(folder, name));
  }
}
