import { strict as assert } from 'node:assert';
import { share } from '../../src/lib/share.ts';
import { each } from '../support/table.ts';

describe('lib/share', () => {
  each<[value: unknown, of: number, round: (value: number) => number], number>(
    {
      Number: { reason: 'it is one', given: [3, 10, Math.ceil], want: 3 },
      Up: { reason: 'pods that come', given: ['25%', 3, Math.ceil], want: 1 },
      Down: { reason: 'pods that go', given: ['25%', 3, Math.floor], want: 0 },
      Exact: { reason: 'multiplied first', given: ['7%', 100, Math.ceil], want: 7 },
      More: { reason: 'more than all', given: ['250%', 2, Math.ceil], want: 5 },
      Zero: { reason: 'none', given: ['0%', 9, Math.ceil], want: 0 },
    },
    ([value, of, round], want) => {
      assert.equal(share(value, of, round), want);
    },
  );
});
