/**
 * Kubelets flip between two ways of saying one and the same trouble at each retry. The golden cases whose names end in -a and -b hold the two
 * halves, and so do two pairs of a first install: the answers are equal to the byte, or each flip would be a write.
 */
import { strict as assert } from 'node:assert';
import { answerTo, folders, read } from './support/cases.ts';

const pairs = folders.filter((name) => name.endsWith('-a')).map((first) => [first, first.replace(/a$/, 'b')] as const);
const firstInstall = [
  ['11-image-pull-tried', '12-image-pull-backing-off'],
  ['13-crash-backing-off', '14-crash-running-again'],
] as const;

describe('halves of alternating pairs', () => {
  it('are there, each with its other half', () => {
    assert.ok(pairs.length >= 9);
    const halves = folders.filter((name) => /-[ab]$/.test(name));
    assert.deepEqual(halves, pairs.flat().sort());
  });

  for (const [first, second] of [...firstInstall, ...pairs]) {
    it(`${first} and ${second} are answered by the same bytes`, () => {
      const halves = [read(first), read(second)] as const;
      const [{ parent: one, ...some }, { parent: other, ...others }] = [halves[0].world, halves[1].world];
      assert.deepEqual(one, other, 'the Besties are the same');
      assert.notDeepEqual(some, others, 'what is observed is not');
      assert.equal(JSON.stringify(answerTo(halves[0])), JSON.stringify(answerTo(halves[1])));
    });
  }
});
