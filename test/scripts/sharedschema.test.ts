import { strict as assert } from 'node:assert';
import { bestieSchema, type Schema } from '../../scripts/schema.ts';
import { shared } from '../../scripts/sharedschema.ts';
import { isFields } from '../../src/lib/fieldpath.ts';
import stored from '../../src/spec/bestie.schema.json' with { type: 'json' };

const PREFIX = '#/$defs/';
const long = { type: 'string', pattern: 'x'.repeat(300) };

/** The value with each reference replaced by what it refers to. */
function expanded(value: unknown, definitions: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((item) => expanded(item, definitions));
  if (!isFields(value)) return value;
  const { $ref } = value;
  if (typeof $ref === 'string') return expanded(definitions[$ref.slice(PREFIX.length)], definitions);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, expanded(child, definitions)]));
}

/** The schema without descriptions and CEL rules. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isFields(value)) return value;
  const { 'x-kubernetes-validations': _rules, description, ...rest } = value;
  const kept = isFields(description) ? { description, ...rest } : rest;
  return Object.fromEntries(Object.entries(kept).map(([key, child]) => [key, plain(child)]));
}

const definitionsOf = ({ $defs }: Schema): Record<string, unknown> => $defs as Record<string, unknown>;

describe('scripts/sharedschema', () => {
  it('refers to what stands more than once, and says what the CRD says', async () => {
    const { $defs, ...rest } = stored as Record<string, unknown>;
    assert.ok(isFields($defs) && 'affinity' in $defs);
    assert.deepEqual(expanded(rest, $defs), plain((await bestieSchema()).properties.spec));
  });

  it('has a definition for each part that differs, named after its field', () => {
    const other = { ...long, maxLength: 9 };
    const given = {
      properties: {
        a: { items: long },
        b: { additionalProperties: long },
        c: { properties: { aItem: other } },
        d: { properties: { aItem: other } },
      },
    };
    const want = { $ref: '#/$defs/aItem' };
    const deep = { $ref: '#/$defs/c' };
    assert.deepEqual(shared(given), {
      properties: { a: { items: want }, b: { additionalProperties: want }, c: deep, d: deep },
      $defs: { aItem: long, c: { properties: { aItem: other } } },
    });
  });

  it('numbers fields of one name that differ', () => {
    const other = { ...long, maxLength: 9 };
    const given = {
      properties: { x: { properties: { a: long } }, y: { properties: { a: other } }, z: { properties: { b: long, c: other } } },
    };
    assert.deepEqual(definitionsOf(shared(given)), { a: long, a2: other });
  });

  it('leaves what is short, stands once, or has a default', () => {
    const given = {
      properties: { a: { type: 'string' }, b: { type: 'string' }, c: long, d: { ...long, default: 'x' }, e: { ...long, default: 'x' } },
    };
    assert.deepEqual(shared(given), { ...given, $defs: {} });
  });
});
