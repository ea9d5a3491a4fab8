/** Regular expressions of RE2, which Kubernetes' CEL has, as those of JavaScript. */

import { remembered } from '../lib/remembered.ts';

/** An escape, a class, or a dot outside of both. */
const PART = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\./g;
/** The differences of the two: in RE2 a dot is anything but a line feed, and white space and word bounds are those of ASCII. */
const readings: Record<string, string> = { '.': '[^\\n]', '\\s': '[\\t\\n\\f\\r ]', '\\S': '[^\\t\\n\\f\\r ]' };

/** More than the rules have: users write no pattern. */
const KNOWN_CHARACTERS = 100_000;

const compiled = remembered(
  KNOWN_CHARACTERS,
  (pattern) =>
    new RegExp(
      pattern.replace(PART, (part) => readings[part] ?? part),
      'gu',
    ),
);

/** The expression, global. Throws SyntaxError for an invalid one, and for one that JavaScript does not support, such as inline flags. */
export function regexOf(pattern: string): RegExp {
  const regex = compiled(pattern);
  regex.lastIndex = 0;
  return regex;
}
