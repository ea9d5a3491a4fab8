import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { canonicalQuantity, compareQuantities, quantityValue } from '../../src/api/quantity.ts';
import { each, type Cases } from '../support/table.ts';

/** Expectations come from k8s.io/apimachinery 0.34: what a JSON round trip through its Quantity leaves as it is. */
const canonical: Cases<string | number, string> = {
  Whole: { reason: 'a plain number stays', given: '2', want: '2' },
  Integer: { reason: 'YAML gives numbers without quotes', given: 2, want: '2' },
  Fraction: { reason: 'fractions of a core are told in thousandths', given: '0.1', want: '100m' },
  FractionAsNumber: { reason: 'the same without quotes', given: 0.5, want: '500m' },
  LeadingDot: { reason: 'the pattern of the CRD allows it', given: '.5', want: '500m' },
  TrailingDot: { reason: 'the pattern of the CRD allows it', given: '5.', want: '5' },
  Plus: { reason: 'a sign is not kept', given: '+5', want: '5' },
  LeadingZeros: { reason: 'digits that say nothing are dropped', given: '00012', want: '12' },
  ThousandMilli: { reason: 'the classic that never converges', given: '1000m', want: '1' },
  OddMilli: { reason: 'what has no shorter form stays', given: '1500m', want: '1500m' },
  Kibi: { reason: 'binary units climb', given: '1024Ki', want: '1Mi' },
  Mebi: { reason: 'the other classic', given: '1024Mi', want: '1Gi' },
  NotClimbing: { reason: 'a binary value keeps the unit that divides it', given: '1000Ki', want: '1000Ki' },
  HalfGibi: { reason: 'a fraction of a unit goes one unit down', given: '1.5Gi', want: '1536Mi' },
  HalfKibi: { reason: 'below 1024 binary values are told without a unit', given: '0.5Ki', want: '512' },
  TenthKibi: { reason: 'below 1024 nothing is rounded', given: '0.1Ki', want: '102400m' },
  JustOverKibi: { reason: 'a value that is no whole number of bytes is told in decimal fractions', given: '1.0001Ki', want: '1024102400u' },
  FractionOfByte: { reason: 'the same for what people really write', given: '1.1Gi', want: '1181116006400m' },
  Decimal: { reason: 'decimal units stay decimal', given: '1500M', want: '1500M' },
  DecimalFraction: { reason: 'a fraction of a unit goes one unit down', given: '12.34k', want: '12340' },
  DecimalClimbs: { reason: 'decimal units climb', given: '1000000', want: '1M' },
  Exponent: { reason: 'an exponent stays an exponent', given: '1e3', want: '1e3' },
  CapitalExponent: { reason: 'both letters mean the same', given: '1E3', want: '1e3' },
  ExponentInSteps: { reason: 'exponents are multiples of three', given: '1e4', want: '10e3' },
  ExponentGone: { reason: 'an exponent of zero is not written', given: '15e2', want: '1500' },
  NegativeExponent: { reason: 'thousandths by exponent', given: '1500e-3', want: '1500e-3' },
  TinyExponent: { reason: 'a billionth by exponent', given: '1e-9', want: '1e-9' },
  Finest: { reason: 'what is finer than a billionth is rounded up, never to nothing', given: '0.0000000001', want: '1n' },
  Micro: { reason: 'thousands of a small unit climb', given: '1000000n', want: '1m' },
  Zero: { reason: 'zero has no unit', given: '0Ki', want: '0' },
  Largest: { reason: 'the greatest that still fits', given: '7Ei', want: '7Ei' },
  TooLarge: { reason: 'greater values are capped to what 63 bits hold', given: '100Ei', want: '9223372036854775807' },
  FarTooLarge: { reason: 'no width of digits breaks it', given: '1e99', want: '9223372036854775807' },
};

const arbitrary = fc
  .tuple(
    fc.nat({ max: 1_000_000 }),
    fc.option(fc.nat({ max: 99_999 })),
    fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e1', 'e2', 'e3', 'E4', 'e-3'),
  )
  .map(([whole, fraction, suffix]) => `${whole}${fraction === null ? '' : `.${fraction}`}${suffix}`);

/** Quantities no finer than a billionth, so that nothing is rounded. */
const exact = arbitrary.filter((quantity) => !/[un]|e-/.test(quantity));

describe('api/quantity', () => {
  describe('canonicalQuantity', () => {
    each(canonical, (given, want) => {
      assert.equal(canonicalQuantity(given), want);
    });

    for (const wrong of ['', '.', 'm', '1 Gi', '1gi', '-1', '1e', 'abc', '1.2.3', '0x10', 'Infinity', 'NaN']) {
      it(`refuses ${JSON.stringify(wrong)}`, () => {
        assert.throws(() => canonicalQuantity(wrong), RangeError);
      });
    }

    it('is idempotent', () => {
      fc.assert(
        fc.property(arbitrary, (quantity) => {
          assert.equal(canonicalQuantity(canonicalQuantity(quantity)), canonicalQuantity(quantity));
        }),
      );
    });

    it('is equal in value', () => {
      fc.assert(
        fc.property(exact, (quantity) => {
          assert.equal(compareQuantities(canonicalQuantity(quantity), quantity), 0);
        }),
      );
    });
  });

  describe('compareQuantities', () => {
    each<[string | number, string | number], number>(
      {
        Equal: { reason: 'two forms of one value', given: ['1024Mi', '1Gi'], want: 0 },
        NumberAndString: { reason: 'YAML may leave the quotes out', given: [1, '1000m'], want: 0 },
        Less: { reason: 'a decimal unit is smaller than its binary sister', given: ['1G', '1Gi'], want: -1 },
        Greater: { reason: 'by value, not by letters', given: ['10Gi', '9Gi'], want: 1 },
        Fine: { reason: 'a thousandth counts', given: ['1001m', '1'], want: 1 },
        Huge: { reason: 'beyond what a double holds exactly', given: ['9007199254740993', '9007199254740992'], want: 1 },
      },
      ([first, second], want) => {
        assert.equal(compareQuantities(first, second), want);
        assert.equal(compareQuantities(second, first), want === 0 ? 0 : -want);
      },
    );
  });
});

describe('api/quantity: the value of a quantity', () => {
  each<string | number, number>(
    {
      Binary: { reason: 'a power of 1024', given: '10Gi', want: 10 * 1024 ** 3 },
      BinaryFraction: { reason: 'half of one', given: '0.5Mi', want: 512 * 1024 },
      Decimal: { reason: 'a power of 1000', given: '2G', want: 2e9 },
      Milli: { reason: 'a fraction of one', given: '250m', want: 0.25 },
      Plain: { reason: 'no suffix', given: '1073741824', want: 1073741824 },
      Number: { reason: 'YAML without quotes', given: 3, want: 3 },
      Exa: { reason: 'a suffix, and no exponent', given: '1E', want: 1e18 },
      Exponent: { reason: 'as in Go', given: '12e3', want: 12_000 },
      Signed: { reason: 'a plus changes nothing', given: '+1Ki', want: 1024 },
      PointFirst: { reason: 'digits after the point are enough', given: '.5Ki', want: 512 },
    },
    (given, want) => {
      assert.equal(quantityValue(given), want);
    },
  );

  it('of what is none: an error that names it', () => {
    for (const wrong of ['', 'x', '1 Gi', '.', '-'])
      assert.throws(
        () => quantityValue(wrong),
        (error) => error instanceof RangeError && error.message === `not a quantity: ${wrong}`,
      );
  });
});
