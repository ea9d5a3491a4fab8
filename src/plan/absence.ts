/** What is said of a child that is not there, or not there yet. */
import type { ConditionType } from '../api/condition.ts';
import type { ChildKind } from '../api/kinds.ts';
import type { Condition, KubeObject, Manifest, Observed, Readiness } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { secondsSince } from '../api/time.ts';
import type { Child } from '../children/child.ts';
import { previousConditions } from './conditions.ts';

/** Seconds after which a wanted child that is not seen was not applied: two resync periods of the CompositeController. */
const PATIENCE = 120;

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

export const terminating = ({ kind, metadata: { name } }: KubeObject): Readiness => ({
  status: 'False',
  reason: 'Deleting',
  message: `${kind} ${name} is being deleted; it is created anew when it is gone`,
});

/** Since when an object has been asked for stands at the end of the message: so that the next answers know it. */
const asked = (message: string, since: string): string => `${message}, asked for at ${since}`;

/** Since when what is said here has been said of an object that was asked for, by the status that was last written. */
function askedAt({ reason, message }: Readiness, before: Condition | undefined): string | undefined {
  const start = asked(message, '');
  const told = before?.reason === reason && before.message.startsWith(start) ? before.message.slice(start.length) : '';
  return Number.isNaN(Date.parse(told)) ? undefined : told;
}

/** Says since when the object was asked for, and wants to look again when that has become too long. */
const waiting = (readiness: Readiness, since: string, now: string): Readiness => ({
  ...readiness,
  message: asked(readiness.message, since),
  recheckAfterSeconds: Math.min(PATIENCE - secondsSince(since, now), readiness.recheckAfterSeconds ?? PATIENCE),
});

/** A wanted child that nothing stands in the way of and that is not observed: new, or, after a while, taken by somebody else. */
export function absent({ kind, metadata }: Manifest, child: Child, o: Observed): Readiness {
  const object = `${kind} ${metadata.name}`;
  const before = previousConditions(o.bestie.status).get(child.condition);
  const words = child.underway?.(metadata.name) ?? { status: 'False', reason: 'Creating', message: `${object} is being created` };
  const since = askedAt(words, before) ?? o.now;
  const isTold = before?.reason === 'NotApplied' && before.message.startsWith(`${object} `);
  if (secondsSince(since, o.now) < PATIENCE && !isTold) return waiting(words, since, o.now);
  const { namespace, uid } = o.bestie.metadata;
  const message =
    `${object} is wanted but not seen as a child: an object of that name belongs to somebody else, or may not be created. ` +
    `To hand it over: kubectl -n ${namespace} label ${child.api.resource} ${metadata.name} --overwrite ${CONTROLLER_UID_LABEL}=${uid}`;
  return { status: 'False', reason: 'NotApplied', message };
}

/** A child that is seen now and still on its way goes on being told as before: that it is seen would be a write of its own. */
export function seen(readiness: Readiness, { condition }: Child, o: Observed): Readiness {
  if (readiness.status === 'True') return readiness;
  const since = askedAt(readiness, previousConditions(o.bestie.status).get(condition));
  return since !== undefined && secondsSince(since, o.now) < PATIENCE ? waiting(readiness, since, o.now) : readiness;
}
