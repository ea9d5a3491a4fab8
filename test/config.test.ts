import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ConfigError, readConfig } from '../src/config.ts';
import { variables } from '../src/variables.ts';
import { each, type Cases } from './support/table.ts';

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split('\n');
  }
  return [];
};

describe('config', () => {
  it('has the documented defaults', () => {
    assert.deepEqual(readConfig({}), {
      hookPort: 8080,
      metricsPort: 8081,
      metricsAuthTokenFile: undefined,
      metricsTls: undefined,
      host: undefined,
      logLevel: 'info',
      maxBodyBytes: 10485760,
      maxInFlight: 16,
      authTokenFile: undefined,
      tls: undefined,
      tracing: false,
      shutdownDelaySeconds: 5,
      shutdownGraceSeconds: 20,
    });
  });

  it('takes every variable', () => {
    const env = {
      HOOK_PORT: '1',
      METRICS_PORT: '65535',
      METRICS_AUTH_TOKEN_FILE: '/mt',
      METRICS_TLS_CERT_FILE: '/mc',
      METRICS_TLS_KEY_FILE: '/mk',
      HOST: '::1',
      LOG_LEVEL: 'debug',
      MAX_BODY_BYTES: '2048',
      MAX_IN_FLIGHT: '1',
      AUTH_TOKEN_FILE: '/t',
      TLS_CERT_FILE: '/c',
      TLS_KEY_FILE: '/k',
      TLS_CLIENT_CA_FILE: '/a',
      SHUTDOWN_DELAY_SECONDS: '0',
      SHUTDOWN_GRACE_SECONDS: '7',
    };
    assert.deepEqual(Object.keys(env), Object.keys(variables), 'a new variable needs a value here');
    assert.deepEqual(readConfig(env), {
      hookPort: 1,
      metricsPort: 65535,
      metricsAuthTokenFile: '/mt',
      metricsTls: { certFile: '/mc', keyFile: '/mk' },
      host: '::1',
      logLevel: 'debug',
      maxBodyBytes: 2048,
      maxInFlight: 1,
      authTokenFile: '/t',
      tls: { certFile: '/c', keyFile: '/k', clientCaFile: '/a' },
      tracing: false,
      shutdownDelaySeconds: 0,
      shutdownGraceSeconds: 7,
    });
  });

  it('cannot be changed', () => {
    const config = readConfig({
      TLS_CERT_FILE: '/c',
      TLS_KEY_FILE: '/k',
      METRICS_TLS_CERT_FILE: '/c',
      METRICS_TLS_KEY_FILE: '/k',
    });
    assert.ok(config.tls !== undefined && config.metricsTls !== undefined);
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.tls) && Object.isFrozen(config.metricsTls));
  });

  const cases: Cases<Record<string, string>, string[]> = {
    Empty: { reason: 'a manifest says "not set" like that', given: { HOOK_PORT: '', AUTH_TOKEN_FILE: '' }, want: [] },
    AnyFreePort: { reason: 'tests and demos', given: { HOOK_PORT: '0', METRICS_PORT: '0' }, want: [] },
    NotANumber: {
      reason: 'says what is allowed',
      given: { HOOK_PORT: 'http' },
      want: ['HOOK_PORT is "http", but must be a whole number from 0 to 65535.'],
    },
    TooLarge: {
      reason: 'no such port',
      given: { METRICS_PORT: '65536' },
      want: ['METRICS_PORT is "65536", but must be a whole number from 0 to 65535.'],
    },
    Fraction: {
      reason: 'Number() would take more than a person means',
      given: { MAX_IN_FLIGHT: '1e1' },
      want: ['MAX_IN_FLIGHT is "1e1", but must be a whole number from 1 to 10000.'],
    },
    Zero: {
      reason: 'would answer nothing',
      given: { MAX_IN_FLIGHT: '0' },
      want: ['MAX_IN_FLIGHT is "0", but must be a whole number from 1 to 10000.'],
    },
    Level: {
      reason: 'winston has others',
      given: { LOG_LEVEL: 'verbose' },
      want: ['LOG_LEVEL is "verbose", but must be one of error, warn, info, debug.'],
    },
    CertificateAlone: {
      reason: 'half of a pair would mean plain HTTP',
      given: { TLS_CERT_FILE: '/c' },
      want: ['TLS_CERT_FILE is set, but TLS_KEY_FILE is not: set both for TLS, or neither.'],
    },
    KeyAlone: {
      reason: 'the other half',
      given: { TLS_KEY_FILE: '/k', TLS_CLIENT_CA_FILE: '/a' },
      want: ['TLS_KEY_FILE is set, but TLS_CERT_FILE is not: set both for TLS, or neither.'],
    },
    ClientAuthorityAlone: {
      reason: 'would not ask any client for a certificate',
      given: { TLS_CLIENT_CA_FILE: '/a' },
      want: ['TLS_CLIENT_CA_FILE is set, but there is no TLS: set TLS_CERT_FILE and TLS_KEY_FILE too.'],
    },
    MetricsCertificateAlone: {
      reason: 'the other port has a pair of its own',
      given: { METRICS_TLS_CERT_FILE: '/c', TLS_CERT_FILE: '/c', TLS_KEY_FILE: '/k' },
      want: ['METRICS_TLS_CERT_FILE is set, but METRICS_TLS_KEY_FILE is not: set both for TLS, or neither.'],
    },
    MetricsKeyAlone: {
      reason: 'the other half',
      given: { METRICS_TLS_KEY_FILE: '/k' },
      want: ['METRICS_TLS_KEY_FILE is set, but METRICS_TLS_CERT_FILE is not: set both for TLS, or neither.'],
    },
    MetricsClientAuthority: {
      reason: 'probes have no certificate to show',
      given: { METRICS_TLS_CLIENT_CA_FILE: '/a' },
      want: [
        'METRICS_TLS_CLIENT_CA_FILE is not a variable of this program: remove it, or use one of METRICS_PORT, METRICS_AUTH_TOKEN_FILE, METRICS_TLS_CERT_FILE, METRICS_TLS_KEY_FILE.',
      ],
    },
    OnePort: {
      reason: 'two servers',
      given: { METRICS_PORT: '8080' },
      want: ['HOOK_PORT and METRICS_PORT are both 8080: give them different ports.'],
    },
    Misspelt: {
      reason: 'would leave the hooks open to every client',
      given: { AUTH_TOKEN_FIEL: '/t' },
      want: ['AUTH_TOKEN_FIEL is not a variable of this program: remove it, or use one of AUTH_TOKEN_FILE.'],
    },
    Several: {
      reason: 'all at once, not one per attempt',
      given: { MAX_BODY: '1', LOG_LEVEL: 'x' },
      want: [
        'MAX_BODY is not a variable of this program: remove it, or use one of MAX_BODY_BYTES, MAX_IN_FLIGHT.',
        'LOG_LEVEL is "x", but must be one of error, warn, info, debug.',
      ],
    },
    Strangers: {
      reason: 'an environment is full of them',
      given: { PATH: '/bin', HOSTNAME: 'x', NODE_ENV: 'production', HOOKS: 'x' },
      want: [],
    },
    ServiceLinks: {
      reason: 'Kubernetes adds them for Services named metrics and tls; no user typed them',
      given: {
        METRICS_SERVICE_HOST: '10.0.0.1',
        METRICS_SERVICE_PORT: '80',
        METRICS_SERVICE_PORT_HTTP: '80',
        METRICS_PORT_80_TCP: 'tcp://10.0.0.1:80',
        METRICS_PORT_80_TCP_ADDR: '10.0.0.1',
        TLS_PORT: 'tcp://10.0.0.2:80',
        BESTIE_OPERATOR_PORT: 'tcp://10.0.0.3:80',
      },
      want: [],
    },
    ServiceLinkOfOurName: {
      reason: 'this one hides ours',
      given: { METRICS_PORT: 'tcp://10.0.0.1:80' },
      want: [
        'METRICS_PORT is "tcp://10.0.0.1:80", but must be a whole number from 0 to 65535. A Kubernetes Service of that name sets it: set enableServiceLinks: false in the pod.',
      ],
    },
  };
  each(cases, (given, want) => {
    assert.deepEqual(problemsOf(given), want);
  });

  it('docs/configuration.md has the rows of the table, and no others', () => {
    const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');
    const found = page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      );
    const rows: [string, { default?: string; doc: string }][] = Object.entries(variables);
    assert.deepEqual(
      found,
      rows.map(([name, { default: preset, doc }]) => [`\`${name}\``, preset === undefined ? '–' : `\`${preset}\``, doc]),
    );
  });
});
