/** Configuration: the process environment, read once into a frozen, validated value. */
import { wantsTraces } from './otel.ts';
import { variables, type Level, type Row } from './variables.ts';

/** Why the program cannot start: one sentence per problem, for the administrator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Table = typeof variables;
type VariableName = keyof Table;
type CertName = 'TLS_CERT_FILE' | 'METRICS_TLS_CERT_FILE';
type KeyName = 'TLS_KEY_FILE' | 'METRICS_TLS_KEY_FILE';
type Values = {
  readonly [Name in VariableName]: ReturnType<Table[Name]['parse']> | (Table[Name] extends { default: string } ? never : undefined);
};

/** Paths of a certificate chain and of its private key. */
interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface Config {
  readonly hookPort: number;
  readonly metricsPort: number;
  readonly metricsAuthTokenFile: string | undefined;
  readonly metricsTls: KeyPair | undefined;
  readonly host: string | undefined;
  readonly logLevel: Level;
  readonly maxBodyBytes: number;
  readonly maxInFlight: number;
  readonly authTokenFile: string | undefined;
  readonly tls: (KeyPair & { readonly clientCaFile: string | undefined }) | undefined;
  /** Whether OpenTelemetry's own variables enable traces. */
  readonly tracing: boolean;
  readonly shutdownDelaySeconds: number;
  readonly shutdownGraceSeconds: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const names = Object.keys(variables) as VariableName[];
const prefixOf = (name: string): string => name.slice(0, name.indexOf('_') + 1);
const prefixes = new Set(names.map(prefixOf).filter((prefix) => prefix !== ''));

/**
 * Kubernetes puts variables for every Service of the Namespace into a pod, unless enableServiceLinks is false: those of a Service named
 * `metrics` begin as ours do. No user wrote them, so they are no misspelt variables.
 */
function isServiceLink(name: string, value: string): boolean {
  return /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/.test(name) || /^(tcp|udp|sctp):\/\//.test(value);
}

function unknownVariables(env: Environment): string[] {
  return Object.entries(env)
    .filter(([name, value]) => prefixes.has(prefixOf(name)) && !(name in variables) && !isServiceLink(name, value ?? ''))
    .map(([name]) => {
      const siblings = names.filter((known) => prefixOf(known) === prefixOf(name));
      return `${name} is not a variable of this program: remove it, or use one of ${siblings.join(', ')}.`;
    });
}

function readVariable(name: VariableName, env: Environment, problems: string[]): unknown {
  const { default: preset, parse }: Row = variables[name];
  // In a manifest or a shell an empty value means "not set".
  const text = env[name] === undefined || env[name] === '' ? preset : env[name];
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    const hint = isServiceLink(name, text) ? ' A Kubernetes Service of that name sets it: set enableServiceLinks: false in the pod.' : '';
    problems.push(`${name} is ${JSON.stringify(text)}, but ${(error as RangeError).message}.${hint}`);
    return undefined;
  }
}

/** Half of a pair would mean plain HTTP where TLS was meant. */
function keyPair(cert: CertName, key: KeyName, values: Values, problems: string[]): KeyPair | undefined {
  const { [cert]: certFile, [key]: keyFile } = values;
  if (certFile !== undefined && keyFile !== undefined) return Object.freeze({ certFile, keyFile });
  if (certFile !== undefined) problems.push(`${cert} is set, but ${key} is not: set both for TLS, or neither.`);
  if (keyFile !== undefined) problems.push(`${key} is set, but ${cert} is not: set both for TLS, or neither.`);
  return undefined;
}

function tlsOf(values: Values, problems: string[]): Config['tls'] {
  const pair = keyPair('TLS_CERT_FILE', 'TLS_KEY_FILE', values, problems);
  const { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, TLS_CLIENT_CA_FILE: clientCaFile } = values;
  if (pair !== undefined) return Object.freeze({ ...pair, clientCaFile });
  if (clientCaFile !== undefined && certFile === undefined && keyFile === undefined)
    problems.push('TLS_CLIENT_CA_FILE is set, but there is no TLS: set TLS_CERT_FILE and TLS_KEY_FILE too.');
  return undefined;
}

/** The configuration in an environment. Throws ConfigError with every problem, one a line: which variable, what is wrong, what to do. */
export function readConfig(env: Environment): Config {
  const problems = unknownVariables(env);
  const values = Object.fromEntries(names.map((name) => [name, readVariable(name, env, problems)])) as Values;
  const tls = tlsOf(values, problems);
  const metricsTls = keyPair('METRICS_TLS_CERT_FILE', 'METRICS_TLS_KEY_FILE', values, problems);
  if (values.HOOK_PORT === values.METRICS_PORT && values.HOOK_PORT !== 0) {
    problems.push(`HOOK_PORT and METRICS_PORT are both ${values.HOOK_PORT}: give them different ports.`);
  }
  const tracing = wantsTraces(env, problems);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return Object.freeze({
    hookPort: values.HOOK_PORT,
    metricsPort: values.METRICS_PORT,
    metricsAuthTokenFile: values.METRICS_AUTH_TOKEN_FILE,
    metricsTls,
    host: values.HOST,
    logLevel: values.LOG_LEVEL,
    maxBodyBytes: values.MAX_BODY_BYTES,
    maxInFlight: values.MAX_IN_FLIGHT,
    authTokenFile: values.AUTH_TOKEN_FILE,
    tls,
    tracing,
    shutdownDelaySeconds: values.SHUTDOWN_DELAY_SECONDS,
    shutdownGraceSeconds: values.SHUTDOWN_GRACE_SECONDS,
  });
}
