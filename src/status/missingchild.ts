/** The readiness of a child that does not exist, or not yet. */
import type { ConditionType } from '../api/condition.ts';
import type { ChildKind } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Manifest, Readiness } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { isPast, minute, secondsSince, wholeSeconds } from '../lib/time.ts';
import type { Child, Context } from '../api/child.ts';
import { heldByFinalizer, describeObject } from '../observed/finalizers.ts';
import { kubectl } from '../observed/commands.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { refusalCommand } from '../observed/pendingchanges.ts';

/** Seconds after which a desired child that is not observed was not applied: two resync periods of the CompositeController, and the rounding of its time. */
const MISSING_CHILD_SECONDS = 180;

/** The same in two steps, for a child with the same readiness before and after it is observed: seconds until it is reported as missing, and from then on. */
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

/** An object that is being deleted; it is created again, unless a finalizer of another controller keeps it for too long. */
export function terminating(live: KubeObject, o: Observed): Readiness {
  const { held, ...recheck } = heldByFinalizer([live], o);
  const message = `${describeObject(live)} is being deleted; it is created again once it is gone`;
  return held ?? { status: 'False', reason: 'Deleting', message, ...recheck };
}

const creating = (object: string): Readiness => ({ status: 'False', reason: 'Creating', message: `${object} is being created` });

/** To the minute: the time of the request is then mostly equal to the creation time of the object, which counts once it is observed. */
function requested(words: Readiness, { kind, metadata: { name } }: Manifest | KubeObject, since: string): Readiness {
  return { ...words, message: `${words.message}, requested at ${since}`, creation: { kind, name, since: wholeSeconds(since) } };
}

/** What the last status keeps of the creation of an object. */
function creationBefore(
  { kind, metadata: { name } }: Manifest | KubeObject,
  { bestie, now }: Observed,
): { since: string | undefined; isRefused: boolean } {
  const entry = bestie.status.creations?.find((each) => each?.kind === kind && each.name === name);
  const since = entry?.since;
  return { since: isPast(since, now) ? since : undefined, isRefused: entry?.refused === true };
}

/** Since when the object has been requested, and when to check again whether that is too long. */
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
 * A desired child that may be created and is not observed: new, or, after a while, another object has its name. The creation in status may be
 * that of an object that was observed and is gone: when it is too old, the child is requested once more.
 */
export function missingReadiness(manifest: Manifest, child: Child, o: Context): Readiness {
  const { since: before, isRefused } = creationBefore(manifest, o);
  if (isRefused) return notApplied(manifest, before ?? o.now, child, o);
  const reason = previousConditions(o.bestie.status).get(child.condition)?.reason;
  const last = creating(`${manifest.kind} ${manifest.metadata.name}`);
  const first = child.pendingReadiness?.(manifest.metadata.name, o) ?? last;
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
  // The second step counts seconds: its message need not stay the same.
  return waiting(last, manifest, o.now, { patience: rest, now: o.now });
}

/**
 * The readiness of a child that is observed and not ready yet: while it is young the same as before it was observed, which saves a write. The last
 * status, which may be one write behind, decides only whether a replica whose clock is ahead has reported it as old already.
 */
export function observedReadiness(readiness: Readiness, live: KubeObject | undefined, child: Child, o: Observed): Readiness {
  const words = live && child.pendingReadiness?.(live.metadata.name, o);
  const created = live?.metadata.creationTimestamp ?? '';
  const isPending = words?.reason === readiness.reason && words.message === readiness.message;
  if (live === undefined || !isPending || Number.isNaN(Date.parse(created))) return readiness;
  if (secondsSince(created, o.now) >= MISSING_CHILD_SECONDS) return readiness;
  const wasPending = previousConditions(o.bestie.status).get(child.condition)?.reason === readiness.reason;
  if (wasPending && creationBefore(live, o).since === undefined) return readiness;
  return requested(readiness, live, minute(created));
}
