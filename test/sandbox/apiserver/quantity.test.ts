import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { isApiError } from '../../../src/sandbox/apiserver/apierror.ts';
import { storedResource } from '../../../src/sandbox/apiserver/quantity.ts';
import { storedQuantities } from '../../support/quantities.ts';

describe('sandbox/apiserver/quantity', () => {
  it('stores what a real API server stores, for every value of the table, its accidents included', () => {
    const rows = storedQuantities.filter(({ pod }) => pod !== undefined);
    assert.deepEqual(
      rows.filter(({ value, pod }) => storedResource(value) !== pod),
      [],
    );
    assert.ok(rows.length > 1600, String(rows.length));
  });

  it('refuses what a real API server refuses', () => {
    const rows = storedQuantities.filter(({ pod }) => pod === undefined);
    for (const { value } of rows)
      assert.throws(
        () => storedResource(value),
        (error) => isApiError(error, 'Invalid'),
        value,
      );
    assert.ok(rows.length > 40, String(rows.length));
  });

  it('shares nothing with the way of the operator, whose faults it is to show', () => {
    for (const file of ['quantity.ts', 'normalise.ts'])
      assert.doesNotMatch(
        readFileSync(new URL(`../../../src/sandbox/apiserver/${file}`, import.meta.url), 'utf8'),
        /from '.*(api|lib)\/quantity/,
      );
  });
});
