/**
 * Kubernetes quantities. The API server stores the canonical form of those in built-in kinds, and a desired value in another form
 * would differ from it, and be written, at every sync.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const decimalBase = decimal.indexOf('');
const shape = /^\+?(\d*)(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** One, in billionths. */
const ONE = 1_000_000_000n;
/** The API server caps greater values to this one. */
const LARGEST = 2n ** 63n - 1n;

const power = (base: bigint, exponent: number): bigint => base ** BigInt(exponent);
const roundedUp = (value: bigint, unit: bigint): bigint => (value + unit - 1n) / unit;

interface Parsed {
  /** In billionths, the finest unit there is; a finer value is rounded up. */
  nano: bigint;
  family: 'binary' | 'decimal' | 'exponent';
}

function parse(quantity: string | number): Parsed {
  const [, whole = '', fraction = '', suffix = ''] = shape.exec(String(quantity)) ?? [];
  if (whole + fraction === '') throw new RangeError(`not a quantity: ${quantity}`);
  const digits = BigInt(whole + fraction) * ONE;
  const scale = power(10n, fraction.length);
  if (suffix.endsWith('i')) return { nano: roundedUp(digits * power(1024n, binary.indexOf(suffix)), scale), family: 'binary' };
  const exponential = /^[eE](.+)$/.exec(suffix)?.[1];
  const exponent = exponential === undefined ? (decimal.indexOf(suffix) - decimalBase) * 3 : Number(exponential);
  const nano = exponent < 0 ? roundedUp(digits, scale * power(10n, -exponent)) : roundedUp(digits * power(10n, exponent), scale);
  return { nano, family: exponential === undefined ? 'decimal' : 'exponent' };
}

/** The form in which the API server stores the quantity: `0.5` → `500m`, `1024Mi` → `1Gi`. Throws RangeError for what is none. */
export function canonicalQuantity(quantity: string | number): string {
  const { nano, family } = parse(quantity);
  if (nano === 0n) return '0';
  if (nano > LARGEST * ONE) return String(LARGEST);
  if (family === 'binary' && nano >= 1024n * ONE && nano % ONE === 0n) {
    let [value, step] = [nano / ONE, 0];
    while (value % 1024n === 0n && step < binary.length - 1) [value, step] = [value / 1024n, step + 1];
    return `${value}${binary[step] ?? ''}`;
  }
  let [value, step] = [nano, 0];
  while (value % 1000n === 0n && step < decimal.length - 1) [value, step] = [value / 1000n, step + 1];
  const exponent = (step - decimalBase) * 3;
  if (family !== 'exponent' || exponent === 0) return `${value}${decimal[step] ?? ''}`;
  return `${value}e${exponent}`;
}

/** Negative, zero or positive, as the first is less than, equal to or greater than the second. */
export function compareQuantities(first: string | number, second: string | number): number {
  const [a, b] = [parse(first).nano, parse(second).nano];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The value of a quantity in its base unit (bytes, cores), as near as a number comes to it. Throws RangeError for what is none. */
export function quantityValue(quantity: string | number): number {
  const [, whole = '', fraction = '', suffix = ''] = shape.exec(String(quantity)) ?? [];
  if (whole + fraction === '') throw new RangeError(`not a quantity: ${quantity}`);
  const digits = Number(`${whole}.${fraction}`);
  if (suffix.endsWith('i')) return digits * 1024 ** binary.indexOf(suffix);
  if (/^[eE]./.test(suffix)) return digits * 10 ** Number(suffix.slice(1));
  return digits * 1000 ** (decimal.indexOf(suffix) - decimalBase);
}
