import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBody } from '../../src/hook/body.ts';

const cases: Record<string, { reason: string; given: string; want: unknown }> = {
  Plain: { reason: 'most objects of a test have none', given: '{"a":[1,{"b":"]"}]}', want: { a: [1, { b: ']' }] } },
  Emptied: { reason: 'nobody reads field ownership', given: '{"managedFields":[{"a":{"b":{}}}],"c":1}', want: { managedFields: [], c: 1 } },
  Twice: {
    reason: 'every object has one',
    given: '[{"managedFields":[{}]},{"managedFields":[{}]}]',
    want: [{ managedFields: [] }, { managedFields: [] }],
  },
  BracketsInStrings: {
    reason: 'keys of list entries are written as JSON in a string',
    given: '{"managedFields":[{"k:{\\"name\\":\\"x]\\"}":{"\\\\":{}}}],"c":1}',
    want: { managedFields: [], c: 1 },
  },
  InAString: {
    reason: 'the last applied configuration is JSON in a string',
    given: '{"a":"{\\"managedFields\\":[1,2]}"}',
    want: { a: '{"managedFields":[1,2]}' },
  },
  Nested: {
    reason: 'an array in the array ends nothing',
    given: '{"managedFields":[[1],[2,[3]]],"c":1}',
    want: { managedFields: [], c: 1 },
  },
  EndOfALongerKey: { reason: 'another key', given: '{"a\\"managedFields":[1]}', want: { 'a"managedFields': [1] } },
  NotAnArray: {
    reason: 'only what Kubernetes writes there is left out',
    given: '{"managedFields":{"a":1}}',
    want: { managedFields: { a: 1 } },
  },
};

describe('parseBody', () => {
  for (const [name, { reason, given, want }] of Object.entries(cases)) {
    it(`${name}: ${reason}`, () => {
      assert.deepEqual(parseBody(given), want);
    });
  }

  for (const text of ['', '{', '{"managedFields":[', '{"managedFields":["', '{"managedFields":[1', '{"a":1,}', '{"managedFields":[]']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseBody(text), SyntaxError);
    });
  }

  it('gives what JSON.parse gives, but for the emptied arrays', () => {
    const emptied = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(emptied);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, child]) => [key, key === 'managedFields' && Array.isArray(child) ? [] : emptied(child)]),
      );
    };
    const key = fc.oneof(fc.constant('managedFields'), fc.string());
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

  it('takes linear time for a body that never ends its array', () => {
    const body = '{"managedFields":[' + '"a\\\\'.repeat(200_000);
    assert.throws(() => parseBody(body), SyntaxError);
  });
});
