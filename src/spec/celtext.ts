/**
 * Functions on text and lists of Kubernetes' CEL that the library lacks, or that differ there.
 * Sources: regex.go and lists.go in k8s.io/apiserver/pkg/cel/library; ext/strings.go, ext/sets.go and common/types of cel-go.
 */
import { parseGoDuration } from '../lib/goduration.ts';
import { regexOf } from './regex.ts';

const INT64 = 2n ** 63n;

/** Throws RangeError for what is no int64. Go takes any number of leading zeros. */
function parseInt64(text: string): bigint {
  const value = /^[+-]?[0-9]+$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
  if (value === undefined || value < -INT64 || value >= INT64) throw new RangeError(`not an int64: ${text}`);
  return value;
}

/** In nanoseconds, as Go reads it. Throws RangeError for what is no duration. */
function nanoseconds(text: string): bigint {
  const duration = parseGoDuration(text);
  if (duration === undefined) throw new RangeError(`not a duration: ${text}`);
  return duration;
}

/** The name before the dot of `sets.intersects`: the library has no functions with a namespace, so it is a constant with methods. */
export class Sets {
  intersects(one: readonly unknown[], other: readonly unknown[]): boolean {
    const known = new Set(one);
    return other.some((each) => known.has(each));
  }
}

/** Those that the library lacks, by signature. */
export const textFunctions = {
  'string.find(string): string': (text: string, pattern: string) => regexOf(pattern).exec(text)?.[0] ?? '',
  'string.findAll(string): list<string>': (text: string, pattern: string) => text.match(regexOf(pattern)) ?? [],
  'string.replace(string, string): string': (text: string, from: string, to: string) => text.replaceAll(from, () => to),
  'list.sum(): int': (list: readonly bigint[]) => list.reduce((sum, each) => sum + each, 0n),
  'Sets.intersects(list, list): bool': (sets: Sets, one: readonly unknown[], other: readonly unknown[]) => sets.intersects(one, other),
};

/**
 * Those that differ in the library, by name: its `matches` reads JavaScript's expressions and compiles them anew each time, its
 * `duration` knows no bounds and no bare 0, its `int` at most 20 characters, its `lowerAscii` changes letters beyond ASCII.
 * Durations are only compared, so that nanoseconds will do.
 */
export const replacedFunctions = {
  matches: { signature: 'string.re2Matches(string): bool', handler: (text: string, pattern: string) => regexOf(pattern).test(text) },
  lowerAscii: {
    signature: 'string.asciiLower(): string',
    handler: (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  },
  duration: { signature: 'nanoseconds(string): int', handler: nanoseconds },
  int: { signature: 'parseInt64(string): int', handler: parseInt64 },
};
