/** Who may ask: the bearer of a token that is mounted as a file. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { HookError } from '../hook/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { follow, StartError, type Followed } from './files.ts';

/** Throws HookError Unauthorized unless the Authorization header carries the token. */
export type Authorize = (header: string | undefined) => void;

const VARIABLE = 'AUTH_TOKEN_FILE';
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The token, trimmed as Metacontroller trims the one it sends. */
function tokenIn(content: Buffer | undefined): string {
  const token = content?.toString('utf8').trim() ?? '';
  if (token === '') throw new StartError(`${VARIABLE} names an empty file: put the token into it, or unset the variable.`);
  return token;
}

/** Compares digests: they are of one length, so the time taken tells neither the token's length nor how much of it was right. */
export async function createAuthorize(path: string, logger: Logger, everyMs?: number): Promise<{ authorize: Authorize; files: Followed }> {
  let wanted: Buffer = Buffer.alloc(0);
  const use = (contents: Readonly<Record<string, Buffer>>): void => {
    wanted = digest(tokenIn(contents[VARIABLE]));
  };
  const files = await follow({ [VARIABLE]: path }, use, logger, everyMs);
  const authorize: Authorize = (header) => {
    const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
    if (given === undefined || !timingSafeEqual(digest(given), wanted)) throw new HookError('Unauthorized');
  };
  return { authorize, files };
}
