/** One request to the hook port, from its headers to the end of the answer. */
import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Answer, HookName, Step } from '../controllers.ts';
import { HookError } from '../hook/errors.ts';
import type { Authorize } from './auth.ts';
import { failureOf } from './failure.ts';
import { parseJSON, readBody, type BodyBounds, type Gate } from './limits.ts';
import { requireJSON } from './mediatype.ts';
import type { Tracing } from '../telemetry/trace.ts';
import { aboutOf, report, type Call, type Sinks } from './report.ts';

/** One function per hook, as in controllers.ts. */
export type Answers = Record<HookName, (body: unknown, now: string, step?: Step) => Answer>;

/** `clock` gives an RFC 3339 time in whole seconds, which is what Kubernetes keeps. */
export interface Parts extends Sinks {
  answers: Answers;
  clock: () => string;
  gate: Gate;
  authorize: Authorize;
  body: BodyBounds;
  /** Undefined where traces are not configured. */
  tracing?: Tracing | undefined;
}

/**
 * Ends the answer. On the way out no connection is used twice: and one that is closed while its request is still arriving is reset by
 * the kernel, which can take the answer along, so the rest of the request is read first.
 */
function end(request: Request, response: Response, text: string, gate: Gate): void {
  response.setHeader('content-type', 'application/json');
  if (gate.phase === 'shuttingDown' || gate.phase === 'refusing') {
    response.setHeader('connection', 'close');
    if (!request.complete) {
      request.once('end', () => response.end(text)).resume();
      return;
    }
  }
  response.end(text);
}

/** The cheap refusals come first, and those that reveal nothing to an unknown caller before those that do. */
async function answer(hook: HookName, request: Request, call: Call, parts: Parts): Promise<string | undefined> {
  if (request.method !== 'POST') throw new HookError('MethodNotAllowed');
  parts.authorize(request.headers.authorization);
  parts.gate.admit();
  call.admitted = true;
  parts.metrics.inFlight.inc();
  requireJSON(request.headers);
  const body = await readBody(request, parts.body);
  if (body === undefined) return undefined;
  call.requestBytes = body.length;
  const step: Step = call.trace?.step ?? ((_name, work) => work());
  const parsed = step('parse', () => parseJSON(body));
  call.about = aboutOf(parsed);
  call.answer = parts.answers[hook](parsed, parts.clock(), step);
  const text = JSON.stringify(call.answer.response);
  call.responseBytes = Buffer.byteLength(text);
  return text;
}

/** Answers one request to the hook port; log, metrics and trace are written once it is over. */
export async function handle(hook: HookName | undefined, request: Request, response: Response, parts: Parts): Promise<void> {
  const call: Call = {
    id: randomUUID(),
    hook,
    startedAt: performance.now(),
    trace: hook && parts.tracing?.begin(`/${hook}`, request.headers),
    about: {},
    admitted: false,
    requestBytes: undefined,
    responseBytes: undefined,
    answer: undefined,
    failure: undefined,
  };
  response.setHeader('x-request-id', call.id);
  response.once('close', () => {
    if (call.admitted) {
      parts.gate.leave();
      parts.metrics.inFlight.dec();
    }
    report(call, { status: response.statusCode, delivered: response.writableFinished }, parts);
  });
  try {
    if (hook === undefined) throw new HookError('NotFound');
    const text = await answer(hook, request, call, parts);
    if (text !== undefined) end(request, response, text, parts.gate);
  } catch (thrown) {
    call.failure = failureOf(thrown);
    response.status(call.failure.status).set(call.failure.headers);
    end(request, response, call.failure.body, parts.gate);
  }
}
