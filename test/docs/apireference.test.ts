/** docs/api-reference.md and `kubectl explain`: generated from the CRD, with every field, message and default. */
import { strict as assert } from 'node:assert';
import { parse } from 'yaml';
import { apiReference } from '../../scripts/apireference.ts';
import { bestieSchema as read } from '../../scripts/schema.ts';
import { bestieSchema, everySchema, type Schema } from '../support/crd.ts';
import { text } from './markdown.ts';

const page = 'docs/api-reference.md';
const schemas = everySchema(bestieSchema);

/** An empty object stands for the defaults of its fields. */
const isNamed = ({ default: value }: Schema): boolean => value !== undefined && JSON.stringify(value) !== '{}';

/** The default that a description names, read as the type that the field has. */
function namedDefault({ description, type }: Schema): unknown {
  const named = / Defaults to (.*?)\.( Stability: \w+\.)?$/s.exec(String(description))?.[1];
  return named === undefined || type === 'string' ? named : parse(named);
}

describe('documentation: API reference', () => {
  it('is what the CRD yields', async () => {
    assert.equal(text(page), apiReference(await read()), 'run npm run generate');
  });

  it('has every message of a rule', () => {
    const messages = schemas.flatMap(([, schema]) => (schema['x-kubernetes-validations'] ?? []).map(({ message }) => message));
    assert.ok(messages.length > 60);
    assert.deepEqual(
      messages.filter((message) => !text(page).includes(`\n- ${message.replaceAll('<', '&lt;')}\n`)),
      [],
    );
  });

  it('has every field that the CRD describes, in the section of its object', () => {
    const described = schemas.filter(([path, { description }]) => description !== undefined && path.split('.').length > 2);
    assert.ok(described.length > 120);
    const missing = described.filter(([path]) => {
      const [, parent = '', name = ''] = /^\.(.+)\.([^.]+)$/.exec(path) ?? [];
      const section = text(page)
        .split(/^###? /m)
        .find((candidate) => candidate.startsWith(`${parent}\n`));
      return section?.includes(`\n| \`${name}\` |`) !== true;
    });
    assert.deepEqual(
      missing.map(([path]) => path),
      [],
    );
  });
});

describe('kubectl explain', () => {
  for (const [path, schema] of schemas.filter(([, candidate]) => isNamed(candidate)))
    it(`names the default of ${path}`, () => {
      assert.deepEqual(namedDefault(schema), schema.default);
    });

  it('names no default where there is none', () => {
    assert.deepEqual(
      schemas.filter(([, schema]) => !isNamed(schema) && namedDefault(schema) !== undefined).map(([path]) => path),
      [],
    );
  });

  it('an object that defaults to an empty one has fields with defaults', () => {
    const empty = schemas.filter(([, { default: value }]) => JSON.stringify(value) === '{}');
    assert.ok(empty.length >= 8);
    assert.deepEqual(
      empty.filter(([, schema]) => !everySchema(schema).some(([, child]) => isNamed(child))).map(([path]) => path),
      [],
    );
  });
});
