/** From listening to the last answer. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as TLSServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { logEntry } from '../telemetry/entries.ts';
import { hookApp, probeApp } from './app.ts';
import type { Parts } from './handle.ts';
import { createAuthorize, type Authorize } from './auth.ts';
import { StartError, type Followed } from './files.ts';
import { createGate } from './limits.ts';
import { createTLSServer, type TLSFiles, type TLSVariables } from './tls.ts';

/** What of the configuration the server uses; port 0 takes any free one. */
export interface Settings {
  readonly host: string | undefined;
  readonly hookPort: number;
  readonly metricsPort: number;
  readonly maxBodyBytes: number;
  readonly maxInFlight: number;
  readonly authTokenFile: string | undefined;
  readonly tls: TLSFiles | undefined;
  readonly metricsAuthTokenFile: string | undefined;
  readonly metricsTls: TLSFiles | undefined;
  readonly shutdownDelaySeconds: number;
  readonly shutdownGraceSeconds: number;
}

export interface Service {
  readonly hookPort: number;
  readonly metricsPort: number;
  /** Reads the mounted files now, instead of within five seconds. */
  readonly poll: () => Promise<void>;
  /** Leaves without breaking an answer off; resolves when both ports are closed. */
  readonly drain: () => Promise<void>;
}

/** What names the port and the files of each server. Probes have no certificate to show, so their port has no client CA. */
export const portVariables = {
  hooks: { port: 'HOOK_PORT', token: 'AUTH_TOKEN_FILE', cert: 'TLS_CERT_FILE', key: 'TLS_KEY_FILE', clientCa: 'TLS_CLIENT_CA_FILE' },
  metrics: { port: 'METRICS_PORT', token: 'METRICS_AUTH_TOKEN_FILE', cert: 'METRICS_TLS_CERT_FILE', key: 'METRICS_TLS_KEY_FILE' },
} as const;

/**
 * Go keeps an idle connection for 90 s, and does not repeat a POST whose connection we close at that moment, so ours must live longer.
 * The two other limits count from the start of the connection until its first request, so they must live longer too: Go also keeps
 * connections that it opened and did not need. How long a body may take is therefore limited where it is read.
 */
const TIMEOUTS = { keepAliveTimeout: 95_000, headersTimeout: 100_000, requestTimeout: 110_000 };

/** Metacontroller waits this long for a hook, by default; no caller waits for a body that takes longer. */
const BODY_TIMEOUT_MS = 10_000;

/** When nothing is in flight any more, how long connections that never carried a request, or are just being refused, may linger. */
const LINGER_MS = 1_000;

async function listen(server: Server | TLSServer, variable: string, port: number, host: string | undefined): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const at = host === undefined ? '' : ` of ${host}`;
      reject(
        new StartError(
          `cannot listen on port ${port}${at} (${error.code ?? error.message}): change ${variable} or HOST, or free the port.`,
        ),
      );
    });
    server.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Closes a server: no new connections, idle ones at once, the others after `afterMs` at the latest, even those in a TLS handshake. */
function closer(server: Server | TLSServer): (afterMs: number) => Promise<void> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return (afterMs) =>
    new Promise((resolve) => {
      const cut = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, afterMs);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
    });
}

/** Starts both ports. Rejects with StartError where a file or a port cannot be used. */
export async function start(settings: Settings, parts: Omit<Parts, 'gate' | 'authorize' | 'body'>): Promise<Service> {
  const { host, tls, metricsTls, shutdownDelaySeconds, shutdownGraceSeconds } = settings;
  const { logger } = parts;
  const followed: Followed[] = [];
  const kept = <T extends { files: Followed }>(made: T): T => {
    followed.push(made.files);
    return made;
  };
  const everyCaller: Authorize = () => undefined;
  const bearerOf = async (variable: string, path: string | undefined): Promise<Authorize> =>
    path === undefined ? everyCaller : kept(await createAuthorize({ variable, path }, logger)).authorize;
  const serverOf = async (variables: TLSVariables, files: TLSFiles | undefined, app: RequestListener): Promise<Server | TLSServer> =>
    files === undefined ? createServer(app) : kept(await createTLSServer(files, variables, app, logger)).server;

  const gate = createGate(settings.maxInFlight);
  const body = { maxBytes: settings.maxBodyBytes, timeoutMs: BODY_TIMEOUT_MS };
  const { hooks: hook, metrics } = portVariables;
  const authorize = await bearerOf(hook.token, settings.authTokenFile);
  const authorizeScrape = await bearerOf(metrics.token, settings.metricsAuthTokenFile);
  const hooks = await serverOf(hook, tls, hookApp({ ...parts, gate, authorize, body }));
  const probes = await serverOf(metrics, metricsTls, probeApp({ ...parts, gate, authorize: authorizeScrape }));
  Object.assign(hooks, TIMEOUTS);
  const [closeHooks, closeProbes] = [closer(hooks), closer(probes)];
  const hookPort = await listen(hooks, hook.port, settings.hookPort, host);
  const metricsPort = await listen(probes, metrics.port, settings.metricsPort, host).catch((error: unknown) => {
    hooks.close();
    throw error;
  });
  gate.phase = 'serving';
  logEntry(logger, 'serving', {
    hookPort,
    metricsPort,
    tls: tls !== undefined,
    clientCertificates: tls?.clientCaFile !== undefined,
    metricsTLS: metricsTls !== undefined,
  });

  const leave = async (): Promise<void> => {
    logEntry(logger, 'shuttingDown', { inFlight: gate.inFlight, delaySeconds: shutdownDelaySeconds });
    gate.phase = 'shuttingDown';
    await sleep(shutdownDelaySeconds * 1000);
    gate.phase = 'refusing';
    const graceMs = shutdownGraceSeconds * 1000;
    await Promise.race([gate.whenEmpty(), sleep(graceMs, undefined, { ref: false })]);
    await closeHooks(gate.inFlight === 0 ? Math.min(LINGER_MS, graceMs) : 0);
    await closeProbes(0);
    for (const files of followed) files.stop();
    logEntry(logger, 'stopped');
  };
  let leaving: Promise<void> | undefined;
  return {
    hookPort,
    metricsPort,
    poll: async () => {
      await Promise.all(followed.map((files) => files.poll()));
    },
    drain: () => (leaving ??= leave()),
  };
}
