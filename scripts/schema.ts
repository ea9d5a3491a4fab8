/** The part of the CRD that things are generated from. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

export interface Schema {
  type?: string;
  format?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | false;
  items?: Schema;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  'x-kubernetes-validations'?: { rule: string; message?: string }[];
  'x-kubernetes-list-map-keys'?: string[];
  [keyword: string]: unknown;
}

interface Definition {
  spec: { versions: { name: string; schema: { openAPIV3Schema: Schema } }[] };
}

/** The project's folder, as a URL. */
export const root = new URL('..', import.meta.url);

/** The schema of a Bestie as version v1 of the CRD has it; throws where the CRD has no such version. */
export async function bestieSchema(): Promise<Schema & { properties: { spec: Schema; status: Schema } }> {
  const crd = parse(await readFile(new URL('manifests/crd/besties.yaml', root), 'utf8'), { merge: true }) as Definition;
  const schema = crd.spec.versions.find(({ name }) => name === 'v1')?.schema.openAPIV3Schema;
  const { spec, status } = schema?.properties ?? {};
  if (schema === undefined || spec === undefined || status === undefined) throw new Error('the CRD has no version v1 with spec and status');
  return { ...schema, properties: { ...schema.properties, spec, status } };
}
