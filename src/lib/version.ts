/**
 * Versions that can be compared: Semantic Versioning 2, and its numbers alone, also with fewer than three of them. With fewer than three a
 * suffix is no pre-release but a variant of the image (`1.4-alpine`), and a first number of more than three digits is a date (`20260131`,
 * `2026.1`): of both nothing is known.
 */
import { tagOf, versionOf } from './image.ts';

export interface Version {
  /** major, minor, patch; what is left out is 0 */
  numbers: readonly [number, number, number];
  /** Parts of the pre-release; empty for a release. */
  prerelease: readonly string[];
}

const FORM = /^v?(\d{1,3})(?:\.(\d{1,9})(?:\.(\d{1,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?)?)?$/;

/** Undefined for a tag that is no version, for instance a date, a branch or a digest. */
export function parseVersion(text: string): Version | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, major, minor = 0, patch = 0, prerelease] = match;
  return { numbers: [Number(major), Number(minor), Number(patch)], prerelease: prerelease?.split('.') ?? [] };
}

export interface NamedVersion extends Version {
  /** As the image reference has it. */
  text: string;
}

/** The version that the tag of an image reference names, with the text after the repository; none if its tag is no version, or if it has none. */
export function namedVersion(reference: string): [] | [NamedVersion] {
  const text = versionOf(reference) ?? '';
  const version = parseVersion(tagOf(text) ?? '');
  return version === undefined ? [] : [{ ...version, text }];
}

const isNumber = (part: string): boolean => /^\d+$/.test(part);

/** By code units, as the API server orders names. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Numbers come before words, and fewer parts before more. */
function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return compareText(a, b);
}

/** Negative if `a` is lower, 0 if neither is. */
export function compareVersions(a: Version, b: Version): number {
  const byNumber = a.numbers.map((number, index) => number - (b.numbers[index] ?? 0)).find((difference) => difference !== 0);
  if (byNumber !== undefined) return byNumber;
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  const longest = a.prerelease.length > b.prerelease.length ? a.prerelease : b.prerelease;
  return longest.map((_, index) => comparePart(a.prerelease[index], b.prerelease[index])).find((difference) => difference !== 0) ?? 0;
}
