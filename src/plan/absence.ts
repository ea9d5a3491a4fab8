/** What is said of a child that is not there. */
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

/** What the message about a new object says; the time is how the next answers know since when it has been asked for. */
const creating = (object: string, since: string): string => `${object} is being created, asked for at ${since}`;

/** Since when that very object has been asked for, by the status that was last written; now, where that says nothing of it. */
function askedAt(object: string, before: Condition | undefined, now: string): string {
  const told =
    before?.reason === 'Creating' ? before.message.startsWith(`${object} `) && / at (\S+)$/.exec(before.message)?.[1] : undefined;
  return told && !Number.isNaN(Date.parse(told)) ? told : now;
}

/** A wanted child that nothing stands in the way of and that is not observed: new, or, after a while, taken by somebody else. */
export function absent({ kind, metadata }: Manifest, { condition, api }: Child, o: Observed): Readiness {
  const object = `${kind} ${metadata.name}`;
  const before = previousConditions(o.bestie.status).get(condition);
  const since = askedAt(object, before, o.now);
  const waited = secondsSince(since, o.now);
  const isTold = before?.reason === 'NotApplied' && before.message.startsWith(`${object} `);
  if (waited < PATIENCE && !isTold) {
    return { status: 'False', reason: 'Creating', message: creating(object, since), recheckAfterSeconds: PATIENCE - waited };
  }
  const { namespace, uid } = o.bestie.metadata;
  const message =
    `${object} is wanted but not seen as a child: an object of that name belongs to somebody else, or may not be created. ` +
    `To hand it over: kubectl -n ${namespace} label ${api.resource} ${metadata.name} --overwrite ${CONTROLLER_UID_LABEL}=${uid}`;
  return { status: 'False', reason: 'NotApplied', message };
}
