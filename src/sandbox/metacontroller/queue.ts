/** Metacontroller's work queue: keys that are due, delays that only ever shorten, and exponential backoff per key. Times in milliseconds. */
const BASE = 5;
const LONGEST = 1_000_000;

export interface WorkQueue {
  add(key: string): void;
  /** A later time than one that is pending already changes nothing. */
  addAfter(key: string, milliseconds: number): void;
  addRateLimited(key: string): void;
  forget(key: string): void;
  /** Takes the next key that is due. */
  take(): string | undefined;
  /** When each waiting key is due. */
  pending: () => ReadonlyMap<string, number>;
  clear(): void;
}

export function createQueue(now: () => number): WorkQueue {
  const ready = new Set<string>();
  const delayed = new Map<string, number>();
  const failures = new Map<string, number>();
  const addAfter = (key: string, milliseconds: number): void => {
    if (milliseconds <= 0) ready.add(key);
    else delayed.set(key, Math.min(delayed.get(key) ?? Infinity, now() + milliseconds));
  };
  return {
    add: (key) => {
      ready.add(key);
    },
    addAfter,
    addRateLimited: (key) => {
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      addAfter(key, Math.min(BASE * 2 ** failed, LONGEST));
    },
    forget: (key) => {
      failures.delete(key);
    },
    take: () => {
      for (const [key, due] of delayed) {
        if (due > now()) continue;
        delayed.delete(key);
        ready.add(key);
      }
      const [key] = ready;
      if (key !== undefined) ready.delete(key);
      return key;
    },
    pending: () => new Map([...delayed, ...[...ready].map((key) => [key, now()] as const)]),
    clear: () => {
      ready.clear();
      delayed.clear();
      failures.clear();
    },
  };
}
