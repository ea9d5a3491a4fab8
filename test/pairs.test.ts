/**
 * Kubelets flip between two ways of saying one and the same trouble at each retry. The golden cases whose names end in -a and -b hold the two
 * halves, and so do two pairs of a first install: the answers are equal to the byte, or each flip would be a write.
 */
import { strict as assert } from 'node:assert';
import { answerTo, folders, read, textOf } from './support/cases.ts';

/** The text without its first line, which says what the case shows. */
const untitled = (text: string): string => text.slice(text.indexOf('\n') + 1);

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
      assert.equal(untitled(textOf(first, 'bestie.yaml')), untitled(textOf(second, 'bestie.yaml')), 'the Besties are the same');
      assert.notEqual(textOf(first, 'observed.yaml'), textOf(second, 'observed.yaml'), 'what is observed is not');
      assert.equal(JSON.stringify(answerTo(read(first))), JSON.stringify(answerTo(read(second))));
    });
  }
});
