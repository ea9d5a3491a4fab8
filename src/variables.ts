/** Every variable that this program reads: one table, which docs/configuration.md is compared with. */

const levels = ['error', 'warn', 'info', 'debug'] as const;

export type Level = (typeof levels)[number];

/** Each parser throws a RangeError that completes the sentence "NAME is VALUE, but …". */
function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new RangeError(`must be a whole number from ${least} to ${most}`);
  };
}

function level(text: string): Level {
  const known = levels.find((name) => name === text);
  if (known !== undefined) return known;
  throw new RangeError(`must be one of ${levels.join(', ')}`);
}

const words = (text: string): string => text;

export interface Row {
  /** As it would be written in the environment; without it, unset means that the feature is off or the choice is left to the system. */
  default?: string;
  parse: (text: string) => unknown;
  doc: string;
}

/** Every variable that this program reads. A file is named, not read, here; the code that opens it reports what is wrong with it. */
export const variables = {
  HOOK_PORT: {
    default: '8080',
    parse: whole(0, 65535),
    doc: 'Port of `/sync`, `/finalize` and `/customize`; 0 takes any free one.',
  },
  METRICS_PORT: {
    default: '8081',
    parse: whole(0, 65535),
    doc: 'Port of `/healthz`, `/readyz` and `/metrics`; 0 takes any free one.',
  },
  METRICS_AUTH_TOKEN_FILE: {
    parse: words,
    doc: 'File with the bearer token that requests for `/metrics` must carry; where unset, no token is required. Read again when it changes.',
  },
  METRICS_TLS_CERT_FILE: {
    parse: words,
    doc: 'File with the PEM certificate chain of the metrics port, probes included; plain HTTP where unset. Read again when it changes.',
  },
  METRICS_TLS_KEY_FILE: {
    parse: words,
    doc: 'File with the PEM private key of that certificate. Read again when it changes.',
  },
  HOST: {
    parse: words,
    doc: 'Address to listen on; all interfaces where unset.',
  },
  LOG_LEVEL: {
    default: 'info',
    parse: level,
    doc: 'Least severe level that is logged: `error`, `warn`, `info` or `debug`.',
  },
  MAX_BODY_BYTES: {
    default: '10485760',
    parse: whole(1024, 268435456),
    doc: 'Largest request body; a larger one is answered 413.',
  },
  MAX_IN_FLIGHT: {
    default: '16',
    parse: whole(1, 10000),
    doc: 'Most hook requests at a time; one more is answered 429 and is sent again after Retry-After.',
  },
  AUTH_TOKEN_FILE: {
    parse: words,
    doc: 'File with the bearer token that hook requests must carry; where unset, no token is required. Read again when it changes.',
  },
  TLS_CERT_FILE: {
    parse: words,
    doc: 'File with the PEM certificate chain of the hook port; plain HTTP where unset. Read again when it changes.',
  },
  TLS_KEY_FILE: {
    parse: words,
    doc: 'File with the PEM private key of that certificate. Read again when it changes.',
  },
  TLS_CLIENT_CA_FILE: {
    parse: words,
    doc: 'File with PEM certificates; hook requests then need a client certificate that one of them signed. Read again when it changes.',
  },
  SHUTDOWN_DELAY_SECONDS: {
    default: '5',
    parse: whole(0, 3600),
    doc: 'After SIGTERM, how long hooks are still answered while `/readyz` answers 503, so that no new connection is sent here.',
  },
  SHUTDOWN_GRACE_SECONDS: {
    default: '20',
    parse: whole(0, 3600),
    doc: 'After that, how long requests in flight may take before their connections are cut.',
  },
} as const satisfies Record<string, Row>;
