/** TLS of the hook port: certificates from mounted files, exchanged without a restart; with a client CA, only its clients get in. */
import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Logger } from '../telemetry/logger.ts';
import { follow, StartError, type Contents, type Followed } from './files.ts';

export interface TLSFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile: string | undefined;
}

/** A caller that opens a connection and does not finish its handshake goes after this time. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

function contextOf({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CLIENT_CA_FILE: ca }: Contents): SecureContextOptions {
  const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2', ...(ca && { ca }) };
  try {
    createSecureContext(options);
  } catch (error) {
    // The reason is OpenSSL's, such as "key values mismatch"; it holds nothing of the key.
    throw new StartError(`TLS_CERT_FILE, TLS_KEY_FILE and TLS_CLIENT_CA_FILE cannot be used together (${(error as Error).message}).`);
  }
  return options;
}

/** An HTTPS server whose certificates follow their files. Rejects with StartError if they cannot be used now. */
export async function createTLSServer(
  { certFile, keyFile, clientCaFile }: TLSFiles,
  app: RequestListener,
  logger: Logger,
  everyMs?: number,
): Promise<{ server: Server; files: Followed }> {
  const client = clientCaFile === undefined ? {} : { requestCert: true, rejectUnauthorized: true };
  const server = createServer({ ...client, handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, app);
  const paths = { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile, ...(clientCaFile !== undefined && { TLS_CLIENT_CA_FILE: clientCaFile }) };
  const use = (contents: Contents): void => {
    server.setSecureContext(contextOf(contents));
  };
  const files = await follow(paths, use, logger, everyMs);
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    // Node says why it refused a certificate here, and OpenSSL everything else in the code.
    const reason = (socket.authorizationError as unknown) ?? error.code;
    // What a port scan or a TCP probe leaves behind is no news.
    logger.log(reason === 'ECONNRESET' ? 'debug' : 'warn', 'TLS handshake failed', { reason });
  });
  return { server, files };
}
