/** What a body is declared as: plain JSON, or an error that names what it is instead. */
import type { IncomingHttpHeaders } from 'node:http';
import { HookError } from '../hook/errors.ts';

/** A header that a body depends on; `wanted` ends the sentence about a value that is refused. */
interface Declaration {
  header: 'content-encoding' | 'content-type';
  title: string;
  allowed: RegExp;
  /** What counts where the header is missing. */
  fallback: string;
  wanted: string;
}

const declarations: readonly Declaration[] = [
  {
    // An encoded body could hide any size.
    header: 'content-encoding',
    title: 'Content-Encoding',
    allowed: /^identity$/i,
    fallback: 'identity',
    wanted: 'send the body without an encoding',
  },
  {
    header: 'content-type',
    title: 'Content-Type',
    allowed: /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i,
    fallback: '',
    wanted: 'send application/json in UTF-8',
  },
];

/** Longer than any name of an encoding or a media type that is in use. */
const MAX_SHOWN_CHARACTERS = 64;

/**
 * The value of a header, fit for an Event. Parameters but the charset keep only their name: the boundary of a form is another one each
 * time, and equal errors have to be equal texts. What has no meaning in such a value is replaced.
 */
function shown(value: string): string {
  // Cut first: what is matched below may be as long as a header can be.
  const short = value.slice(0, 4 * MAX_SHOWN_CHARACTERS);
  const stable = short.replace(/;(?!\s*charset\s*=)\s*([^;=]*)=[^;]*/gi, '; $1').replaceAll('"', '');
  const safe = stable.replace(/[^\w!#$&^.+*/;=, -]/g, '?').trim();
  return safe.length > MAX_SHOWN_CHARACTERS ? `${safe.slice(0, MAX_SHOWN_CHARACTERS)}…` : safe;
}

/** Throws HookError UnsupportedMediaType unless the body is declared as plain JSON; the message says what it is and what to send. */
export function requireJSON(headers: IncomingHttpHeaders): void {
  const problems = declarations.flatMap(({ header, title, allowed, fallback, wanted }) => {
    const value = headers[header];
    if (allowed.test(value ?? fallback)) return [];
    return value === undefined ? `${title} is missing, ${wanted}` : `${title} is "${shown(value)}", ${wanted}`;
  });
  if (problems.length > 0) throw new HookError('UnsupportedMediaType', problems.join('; '));
}
