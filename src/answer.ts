/** The straight line from a request body to an answer: decode → plan → encode. The server and the sandbox both call it. */
import type { CustomizeResponse, SyncResponse } from './api/hook.ts';
import type { Observed, Plan } from './api/kubernetes.ts';
import { decodeCustomize, decodeSync, holdable } from './hook/decode.ts';
import { encodeCustomize, encodePlan } from './hook/encode.ts';
import { finalize } from './plan/finalize.ts';
import { related } from './plan/related.ts';
import { sync } from './plan/sync.ts';

export type HookName = 'sync' | 'finalize' | 'customize';

/** `observed` and `plan` are there for the sinks: what was decided, and about what. */
export interface Answer {
  response: SyncResponse | CustomizeResponse;
  observed?: Observed;
  plan?: Plan;
}

function planned(body: unknown, now: string, hook: 'sync' | 'finalize', decide: (o: Observed) => Plan): Answer {
  const observed = decodeSync(body, now);
  const plan = decide(observed);
  return { response: encodePlan(plan, observed, hook), observed, plan };
}

/** One function per hook. `body` is the parsed JSON, `now` an RFC 3339 time. Throws HookError. */
export const answers: Record<HookName, (body: unknown, now: string) => Answer> = {
  sync: (body, now) => planned(body, now, 'sync', (o) => sync(holdable(o))),
  finalize: (body, now) => planned(body, now, 'finalize', (o) => finalize(o.bestie.metadata.deletionTimestamp == null ? holdable(o) : o)),
  customize: (body) => ({ response: encodeCustomize(related(decodeCustomize(body))) }),
};
