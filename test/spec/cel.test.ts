import { strict as assert } from 'node:assert';
import { compileCel } from '../../src/spec/cel.ts';
import { compareQuantities, ordered } from '../support/quantities.ts';
import { each } from '../support/table.ts';

/** What the API server (Kubernetes 1.34) makes of each. */
const ERROR = Symbol('error');
const evaluate = (expression: string, variables: Record<string, unknown> = {}): unknown => {
  const program = compileCel(expression);
  try {
    return program(variables);
  } catch {
    return ERROR;
  }
};

describe('spec/cel', () => {
  each<string, unknown>(
    {
      DotOfAReturn: { reason: 'in RE2 a dot is all but a line feed', given: String.raw`'a\rb'.matches('^a.b$')`, want: true },
      DotOfALineFeed: { reason: 'all but that', given: String.raw`'a\nb'.matches('^a.b$')`, want: false },
      DotInAClass: { reason: 'is a dot', given: String.raw`'axb'.matches('a[.]b')`, want: false },
      DotEscaped: { reason: 'is one, too', given: String.raw`'axb'.matches(r'a\.b')`, want: false },
      DotOfASmile: { reason: 'one character', given: `'\u{1F600}'.matches('^.$')`, want: true },
      BlankOfASCII: { reason: 'in RE2 no other is white space', given: `'\u00a0'.matches(r'\\s')`, want: false },
      PatternTwice: { reason: 'nothing is kept of the first use', given: `'ab'.matches('b') && 'ab'.matches('b')`, want: true },
      LowerASCII: { reason: 'other letters stay', given: `'\u00c4B\u0130'.lowerAscii()`, want: '\u00c4b\u0130' },
      IntWithZeros: { reason: 'as many as there are', given: `int('${'0'.repeat(30)}7')`, want: 7n },
      IntBeyond: { reason: 'no int64', given: `int('9223372036854775808')`, want: ERROR },
      IntLeast: { reason: 'the least int64', given: `int('-9223372036854775808')`, want: -9223372036854775808n },
      IntOfNothing: { reason: 'no number', given: `int('')`, want: ERROR },
      DurationZero: { reason: 'needs no unit', given: `duration('0') < duration('1ns')`, want: true },
      DurationMicro: { reason: 'with the Greek letter', given: `duration('1\u03bcs') == duration('1us')`, want: true },
      DurationGreatest: {
        reason: 'to the nanosecond',
        given: `duration('2562047h47m16.854775806s') < duration('2562047h47m16.854775807s')`,
        want: true,
      },
      DurationBeyond: { reason: 'no int64 of nanoseconds', given: `duration('2562047h47m16.854775808s')`, want: ERROR },
      Find: { reason: 'the first', given: `'a1b22'.find('[0-9]+')`, want: '1' },
      FindNone: { reason: 'empty', given: `'ab'.find('[0-9]+')`, want: '' },
      FindAll: { reason: 'each', given: `'a1b22'.findAll('[0-9]+') == ['1', '22']`, want: true },
      Replace: { reason: 'each, and to the letter', given: `'a.a'.replace('a', '$&')`, want: '$&.$&' },
      SumOfNone: { reason: 'nothing', given: `[].sum()`, want: 0n },
      SumOfLengths: { reason: 'of characters, not of halves', given: `['\u{1F600}', 'ab'].map(s, size(s)).sum()`, want: 3n },
      SetsWithout: { reason: 'no item of both', given: `sets.intersects([1, 2], []) || sets.intersects(['a'], ['b'])`, want: false },
      SetsWith: { reason: 'one of both', given: `sets.intersects(['a', 'b'], ['c', 'b'])`, want: true },
      IsQuantity: { reason: 'a number and a suffix', given: `isQuantity('1.5Gi') && !isQuantity('1.5gi')`, want: true },
      NoQuantity: { reason: 'an error', given: `quantity('one').isLessThan(quantity('1'))`, want: ERROR },
      Whole: { reason: 'by its suffix', given: `quantity('2Gi').asInteger()`, want: 2n ** 31n },
      WholeByExponent: { reason: 'by its exponent', given: `quantity('1001E4').asInteger()`, want: 10_010_000n },
      WholeByScale: { reason: 'a fraction of a larger unit', given: `quantity('0.3333T').asInteger()`, want: 333_300_000_000n },
      WholeInThousandths: { reason: "to Kubernetes' fast path it is none", given: `quantity('1000m').isInteger()`, want: false },
      WholeWithPoint: { reason: 'nor that', given: `quantity('1.0').isInteger()`, want: false },
      WholeTooLong: { reason: 'nor one that the fast path leaves to the slow one', given: `quantity('1Pi').isInteger()`, want: false },
      WholeTooLarge: { reason: 'no int64', given: `quantity('10E').isInteger()`, want: false },
      Negative: { reason: 'signed', given: `quantity('-2k').asInteger()`, want: -2000n },
      NotWhole: { reason: 'an error', given: `quantity('0.5').asInteger()`, want: ERROR },
    },
    (expression, want) => {
      assert.equal(evaluate(expression), want);
    },
  );

  it('compares quantities as the API server does, for every value of the table', () => {
    const compare = compileCel('quantity(a).compareTo(quantity(b))');
    assert.ok(ordered.length > 500, String(ordered.length));
    for (const [index, { value: b }] of ordered.entries()) {
      const a = ordered[index - 1]?.value ?? b;
      assert.equal(compare({ a, b }), BigInt(compareQuantities(a, b)), `${a} and ${b}`);
    }
  });

  it('throws for what is no CEL, and for a function that there is not', () => {
    assert.throws(() => compileCel('self.'));
    assert.throws(() => compileCel('quantity(self).isHuge()'));
  });
});
