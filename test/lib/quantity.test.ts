import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { isQuantity, quantityValue, storedQuantity } from '../../src/lib/quantity.ts';
import { storedResource } from '../../src/sandbox/apiserver/quantity.ts';
import { compareQuantities, ordered, storedQuantities } from '../support/quantities.ts';
import { each, type Cases } from '../support/table.ts';

/** Examples of each rule; the whole table of a real API server follows below. */
const stored: Cases<string | number, string> = {
  Whole: { reason: 'a plain number stays', given: '2', want: '2' },
  Integer: { reason: 'YAML gives numbers without quotes', given: 2, want: '2' },
  Fraction: { reason: 'fractions of a core are written in thousandths', given: '0.1', want: '100m' },
  LeadingDot: { reason: 'the pattern of the CRD allows it', given: '.5', want: '500m' },
  TrailingDot: { reason: 'kept, although no canonical form has it', given: '5.', want: '5.' },
  Plus: { reason: 'a sign is kept', given: '+5', want: '+5' },
  LeadingZeros: { reason: 'so are digits that say nothing', given: '00012', want: '00012' },
  ThousandMilli: { reason: 'the classic that never converges', given: '1000m', want: '1' },
  OddMilli: { reason: 'what has no shorter form stays', given: '1500m', want: '1500m' },
  Kibi: { reason: 'binary units climb', given: '1024Ki', want: '1Mi' },
  PlusBinary: { reason: 'an odd number of a binary unit is kept with its sign', given: '+1Ki', want: '+1Ki' },
  PlusBinaryEight: { reason: 'a multiple of eight is rewritten', given: '+8Ki', want: '8Ki' },
  HalfGibi: { reason: 'a fraction of a unit goes one unit down', given: '1.5Gi', want: '1536Mi' },
  HalfKibi: { reason: 'below 1024 binary values are written without a unit', given: '0.5Ki', want: '512' },
  FractionOfByte: { reason: 'a value that is no whole number of bytes is written in thousandths', given: '1.1Gi', want: '1181116006400m' },
  Rounded: { reason: 'finer than a thousandth is rounded up', given: '0.3333Gi', want: '357878149940m' },
  RoundedMicro: { reason: 'whatever its suffix', given: '1u', want: '1m' },
  Decimal: { reason: 'decimal units climb', given: '1000000', want: '1M' },
  DecimalFraction: { reason: 'a fraction of a unit goes one unit down', given: '12.34k', want: '12340' },
  ZerosAfterPoint: { reason: 'three decimals are a unit down already, and kept', given: '1.500', want: '1.500' },
  Exponent: { reason: 'an exponent stays an exponent', given: '1e3', want: '1e3' },
  CapitalExponent: { reason: 'and its letter stays', given: '1E3', want: '1E3' },
  ExponentInSteps: { reason: 'exponents are multiples of three', given: '1e4', want: '10e3' },
  ExponentGone: { reason: 'an exponent of zero is not written', given: '15e2', want: '1500' },
  TinyExponent: { reason: 'a thousandth by exponent is the least', given: '1e-9', want: '1e-3' },
  Zero: { reason: 'zero has no unit', given: '0Ki', want: '0' },
  Exa: { reason: 'a decimal one is not capped', given: '100E', want: '100E' },
  TooLarge: { reason: 'a binary one is, to what 63 bits hold', given: '10Ei', want: '9223372036854775807' },
  FarTooLarge: { reason: 'no width of digits breaks it', given: '1e99', want: '1e99' },
};

/** Kubernetes writes them with the next suffix, which there is not: 1000E becomes 1. */
const lost = storedQuantities.filter(({ value, pod, cel }) => pod !== undefined && cel !== '?' && compareQuantities(pod, value) < 0);

const arbitrary = fc
  .tuple(
    fc.nat({ max: 1_000_000 }),
    fc.option(fc.nat({ max: 99_999 })),
    fc.constantFrom('', 'm', 'u', 'n', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e1', 'e2', 'e3', 'E4', 'e-3'),
  )
  .map(([whole, fraction, suffix]) => `${whole}${fraction === null ? '' : `.${fraction}`}${suffix}`);

/** Quantities no finer than a thousandth, so that nothing is rounded. */
const exact = arbitrary.filter((quantity) => /^\d+(\.\d{1,3})?([kMGT]i?|e\d|E\d)?$/.test(quantity));

describe('lib/quantity', () => {
  describe('storedQuantity', () => {
    each(stored, (given, want) => {
      assert.equal(storedQuantity(given), want);
    });

    it('is what a real API server stores, character by character, for every value of the table that has one', () => {
      const throwing = new Set(lost);
      const rows = storedQuantities.filter((row) => row.pod !== undefined && row.cel !== '?' && !throwing.has(row));
      assert.deepEqual(
        rows.filter(({ value, pod }) => storedQuantity(value) !== pod),
        [],
      );
      assert.ok(rows.length > 1500, String(rows.length));
    });

    it('stays as it is when it is stored again', () => {
      const forms = new Set(storedQuantities.flatMap(({ pod, cel }) => (cel === '?' ? [] : (pod ?? []))));
      for (const form of forms) assert.equal(storedQuantity(form), form);
    });

    it('refuses what the API server refuses, takes for zero by accident, or stores as another value', () => {
      const rows = storedQuantities.filter(({ pod, cel }) => pod === undefined || cel === '?');
      for (const { value } of [...rows, ...lost]) assert.throws(() => storedQuantity(value), RangeError, value);
      assert.deepEqual(lost.map(({ value }) => value).sort(), [
        '1000000000000000000000',
        '1000000000E',
        '1000000000P',
        '1000000000T',
        '1000000E',
        '1000000P',
        '10000E',
        '1000E',
      ]);
    });

    for (const wrong of ['', '.', 'm', '1 Gi', '1gi', '-1', '1e', 'abc', '1.2.3', '0x10', 'Infinity', 'NaN', 'e3', 'Gi', '1e1234']) {
      it(`refuses ${JSON.stringify(wrong)}`, () => {
        assert.throws(() => storedQuantity(wrong), RangeError);
      });
    }

    it('is idempotent', () => {
      fc.assert(
        fc.property(arbitrary, (quantity) => {
          assert.equal(storedQuantity(storedQuantity(quantity)), storedQuantity(quantity));
        }),
      );
    });

    it('is what the other implementation, that of the sandbox, says', () => {
      fc.assert(
        fc.property(arbitrary, (quantity) => {
          assert.equal(storedQuantity(quantity), storedResource(quantity));
        }),
        { numRuns: 2000 },
      );
    });

    it('is never less', () => {
      fc.assert(
        fc.property(arbitrary, (quantity) => {
          assert.ok(compareQuantities(storedQuantity(quantity), quantity) >= 0);
        }),
      );
    });

    it('is equal in value', () => {
      fc.assert(
        fc.property(exact, (quantity) => {
          assert.equal(compareQuantities(storedQuantity(quantity), quantity), 0);
        }),
      );
    });
  });

  describe('billionthsOf', () => {
    it('is what CEL says, for every value of the table', () => {
      const signs: Record<string, number> = { '<': -1, '=': 0 };
      const wrong = ordered.slice(1).filter(({ value: next }, index) => {
        const { value, cel } = ordered[index] ?? { value: '', cel: '' };
        return compareQuantities(value, next) !== signs[cel];
      });
      assert.deepEqual(wrong, []);
    });

    it('does not compare what is no quantity, as isQuantity shows', () => {
      const numbers = new Set(ordered);
      assert.deepEqual(
        storedQuantities.filter((row) => isQuantity(row.value) !== numbers.has(row)),
        [],
      );
      for (const wrong of [null, undefined, {}, [], true, ['1']]) assert.equal(isQuantity(wrong), false);
    });

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

describe('lib/quantity: the value of a quantity', () => {
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
