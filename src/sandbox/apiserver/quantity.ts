/**
 * Quantities as the API server reads and writes them, step by step after pkg/api/resource of k8s.io/apimachinery: a whole number and a
 * power of ten. The operator's own way (src/lib/quantity.ts) is not used here, for the sandbox would share its faults.
 */
import { ApiError } from './apierror.ts';

interface Amount {
  value: bigint;
  /** Of ten. */
  scale: number;
}

type Format = 'binary' | 'decimal' | 'exponent';

const powersOfTwo: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const powersOfTen: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const LARGEST: Amount = { value: 2n ** 63n - 1n, scale: 0 };

function interpret(suffix: string): { format: Format; exponent: number } | undefined {
  const [two, ten] = [powersOfTwo[suffix], powersOfTen[suffix]];
  if (two !== undefined) return { format: 'binary', exponent: two };
  if (ten !== undefined) return { format: 'decimal', exponent: ten };
  return /^[eE][+-]?\d+$/.test(suffix) ? { format: 'exponent', exponent: Number(suffix.slice(1)) } : undefined;
}

/** Rounded up to that scale, where it is finer. */
function roundedTo(scale: number, { value, scale: finer }: Amount): Amount {
  if (finer >= scale) return { value, scale: finer };
  const unit = 10n ** BigInt(scale - finer);
  return { value: value / unit + (value % unit === 0n ? 0n : 1n), scale };
}

/** The suffix of that exponent: none where it has no name, so that 1000E is written as 1. */
const suffixOf = (powers: Readonly<Record<string, number>>, exponent: number): string =>
  Object.keys(powers).find((name) => powers[name] === exponent) ?? '';

function inBinary(value: bigint): string {
  let [rest, exponent] = [value, 0];
  while (rest % 1024n === 0n) [rest, exponent] = [rest / 1024n, exponent + 10];
  return `${rest}${suffixOf(powersOfTwo, exponent)}`;
}

/** With the greatest exponent that is a multiple of three. */
function inDecimal({ value, scale }: Amount, format: Format): string {
  const digits = String(value);
  const significant = digits.replace(/0+$/, '');
  const most = scale + digits.length - significant.length;
  const exponent = Math.floor(most / 3) * 3;
  const mantissa = significant + '0'.repeat(most - exponent);
  if (format !== 'exponent') return `${mantissa}${suffixOf(powersOfTen, exponent)}`;
  return exponent === 0 ? mantissa : `${mantissa}e${exponent}`;
}

/** A quantity as it was typed: the digits as a whole number, of which the last so many stand behind the point. */
interface Typed {
  text: string;
  digits: string;
  decimals: number;
  format: Format;
  exponent: number;
}

function readTyped(text: string): Typed {
  const [, sign, whole = '', fraction = '', suffix = ''] = /^([+-]?)0*(\d*)\.?(\d*)([a-zA-Z]*[+-]?\d*)$/.exec(text) ?? [];
  const read = interpret(suffix);
  if (sign === undefined || text === '' || read === undefined) throw new ApiError('Invalid', `not a quantity: ${text}`);
  const digits = (whole || '0') + fraction;
  if (sign === '-' && BigInt(digits) > 0n) throw new ApiError('Invalid', `must be greater than or equal to 0: ${text}`);
  return { text, digits, decimals: fraction.length, ...read };
}

function storedBinary({ text, digits, decimals, exponent }: Typed): string {
  const typed = BigInt(digits);
  if (decimals === 0 && digits.length + exponent * 0.3 <= 14 && typed % 8n > 0n) return text;
  const exact = roundedTo(-9, { value: typed << BigInt(exponent), scale: -decimals });
  const amount = roundedTo(-3, roundedTo(0, exact).value > LARGEST.value ? LARGEST : exact);
  const isWhole = amount.value % 10n ** BigInt(-amount.scale) === 0n;
  const bytes = roundedTo(0, amount).value;
  if (isWhole && bytes >= 1024n) return inBinary(bytes);
  return bytes === 0n ? '0' : inDecimal(amount, 'binary');
}

function storedDecimal({ text, digits, decimals, format, exponent }: Typed): string {
  const scale = exponent - decimals;
  if (digits.length <= 18 && scale % 3 === 0 && scale >= -3 && !/^0|000$/.test(digits)) return text;
  const amount = roundedTo(-3, roundedTo(-9, { value: BigInt(digits), scale }));
  return amount.value === 0n ? '0' : inDecimal(amount, format);
}

/** The text under which a container's request or limit is stored. Throws ApiError Invalid for what is no quantity, or less than nothing. */
export function storedResource(text: string): string {
  const typed = readTyped(text);
  return typed.format === 'binary' ? storedBinary(typed) : storedDecimal(typed);
}
