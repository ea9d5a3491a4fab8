/** Children against the real schemas of their kinds, and the status of a Bestie against the CRD. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parseAllDocuments } from 'yaml';
import { kinds } from '../../src/api/kinds.ts';
import type { Status } from '../../src/api/observed.ts';
import type { Manifest } from '../../src/api/kubernetes.ts';
import { bestieSchema, closed, type Schema } from './crd.ts';

type Model = new (data: unknown) => { validate(): void };

interface Definition {
  kind: string;
  spec: { group: string; names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: Schema } }[] };
}

/** Models of custom kinds that are an npm package. */
const packaged = 'monitoring.coreos.com/';

/** Kinds whose schema is no npm package but a CustomResourceDefinition of their vendors. */
const vendors = Object.values(kinds).filter(({ apiVersion, isCustom }) => isCustom && !apiVersion.startsWith(packaged));
const isOfVendor = (group: string): boolean => vendors.some(({ apiVersion }) => apiVersion.startsWith(`${group}/`));

/** Patterns of CRDs are Go's: JavaScript has no classes in double brackets, Node 20 no flags inside a pattern, and properties want braces. */
const goRegExp = (pattern: string, flags: string): RegExp =>
  new RegExp(
    pattern
      .replaceAll('[[:print:]]', '[ -~]')
      .replaceAll('(?i:', '(?:')
      .replace(/\\p([A-Z])/g, '\\p{$1}'),
    flags,
  );

const ajv = new Ajv({ strict: false, allErrors: true, code: { regExp: Object.assign(goRegExp, { code: 'new RegExp' }) } });
addFormats.default(ajv);

const directory = process.env.CRD_DIR;
const validators = new Map<string, ValidateFunction>();
if (directory !== undefined) {
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.yaml'))) {
    for (const definition of parseAllDocuments(readFileSync(join(directory, file), 'utf8')).map(
      (document) => document.toJS() as Definition,
    )) {
      if (definition.kind !== 'CustomResourceDefinition') continue;
      const { group, names, versions } = definition.spec;
      if (!isOfVendor(group)) continue;
      for (const { name, schema } of versions)
        validators.set(`${group}/${name} ${names.kind}`, ajv.compile(closed(schema.openAPIV3Schema)));
    }
  }
}
const unchecked = vendors.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).filter((key) => !validators.has(key));
if (unchecked.length > 0)
  console.log(`SKIPPED: children of kind ${unchecked.join(' and ')} are not validated; name a folder with their CRDs in CRD_DIR.`);

/** Throws where the child is not what the API server takes for its kind. */
export async function validateChild(child: Manifest): Promise<void> {
  const { apiVersion, kind } = child;
  if (isOfVendor(apiVersion.split('/')[0] ?? '')) {
    const validate = validators.get(`${apiVersion} ${kind}`);
    if (validate === undefined) {
      assert.ok(unchecked.includes(`${apiVersion} ${kind}`), `no CRD of ${apiVersion} ${kind} in CRD_DIR`);
      return;
    }
    assert.ok(validate(overridden(child)), `${kind} ${child.metadata.name}: ${ajv.errorsText(validate.errors)}`);
    return;
  }
  const scope = apiVersion.startsWith(packaged) ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  const models = (await import(`${scope}/${apiVersion}`)) as Record<string, Model | undefined>;
  const model = models[kind];
  assert.ok(model, `no model of ${apiVersion} ${kind}`);
  new model(child).validate();
}

/** Without metadata, which a CRD does not describe. */
const overridden = ({ apiVersion, kind, spec }: Manifest): object => ({ apiVersion, kind, metadata: {}, spec });

const isStatus = ajv.compile(closed(bestieSchema.properties?.status ?? {}));

/** Throws where the status has a field that the CRD does not declare: the API server would prune it at every sync. */
export function validateStatus(status: Status): void {
  assert.ok(isStatus(status), ajv.errorsText(isStatus.errors));
}
