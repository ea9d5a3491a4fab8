/**
 * Whether traces are enabled, by the variables of OpenTelemetry. Its SDK reads them itself; here is only what must be known before it is loaded.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
type Environment = Readonly<Record<string, string | undefined>>;

const PROTOCOL = 'http/protobuf';

const set = (env: Environment, name: string): string | undefined => (env[name] === '' ? undefined : env[name]);

/** Problems are added as sentences: which variable, what is wrong, what to do. */
export function wantsTraces(env: Environment, problems: string[]): boolean {
  const endpoint = set(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? set(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const exporter = set(env, 'OTEL_TRACES_EXPORTER') ?? (endpoint === undefined ? 'none' : 'otlp');
  if (exporter === 'none' || set(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return false;
  const protocol = set(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? set(env, 'OTEL_EXPORTER_OTLP_PROTOCOL') ?? PROTOCOL;
  // Not quoted: it may hold a password.
  if (exporter === 'otlp' && endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint))
    problems.push('The endpoint in OTEL_EXPORTER_OTLP_ENDPOINT must be a URL, such as http://collector:4318.');
  if (exporter !== 'otlp') problems.push(`OTEL_TRACES_EXPORTER is ${JSON.stringify(exporter)}, but must be otlp or none.`);
  if (protocol !== PROTOCOL)
    problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL is ${JSON.stringify(protocol)}, but only ${PROTOCOL} is supported: unset it.`);
  return true;
}
