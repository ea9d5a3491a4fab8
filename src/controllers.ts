/** The straight line from a request body to an answer: decode → plan → encode. The server and the sandbox both call it. */
import type { CustomizeResponse, SyncResponse } from './api/hook.ts';
import type { Observed, Plan } from './api/observed.ts';
import { childKindKeys } from './api/kinds.ts';
import { decodeCustomize, decodeSync, type Subject } from './hook/decode.ts';
import { HookError } from './hook/errors.ts';
import { encodeCustomize, encodePlan } from './hook/encode.ts';
import { operationsOf as inferredOperations, type Operation } from './observed/operations.ts';
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

/** A request about a Bestie as a world to decide about. `body` is the parsed JSON, `now` an RFC 3339 time. Throws HookError. */
export const decodeBestie = (body: unknown, now: string): Observed => worldOf(decodeSync(body, bestie), now);

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

/** Runs a step of an answer under a name; a caller that measures steps passes one that does. */
export type Step = <T>(name: 'parse' | 'decode' | 'plan' | 'encode', step: () => T) => T;

const plainly: Step = (_name, step) => step();

function decided(observed: Observed, decide: (o: Observed) => Plan): Decision {
  const plan = decide(observed);
  const changes = transitions(observed.bestie.status, plan.status, witness(plan.children, observed));
  // A Bestie whose finalizer may be removed writes no Events: no user would read them.
  const children = plan.finalized ? plan.children : [...plan.children, ...eventsOf(changes, observed)];
  return { observed, plan: { ...plan, children }, changes };
}

function planned(body: unknown, now: string, hook: 'sync' | 'finalize', decide: (o: Observed) => Plan, step: Step): Answer {
  const observed = step('decode', () => decodeBestie(body, now));
  const decision = step('plan', () => decided(observed, decide));
  return { response: step('encode', () => encodePlan(decision.plan, observed, hook)), decision };
}

/** Throws HookError where nothing could be kept as it is: under server-side apply an answer that repeats the records would strip every field. */
export function holdable(o: Observed): Observed {
  if (!isHoldable(o)) throw new HookError('UnsupportedApplyStrategy');
  return o;
}

/** Plans for a Bestie that is being deleted, or only stopped being selected: then it lets go and changes nothing. */
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

/** What Metacontroller is asked to do by an answer. */
export const operationsOf = ({ plan, observed }: Decision): Operation[] => inferredOperations(plan.children, observed);

/** What it was asked to do and could not, where that became known with this answer. */
export const failuresOf = ({ changes, observed, plan }: Decision): Operation['operation'][] =>
  failedOperations(changes, observed.bestie.status, plan.status);

/** Whether anything happened that a person may want to know of. */
export const isQuiet = ({ changes }: Decision): boolean => nothingHappened(changes);

export type { Operation };
