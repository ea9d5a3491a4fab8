/** Regular expressions of RE2, which Kubernetes' CEL has, as those of JavaScript. */

/** An escape, a class, or a dot outside of both. */
const PART = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\./g;
/** The differences of the two: in RE2 a dot is anything but a line feed, and white space and word bounds are those of ASCII. */
const readings: Record<string, string> = { '.': '[^\\n]', '\\s': '[\\t\\n\\f\\r ]', '\\S': '[^\\t\\n\\f\\r ]' };

/** One for each pattern in the rules: users write none of them. */
const compiled = new Map<string, RegExp>();

/** The expression, global. Throws SyntaxError for an invalid one, and for one that JavaScript does not support, such as inline flags. */
export function regexOf(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const regex = new RegExp(
    pattern.replace(PART, (part) => readings[part] ?? part),
    'gu',
  );
  compiled.set(pattern, regex);
  return regex;
}
