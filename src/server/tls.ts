/** TLS of a port: certificates from mounted files, exchanged without a restart; with a client CA, only its clients get in. */
import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { logEntry } from '../telemetry/entries.ts';
import type { Logger } from '../telemetry/logger.ts';
import { follow, StartError, type Contents, type Followed, type Paths } from './files.ts';

export interface TLSFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string | undefined;
}

/** The variables that name those files, as messages do; a port without `clientCa` requests no client certificate. */
export interface TLSVariables {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}

/** A caller that opens a connection and does not finish its handshake is disconnected after this time. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

function pathsOf({ certFile, keyFile, clientCaFile }: TLSFiles, { cert, key, clientCa }: TLSVariables): Paths {
  const client = clientCa !== undefined && clientCaFile !== undefined ? { [clientCa]: clientCaFile } : {};
  return { [cert]: certFile, [key]: keyFile, ...client };
}

function contextOf(contents: Contents, { cert, key, clientCa = '' }: TLSVariables): SecureContextOptions {
  const ca = contents[clientCa];
  const options: SecureContextOptions = { cert: contents[cert], key: contents[key], minVersion: 'TLSv1.2', ...(ca && { ca }) };
  try {
    createSecureContext(options);
  } catch (error) {
    // The reason is OpenSSL's, such as "key values mismatch"; it holds nothing of the key.
    throw new StartError(`${Object.keys(contents).join(' and ')} cannot be used together (${(error as Error).message}).`);
  }
  return options;
}

/** An HTTPS server whose certificates follow their files. Rejects with StartError if they cannot be used now. */
export async function createTLSServer(
  wanted: TLSFiles,
  variables: TLSVariables,
  app: RequestListener,
  logger: Logger,
  everyMs?: number,
): Promise<{ server: Server; files: Followed }> {
  const client = wanted.clientCaFile === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const server = createServer({ ...client, handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, app);
  const use = (contents: Contents): void => {
    server.setSecureContext(contextOf(contents, variables));
  };
  const files = await follow(pathsOf(wanted, variables), use, logger, everyMs);
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    // Node says why it refused a certificate here, and OpenSSL everything else in the code.
    const reason = (socket.authorizationError as unknown) ?? error.code;
    // What a port scan or a TCP probe leaves behind is no news.
    logEntry(logger, reason === 'ECONNRESET' ? 'handshakeDropped' : 'handshakeFailed', { reason, certificate: variables.cert });
  });
  return { server, files };
}
