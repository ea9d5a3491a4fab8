/** What is observed besides the two statuses: it distinguishes what happened under this Bestie from what only came into view. */
import type { ConditionType } from '../api/condition.ts';
import type { Reason } from '../api/reason.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey, type Condition, type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { secondsSince } from '../lib/time.ts';
import { durable } from '../observed/lastapplied.ts';
import { annotations } from '../api/names.ts';
import { childrenOf } from '../children/index.ts';
import { completedImages } from '../observed/migrationjobs.ts';
import { databaseId } from '../observed/migrations.ts';
import { deployment, rollout } from '../observed/deployment.ts';
import { isDrillManifest } from '../observed/drill.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { endedDrill, type EndedDrill } from './endeddrill.ts';

/** A child that existed, is missing and is created again; `since` is when its condition became what it was, an RFC 3339 time. */
export interface Recreated {
  kind: string;
  name: string;
  since: string;
}

/** The requested replicas of the Deployment before, and by the spec of this generation. */
export interface Scaled {
  from: number;
  to: number;
  generation: number;
}

export interface Witness {
  /** Image references whose own Jobs are observed as complete. */
  completed: readonly string[];
  /** Whether a backup that ended at that RFC 3339 time was taken under this Bestie. */
  isOwnBackup: (completedAt: string) => boolean;
  /** Whether a restore that ended at that RFC 3339 time has just ended; otherwise it came into view again after a lost status, or with the database. */
  isNews: (at: string) => boolean;
  recreated: readonly Recreated[];
  scaled?: Scaled;
  drill?: EndedDrill;
}

/** Reasons of DatabaseReady while a database of the expected name exists that does not belong to this Bestie. */
const unattached: ReadonlySet<Reason> = new Set<Reason>(['DatabaseNotAttached', 'DatabaseDiffers', 'DatabaseTaken']);

/**
 * Whether the history of the database comes into view with this answer: another Bestie created it, and it was not this one's when it was
 * last applied, or when the status was last written.
 */
function isJustAttached(o: Observed): boolean {
  const live = o.provider.live(o);
  const { uid } = o.bestie.metadata;
  if (live === undefined || durable(o, live, annotations.incarnation) === uid.slice(0, 8)) return false;
  const owners = (o.applied(live)?.metadata.ownerReferences ?? []) as readonly { uid?: string }[];
  const before = previousConditions(o.bestie.status).get('DatabaseReady');
  return !owners.some((owner) => owner.uid === uid) || before === undefined || unattached.has(before.reason);
}

function ownBackups(o: Observed): Witness['isOwnBackup'] {
  const isStrange = isJustAttached(o);
  const created = Date.parse(o.bestie.metadata.creationTimestamp ?? '');
  return (completedAt) => !isStrange && !(Date.parse(completedAt) < created);
}

/** Seconds for which the API server keeps an Event: until then one that is repeated is the same object. */
const EVENT_SECONDS = 3600;

const news =
  ({ bestie, now }: Observed): Witness['isNews'] =>
  (at) =>
    !(Date.parse(at) < Date.parse(bestie.metadata.creationTimestamp ?? '')) && secondsSince(at, now) < EVENT_SECONDS;

/** Whether the last status is about this spec: then the desired objects were desired before. */
const isSameSpec = ({ bestie: { status, metadata } }: Observed): boolean => status.observedGeneration === metadata.generation;

const going: ReadonlySet<Reason> = new Set<Reason>(['Deleting', 'HeldByFinalizer']);

/** The condition of the last status by which a child existed: it was as it should be, or was being deleted. Undefined if there is none. */
function traceOf({ apiVersion, kind }: Manifest, o: Observed): Condition | undefined {
  const child = childrenOf(o).find(({ api }) => kindKey(api) === kindKey({ apiVersion, kind }));
  const before = previousConditions(o.bestie.status);
  if (child === undefined) return undefined;
  // While a rollout is under way, that pods serve shows that the Deployment exists.
  const types: readonly ConditionType[] = kind === kinds.deployment.kind ? [child.condition, 'Available'] : [child.condition];
  return types
    .map((type) => before.get(type))
    .find((condition) => condition && (condition.status === 'True' || going.has(condition.reason)));
}

/** A database of a former Bestie that is being deleted is not yet one of this Bestie: status has none of its migrations. */
const isInStatus = ({ kind }: Manifest, { bestie: { status }, provider }: Observed): boolean =>
  kind !== provider.kind?.kind || (status.database?.migrated ?? []).length > 0;

function recreated(children: readonly Manifest[], o: Observed): Recreated[] {
  if (!isSameSpec(o)) return [];
  // A requested Job is another one than the one that ended, or was deleted in order to be run again; each drill has objects of its own.
  const missing = children.filter(
    (child) =>
      child.kind !== kinds.job.kind &&
      child.spec !== undefined &&
      !isDrillManifest(child, o) &&
      o.child(kindKey(child), child.metadata.name) === undefined,
  );
  return missing.flatMap((child) => {
    const trace = isInStatus(child, o) ? traceOf(child, o) : undefined;
    return trace === undefined ? [] : [{ kind: child.kind, name: child.metadata.name, since: trace.lastTransitionTime }];
  });
}

const replicasOf = (child: Manifest | undefined): number | undefined => (child?.spec as { replicas?: number } | undefined)?.replicas;

/**
 * The number of pods by a new spec, if it differs from what was applied last, and from the current replicas of the Deployment, which
 * an autoscaler may have changed. Only until a status of this generation is written, so that a refused update is no news at every sync.
 */
function scaled(children: readonly Manifest[], o: Observed): Scaled | undefined {
  const live: KubeObject | undefined = deployment(o);
  if (live === undefined || isSameSpec(o)) return undefined;
  const from = rollout(live).asked;
  const to = replicasOf(children.find((child) => kindKey(child) === kindKey(kinds.deployment)));
  // The spec has one pod at least: at zero the application is stopped for its database.
  if (!from || !to || to === from || to === replicasOf(o.applied(live))) return undefined;
  return { from, to, generation: o.bestie.metadata.generation ?? 0 };
}

/** `children` are those of the answer. */
export function witness(children: readonly Manifest[], o: Observed): Witness {
  const [change, drill] = [scaled(children, o), endedDrill(children, o)];
  return {
    completed: completedImages(o, databaseId(o)),
    isOwnBackup: ownBackups(o),
    isNews: news(o),
    recreated: recreated(children, o),
    ...(change && { scaled: change }),
    ...(drill && { drill }),
  };
}
