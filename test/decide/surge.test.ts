import { strict as assert } from 'node:assert';
import { largest, surging } from '../../src/decide/surge.ts';
import { poolerSize } from '../../src/decide/pooler.ts';
import { each } from '../support/table.ts';
import { observe, world, type Loose } from '../support/world.ts';

type Surge = number | string | undefined;

describe('decide/surge', () => {
  each<[pods: number, maxSurge: Surge], number>(
    {
      Default: { reason: 'one is not counted', given: [9, undefined], want: 0 },
      None: { reason: 'nothing comes before something goes', given: [9, 0], want: 0 },
      Three: { reason: 'two beyond the one', given: [9, 3], want: 2 },
      Share: { reason: 'rounded up', given: [9, '25%'], want: 2 },
    },
    ([pods, maxSurge], want) => {
      assert.equal(surging(pods, maxSurge), want);
    },
  );

  each<[served: number, maxSurge: Surge], number>(
    {
      Default: { reason: 'all', given: [10, undefined], want: 10 },
      Three: { reason: 'two fewer', given: [10, 3], want: 8 },
      All: { reason: 'five, and four more', given: [10, '100%'], want: 5 },
      TooMany: { reason: 'no number is low enough', given: [10, 2_147_483_647], want: 0 },
      Nothing: { reason: 'none is served', given: [0, '100%'], want: 0 },
    },
    ([served, maxSurge], want) => {
      assert.equal(largest(served, maxSurge), want);
      assert.ok(want === 0 || want + surging(want, maxSurge) <= served);
    },
  );

  it('is taken by each pod of the pooler: twice the pods, or more where the strategy says so', () => {
    const clients = (strategy: Loose): number | undefined =>
      poolerSize(observe(world({ size: 4, database: { pooler: { enabled: true } }, strategy })))?.clients;
    assert.equal(clients({}), 2 * 4 * 9 + 20);
    assert.equal(clients({ maxSurge: '100%' }), 2 * 4 * 9 + 20);
    assert.equal(clients({ maxSurge: '200%' }), 3 * 4 * 9 + 20);
  });
});
