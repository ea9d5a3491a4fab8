/** The samples: valid by the CRD's schema and by its CEL rules, and together a look at every field. */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { BestieSpec } from '../../src/api/bestie.ts';
import { brokenRules } from '../../src/spec/rules.ts';
import { isBestieSpec } from '../../src/spec/schema.ts';
import { documents, only, type Resource } from '../support/kustomize.ts';

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: unknown;
}

const crd = only(documents('manifests/crd/besties.yaml'), 'CustomResourceDefinition').spec as {
  versions: { schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[];
};
const schema = crd.versions[0]?.schema.openAPIV3Schema.properties.spec ?? {};

/** Paths of the fields that the API describes itself; what it takes over from the Pod API has no descriptions inside. */
function declared({ properties = {}, items }: Schema, path = ''): string[] {
  if (items) return declared(items, `${path}[]`);
  return Object.entries(properties)
    .filter(([, child]) => child.description !== undefined)
    .flatMap(([name, child]) => [`${path}.${name}`, ...declared(child, `${path}.${name}`)]);
}

/** Paths of the fields that a value has, as far as the schema names them; a field that it does not name is an error. */
function used(value: unknown, { properties, items }: Schema, path = ''): string[] {
  if (Array.isArray(value)) return items ? value.flatMap((entry) => used(entry, items, `${path}[]`)) : [];
  if (typeof value !== 'object' || value === null || properties === undefined) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const described = properties[name];
    assert.ok(described, `${path}.${name} is no field of the API`);
    return [`${path}.${name}`, ...used(child, described, `${path}.${name}`)];
  });
}

const files = readdirSync('manifests/samples');
const spec = (bestie: Resource): BestieSpec => structuredClone(bestie.spec) as BestieSpec;

describe('samples', () => {
  it('are these', () => {
    assert.deepEqual(files.sort(), ['bestie.yaml', 'external-database.yaml', 'full.yaml', 'minimal.yaml']);
  });

  for (const file of files) {
    for (const bestie of documents(`manifests/samples/${file}`)) {
      it(`${file}: ${bestie.metadata.name} is a valid Bestie without a Namespace`, () => {
        assert.deepEqual([bestie.apiVersion, bestie.kind, bestie.metadata.namespace], ['pets.bestie.com/v1', 'Bestie', undefined]);
        used(bestie.spec, schema);
        const defaulted = spec(bestie);
        assert.ok(isBestieSpec(defaulted), JSON.stringify(isBestieSpec.errors));
        assert.deepEqual(brokenRules({ name: bestie.metadata.name, spec: defaulted }), []);
      });
    }
  }

  it('bestie.yaml is the original one', () => {
    assert.deepEqual(parse(readFileSync('manifests/samples/bestie.yaml', 'utf8')), {
      apiVersion: 'pets.bestie.com/v1',
      kind: 'Bestie',
      metadata: { name: 'bestie' },
      spec: { size: 3, image: 'quay.io/opdev/bestie', maxReplicas: 10, version: '1.3' },
    });
  });

  it('full.yaml has every field', () => {
    // The three probes of a container are of one form; a restore and a copy have one target of several, and a bucket is of one kind.
    const general = (path: string): string =>
      path
        .replace(/\.(startup|readiness|liveness)Probe\./, '.probe.')
        .replace(/\.(restore|dataSource)\.target\.\w+$/, '.$1.target.one')
        .replace(/\.dataSource\.repository\.(s3|gcs|azure)\b.*$/, '.dataSource.repository.one');
    const shown = new Set(documents('manifests/samples/full.yaml').flatMap((bestie) => used(bestie.spec, schema).map(general)));
    assert.deepEqual(
      declared(schema).filter((path) => !shown.has(general(path))),
      [],
    );
  });
});
