import { strict as assert } from 'node:assert';
import { isTooLarge } from '../../src/plan/toolarge.ts';
import { jsonBytes } from '../../src/lib/size.ts';
import type { Manifest } from '../../src/api/kubernetes.ts';
import { each } from '../support/table.ts';
import { applied, NAMESPACE, UID, world } from '../support/world.ts';

const LIMIT = 262_144 - 1_024;
const child = (text: string): Manifest => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { text } });
/** What Metacontroller's record of such a child has beside the text, and the name of the annotation. */
const REST =
  Buffer.byteLength(JSON.stringify({ ...child(''), metadata: { name: 'a', namespace: NAMESPACE, labels: { 'controller-uid': UID } } })) +
  'metacontroller.k8s.io/last-applied-configuration'.length;

describe('lib/size', () => {
  each<unknown, number>(
    {
      Plain: { reason: 'one byte each, and the quotes', given: 'abc', want: 5 },
      Quotes: { reason: 'escaped by a backslash', given: '"\\\n', want: 2 + 6 },
      Markup: { reason: 'Go writes \\u003c', given: '<>&', want: 2 + 18 },
      Separators: { reason: 'Go writes \\u2028', given: '\u2028\u2029', want: 2 + 12 },
      Control: { reason: 'six bytes', given: '\u0001', want: 2 + 6 },
      Backspace: { reason: 'six bytes in some versions of Go', given: '\b\f', want: 2 + 12 },
      Accents: { reason: 'two bytes', given: 'é', want: 2 + 2 },
      Cat: { reason: 'three bytes', given: '猫', want: 2 + 3 },
      Emoji: { reason: 'four bytes', given: '🐈', want: 2 + 4 },
      Keys: { reason: 'escaped alike', given: { '<': [1, true] }, want: '{"\\u003c":[1,true]}'.length },
    },
    (given, want) => {
      assert.equal(jsonBytes(given), want);
    },
  );

  it('takes a child up to the last byte, and none beyond', () => {
    const text = 'x'.repeat(LIMIT - REST);
    assert.equal(isTooLarge(child(text), undefined, NAMESPACE, UID), false);
    assert.equal(isTooLarge(child(`${text}x`), undefined, NAMESPACE, UID), true);
    assert.equal(isTooLarge(child(`${text.slice(6)}<`), undefined, NAMESPACE, UID), false);
    assert.equal(isTooLarge(child(`${text.slice(5)}<`), undefined, NAMESPACE, UID), true);
  });

  it('counts the annotations of its own and of others, and the last record only once', () => {
    const text = 'x'.repeat(LIMIT - REST - 100);
    const live = applied(child(text), world(), { metadata: { annotations: { theirs: 'y'.repeat(94) } } });
    assert.equal(isTooLarge(child(text), live, NAMESPACE, UID), false);
    assert.equal(isTooLarge(child(`${text}x`), live, NAMESPACE, UID), true);
    const ours: Manifest = { ...child(text), metadata: { name: 'a', annotations: { ours: 'z'.repeat(50) } } };
    assert.equal(isTooLarge(ours, undefined, NAMESPACE, UID), true);
  });
});
