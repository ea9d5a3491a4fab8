/**
 * Traces by OpenTelemetry, configured by its own variables (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, …).
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { ExportResultCode, setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { logEntry } from './entries.ts';
import type { Logger } from './logger.ts';
import type { RequestTrace, Tracing } from './trace.ts';

/** How long the end of the process may be held up for spans that were not sent yet. */
const FLUSH_MS = 3_000;

const propagator = new W3CTraceContextPropagator();
const headersGetter = {
  keys: (headers: object): string[] => Object.keys(headers),
  get: (headers: object, key: string): string | string[] | undefined => (headers as Record<string, string | string[] | undefined>)[key],
};

function failed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'thrown' });
}

function inSpan<T>(tracer: Tracer, name: string, parent: Context, work: () => T): T {
  const span = tracer.startSpan(name, {}, parent);
  try {
    return work();
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function traced(tracer: Tracer, path: string, from: Context): RequestTrace {
  const attributes = { 'http.request.method': 'POST', 'url.path': path };
  const span = tracer.startSpan(`POST ${path}`, { kind: SpanKind.SERVER, attributes }, from);
  const context = trace.setSpan(from, span);
  return {
    step: (name, work) => inSpan(tracer, name, context, work),
    end: (status, more) => {
      span.setAttribute('http.response.status_code', status);
      for (const [key, value] of Object.entries(more)) if (value !== undefined) span.setAttribute(key, value);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** Starts tracing as the environment configures it; `exporter` replaces the configured one in tests. */
export function startTracing(logger: Logger, version: string, exporter: SpanExporter = new OTLPTraceExporter()): Tracing {
  let complaint: string | undefined;
  // A flush rejects with a list of errors, one for each processor; what is exported in between calls the handler.
  const complain = (thrown: unknown): void => {
    const error: unknown = Array.isArray(thrown) ? thrown[0] : thrown;
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== complaint) logEntry(logger, 'traceExportFailed', { problem });
    complaint = problem;
  };
  setGlobalErrorHandler(complain);
  const ours = resourceFromAttributes({ 'service.name': 'bestie-operator', 'service.version': version });
  const resource = defaultResource()
    .merge(ours)
    .merge(detectResources({ detectors: [envDetector] }));
  // Once it works again, the next failure is news.
  const watched: SpanExporter = {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        if (result.code === ExportResultCode.SUCCESS) complaint = undefined;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(watched)] });
  const tracer = provider.getTracer('bestie-operator', version);
  return {
    begin: (path, headers) => traced(tracer, path, propagator.extract(ROOT_CONTEXT, headers, headersGetter)),
    flush: () => provider.forceFlush().catch(complain),
    stop: async () => {
      const flushed = provider.shutdown().catch(complain);
      await Promise.race([flushed, sleep(FLUSH_MS, undefined, { ref: false })]);
    },
  };
}
