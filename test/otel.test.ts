import assert from 'node:assert/strict';
import { wantsTraces } from '../src/otel.ts';
import { each } from './support/table.ts';

const ENDPOINT = 'http://collector:4318';

describe('otel: whether traces are requested', () => {
  each<Record<string, string>, { wanted: boolean; problems?: RegExp }>(
    {
      Nothing: { reason: 'off by default', given: {}, want: { wanted: false } },
      Empty: { reason: 'an empty value is no value', given: { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, want: { wanted: false } },
      Endpoint: { reason: 'there is a collector', given: { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT }, want: { wanted: true } },
      TracesEndpoint: { reason: 'or one for traces', given: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ENDPOINT }, want: { wanted: true } },
      Exporter: { reason: 'the default collector is on localhost', given: { OTEL_TRACES_EXPORTER: 'otlp' }, want: { wanted: true } },
      None: {
        reason: 'a collector for other signals',
        given: { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_TRACES_EXPORTER: 'none' },
        want: { wanted: false },
      },
      Disabled: {
        reason: 'switched off as a whole',
        given: { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' },
        want: { wanted: false },
      },
      Console: {
        reason: 'not supported',
        given: { OTEL_TRACES_EXPORTER: 'console' },
        want: { wanted: true, problems: /^OTEL_TRACES_EXPORTER is "console"/ },
      },
      Grpc: {
        reason: 'not supported',
        given: { OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
        want: { wanted: true, problems: /^OTEL_EXPORTER_OTLP_PROTOCOL is "grpc", but only http\/protobuf/ },
      },
      NoURL: {
        reason: 'the SDK would take localhost instead, and say nothing',
        given: { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
        want: { wanted: true, problems: /^The endpoint in OTEL_EXPORTER_OTLP_ENDPOINT must be a URL/ },
      },
      TracesProtocol: {
        reason: 'the more special one counts',
        given: { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' },
        want: { wanted: true },
      },
    },
    (given, want) => {
      const problems: string[] = [];
      assert.equal(wantsTraces(given, problems), want.wanted);
      assert.equal(problems.length, want.problems === undefined ? 0 : 1, problems.join());
      if (want.problems !== undefined) assert.match(problems[0] ?? '', want.problems);
    },
  );
});
