/** What the server needs of a tracer. The one that exists is in tracing.ts, which is loaded only where traces are configured. */
import type { IncomingHttpHeaders } from 'node:http';

/** One request that is traced. */
export interface RequestTrace {
  /** Runs a step of the answer in a span of its own. */
  step: <T>(name: string, step: () => T) => T;
  /** Ends the span of the request; `attributes` of undefined are left out. */
  end: (status: number, attributes: Readonly<Record<string, string | undefined>>) => void;
}

export interface Tracing {
  /** Begins the span of a request, below the one that its `traceparent` names, if any. */
  begin: (path: string, headers: IncomingHttpHeaders) => RequestTrace;
  /** Sends what has not been sent yet. Never rejects. */
  flush: () => Promise<void>;
  /** The same for the last time; stops trying after a few seconds. */
  stop: () => Promise<void>;
}
