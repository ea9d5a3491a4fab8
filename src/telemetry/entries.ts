/** Every entry of the log: one table, which docs/logs.md is compared with. A message never changes, so that searches and alerts hold. */
import type { Level, Logger } from './logger.ts';

interface Entry {
  level: Level;
  message: string;
  /** When it is written, and what to do about it where there is something to do. */
  meaning: string;
  fields: readonly string[];
}

const about = ['requestId', 'hook', 'namespace', 'bestie', 'generation', 'durationMs', 'outcome'] as const;
const happened = ['transitions', 'upgrade', 'backup', 'restore', 'drill', 'created', 'changed', 'removed'] as const;
const error = ['requestId', 'hook', 'namespace', 'bestie', 'code', 'status', 'problem'] as const;

export const entries = {
  serving: {
    level: 'info',
    message: 'serving',
    meaning: 'The server takes requests.',
    fields: ['hookPort', 'metricsPort', 'tls', 'clientCertificates', 'metricsTLS'],
  },
  shuttingDown: {
    level: 'info',
    message: 'shutting down',
    meaning: 'SIGTERM was received: `/readyz` answers 503, and requests are answered for `delaySeconds` more.',
    fields: ['inFlight', 'delaySeconds'],
  },
  stopped: { level: 'info', message: 'stopped', meaning: 'Both ports are closed; the process ends.', fields: [] },
  changed: {
    level: 'info',
    message: 'bestie changed',
    meaning: 'Sync or finalize was answered, and something changed: a condition, an upgrade, a backup, a restore, a drill or a child.',
    fields: [...about, ...happened],
  },
  unchanged: {
    level: 'debug',
    message: 'bestie unchanged',
    meaning: 'Sync or finalize was answered, and nothing changed; `created` is what was requested again and still does not exist.',
    fields: [...about, 'created'],
  },
  finalized: {
    level: 'info',
    message: 'bestie finalized',
    meaning: 'The last answer of finalize: Metacontroller may remove its finalizer.',
    fields: [...about, ...happened],
  },
  related: {
    level: 'debug',
    message: 'related objects listed',
    meaning: 'Customize was answered.',
    fields: ['requestId', 'hook', 'durationMs'],
  },
  failed: {
    level: 'error',
    message: 'request failed',
    meaning: 'A 5xx, with its `code` and its `cause`. Nothing was changed. Look the code up in errors.md.',
    fields: [...error, 'cause'],
  },
  refused: {
    level: 'warn',
    message: 'request refused',
    meaning: 'A 4xx, with its `code`. Nothing was changed. Look the code up in errors.md.',
    fields: error,
  },
  deferred: {
    level: 'info',
    message: 'request deferred',
    meaning: 'A 429: too many requests at a time, or the replica is shutting down. No action is needed unless it lasts.',
    fields: error,
  },
  callerGone: {
    level: 'debug',
    message: 'caller disconnected',
    meaning: 'The connection was closed before the answer was sent.',
    fields: ['requestId', 'hook'],
  },
  filesChanged: {
    level: 'info',
    message: 'mounted files changed and are in use',
    meaning: 'A certificate, key or token was replaced; `files` are the variables that name them.',
    fields: ['files'],
  },
  filesUnusable: {
    level: 'error',
    message: 'changed files cannot be used; the previous ones stay in use',
    meaning: 'Fix the `problem` before the old certificate expires.',
    fields: ['problem'],
  },
  handshakeFailed: {
    level: 'warn',
    message: 'TLS handshake failed',
    meaning: 'A client and this server did not agree; `reason` is the one of OpenSSL or Node, `certificate` the variable of the port.',
    fields: ['reason', 'certificate'],
  },
  handshakeDropped: {
    level: 'debug',
    message: 'TLS handshake aborted',
    meaning: 'A client closed the connection: a port scan or a TCP probe.',
    fields: ['reason', 'certificate'],
  },
  traceExportFailed: {
    level: 'warn',
    message: 'traces cannot be exported',
    meaning: 'The collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names does not accept them; nothing else is affected.',
    fields: ['problem'],
  },
} as const satisfies Record<string, Entry>;

type Entries = typeof entries;

/** Writes an entry of the table, with fields of its row. */
export function logEntry<Key extends keyof Entries>(
  logger: Logger,
  key: Key,
  fields: Partial<Record<Entries[Key]['fields'][number], unknown>> = {},
): void {
  const { level, message } = entries[key];
  if (logger.isLevelEnabled(level)) logger.log(level, message, fields);
}
