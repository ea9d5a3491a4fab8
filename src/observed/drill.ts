/** The objects of a drill: the copy of the database, the policy that shields it, and the Job that checks it. */
import { kinds } from '../api/kinds.ts';
import { kindKey, type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { annotations, COMPONENT_LABEL, names } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { asLastApplied } from './aslastapplied.ts';
import { observedChildren } from './children.ts';
import { drillOf } from './drillrecord.ts';
import { durable } from './lastapplied.ts';

const DRILL = 'drill';

/** The name of the object of the copy. */
export const copyName = ({ provider, bestie }: Observed): string => provider.copies.drillName(bestie.metadata.name);

/** Whether it is filled, or was, from a repository, after the policy was made: a database that is none of ours is there before a drill begins, or empty. */
function isShieldedCopy(live: KubeObject, o: Observed): boolean {
  const shieldedAt = Date.parse(drillPolicy(o)?.metadata.creationTimestamp ?? '');
  const { copies } = o.provider;
  const isCopy = copies.isSent(live, o) || copies.stateOf(live).state !== 'waiting';
  return isCopy && shieldedAt <= Date.parse(live.metadata.creationTimestamp ?? '');
}

/**
 * Whether the operator has made it as the copy of a drill; that is seen, too, once others have taken every record and label away. A database of that
 * name that a user has made a child is none.
 */
const isOurs = (live: KubeObject, o: Observed): boolean =>
  durable(o, live, annotations.drill) !== undefined || live.metadata.labels?.[COMPONENT_LABEL] === DRILL || isShieldedCopy(live, o);

const named = (o: Observed): KubeObject | undefined => {
  const { kind } = o.provider;
  return kind === undefined ? undefined : o.child(kindKey(kind), copyName(o));
};

/** The copy; undefined where there is none. */
export function drillCopy(o: Observed): KubeObject | undefined {
  const live = named(o);
  return live !== undefined && live !== o.provider.live(o) && isOurs(live, o) ? live : undefined;
}

/** The same, of other owners. What is ours may be seen here before it is among the children. */
function ofOthers(o: Observed): KubeObject | undefined {
  const { kind } = o.provider;
  const live = kind && o.related.get(kindKey(kind))?.get(copyName(o));
  const isOwn = live?.metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === o.bestie.metadata.uid);
  return isOwn === true ? undefined : live;
}

/** A database that has the name of the copy and is none: no drill can begin, and its policy would cut that database off. */
export const nameTakenBy = (o: Observed): KubeObject | undefined => (drillCopy(o) === undefined ? (named(o) ?? ofOthers(o)) : undefined);

export const drillPolicy = (o: Observed): KubeObject | undefined =>
  o.child(kindKey(kinds.networkPolicy), names.drillPolicy(o.bestie.metadata.name));

export const drillJob = (o: Observed): KubeObject | undefined => o.child(kindKey(kinds.job), names.drillJob(o.bestie.metadata.name));

/**
 * The Job that checks that copy. One from before the copy is of an earlier drill, and is still there because something holds it: what it has found is
 * not of this copy.
 */
export function checkOf(copy: KubeObject, o: Observed): KubeObject | undefined {
  const job = drillJob(o);
  const madeAt = ({ metadata }: KubeObject): number => Date.parse(metadata.creationTimestamp ?? '');
  return job !== undefined && madeAt(job) < madeAt(copy) ? undefined : job;
}

/** Every object of a drill that exists. */
export const drillObjects = (o: Observed): KubeObject[] => [drillCopy(o), drillJob(o), drillPolicy(o)].flatMap((live) => live ?? []);

/** Whether that object, or a manifest of it, is of a drill. */
const isOfDrill = ({ kind, metadata: { name } }: KubeObject | Manifest, o: Observed): boolean =>
  drillObjects(o).some((live) => live.kind === kind && live.metadata.name === name);

/** The copy while it is at work: no other operation starts beside it. One that is being deleted is only waited for by the next drill. */
export function drillAtWork(o: Observed): KubeObject | undefined {
  const live = drillCopy(o);
  return live?.metadata.deletionTimestamp == null ? live : undefined;
}

/** The same in words, for what waits for it. */
export function drillInTheWay(o: Observed): string | undefined {
  const live = drillAtWork(o);
  return live && `the drill with copy ${live.metadata.name}`;
}

/** Whether an object of a drill that is over goes now: the policy shields the copy until that is gone. */
const isRemoved = (live: KubeObject, o: Observed): boolean => isOfDrill(live, o) && (live !== drillPolicy(o) || drillCopy(o) === undefined);

/** Every child as it was last applied, but for a drill, which goes. */
export const besidesDrill = (o: Observed): Manifest[] =>
  observedChildren(o)
    .filter((live) => !isRemoved(live, o))
    .map((live) => asLastApplied(live, o));

/** Whether the drill has reached its bound. */
export function isOverdue(copy: KubeObject, o: Observed): boolean {
  return Date.parse(drillOf(copy, o).until) <= Date.parse(o.now);
}

/**
 * What stays of a drill where nothing of the spec is carried out, in a pause and under an unacceptable spec: everything until its bound, and of what
 * is over, the policy until the copy is gone.
 */
export function isLeftBehind(live: KubeObject, o: Observed): boolean {
  const copy = drillCopy(o);
  const isOver = copy === undefined || copy.metadata.deletionTimestamp != null || isOverdue(copy, o);
  return isOver && isRemoved(live, o);
}

/** Whether a manifest is of a drill, observed or not. */
export function isDrillManifest({ kind, metadata: { name } }: { kind: string; metadata: { name: string } }, o: Observed): boolean {
  const { name: bestie } = o.bestie.metadata;
  const wanted: readonly (readonly [string | undefined, string])[] = [
    [kinds.networkPolicy.kind, names.drillPolicy(bestie)],
    [kinds.job.kind, names.drillJob(bestie)],
    [o.provider.kind?.kind, copyName(o)],
  ];
  return wanted.some(([theirs, called]) => theirs === kind && called === name);
}
