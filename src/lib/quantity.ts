/**
 * Kubernetes quantities, and what the API server makes of them in the resources of a container: what is sent in another form would differ
 * from what is stored, and be written, at every sync. test/quantities/table.tsv has what a real one stores.
 * Source: pkg/api/resource/quantity.go of k8s.io/apimachinery, and SetDefaults_ResourceList in pkg/apis/core/v1/defaults.go of Kubernetes.
 */
import { remembered } from './remembered.ts';

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const decimalBase = decimal.indexOf('');
/** Sign, digits before the point without leading zeros, digits after it, suffix. */
const shape = /^([+-]?)(?=\.?\d)0*(\d*)(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,3})?$/;

/** One, in billionths. */
const ONE = 1_000_000_000n;
/** A thousandth, in billionths: the finest that a container may ask for. */
const MILLI = 1_000_000n;
/** Greater values with a binary suffix are capped to this one. */
const LARGEST = 2n ** 63n - 1n;

const power = (base: bigint, exponent: number): bigint => base ** BigInt(exponent);
const roundedUp = (value: bigint, unit: bigint): bigint => (value + unit - 1n) / unit;

interface Written {
  isNegative: boolean;
  /** At least one digit. */
  whole: string;
  fraction: string;
  family: 'binary' | 'decimal' | 'exponent';
  /** Of 2 in the binary family, else of 10. */
  exponent: number;
}

function read(quantity: string | number): Written {
  const match = shape.exec(String(quantity));
  if (match === null) throw new RangeError(`not a quantity: ${quantity}`);
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  const written = { isNegative: sign === '-', whole: whole || '0', fraction };
  if (suffix.endsWith('i')) return { ...written, family: 'binary', exponent: binary.indexOf(suffix) * 10 };
  if (/^[eE]./.test(suffix)) return { ...written, family: 'exponent', exponent: Number(suffix.slice(1)) };
  return { ...written, family: 'decimal', exponent: (decimal.indexOf(suffix) - decimalBase) * 3 };
}

/** The value in billionths, the finest unit there is: a finer value is rounded away from zero. */
function billionths({ isNegative, whole, fraction, family, exponent }: Written): bigint {
  const digits = BigInt(whole + fraction) * ONE * power(family === 'binary' ? 2n : 10n, Math.max(exponent, 0));
  const rounded = roundedUp(digits, power(10n, fraction.length + Math.max(-exponent, 0)));
  const capped = family === 'binary' && rounded > LARGEST * ONE ? LARGEST * ONE : rounded;
  return isNegative ? -capped : capped;
}

/**
 * Whether the API server keeps the spelling, sign and leading zeros included: it does if its fast path finds a number that fits into
 * 64 bits, needs no rounding, and looks canonical by a few digits.
 */
function isKept({ whole, fraction, family, exponent }: Written): boolean {
  const digits = whole + fraction;
  if (family === 'binary') return fraction === '' && digits.length <= 14 - (exponent * 3) / 10 && BigInt(digits) % 8n !== 0n;
  const scale = exponent - fraction.length;
  return digits.length <= 18 && scale >= -3 && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}

function stored(quantity: string): string {
  const written = read(quantity);
  const nano = billionths(written);
  if (nano < 0n) throw new RangeError(`cannot be stored: ${quantity}`);
  if (isKept(written)) return quantity;
  const milli = roundedUp(nano, MILLI);
  if (milli === 0n) return '0';
  if (written.family === 'binary' && milli >= 1_024_000n && milli % 1000n === 0n) {
    let [value, step] = [milli / 1000n, 0];
    while (value % 1024n === 0n) [value, step] = [value / 1024n, step + 1];
    return `${value}${binary[step] ?? ''}`;
  }
  let [value, step] = [milli, decimal.indexOf('m')];
  while (value % 1000n === 0n) [value, step] = [value / 1000n, step + 1];
  const exponent = (step - decimalBase) * 3;
  if (written.family === 'exponent') return exponent === 0 ? String(value) : `${value}e${exponent}`;
  const suffix = decimal[step];
  if (suffix === undefined) throw new RangeError(`cannot be stored: ${quantity}`);
  return `${value}${suffix}`;
}

/** Most Besties ask for the same few quantities, and each sync stores them again. */
const KNOWN_CHARACTERS = 20_000;

const known = remembered(KNOWN_CHARACTERS, stored);

/**
 * The quantity as the API server stores it in the resources of a container: `0.5` → `500m`, `1024Mi` → `1Gi`, `1E3` as it is, and in whole
 * thousandths: `0.3333Gi` → `357878149940m`. Throws RangeError for a value that is no quantity, is negative, or would be stored as another value.
 */
export const storedQuantity = (quantity: string | number): string => known(String(quantity));

/** The same of each of the resources of a container. */
export const storedQuantities = (quantities: Readonly<Record<string, string | number>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, storedQuantity(quantity)]));

/** Whether the value, which may come from anywhere, is a quantity that the functions of this file take. */
export const isQuantity = (value: unknown): value is string | number =>
  (typeof value === 'string' || typeof value === 'number') && shape.test(String(value));

/** The exponent of 10, 0 in the binary family, that is left when the digits are one whole number. */
const scaleOf = ({ family, exponent, fraction }: Written): number => (family === 'binary' ? 0 : exponent) - fraction.length;

/**
 * The value, where the API server's fast path finds a whole number of at most 64 bits: `2Gi`, `1e3`, but not `1.0`, `1000m` or `1Pi`. It is
 * undefined elsewhere. Throws RangeError for what is no quantity. Source: ParseQuantity and AsInt64 in the same file.
 */
export function integerOf(quantity: string | number): bigint | undefined {
  const written = read(quantity);
  const { isNegative, whole, fraction, family, exponent } = written;
  const digits = (whole + fraction).length;
  const isFast = family === 'binary' ? fraction === '' && digits <= 14 - (exponent * 3) / 10 : digits <= 18 && scaleOf(written) >= 0;
  if (!isFast) return undefined;
  const size = BigInt(whole + fraction) * (family === 'binary' ? power(2n, exponent) : power(10n, scaleOf(written)));
  if (size > LARGEST) return undefined;
  return isNegative ? -size : size;
}

/** The value in billionths, by which quantities compare as they do in CEL. Throws RangeError for what is no quantity. */
export const billionthsOf = (quantity: string | number): bigint => billionths(read(quantity));

/** The value of a quantity in its base unit (bytes, cores), as a number. Throws RangeError for what is no quantity. */
export function quantityValue(quantity: string | number): number {
  const { isNegative, whole, fraction, family, exponent } = read(quantity);
  const digits = Number(`${isNegative ? '-' : ''}${whole}.${fraction}`);
  return digits * (family === 'binary' ? 2 : 10) ** exponent;
}
