import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { answers } from '../../src/controllers.ts';
import { hookApp } from '../../src/server/app.ts';
import { startTracing } from '../../src/telemetry/tracing.ts';
import type { Tracing } from '../../src/telemetry/trace.ts';
import { eventually, fakeParts, readableLog } from '../server/parts.ts';
import { asking } from '../support/asking.ts';
import { perTest } from '../support/pertest.ts';
import { serving } from '../support/program.ts';
import { NOW, request, world } from '../support/world.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

/** Traces of release 1.2.3; without an exporter they go where the environment says. */
function tracingTo(exporter?: SpanExporter, logger = readableLog().logger): Tracing {
  const tracing = startTracing(logger, '1.2.3', exporter);
  perTest.closing(tracing.stop);
  return tracing;
}

describe('telemetry/tracing', () => {
  let spans: ReadableSpan[];
  let tracing: Tracing;

  /** The answer to one request, and the spans that it made, by their names. */
  async function traced(body: object, headers: Record<string, string> = {}) {
    const exporter = new InMemorySpanExporter();
    tracing = tracingTo(exporter);
    const { parts } = fakeParts({ answers, clock: () => NOW, body: { maxBytes: 1 << 20, timeoutMs: 5000 }, tracing });
    const response = await asking(hookApp(parts)).post('/sync').set(headers).send(body);
    await eventually(async () => {
      await tracing.flush();
      spans = exporter.getFinishedSpans();
      assert.ok(spans.some(({ name }) => name === 'POST /sync'));
    });
    return { response, of: (name: string) => spans.find((span) => span.name === name) };
  }

  it('a request is a span, its steps are spans below it', async () => {
    const { response, of } = await traced(request(world()));
    assert.equal(response.status, 200);
    const root = of('POST /sync');
    assert.deepEqual(
      spans.map(({ name }) => name),
      ['parse', 'decode', 'plan', 'encode', 'POST /sync'],
    );
    for (const name of ['parse', 'decode', 'plan', 'encode']) assert.equal(of(name)?.parentSpanContext?.spanId, root?.spanContext().spanId);
    const { attributes } = root ?? {};
    assert.equal(attributes?.['http.response.status_code'], 200);
    assert.deepEqual([attributes['k8s.namespace.name'], attributes['bestie.name']], ['pets', 'bestie']);
    assert.equal(attributes['bestie.request.id'], response.headers['x-request-id']);
    assert.deepEqual(
      [root?.resource.attributes['service.name'], root?.resource.attributes['service.version']],
      ['bestie-operator', '1.2.3'],
    );
  });

  it('continues the trace that the request belongs to', async () => {
    const { of } = await traced(request(world()), { traceparent: `00-${TRACE}-${PARENT}-01` });
    const root = of('POST /sync');
    assert.deepEqual([root?.spanContext().traceId, root?.parentSpanContext?.spanId], [TRACE, PARENT]);
    assert.equal(of('plan')?.spanContext().traceId, TRACE);
  });

  it('is not sampled where the caller says so', async () => {
    const exporter = new InMemorySpanExporter();
    tracing = tracingTo(exporter);
    const { step, end } = tracing.begin('/sync', { traceparent: `00-${TRACE}-${PARENT}-00` });
    assert.equal(
      step('plan', () => 7),
      7,
    );
    end(200, {});
    await tracing.flush();
    assert.deepEqual(exporter.getFinishedSpans(), []);
  });

  it('an error is recorded with its code, in the step that it came from and in the request', async () => {
    const { response, of } = await traced({});
    assert.equal(response.status, 400);
    assert.equal(of('decode')?.status.code, SpanStatusCode.ERROR);
    assert.equal(of('plan'), undefined);
    assert.deepEqual(
      [of('POST /sync')?.attributes['error.type'], of('POST /sync')?.attributes['http.response.status_code']],
      ['InvalidRequest', 400],
    );
    assert.ok(!JSON.stringify(spans.map(({ status, attributes, events }) => [status, attributes, events])).includes('must have required'));
  });

  it('a collector that takes nothing is logged once, and again when it had worked in between', async () => {
    const { logger, lines } = readableLog();
    let asked = 0;
    const answersBy = [400, 400, 200, 400];
    const refusing = createServer((_request, response) => {
      response.writeHead(answersBy[asked++] ?? 500).end();
    });
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${await perTest.listening(refusing)}`;
    try {
      tracing = tracingTo(undefined, logger);
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    }
    for (const status of answersBy) {
      tracing.begin('/sync', {}).end(200, {});
      await tracing.flush();
      assert.equal(answersBy[asked - 1], status);
    }
    assert.equal(asked, answersBy.length);
    const warning = ['warn', 'traces cannot be exported'];
    assert.deepEqual(
      lines.map(({ level, message }) => [level, message]),
      [warning, warning],
    );
  });

  it('the program sends them where the standard variables say, the last ones at its end', async function () {
    this.timeout(20_000);
    const received: { path: string | undefined; type: string | undefined; text: string }[] = [];
    const collector = createServer((incoming: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('end', () => {
        received.push({ path: incoming.url, type: incoming.headers['content-type'], text: Buffer.concat(chunks).toString('latin1') });
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    const endpoint = `http://127.0.0.1:${await perTest.listening(collector)}`;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'besties', OTEL_RESOURCE_ATTRIBUTES: 'team=pets' };
    const { child, ended, hookPort } = await serving({ ...env, SHUTDOWN_DELAY_SECONDS: '0' });
    await fetch(`http://127.0.0.1:${hookPort}/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request(world())),
    });
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual(
      received.map(({ path, type }) => [path, type]),
      [['/v1/traces', 'application/x-protobuf']],
    );
    for (const word of ['besties', 'team', 'pets', 'POST /sync', 'parse', 'decode', 'plan', 'encode'])
      assert.ok(received[0]?.text.includes(word), word);
  });

  it('is loaded only where traces are requested', () => {
    const src = new URL('../../src/', import.meta.url);
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const having = (text: RegExp): string[] => files.filter((file) => text.test(readFileSync(new URL(file, src), 'utf8')));
    assert.deepEqual(having(/'@opentelemetry\//), ['telemetry/tracing.ts']);
    assert.deepEqual(having(/^import .*\/tracing\.ts'/m), []);
    assert.deepEqual(having(/await import\('\.\/telemetry\/tracing\.ts'\)/), ['main.ts']);
  });
});
