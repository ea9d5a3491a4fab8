import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { hash8 } from '../../src/lib/hash.ts';

/** The same value with its keys set in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, reversed(child)]),
  );
}

describe('lib/hash', () => {
  it('is eight hex digits, for ever the same', () => {
    assert.equal(hash8('bestie'), '7a05bc0e');
  });

  it('does not look at the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.equal(hash8(reversed(value)), hash8(value));
      }),
    );
  });

  it('does look at everything else', () => {
    const values = [{ a: 1 }, { a: '1' }, { a: [1] }, { b: 1 }, [1, 2], [2, 1], null, 'null', '', {}, []];
    assert.equal(new Set(values.map(hash8)).size, values.length);
  });
});
