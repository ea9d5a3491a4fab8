import { strict as assert } from 'node:assert';
import { firstFew } from '../../src/lib/firstfew.ts';
import { each } from '../support/table.ts';

describe('lib/firstfew', () => {
  each<readonly string[], string>(
    {
      One: { reason: 'nothing to count', given: ['a'], want: 'a' },
      Five: { reason: 'as many as are named', given: ['a', 'b', 'c', 'd', 'e'], want: 'a, b, c, d, e' },
      Six: { reason: 'one is counted', given: ['a', 'b', 'c', 'd', 'e', 'f'], want: 'a, b, c, d, e and 1 more' },
      None: { reason: 'nothing to name', given: [], want: '' },
    },
    (given, want) => {
      assert.equal(firstFew(given), want);
    },
  );
});
