/** What is said of a child that is not there, or not there yet. */
import type { ConditionType } from '../api/condition.ts';
import type { ChildKind } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Manifest, Readiness } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { minute, secondsSince, wholeSeconds } from '../lib/time.ts';
import type { Child, Context } from '../api/child.ts';
import { heldByFinalizer, describeObject } from '../observed/finalizers.ts';
import { kubectl } from '../observed/commands.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { refusalCommand } from '../observed/pendingchanges.ts';

/** Seconds after which a wanted child that is not seen was not applied: two resync periods of the CompositeController, and what its time is rounded by. */
const MISSING_CHILD_SECONDS = 180;

/** The same in two steps, for a child of which the same is said before and after it is seen: seconds until it is called missing, and from then on. */
const TWO_STEP_SECONDS = { underway: 120, creating: 60 } as const;

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
  const message = `${describeObject(live)} is being deleted; it is created again once it is gone`;
  return held ?? { status: 'False', reason: 'Deleting', message, ...recheck };
}

const creating = (object: string): Readiness => ({ status: 'False', reason: 'Creating', message: `${object} is being created` });

/** To the minute: the time at which an object is created, which counts once it is seen, is then mostly the one at which it was requested. */
function requested(words: Readiness, { kind, metadata: { name } }: Manifest | KubeObject, since: string): Readiness {
  return { ...words, message: `${words.message}, requested at ${since}`, creation: { kind, name, since: wholeSeconds(since) } };
}

/** What the last status keeps of the creation of an object. */
function creationBefore(
  { kind, metadata: { name } }: Manifest | KubeObject,
  { bestie }: Observed,
): { since: string | undefined; isRefused: boolean } {
  const entry = bestie.status.creations?.find((each) => each?.kind === kind && each.name === name);
  const since = entry?.since ?? '';
  return { since: Number.isNaN(Date.parse(since)) ? undefined : since, isRefused: entry?.refused === true };
}

/** Since when the object has been requested, and when to look again whether that has become too long. */
const waiting = (words: Readiness, manifest: Manifest, since: string, { patience, now }: { patience: number; now: string }): Readiness => ({
  ...requested(words, manifest, since),
  recheckAfterSeconds: patience - secondsSince(since, now),
});

function notApplied(manifest: Manifest, since: string, child: Child, o: Context): Readiness {
  const { kind, metadata } = manifest;
  const { uid } = o.bestie.metadata;
  const { api } = child;
  const message =
    `${kind} ${metadata.name} does not exist as a child of this Bestie. Either the API server refuses to create it${child.refusedBecause?.(o) ?? ''}; see its error: ` +
    `${refusalCommand(o)}; or another object has its name: if ${kubectl(o, `get ${api.resource} ${metadata.name}`)} shows one, hand it over: ` +
    kubectl(o, `label ${api.resource} ${metadata.name} --overwrite ${CONTROLLER_UID_LABEL}=${uid}`);
  return {
    status: 'False',
    reason: 'NotApplied',
    message,
    creation: { kind, name: metadata.name, since: wholeSeconds(since), refused: true },
  };
}

/**
 * A wanted child that nothing stands in the way of and that is not observed: new, or, after a while, taken by another object. What status keeps of one
 * that is on its way may be of an object that was seen and is gone: when that has been so for too long, it is asked for once more.
 */
export function missingReadiness(manifest: Manifest, child: Child, o: Context): Readiness {
  const { since: before, isRefused } = creationBefore(manifest, o);
  if (isRefused) return notApplied(manifest, before ?? o.now, child, o);
  const reason = previousConditions(o.bestie.status).get(child.condition)?.reason;
  const last = creating(`${manifest.kind} ${manifest.metadata.name}`);
  const first = child.pendingReadiness?.(manifest.metadata.name) ?? last;
  const isOneStep = child.pendingReadiness === undefined;
  const [patience, rest] = isOneStep
    ? [MISSING_CHILD_SECONDS, MISSING_CHILD_SECONDS]
    : [TWO_STEP_SECONDS.underway, TWO_STEP_SECONDS.creating];
  const isLate = (since: string, seconds: number): boolean => secondsSince(since, o.now) >= seconds;
  if (before !== undefined && reason === last.reason)
    return isLate(before, rest)
      ? notApplied(manifest, before, child, o)
      : waiting(last, manifest, isOneStep ? minute(before) : before, { patience: rest, now: o.now });
  const since = minute(before !== undefined && reason === first.reason ? before : o.now);
  if (!isLate(since, patience)) return waiting(first, manifest, since, { patience, now: o.now });
  // The second step is counted to the second: nothing has to be said in the same words any more.
  return waiting(last, manifest, o.now, { patience: rest, now: o.now });
}

/**
 * What is said of a child that is seen and on its way: while it is young the same as before it was seen, which is no write then. The last
 * status, which may be a write old, is asked for one thing alone: whether it was called old already, by a replica whose clock is ahead.
 */
export function observedReadiness(readiness: Readiness, live: KubeObject | undefined, child: Child, o: Observed): Readiness {
  const words = live && child.pendingReadiness?.(live.metadata.name);
  const created = live?.metadata.creationTimestamp ?? '';
  const isPending = words?.reason === readiness.reason && words.message === readiness.message;
  if (live === undefined || !isPending || Number.isNaN(Date.parse(created))) return readiness;
  if (secondsSince(created, o.now) >= MISSING_CHILD_SECONDS) return readiness;
  const wasPending = previousConditions(o.bestie.status).get(child.condition)?.reason === readiness.reason;
  if (wasPending && creationBefore(live, o).since === undefined) return readiness;
  return requested(readiness, live, minute(created));
}
