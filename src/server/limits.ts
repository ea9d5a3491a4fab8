/** What keeps one process within bounds: how many requests at a time, how large a body, how slow. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { parseBody } from '../hook/body.ts';
import { HookError } from '../hook/errors.ts';

/**
 * The phase of the process: `shuttingDown` still answers, but on no connection twice, so that callers move on;
 * `refusing` answers nothing any more.
 */
export type Phase = 'starting' | 'serving' | 'shuttingDown' | 'refusing';

/** The door that every hook request goes through, and the one place that knows the phase. */
export interface Gate {
  phase: Phase;
  readonly inFlight: number;
  /** Takes a place, or throws HookError Overloaded or ShuttingDown. A caller that got in calls `leave` once. */
  admit(): void;
  leave(): void;
  /** Resolves as soon as no request is inside. */
  whenEmpty(): Promise<void>;
}

export function createGate(maxInFlight: number): Gate {
  let inFlight = 0;
  let waiting: (() => void)[] = [];
  return {
    phase: 'starting',
    get inFlight() {
      return inFlight;
    },
    admit() {
      if (this.phase === 'refusing') throw new HookError('ShuttingDown');
      if (inFlight >= maxInFlight) throw new HookError('Overloaded');
      inFlight += 1;
    },
    leave() {
      inFlight -= 1;
      if (inFlight > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    whenEmpty: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** `timeoutMs` is how long the whole body may take: Metacontroller waits ten seconds for a hook by default. */
export interface BodyBounds {
  maxBytes: number;
  timeoutMs: number;
}

/**
 * Reads a body once, within bounds. Resolves with nothing when the caller disconnected, or was cut off because it was too slow.
 * Throws HookError BodyTooLarge as soon as that is known; what still arrives is then read and dropped, so that the answer gets through.
 */
export function readBody(request: IncomingMessage, { maxBytes, timeoutMs }: BodyBounds): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      reject(new HookError('BodyTooLarge'));
      return;
    }
    let chunks: Buffer[] = [];
    let size = 0;
    const tooSlow = setTimeout(() => request.destroy(), timeoutMs);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks = [];
        reject(new HookError('BodyTooLarge'));
      }
    });
    request.once('end', () => {
      resolve(Buffer.concat(chunks, Math.min(size, maxBytes)));
    });
    request.once('close', () => {
      clearTimeout(tooSlow);
      resolve(undefined);
    });
  });
}

/** The value of a JSON text. Throws HookError MalformedJSON, without the parser's words: they quote the body. */
export function parseJSON(body: Buffer): unknown {
  // Decoding would silently replace what is not UTF-8, and we might write the replacement back.
  if (!isUtf8(body)) throw new HookError('MalformedJSON');
  try {
    return parseBody(body.toString('utf8'));
  } catch {
    throw new HookError('MalformedJSON');
  }
}
