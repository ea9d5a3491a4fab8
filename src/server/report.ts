/** What is reported once a request is over: metrics and one log line. Nothing here can change or delay an answer. */
import { isQuiet, type Answer, type Decision, type HookName, type ChildOperation } from '../controllers.ts';
import { logEntry } from '../telemetry/entries.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { RequestTrace } from '../telemetry/trace.ts';
import type { Failure } from './failure.ts';
import { record } from './record.ts';

/** One request to the hook port, as far as it came. `hook` is undefined where the path is none; times are in milliseconds, sizes in bytes. */
export interface Call {
  readonly id: string;
  readonly hook: HookName | undefined;
  readonly startedAt: number;
  /** Undefined where nothing is traced. */
  readonly trace: RequestTrace | undefined;
  /** The Bestie that it is about, as soon as the body was parsed. */
  about: { namespace?: string; bestie?: string };
  admitted: boolean;
  requestBytes: number | undefined;
  responseBytes: number | undefined;
  answer: Answer | undefined;
  failure: Failure | undefined;
}

/** Longer than any name that the API server takes; a body that has not been checked yet may hold anything. */
const MAX_NAME = 253;

/** The Bestie of a body, for log and traces; also of a request that cannot be answered. */
export function aboutOf(body: unknown): Call['about'] {
  const { namespace, name } =
    (body as Partial<Record<'parent', { metadata?: Record<string, unknown> | null } | null>> | null)?.parent?.metadata ?? {};
  return {
    ...(typeof namespace === 'string' && { namespace: namespace.slice(0, MAX_NAME) }),
    ...(typeof name === 'string' && { bestie: name.slice(0, MAX_NAME) }),
  };
}

export interface Sinks {
  logger: Logger;
  metrics: Metrics;
}

/** Begins the name of Metacontroller's finalizers. */
const METACONTROLLER = 'metacontroller.io/';

/** nginx's word for a caller that did not wait for the answer. */
const CALLER_GONE = 499;

function resultOf(status: number, answer: Answer | undefined): string {
  if (status === 429) return 'requeue';
  if (status !== 200) return 'error';
  return answer !== undefined && 'resyncAfterSeconds' in answer.response ? 'requeue_after' : 'success';
}

function count(call: Call, status: number, seconds: number, metrics: Metrics): void {
  const { hook, failure, requestBytes, responseBytes } = call;
  if (failure !== undefined) metrics.errors.inc({ code: failure.code });
  if (hook === undefined) return;
  metrics.requests.inc({ hook, code: status });
  metrics.duration.observe({ hook }, seconds);
  if (requestBytes !== undefined) metrics.requestBytes.observe({ hook }, requestBytes);
  if (responseBytes !== undefined && status === 200) metrics.responseBytes.observe({ hook }, responseBytes);
  if (hook !== 'customize') metrics.reconciles.inc({ result: resultOf(status, call.answer) });
}

function logFailure({ id, hook, about }: Call, { code, status, message, thrown }: Failure, logger: Logger): void {
  const fields = { requestId: id, hook, ...about, code, status, problem: message };
  if (status >= 500) logEntry(logger, 'failed', { ...fields, cause: thrown });
  else logEntry(logger, status === 429 ? 'deferred' : 'refused', fields);
}

const listed = (operations: readonly ChildOperation[], wanted: ChildOperation['operation']): string[] | undefined => {
  const found = operations.filter(({ operation }) => operation === wanted).map(({ kind, name }) => `${kind} ${name}`);
  return found.length > 0 ? found : undefined;
};

/** The restore that went on, and how those have ended that did; the condition Restored, among the transitions, has the message. */
const restoreOf = ({ id, target, phase, ended }: NonNullable<Decision['changes']['restore']>): object => ({
  ...{ id, target, phase },
  ...(ended.length > 0 && { ended: ended.map((each) => ({ id: each.id, result: each.result })) }),
});

/** How a drill has ended; the condition BackupVerified has the message. */
const drillOf = ({ id, hasSucceeded }: NonNullable<Decision['changes']['drill']>): object => ({
  id,
  result: hasSucceeded ? 'Succeeded' : 'Failed',
});

/** What is undefined here does not get into the line. */
function logDecision(call: Call, decision: Decision, operations: readonly ChildOperation[], seconds: number, logger: Logger): void {
  const { plan, changes, observed } = decision;
  // What is created for the first time changes a condition. Without such a change it is requested again, because another owner's object has its name.
  const isNews = !isQuiet(decision) || operations.some(({ operation }) => operation !== 'create');
  // The finalizer of another controller may keep a Bestie, so that finalize is called for it long after it was finalized.
  const isHeld = observed.bestie.metadata.finalizers?.some((finalizer) => finalizer.startsWith(METACONTROLLER)) ?? false;
  const usual = isNews ? 'changed' : 'unchanged';
  const key = plan.finalized && (isHeld || isNews) ? 'finalized' : usual;
  const { namespace, name, generation } = observed.bestie.metadata;
  const { from, to, phase } = changes.upgrade ?? {};
  logEntry(logger, key, {
    requestId: call.id,
    hook: call.hook,
    namespace,
    bestie: name,
    generation,
    durationMs: Math.round(seconds * 1e6) / 1e3,
    outcome: resultOf(200, call.answer),
    ...(changes.conditions.length > 0 && { transitions: changes.conditions.map(({ since: _, ...transition }) => transition) }),
    ...(phase !== undefined && { upgrade: { from, to, phase } }),
    ...(changes.backup && { backup: changes.backup.id }),
    ...(changes.restore && { restore: restoreOf(changes.restore) }),
    ...(changes.drill && { drill: drillOf(changes.drill) }),
    created: listed(operations, 'create'),
    changed: listed(operations, 'update'),
    removed: listed(operations, 'delete'),
  });
}

function recordAnswer(call: Call, seconds: number, { logger, metrics }: Sinks): void {
  const decision = call.answer?.decision;
  if (decision === undefined) {
    logEntry(logger, 'related', { requestId: call.id, hook: call.hook, durationMs: Math.round(seconds * 1e6) / 1e3 });
    return;
  }
  const operations = record(decision, Date.now() / 1000, metrics);
  logDecision(call, decision, operations, seconds, logger);
}

function endTrace({ id, trace, about: { namespace, bestie }, failure }: Call, status: number): void {
  const who = { 'k8s.namespace.name': namespace, 'bestie.name': bestie };
  trace?.end(status, { 'bestie.request.id': id, 'error.type': failure?.code, ...who });
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
  const code = delivered ? status : CALLER_GONE;
  quietly(() => {
    count(call, code, seconds, sinks.metrics);
  });
  quietly(() => {
    endTrace(call, code);
  });
  quietly(() => {
    if (call.failure !== undefined) logFailure(call, call.failure, sinks.logger);
    else if (delivered) recordAnswer(call, seconds, sinks);
    else logEntry(sinks.logger, 'callerGone', { requestId: call.id, hook: call.hook });
  });
}
