/** Examples that people copy: Besties are valid, the posted request gives the answer that stands below it, every field is explained. */
import { strict as assert } from 'node:assert';
import { parseAllDocuments } from 'yaml';
import { answers } from '../../src/controllers.ts';
import type { BestieSpec } from '../../src/api/bestie.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import { clusterName, userSecret } from '../../src/database/crunchy/names.ts';
import { names } from '../../src/api/names.ts';
import { brokenRules } from '../../src/spec/rules.ts';
import { isBestieSpec } from '../../src/spec/schema.ts';
import { documents, only, type Resource } from '../support/kustomize.ts';
import { anchors, blocks, code, pages, text } from './markdown.ts';

const guide = 'docs/user-guide.md';

const besties = (page: string): Resource[] =>
  blocks(page)
    .filter(({ language }) => language === 'yaml')
    .flatMap(({ content }) => parseAllDocuments(content))
    .map((document) => document.toJS() as Resource)
    .filter(({ kind }) => kind === 'Bestie');

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** Paths of the fields that the API describes. */
const fields = ({ properties = {}, items }: Schema, path = ''): string[] =>
  items
    ? fields(items, path)
    : Object.entries(properties)
        .filter(([, { description }]) => description !== undefined)
        // What has a mark of its own is a structure of Kubernetes, or explains its fields together.
        .flatMap(([name, child]) => [
          `${path}${name}`,
          ...((child.description ?? '').includes(' Stability: ') ? [] : fields(child, `${path}${name}.`)),
        ]);

const crd = only(documents('manifests/crd/besties.yaml'), 'CustomResourceDefinition').spec as {
  versions: { schema: { openAPIV3Schema: { properties: { spec: Schema; status: Schema } } } }[];
};
const schema = crd.versions[0]?.schema.openAPIV3Schema.properties;

describe('documentation: examples', () => {
  for (const page of pages) {
    for (const [index, { metadata, spec }] of besties(page).entries()) {
      it(`Bestie ${index + 1} of ${page} is valid`, () => {
        const defaulted = structuredClone(spec) as BestieSpec;
        assert.ok(isBestieSpec(defaulted), JSON.stringify(isBestieSpec.errors));
        assert.deepEqual(brokenRules({ name: metadata.name, spec: defaulted }), []);
      });
    }
  }

  it('the user guide has Besties to copy', () => {
    assert.ok(besties(guide).length >= 4);
  });

  it('the user guide explains every field of spec', () => {
    const explained = new Set(code(text(guide)));
    // A group is explained by its fields.
    const paths = fields(schema?.spec ?? {});
    const groups = paths.filter((path) => paths.some((other) => other.startsWith(`${path}.`)));
    assert.deepEqual(
      paths.filter((path) => !groups.includes(path) && !explained.has(path)),
      [],
    );
  });

  it('the user guide explains every field of status', () => {
    const explained = new Set(code(text(guide)));
    const wanted = Object.keys(schema?.status.properties ?? {}).filter((field) => field !== 'conditions');
    assert.deepEqual(
      wanted.filter((field) => !explained.has(`status.${field}`)),
      [],
    );
  });

  it('the table of contents of the user guide is complete', () => {
    const chapters = [...text(guide).matchAll(/^## (.+)$/gm)].length;
    const contents = [...text(guide).matchAll(/^- \[.+\]\(#(.+)\)$/gm)].map(([, anchor = '']) => anchor);
    assert.equal(contents.length, chapters);
    assert.deepEqual(
      contents.filter((anchor) => !anchors(guide).includes(anchor)),
      [],
    );
  });

  it('the request of "Testing the hooks over HTTP" gives the answer that stands below it', () => {
    const command = blocks(guide).findIndex(({ content }) => content.includes('/sync') && content.includes("<<'JSON'"));
    const body: unknown = JSON.parse(/<<'JSON' \|\n([\s\S]*?)\nJSON\n/.exec(blocks(guide)[command]?.content ?? '')?.[1] ?? '');
    const { children, status, resyncAfterSeconds } = answers.sync(body, '2026-01-01T00:00:00Z').response as SyncResponse;
    const lines = [...children.map(({ kind, metadata }) => `${kind} ${metadata.name}`), status.conditions[0]?.message];
    assert.equal(blocks(guide)[command + 1]?.content, `${lines.join('\n')}\n`);
    assert.ok(text(guide).includes(`"resyncAfterSeconds": ${resyncAfterSeconds ?? 'none'}}`));
  });

  it('the names that are shown are the names that are given', () => {
    const long = 'a'.repeat(60);
    for (const name of [clusterName(long), names.service(long)]) assert.ok(text(guide).includes(`/${name}\n`), name);
    assert.ok(code(text(guide)).includes(userSecret('bestie')));
  });
});
