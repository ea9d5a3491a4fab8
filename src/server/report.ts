/** What is told after a request is over: metrics and one log line. Nothing here can change or delay an answer. */
import type { Answer, HookName } from '../answer.ts';
import { transitions } from '../plan/transitions.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Failure } from './failure.ts';

/** One request to the hook port, as far as it came. `hook` is undefined where the path is none; times are in milliseconds. */
export interface Call {
  readonly id: string;
  readonly hook: HookName | undefined;
  readonly startedAt: number;
  admitted: boolean;
  bytes: number | undefined;
  answer: Answer | undefined;
  failure: Failure | undefined;
}

export interface Sinks {
  logger: Logger;
  metrics: Metrics;
}

/** nginx's word for a caller that did not wait for the answer. */
const CALLER_GONE = 499;

function resultOf(status: number, answer: Answer | undefined): string {
  if (status === 429) return 'requeue';
  if (status !== 200) return 'error';
  return answer !== undefined && 'resyncAfterSeconds' in answer.response ? 'requeue_after' : 'success';
}

function count(call: Call, status: number, seconds: number, metrics: Metrics): void {
  const { hook, failure, bytes } = call;
  if (failure !== undefined) metrics.errors.inc({ code: failure.code });
  if (hook === undefined) return;
  metrics.requests.inc({ hook, code: status });
  metrics.duration.observe({ hook }, seconds);
  if (bytes !== undefined) metrics.bytes.observe({ hook }, bytes);
  if (hook !== 'customize') metrics.reconciles.inc({ result: resultOf(status, call.answer) });
}

function logFailure({ id, hook }: Call, { code, status, message, thrown }: Failure, logger: Logger): void {
  const level = status >= 500 ? 'error' : status === 429 ? 'info' : 'warn';
  const cause = status >= 500 ? { cause: thrown } : {};
  logger.log(level, 'answered with an error', { requestId: id, hook, code, status, problem: message, ...cause });
}

function logAnswer(call: Call, seconds: number, { logger, metrics }: Sinks): void {
  const { observed, plan } = call.answer ?? {};
  const changes = observed && plan ? transitions(observed.bestie.status, plan.status) : [];
  for (const { type, to, reason } of changes) metrics.transitions.inc({ type, status: to, reason });
  const level = changes.length > 0 ? 'info' : 'debug';
  if (!logger.isLevelEnabled(level)) return;
  const { namespace, name, generation } = observed?.bestie.metadata ?? {};
  logger.log(level, changes.length > 0 ? 'conditions changed' : 'answered', {
    requestId: call.id,
    hook: call.hook,
    namespace,
    bestie: name,
    generation,
    durationMs: Math.round(seconds * 1e6) / 1e3,
    transitions: changes,
  });
}

/** A sink that fails must not take the process, and with it the other requests, along. */
function quietly(sink: () => void): void {
  try {
    sink();
  } catch (error) {
    process.emitWarning(`telemetry failed: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

/** Reports a request that is over; `delivered` says whether the caller took the whole answer. */
export function report(call: Call, { status, delivered }: { status: number; delivered: boolean }, sinks: Sinks): void {
  const seconds = (performance.now() - call.startedAt) / 1000;
  quietly(() => {
    count(call, delivered ? status : CALLER_GONE, seconds, sinks.metrics);
  });
  quietly(() => {
    if (call.failure !== undefined) logFailure(call, call.failure, sinks.logger);
    else if (delivered) logAnswer(call, seconds, sinks);
    else sinks.logger.debug('the caller went away', { requestId: call.id, hook: call.hook });
  });
}
