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
    const { of, computed } = counted(10_000);
    const texts = Array.from({ length: 100 }, (_, index) => String(index).padStart(100, '0'));
    assert.ok([...texts, ...texts].map(of).every((length) => length === 100));
    assert.deepEqual(computed, texts, 'each once');
    of('x');
    const [first = '', second = ''] = texts;
    assert.deepEqual([of(second), of(first)], [100, 100]);
    assert.deepEqual(computed.slice(texts.length), ['x', first], 'the first one made room');
  });

  it('computes a text that would take more than a hundredth of the room each time, and keeps the others', () => {
    const { of, computed } = counted(10_000);
    const long = 'b'.repeat(101);
    assert.deepEqual(['a', long, long, 'a'].map(of), [1, 101, 101, 1]);
    assert.deepEqual(computed, ['a', long, long]);
  });

  it('keeps a result that is undefined', () => {
    let count = 0;
    const nothing = remembered<string | undefined>(10_000, () => {
      count += 1;
      return undefined;
    });
    assert.deepEqual([nothing('a'), nothing('a'), count], [undefined, undefined, 1]);
  });

  it('refuses room in which no text of an ordinary length would be kept', () => {
    assert.throws(() => counted(256), new RangeError('room for 256 characters instead of at least 10000'));
  });
});
