/** Files that Kubernetes mounts and replaces while we run: a token, a certificate. */
import { readFile } from 'node:fs/promises';
import { logEntry } from '../telemetry/entries.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Why the server cannot start, in a sentence for the administrator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Paths by the variable that names them; messages use the name of the variable. */
export type Paths = Readonly<Record<string, string>>;
export type Contents = Readonly<Record<string, Buffer>>;

export interface Followed {
  /** Looks once, now. Never rejects. */
  poll(): Promise<void>;
  stop(): void;
}

const read = async ([variable, path]: [string, string]): Promise<[string, Buffer]> => {
  try {
    return [variable, await readFile(path)];
  } catch (error) {
    throw new StartError(`${variable} names ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code}): mount it there.`);
  }
};

async function readAll(paths: Paths): Promise<Contents> {
  return Object.fromEntries(await Promise.all(Object.entries(paths).map(read)));
}

/** The content is compared, not the file's times: a mounted Secret is replaced by swapping a symbolic link above it. */
const same = (before: Contents, after: Contents): boolean =>
  Object.keys(after).every((name) => after[name]?.equals(before[name] ?? Buffer.of()));

/**
 * Hands the contents to `use`, now and whenever they change. Rejects with StartError if that fails now; if it fails later, the last good
 * contents stay in use, one log entry reports it, and it is tried again: files that belong together are not always replaced together.
 */
export async function follow(paths: Paths, use: (contents: Contents) => void, logger: Logger, everyMs = 5_000): Promise<Followed> {
  let current = await readAll(paths);
  let complaint = '';
  use(current);
  const poll = async (): Promise<void> => {
    try {
      const next = await readAll(paths);
      if (same(current, next)) return;
      use(next);
      current = next;
      complaint = '';
      logEntry(logger, 'filesChanged', { files: Object.keys(paths) });
    } catch (error) {
      const { message } = error as Error;
      if (message !== complaint) logEntry(logger, 'filesUnusable', { problem: message });
      complaint = message;
    }
  };
  const timer = setInterval(() => void poll(), everyMs).unref();
  return {
    poll,
    stop: () => {
      clearInterval(timer);
    },
  };
}
