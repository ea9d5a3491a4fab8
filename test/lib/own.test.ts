import { strict as assert } from 'node:assert';
import { own } from '../../src/lib/own.ts';
import { pruned } from '../../src/lib/prune.ts';
import { mergeValues } from '../../src/sandbox/metacontroller/merge.ts';

const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

describe('lib/own', () => {
  it('finds what a record has itself, and nothing that it inherits', () => {
    const record = Object.fromEntries(inherited.map((key) => [key, 'x']));
    for (const key of inherited) {
      assert.equal(own({}, key), undefined, key);
      assert.equal(own(record, key), 'x', key);
    }
    assert.equal(own({ a: 0 }, 'a'), 0);
  });

  it('is how copies are made and merged: such keys stay', () => {
    const record: unknown = JSON.parse('{"nodeSelector":{"__proto__":"x"},"__proto__":{"a":"x","b":""}}');
    assert.equal(JSON.stringify(pruned(record)), '{"nodeSelector":{"__proto__":"x"},"__proto__":{"a":"x"}}');
    const desired: unknown = JSON.parse('{"__proto__":{"a":"y"},"constructor":"z"}');
    assert.equal(JSON.stringify(mergeValues({}, {}, desired)), '{"__proto__":{"a":"y"},"constructor":"z"}');
  });
});
