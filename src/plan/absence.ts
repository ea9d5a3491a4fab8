/** What is said of a child that is not there. */
import type { ConditionType } from '../api/condition.ts';
import type { ChildKind } from '../api/kinds.ts';
import type { KubeObject, Manifest, Observed, Readiness } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { secondsSince } from '../api/time.ts';
import type { Child } from '../children/child.ts';
import { dated, previousConditions } from './conditions.ts';

/** Seconds after which a wanted child that is not seen was not applied: two resync periods of the CompositeController. */
const PATIENCE = 120;

export const notInstalled = ({ kind, component }: ChildKind): Readiness => ({
  status: 'False',
  reason: 'APINotInstalled',
  message: `the CompositeController does not declare ${kind}; ${component === 'base' ? 'install that of this release' : `install an overlay with the component ${component}, or leave the field out`}`,
});

export const waitingFor = (type: ConditionType): Readiness => ({ status: 'False', reason: 'DependencyNotReady', message: `waiting for ${type}` });

export const terminating = ({ kind, metadata: { name } }: KubeObject): Readiness => ({
  status: 'False',
  reason: 'Deleting',
  message: `${kind} ${name} is being deleted; it is created anew when it is gone`,
});

/** Every gate there is, whether or not a child waits for it in this very answer. */
const gates: readonly ConditionType[] = ['DatabaseReady', 'DatabaseSeeded'];

/**
 * Seconds for which that very object has been wanted and creatable, by persisted times: since its condition turned False, or the last
 * gate True. 0 unless the status that was last written says so already; without end once it said NotApplied.
 */
function wantedFor(object: string, { condition }: Child, o: Observed, found: ReadonlyMap<ConditionType, Readiness>): number {
  const before = previousConditions(o.bestie.status).get(condition);
  if (before?.message.startsWith(`${object} is `) !== true) return 0;
  if (before.reason === 'NotApplied') return Infinity;
  if (before.reason !== 'Creating') return 0;
  const opened = dated(found, o.bestie, o.now).filter(({ type }) => type !== condition && gates.includes(type));
  return Math.min(...[before, ...opened].map(({ lastTransitionTime }) => secondsSince(lastTransitionTime, o.now)));
}

/** A wanted child that nothing stands in the way of and that is not observed: new, or, after a while, taken by somebody else. */
export function absent({ kind, metadata }: Manifest, child: Child, o: Observed, found: ReadonlyMap<ConditionType, Readiness>): Readiness {
  const waited = wantedFor(`${kind} ${metadata.name}`, child, o, found);
  if (waited < PATIENCE) {
    return { status: 'False', reason: 'Creating', message: `${kind} ${metadata.name} is being created`, recheckAfterSeconds: PATIENCE - waited };
  }
  const { namespace, uid } = o.bestie.metadata;
  const message =
    `${kind} ${metadata.name} is wanted but not seen as a child: an object of that name belongs to somebody else, or may not be created. ` +
    `To hand it over: kubectl -n ${namespace} label ${child.api.resource} ${metadata.name} --overwrite ${CONTROLLER_UID_LABEL}=${uid}`;
  return { status: 'False', reason: 'NotApplied', message };
}
