/** The straight line from a request body to an answer: decode → plan → encode. The server and the sandbox both call it. */
import type { CustomizeResponse, SyncResponse } from './api/hook.ts';
import type { Observed, Plan } from './api/observed.ts';
import { childKindKeys } from './api/kinds.ts';
import { decodeCustomize, decodeSync, type Subject } from './hook/decode.ts';
import { HookError } from './hook/errors.ts';
import { encodeCustomize, encodePlan } from './hook/encode.ts';
import { operationsOf as inferredOperations, type ChildOperation } from './observed/operations.ts';
import { failedOperations } from './status/failedoperations.ts';
import { eventsOf } from './status/events.ts';
import { finalize } from './plan/finalize.ts';
import { related } from './plan/related.ts';
import { isHoldable } from './plan/hold.ts';
import { sync } from './plan/sync.ts';
import { worldOf } from './plan/world.ts';
import { isQuiet as nothingHappened, transitions, type Transitions } from './status/transitions.ts';
import { witness } from './status/witness.ts';

/** The controller of Besties. */
export const bestie: Subject = { parent: { apiVersion: 'pets.bestie.com/v1', kind: 'Bestie' }, children: childKindKeys };

/** A decoded request about a Bestie. `body` is the parsed JSON, `now` an RFC 3339 time. Throws HookError. */
export const decodeBestie = (body: unknown, now: string): Observed => worldOf(decodeSync(body, bestie), now);

export type HookName = 'sync' | 'finalize' | 'customize';

/** What was observed, what was decided, and what has changed by it: for the sinks. */
export interface Decision {
  observed: Observed;
  plan: Plan;
  changes: Transitions;
}

export interface Answer {
  response: SyncResponse | CustomizeResponse;
  /** Undefined for customize, which decides nothing. */
  decision?: Decision;
}

/** Runs a step of an answer under a name; a caller that measures steps passes one that does. */
export type Step = <T>(name: 'parse' | 'decode' | 'plan' | 'encode', step: () => T) => T;

const plainly: Step = (_name, step) => step();

function decided(observed: Observed, decide: (o: Observed) => Plan): Decision {
  const plan = decide(observed);
  const changes = transitions(observed.bestie.status, plan.status, witness(plan.children, observed));
  // A Bestie that is finalized gets no more Events: no user would read them.
  const children = plan.finalized ? plan.children : [...plan.children, ...eventsOf(changes, observed)];
  return { observed, plan: { ...plan, children }, changes };
}

function planned(body: unknown, now: string, hook: 'sync' | 'finalize', decide: (o: Observed) => Plan, step: Step): Answer {
  const observed = step('decode', () => decodeBestie(body, now));
  const decision = step('plan', () => decided(observed, decide));
  const bounds = { namespace: observed.bestie.metadata.namespace, manages: observed.manages };
  return { response: step('encode', () => encodePlan(decision.plan, bounds, hook)), decision };
}

/** Throws HookError if no child has a record: under server-side apply an answer that repeats the records would strip every field. */
export function holdable(o: Observed): Observed {
  if (!isHoldable(o)) throw new HookError('UnsupportedApplyStrategy');
  return o;
}

/** Plans for a Bestie that is being deleted, or that is no longer selected: the latter changes nothing. */
const parting = (o: Observed): Plan => finalize(o.bestie.metadata.deletionTimestamp == null ? holdable(o) : o);

/** One function per hook. `body` is the parsed JSON, `now` an RFC 3339 time. Throws HookError. */
export const answers: Record<HookName, (body: unknown, now: string, step?: Step) => Answer> = {
  sync: (body, now, step = plainly) => planned(body, now, 'sync', (o) => sync(holdable(o)), step),
  finalize: (body, now, step = plainly) => planned(body, now, 'finalize', parting, step),
  customize: (body, _now, step = plainly) => {
    const request = step('decode', () => decodeCustomize(body, bestie));
    const rules = step('plan', () => related(request));
    return { response: step('encode', () => encodeCustomize(rules)) };
  },
};

/** The operations that an answer requests from Metacontroller. */
export const operationsOf = ({ plan, observed }: Decision): ChildOperation[] => inferredOperations(plan.children, observed);

/** The requested operations that failed, as became known with this answer. */
export const failuresOf = ({ changes, observed, plan }: Decision): ChildOperation['operation'][] =>
  failedOperations(changes, observed.bestie.status, plan.status);

/** Whether nothing happened that a user may want to know. */
export const isQuiet = ({ changes }: Decision): boolean => nothingHappened(changes);

export type { ChildOperation };
