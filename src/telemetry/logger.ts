/** The log: one JSON line per entry on stdout, in which nothing that looks like a credential survives. */
import { createLogger as createWinston, format, transports } from 'winston';
import type { Logger } from 'winston';

export type { Logger };
export type Level = 'error' | 'warn' | 'info' | 'debug';

const REDACTED = '[redacted]';

/** Keys whose value is a credential, whatever it looks like. Names of Secrets (secretName, secretKeyRef) are none. */
const secretKey =
  /(^|[-_.])(authorization|cookie|uri|verifier)$|(password|passwd|pwd|token|secret|api[-_]?key|private[-_]?key|credentials?)$/i;

/** Credentials inside a text, such as the message of an error; each keeps enough for a reader to see what was there. */
const secretText: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // scheme://user:password@host; the user goes too, for a token may be there alone
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"']*@/gi, `$1${REDACTED}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/\b([\w-]*(?:password|passwd|token|secret|api[-_]?key))("?\s*[=:]\s*"?)[^\s",;&}]+/gi, `$1$2${REDACTED}`],
];

/** Deeper than any entry of ours; what lies below is left out, which also ends a cycle. */
const MAX_DEPTH = 6;

function redactText(text: string): string {
  return secretText.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** A copy of any value in which credentials are replaced; an Error becomes its name, message, stack and cause. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (depth === MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const fields = value instanceof Error ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause } : value;
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, secretKey.test(key) && item !== undefined ? REDACTED : redact(item, depth + 1)]),
  );
}

/** winston keeps its own fields under symbols, which stay as they are. */
const redacted = format((info) => Object.assign(info, redact({ ...info })));

/** A logger that writes entries of `level` and worse to `stream`, and nothing any more once that fails: it neither throws nor tries again. */
export function createLogger(level: Level, stream: NodeJS.WritableStream = process.stdout): Logger {
  const options = {
    level,
    format: format.combine(redacted(), format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream })],
  };
  const logger = createWinston(options);
  stream.on('error', () => {
    logger.silent = true;
  });
  return logger;
}
