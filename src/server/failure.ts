/** Any thrown value becomes an answer: a status, `{"code","message"}` of the table in hook/errors.ts, and the headers that go with it. */
import type { OutgoingHttpHeaders } from 'node:http';
import { errors, HookError, RETRY_AFTER_SECONDS, type ErrorCode } from '../hook/errors.ts';

/** What is answered; `message` and `thrown` are for the log. */
export interface Failure {
  code: ErrorCode;
  status: number;
  message: string;
  headers: OutgoingHttpHeaders;
  body: string;
  thrown: unknown;
}

/** The headers that HTTP asks for besides the status. A 429 without Retry-After makes Metacontroller ask again at once, for ever. */
const headersByStatus: Readonly<Record<number, OutgoingHttpHeaders>> = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'POST' },
  429: { 'retry-after': String(RETRY_AFTER_SECONDS) },
};

/** An unexpected error gets the table's own message: the thrown text may hold a part of the request. */
export function failureOf(thrown: unknown): Failure {
  const { code, message } = thrown instanceof HookError ? thrown : { code: 'Internal' as const, message: errors.Internal.message };
  const { status } = errors[code];
  return { code, status, message, headers: headersByStatus[status] ?? {}, body: JSON.stringify({ code, message }), thrown };
}
