/** What is said of a child that is not there, or not there yet. */
import type { ConditionType } from '../api/condition.ts';
import type { ChildKind } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { Condition, KubeObject, Manifest, Readiness } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { minute, secondsSince } from '../lib/time.ts';
import type { Child, Context } from '../api/child.ts';
import { heldByFinalizer, shown } from '../observed/finalizers.ts';
import { kubectl } from '../observed/commands.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { refusalCommand } from '../observed/pendingchanges.ts';

/** Seconds after which a wanted child that is not seen was not applied: two resync periods of the CompositeController, and what its time is rounded by. */
const PATIENCE = 180;

/** The same in two steps, for a child of which the same is said before and after it is seen: seconds until it is called missing, and from then on. */
const STEPS = { underway: 120, creating: 60 } as const;

export const notInstalled = ({ kind, component }: ChildKind): Readiness => ({
  status: 'False',
  reason: 'APINotInstalled',
  message: `the CompositeController does not declare ${kind}; ${component === 'base' ? 'install that of this release' : `install an overlay with the component ${component}, or leave the field out`}`,
});

export const waitingFor = (type: ConditionType): Readiness => ({
  status: 'False',
  reason: 'DependencyNotReady',
  message: `waiting for ${type}`,
});

/** What is on its way out; it is created anew, unless a finalizer of another holds it for too long. */
export function terminating(live: KubeObject, o: Observed): Readiness {
  const { held, ...recheck } = heldByFinalizer([live], o);
  const message = `${shown(live)} is being deleted; it is created anew when it is gone`;
  return held ?? { status: 'False', reason: 'Deleting', message, ...recheck };
}

const creating = (object: string): Readiness => ({ status: 'False', reason: 'Creating', message: `${object} is being created` });

/** To the minute: the time at which an object is created, which is told once it is seen, is then mostly the one at which it was asked for. */
const asked = ({ message }: Readiness, since: string): string => `${message}, requested at ${since}`;

/** Since when these words have been said, by the status that was last written; undefined where it says something else. */
function askedAt(words: Readiness, before: Condition | undefined): string | undefined {
  const start = asked(words, '');
  const told = before?.reason === words.reason && before.message.startsWith(start) ? before.message.slice(start.length) : '';
  return Number.isNaN(Date.parse(told)) ? undefined : told;
}

/** Says since when the object has been asked for, and wants to look again when that has become too long. */
const waiting = (words: Readiness, since: string, { patience, now }: { patience: number; now: string }): Readiness => ({
  ...words,
  message: asked(words, since),
  recheckAfterSeconds: patience - secondsSince(since, now),
});

function notApplied(object: string, { metadata }: Manifest, child: Child, o: Context): Readiness {
  const { uid } = o.bestie.metadata;
  const { api } = child;
  const message =
    `${object} is wanted and not seen as a child. Either the API server refuses to create it${child.refusedBecause?.(o) ?? ''}; its words: ` +
    `${refusalCommand(o)}; or another object has its name: if ${kubectl(o, `get ${api.resource} ${metadata.name}`)} shows one, hand it over: ` +
    kubectl(o, `label ${api.resource} ${metadata.name} --overwrite ${CONTROLLER_UID_LABEL}=${uid}`);
  return { status: 'False', reason: 'NotApplied', message };
}

/**
 * A wanted child that nothing stands in the way of and that is not observed: new, or, after a while, taken by somebody else. What is said of
 * one that is on its way may be of an object that was seen and is gone: when that has been said for too long, it is asked for once more.
 */
export function absent(manifest: Manifest, child: Child, o: Context): Readiness {
  const object = `${manifest.kind} ${manifest.metadata.name}`;
  const before = previousConditions(o.bestie.status).get(child.condition);
  if (before?.reason === 'NotApplied' && before.message.startsWith(`${object} `)) return notApplied(object, manifest, child, o);
  const last = creating(object);
  const first = child.pendingReadiness?.(manifest.metadata.name) ?? last;
  const isOneStep = child.pendingReadiness === undefined;
  const [patience, rest] = isOneStep ? [PATIENCE, PATIENCE] : [STEPS.underway, STEPS.creating];
  const isLate = (since: string, seconds: number): boolean => secondsSince(since, o.now) >= seconds;
  const lately = askedAt(last, before);
  if (lately !== undefined)
    return isLate(lately, rest) ? notApplied(object, manifest, child, o) : waiting(last, lately, { patience: rest, now: o.now });
  const since = askedAt(first, before) ?? minute(o.now);
  if (!isLate(since, patience)) return waiting(first, since, { patience, now: o.now });
  // The second step is counted to the second: nothing has to be said in the same words any more.
  return waiting(last, o.now, { patience: rest, now: o.now });
}

/**
 * What is told of a child that is seen and on its way: while it is young the same as before it was seen, which is no write then. The last
 * status, which may be a write old, is asked for one thing alone: whether it was called old already, by a replica whose clock is ahead.
 */
export function seen(readiness: Readiness, live: KubeObject | undefined, child: Child, o: Observed): Readiness {
  const words = live && child.pendingReadiness?.(live.metadata.name);
  const created = live?.metadata.creationTimestamp ?? '';
  const isSaid = words?.reason === readiness.reason && words.message === readiness.message;
  if (!isSaid || Number.isNaN(Date.parse(created)) || secondsSince(created, o.now) >= PATIENCE) return readiness;
  const before = previousConditions(o.bestie.status).get(child.condition);
  if (before?.reason === readiness.reason && before.message === readiness.message) return readiness;
  return { ...readiness, message: asked(words, minute(created)) };
}
