/** Authorization: a request must carry the bearer token that is mounted as a file. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { HookError } from '../hook/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { follow, StartError, type Contents, type Followed } from './files.ts';

/** Throws HookError Unauthorized unless the Authorization header carries the token. */
export type Authorize = (header: string | undefined) => void;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Where the token is; `variable` is what a message calls it. */
interface TokenFile {
  readonly variable: string;
  readonly path: string;
}

/** The token, trimmed as Metacontroller and Prometheus trim the one they send. */
function tokenIn(content: Buffer | undefined, variable: string): string {
  const token = content?.toString('utf8').trim() ?? '';
  if (token === '') throw new StartError(`${variable} names an empty file: put the token into it, or unset the variable.`);
  return token;
}

/** Compares digests: they are of one length, so the time taken shows neither the token's length nor how much of it was right. */
export async function createAuthorize(
  { variable, path }: TokenFile,
  logger: Logger,
  everyMs?: number,
): Promise<{ authorize: Authorize; files: Followed }> {
  let wanted: Buffer = Buffer.alloc(0);
  const use = (contents: Contents): void => {
    wanted = digest(tokenIn(contents[variable], variable));
  };
  const files = await follow({ [variable]: path }, use, logger, everyMs);
  const authorize: Authorize = (header) => {
    const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), wanted)) throw new HookError('Unauthorized');
  };
  return { authorize, files };
}
