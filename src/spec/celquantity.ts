/**
 * The type Quantity of Kubernetes' CEL, and its functions.
 * Source: quantity.go in k8s.io/apiserver/pkg/cel/library.
 */
import { billionthsOf, integerOf, isQuantity } from '../lib/quantity.ts';
import { remembered } from '../lib/remembered.ts';

export class Quantity {
  readonly text: string;
  readonly billionths: bigint;
  /** Throws RangeError for what is no quantity. */
  constructor(text: string) {
    this.text = text;
    this.billionths = billionthsOf(text);
  }
}

/** Parsing one takes longer than the rest of a rule, and every spec has a few. */
const KNOWN_CHARACTERS = 20_000;

const quantity = remembered(KNOWN_CHARACTERS, (text) => new Quantity(text));

/** Throws RangeError where Kubernetes' fast path finds no int64. */
function asInteger({ text }: Quantity): bigint {
  const value = integerOf(text);
  if (value === undefined) throw new RangeError(`not an integer: ${text}`);
  return value;
}

function compareTo({ billionths: a }: Quantity, { billionths: b }: Quantity): bigint {
  if (a === b) return 0n;
  return a < b ? -1n : 1n;
}

/** By signature. */
export const quantityFunctions = {
  'isQuantity(string): bool': isQuantity,
  'quantity(string): Quantity': quantity,
  'Quantity.compareTo(Quantity): int': compareTo,
  'Quantity.isGreaterThan(Quantity): bool': (a: Quantity, b: Quantity) => a.billionths > b.billionths,
  'Quantity.isLessThan(Quantity): bool': (a: Quantity, b: Quantity) => a.billionths < b.billionths,
  'Quantity.isInteger(): bool': ({ text }: Quantity) => integerOf(text) !== undefined,
  'Quantity.asInteger(): int': asInteger,
};
