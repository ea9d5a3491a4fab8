/**
 * Every manifest against the schema of its kind: built-in kinds and those of the Prometheus operator from npm packages, the others
 * against the CustomResourceDefinitions in the folder that CRD_DIR names.
 */
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { built, documents, resolve, tools, type Resource } from '../support/kustomize.ts';

type Model = new (data: unknown) => { validate(): void };

interface Definition {
  spec: { group: string; names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: object } }[] };
}

const crdDirectory = process.env.CRD_DIR;
const definitions = new Map<string, object>();
if (crdDirectory !== undefined) {
  for (const file of readdirSync(crdDirectory).filter((name) => name.endsWith('.yaml'))) {
    for (const document of documents(join(crdDirectory, file)).filter(({ kind }) => kind === 'CustomResourceDefinition')) {
      const { group, names, versions } = (document as unknown as Definition).spec;
      for (const { name, schema } of versions) definitions.set(`${group}/${name} ${names.kind}`, schema.openAPIV3Schema);
    }
  }
}

/** A CRD's patterns are Go's: (?i) inside, where JavaScript has a flag. */
const regExp = Object.assign(
  (pattern: string, flags: string) => new RegExp(pattern.replace('(?i)', ''), pattern.includes('(?i)') ? `${flags}i` : flags),
  { code: 'goRegExp' },
);
const ajv = new Ajv({ strict: false, allErrors: true, code: { regExp } });
addFormats.default(ajv);
// What the API server calls a duration is Go's, 10s, not the ISO 8601 that ajv means.
ajv.addFormat('duration', /^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/);

async function validate(resource: Resource): Promise<void> {
  const { apiVersion, kind } = resource;
  const schema = definitions.get(`${apiVersion} ${kind}`);
  if (schema !== undefined) {
    assert.ok(ajv.validate(schema, resource), ajv.errorsText());
    return;
  }
  const scope = apiVersion === 'monitoring.coreos.com/v1' ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
  const models = (await import(`${scope}/${apiVersion}`)) as Record<string, Model>;
  const model = models[kind];
  assert.ok(model, `no schema of ${apiVersion} ${kind}`);
  new model(resource).validate();
}

const resources = [
  ...resolve('manifests/overlays/monitoring'),
  ...resolve('manifests/overlays/openshift'),
  ...resolve('manifests/overlays/local'),
  // Only a real tool merges patches.
  ...tools
    .slice(0, 1)
    .flatMap((tool) => built(tool, 'test/manifests/metrics-auth').filter(({ kind }) => ['Deployment', 'ServiceMonitor'].includes(kind))),
];

describe('manifests against the schemas of their kinds', () => {
  const skipped = new Set<string>();

  for (const resource of new Map(resources.map((one) => [JSON.stringify(one), one])).values()) {
    const { apiVersion, kind, metadata } = resource;
    if (apiVersion.startsWith('metacontroller.k8s.io/') && !definitions.has(`${apiVersion} ${kind}`)) {
      skipped.add(kind);
      continue;
    }
    it(`${kind} ${metadata.name}`, () => validate(resource));
  }

  if (skipped.size > 0) console.log(`SKIPPED: schema of ${[...skipped].join(', ')}; name a folder with the CRD in CRD_DIR.`);

  it('says no to a wrong one', async () => {
    const wrong = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'wrong' }, spec: { replicas: 'two' } };
    await assert.rejects(() => validate(wrong));
  });
});
