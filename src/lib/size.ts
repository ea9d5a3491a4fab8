/** The size of values for the API server. */

/** Bytes in UTF-8. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) bytes += 1;
    // Half of a pair has two of the four bytes.
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes += 1;
  }
  return bytes;
}

/** What Go's encoder writes in six bytes, and JSON.stringify in fewer. Some of its versions do so with \b and \f, too. */
const ESCAPED = /[<>&\u2028\u2029]|\\[bf]/g;

/** Bytes of the value as JSON, as Go's encoder writes it. Source: encoding/json, func HTMLEscape. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value).replace(ESCAPED, '\\u0000'));
}

/** Bytes of all keys and values, as the API server counts them. A value that is no text was not stored by an API server, and does not count. */
export const annotationBytes = (annotations: Readonly<Record<string, unknown>>): number =>
  Object.entries(annotations).reduce((sum, [key, value]) => sum + utf8Bytes(key) + (typeof value === 'string' ? utf8Bytes(value) : 0), 0);
