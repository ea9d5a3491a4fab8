import { strict as assert } from 'node:assert';
import { isEqual } from '../../src/lib/equal.ts';
import { each } from '../support/table.ts';

describe('lib/equal', () => {
  each<[unknown, unknown], boolean>(
    {
      KeyOrder: {
        reason: 'Go writes keys sorted, we do not',
        given: [
          { a: 1, b: [{ c: 2, d: 3 }] },
          { b: [{ d: 3, c: 2 }], a: 1 },
        ],
        want: true,
      },
      ListOrder: {
        reason: 'the order of a list means something',
        given: [
          [1, 2],
          [2, 1],
        ],
        want: false,
      },
      MissingKey: { reason: 'one key less', given: [{ a: 1, b: 2 }, { a: 1 }], want: false },
      OtherKey: { reason: 'as many keys, but another one', given: [{ a: undefined }, { b: undefined }], want: false },
      ListAndMap: { reason: 'a list has keys, too', given: [['x'], { 0: 'x' }], want: false },
      NullAndMap: { reason: 'null is an object to JavaScript', given: [null, {}], want: false },
    },
    ([a, b], want) => {
      assert.equal(isEqual(a, b), want);
    },
  );
});
