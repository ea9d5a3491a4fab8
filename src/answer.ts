/** The straight line from a request body to an answer: decode → plan → encode. The server and the sandbox both call it. */
import type { CustomizeResponse, SyncResponse } from './api/hook.ts';
import type { Observed, Plan } from './api/kubernetes.ts';
import { decodeCustomize, decodeSync, holdable } from './hook/decode.ts';
import { encodeCustomize, encodePlan } from './hook/encode.ts';
import { eventsOf } from './plan/events.ts';
import { finalize } from './plan/finalize.ts';
import { related } from './plan/related.ts';
import { sync } from './plan/sync.ts';
import { transitions, type Transitions } from './plan/transitions.ts';
import { witness } from './plan/witness.ts';

export type HookName = 'sync' | 'finalize' | 'customize';

/** What was decided about what, and what just happened by it: for the sinks. */
export interface Decision {
  observed: Observed;
  plan: Plan;
  changes: Transitions;
}

export interface Answer {
  response: SyncResponse | CustomizeResponse;
  /** Not of customize, which decides nothing. */
  decision?: Decision;
}

/** Runs a step of an answer under a name; whoever measures steps passes one that does. */
export type Step = <T>(name: 'parse' | 'decode' | 'plan' | 'encode', step: () => T) => T;

const plainly: Step = (_name, step) => step();

function decided(observed: Observed, decide: (o: Observed) => Plan): Decision {
  const plan = decide(observed);
  const changes = transitions(observed.bestie.status, plan.status, witness(plan.children, observed));
  // A Bestie that may go leaves nothing behind that somebody would have to read.
  const children = plan.finalized ? plan.children : [...plan.children, ...eventsOf(changes, observed)];
  return { observed, plan: { ...plan, children }, changes };
}

function planned(body: unknown, now: string, hook: 'sync' | 'finalize', decide: (o: Observed) => Plan, step: Step): Answer {
  const observed = step('decode', () => decodeSync(body, now));
  const decision = step('plan', () => decided(observed, decide));
  return { response: step('encode', () => encodePlan(decision.plan, observed, hook)), decision };
}

/** Plans for a Bestie that is being deleted, or only stopped being selected: then it lets go and changes nothing. */
const parting = (o: Observed): Plan => finalize(o.bestie.metadata.deletionTimestamp == null ? holdable(o) : o);

/** One function per hook. `body` is the parsed JSON, `now` an RFC 3339 time. Throws HookError. */
export const answers: Record<HookName, (body: unknown, now: string, step?: Step) => Answer> = {
  sync: (body, now, step = plainly) => planned(body, now, 'sync', (o) => sync(holdable(o)), step),
  finalize: (body, now, step = plainly) => planned(body, now, 'finalize', parting, step),
  customize: (body, _now, step = plainly) => {
    const request = step('decode', () => decodeCustomize(body));
    const rules = step('plan', () => related(request));
    return { response: step('encode', () => encodeCustomize(rules)) };
  },
};
