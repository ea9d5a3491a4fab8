/** Every error that a hook can answer with. A test compares docs/errors.md with this table. */

/** `status` is the HTTP status; `message` is what the user reads in the SyncError event; `action` is for docs/errors.md. */
interface ErrorRow {
  status: number;
  message: string;
  action: string;
}

export const errors = {
  MalformedJSON: {
    status: 400,
    message: 'the body is not JSON',
    action: 'Send the JSON document of a Metacontroller hook.',
  },
  InvalidRequest: {
    status: 400,
    message: 'the body is not a request of this hook',
    action: 'Compare it with docs/user-guide.md, "Testing the hooks over HTTP"; the message ends with the path of the wrong field.',
  },
  UnknownParent: {
    status: 400,
    message: 'the parent is not a Bestie of pets.bestie.com/v1',
    action: 'Let parentResource of the CompositeController name besties of pets.bestie.com/v1.',
  },
  UnknownChildKind: {
    status: 400,
    message: 'children has a kind that this operator does not manage',
    action: 'Use the CompositeController of the same release as the webhook.',
  },
  Unauthorized: {
    status: 401,
    message: 'the bearer token is missing or wrong',
    action:
      'Let webhook.authorization of the CompositeController name the Secret that AUTH_TOKEN_FILE is mounted from; for /metrics, let the ServiceMonitor name the one of METRICS_AUTH_TOKEN_FILE.',
  },
  NotFound: {
    status: 404,
    message: 'there is no such path',
    action: 'The hooks are /sync, /finalize and /customize; probes and metrics are on the other port.',
  },
  MethodNotAllowed: {
    status: 405,
    message: 'a hook takes POST only',
    action: 'Use POST.',
  },
  BodyTooLarge: {
    status: 413,
    message: 'the body is larger than MAX_BODY_BYTES',
    action: 'Raise MAX_BODY_BYTES, and the memory limit with it.',
  },
  UnsupportedMediaType: {
    status: 415,
    message: 'the body is not declared as plain JSON',
    action: 'Send `Content-Type: application/json` and a body that is not encoded; the message ends with what was declared instead.',
  },
  Overloaded: {
    status: 429,
    message: 'MAX_IN_FLIGHT requests are being answered already',
    action: 'None: Metacontroller repeats the request after Retry-After. If it lasts, add replicas.',
  },
  ShuttingDown: {
    status: 429,
    message: 'this replica is shutting down',
    action: 'None: Metacontroller repeats the request after Retry-After and reaches another replica.',
  },
  UnsupportedApplyStrategy: {
    status: 500,
    message:
      'the spec is unacceptable, or the Bestie paused, and no child carries a last-applied configuration, so nothing can be kept as it is',
    action: 'Correct the spec or end the pause, and run Metacontroller with its default apply strategy, dynamic-apply.',
  },
  ImpossibleAnswer: {
    status: 500,
    message: 'the answer was refused by its own checks',
    action: 'This is a bug; nothing was changed. Report it with the log line of the request id.',
  },
  Internal: {
    status: 500,
    message: 'an unexpected error',
    action: 'This is a bug; nothing was changed. Report it with the log line of the request id.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

/** Seconds after which Metacontroller repeats a request that was answered with 429. */
export const RETRY_AFTER_SECONDS = 1;

/** An answer that is not 200, so that Metacontroller changes nothing. `detail` must be stable and without secrets: users read it in Events. */
export class HookError extends Error {
  readonly code: ErrorCode;
  readonly status: number;

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? errors[code].message : `${errors[code].message}: ${detail}`, options);
    this.name = 'HookError';
    this.code = code;
    this.status = errors[code].status;
  }
}
