import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBody } from '../../src/hook/body.ts';

const cases: Record<string, { reason: string; given: string; want: unknown }> = {
  Plain: { reason: 'most objects of a test have none', given: '{"a":[1,{"b":"]"}]}', want: { a: [1, { b: ']' }] } },
  Emptied: {
    reason: 'who wrote, and when, stays; which fields goes',
    given: '{"managedFields":[{"fieldsV1":{"a":{"b":{}}},"time":"t"}],"c":1}',
    want: { managedFields: [{ fieldsV1: {}, time: 't' }], c: 1 },
  },
  Twice: {
    reason: 'every manager has one',
    given: '[{"fieldsV1":{"a":{}}},{"fieldsV1":{"b":{}}}]',
    want: [{ fieldsV1: {} }, { fieldsV1: {} }],
  },
  BracesInStrings: {
    reason: 'keys of list entries are written as JSON in a string',
    given: '{"fieldsV1":{"k:{\\"name\\":\\"x}\\"}":{"\\\\":{}}},"c":1}',
    want: { fieldsV1: {}, c: 1 },
  },
  InAString: {
    reason: 'the last applied configuration is JSON in a string',
    given: '{"a":"{\\"fieldsV1\\":{\\"b\\":{}}}"}',
    want: { a: '{"fieldsV1":{"b":{}}}' },
  },
  EndOfALongerKey: { reason: 'another key', given: '{"a\\"fieldsV1":{"b":1}}', want: { 'a"fieldsV1': { b: 1 } } },
  NotAnObject: { reason: 'only what Kubernetes writes there is left out', given: '{"fieldsV1":[{"a":1}]}', want: { fieldsV1: [{ a: 1 }] } },
};

describe('parseBody', () => {
  for (const [name, { reason, given, want }] of Object.entries(cases)) {
    it(`${name}: ${reason}`, () => {
      assert.deepEqual(parseBody(given), want);
    });
  }

  for (const text of ['', '{', '{"fieldsV1":{', '{"fieldsV1":{"', '{"fieldsV1":{"a":1', '{"a":1,}', '{"fieldsV1":{}']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseBody(text), SyntaxError);
    });
  }

  it('gives what JSON.parse gives, but for the emptied objects', () => {
    const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
    const emptied = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(emptied);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, child]) => [key, key === 'fieldsV1' && isObject(child) ? {} : emptied(child)]),
      );
    };
    const key = fc.oneof(fc.constant('fieldsV1'), fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree')),
        fc.dictionary(key, tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        assert.deepEqual(parseBody(JSON.stringify(value)), emptied(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 500 },
    );
  });

  it('takes linear time for a body that never ends its object', () => {
    const body = '{"fieldsV1":{' + '"a\\\\'.repeat(200_000);
    assert.throws(() => parseBody(body), SyntaxError);
  });
});
