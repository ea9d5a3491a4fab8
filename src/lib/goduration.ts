/** Durations as Go writes them: `1h30m`, `-1.5h`, `.5s`, `0`. Source: ParseDuration in the package time of Go. */

const nanoseconds: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  // The micro sign, and the Greek letter.
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const SHAPE = /^([+-]?)(0|(?:(?=\.?\d)\d*(?:\.\d*)?(?:[nu\u00b5\u03bcm]?s|[mh]))+)$/;
const PART = /(\d*)(?:\.(\d*))?(\D+?)(?=[.\d]|$)/g;

/** The least number beyond int64; its negative fits. */
const BEYOND = 2n ** 63n;

/** Digits after the point, as many as fit in an int64: Go ignores the others. */
function fractionOf(digits: string): { value: bigint; scale: number } {
  let [value, scale] = [0n, 1];
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (BEYOND - 1n) / 10n || next > BEYOND) break;
    [value, scale] = [next, scale * 10];
  }
  return { value, scale };
}

/** Go adds a fraction in floating point, and cuts. */
function partOf(whole: string, digits: string, unit: bigint): bigint {
  const { value, scale } = fractionOf(digits);
  return BigInt(whole) * unit + BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Nanoseconds; undefined if the text is no duration to Go, or one beyond int64. */
export function parseGoDuration(text: string): bigint | undefined {
  const [, sign, parts] = SHAPE.exec(text) ?? [];
  if (parts === undefined) return undefined;
  const sum = [...parts.matchAll(PART)]
    .map(([, whole = '', digits = '', unit = '']) => partOf(whole, digits, nanoseconds[unit] ?? 0n))
    .reduce((total, part) => total + part, 0n);
  if (sign === '-') return sum <= BEYOND ? -sum : undefined;
  return sum < BEYOND ? sum : undefined;
}
