import { strict as assert } from 'node:assert';
import { differences, mergeKeyOf, pathOf, pointerOf, valueAt, withValue } from '../../src/lib/fieldpath.ts';
import { mergeValues } from '../../src/sandbox/metacontroller/merge.ts';
import { each } from '../support/table.ts';

const object = {
  spec: {
    replicas: 2,
    containers: [
      { name: 'web', image: 'a:1', args: ['x'] },
      { name: 'side/car', image: 'b:1' },
    ],
    'a~b': { 'c/d': 1 },
  },
};

describe('lib/fieldpath', () => {
  each<[object, object], string[]>(
    {
      Equal: { reason: 'fields of others do not count', given: [{ ...object, status: {} }, object], want: [] },
      Scalar: { reason: 'a number', given: [{ spec: { replicas: 3 } }, { spec: { replicas: 2 } }], want: ['/spec/replicas'] },
      Absent: { reason: 'the whole of what is not there', given: [{ spec: {} }, { spec: { a: { b: 1 } } }], want: ['/spec/a'] },
      Keyed: {
        reason: 'an item stands under its key, and others beside it do not count',
        given: [{ containers: [{ name: 'sidecar' }, { name: 'web', image: 'm/a:1' }] }, { containers: [{ name: 'web', image: 'a:1' }] }],
        want: ['/containers/web/image'],
      },
      Atomic: {
        reason: 'a list without a merge key is one value',
        given: [{ tolerations: [{ key: 'a' }, { key: 'b' }] }, { tolerations: [{ key: 'a' }] }],
        want: ['/tolerations'],
      },
      Null: { reason: 'a null is no object', given: [{ spec: null }, { spec: { a: 1 } }], want: ['/spec'] },
      Inherited: {
        reason: 'own properties only',
        given: [{ labels: {} }, { labels: Object.fromEntries([['constructor', 'x']]) }],
        want: ['/labels/constructor'],
      },
    },
    ([live, wanted], want) => {
      assert.deepEqual(
        differences(live, {}, wanted).map(({ path }) => pointerOf(path)),
        want,
      );
      // What it finds is what an apply would change.
      assert.equal(JSON.stringify(mergeValues(live, {}, wanted)) === JSON.stringify(live), want.length === 0);
    },
  );

  it('writes and reads paths as JSON pointers', () => {
    const path = ['spec', 'a~b', 'c/d'];
    assert.equal(pointerOf(path), '/spec/a~0b/c~1d');
    assert.deepEqual(pathOf(pointerOf(path)), path);
    assert.equal(valueAt(object, path), 1);
  });

  it('finds, sets and removes a value, and leaves the object as it was', () => {
    const image = ['spec', 'containers', 'side/car', 'image'];
    const before = JSON.stringify(object);
    assert.equal(valueAt(object, image), 'b:1');
    assert.equal(valueAt(withValue(object, image, 'c:1'), image), 'c:1');
    assert.equal(valueAt(withValue(object, image, undefined), image), undefined);
    assert.deepEqual(
      withValue(object, ['spec', 'containers', 'side/car'], undefined).spec.containers.map(({ name }) => name),
      ['web'],
    );
    assert.deepEqual(withValue({ a: 1 }, ['b'], 2), { a: 1, b: 2 });
    assert.deepEqual(withValue({ a: 1 }, ['a', 'b'], 2), { a: 1 });
    assert.equal(valueAt(object, ['spec', 'containers', 'none', 'image']), undefined);
    assert.equal(valueAt(object, ['spec', 'toString']), undefined);
    assert.equal(JSON.stringify(object), before);
  });

  it('prefers merge keys in the order in which Metacontroller does', () => {
    assert.equal(mergeKeyOf([[{ name: 'a', port: 1 }], [{ port: 2, name: 'b' }]]), 'port');
    assert.equal(mergeKeyOf([[{ key: 'a' }]]), undefined);
    assert.equal(mergeKeyOf([[]]), undefined);
    assert.equal(mergeKeyOf([['a']]), undefined);
  });
});
