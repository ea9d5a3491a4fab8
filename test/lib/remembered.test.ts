import { strict as assert } from 'node:assert';
import { remembered } from '../../src/lib/remembered.ts';

describe('lib/remembered', () => {
  it('computes once what it still has, and the oldest again beyond the limit', () => {
    const asked: string[] = [];
    const length = remembered(2, (text) => {
      asked.push(text);
      return text.length;
    });
    assert.deepEqual(['a', 'bb', 'a', 'ccc', 'bb', 'a'].map(length), [1, 2, 1, 3, 2, 1]);
    assert.deepEqual(asked, ['a', 'bb', 'ccc', 'a']);
  });

  it('keeps a result that is undefined', () => {
    let count = 0;
    const nothing = remembered<string | undefined>(2, () => {
      count += 1;
      return undefined;
    });
    assert.deepEqual([nothing('a'), nothing('a'), count], [undefined, undefined, 1]);
  });
});
