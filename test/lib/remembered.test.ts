import { strict as assert } from 'node:assert';
import { remembered } from '../../src/lib/remembered.ts';

/** The function, and the texts that it was computed for. */
function counted(characters: number): { of: (text: string) => number; computed: string[] } {
  const computed: string[] = [];
  const of = remembered(characters, (text) => {
    computed.push(text);
    return text.length;
  });
  return { of, computed };
}

describe('lib/remembered', () => {
  it('computes once what it still has, and the oldest again beyond the limit', () => {
    const { of, computed } = counted(200);
    const texts = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, '0'));
    assert.ok([...texts, ...texts].map(of).every((length) => length === 2));
    assert.deepEqual(computed, texts, 'each once');
    of('x');
    assert.deepEqual([of('01'), of('00')], [2, 2]);
    assert.deepEqual(computed.slice(texts.length), ['x', '00'], 'the first one made room');
  });

  it('computes a text that would take more than a hundredth of the room each time, and keeps the others', () => {
    const { of, computed } = counted(200);
    assert.deepEqual(['a', 'bbb', 'bbb', 'a'].map(of), [1, 3, 3, 1]);
    assert.deepEqual(computed, ['a', 'bbb', 'bbb']);
  });

  it('keeps a result that is undefined', () => {
    let count = 0;
    const nothing = remembered<string | undefined>(200, () => {
      count += 1;
      return undefined;
    });
    assert.deepEqual([nothing('a'), nothing('a'), count], [undefined, undefined, 1]);
  });
});
