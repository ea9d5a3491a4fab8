/**
 * Changes that were requested and are not applied: the record of a child differs from the desired one, or a child exists that is not desired.
 * Usually that lasts for one sync. It stays so if the API server or an admission policy refuses the change. Nothing else shows that: only
 * Metacontroller receives the refusal.
 */
import type { BestieStatus } from '../api/bestie.ts';
import { isEqual } from '../lib/equal.ts';
import { type Bestie, type Observed, type Status } from '../api/observed.ts';
import { observedChildren } from './children.ts';
import { type KubeObject, type Live, type Manifest, type Readiness } from '../api/kubernetes.ts';
import { secondsSince } from '../lib/time.ts';
import { kubectl } from './commands.ts';
import { differs, isCollected, isKept, unwanted } from './operations.ts';

export type PendingChange = NonNullable<BestieStatus['pendingChanges']>[number];

/**
 * Seconds after which a change that is not applied counts as refused: at the third resync of the CompositeController after the request,
 * which comes two to three periods later. After a failed sync Metacontroller does not call the hook sooner.
 */
const REFUSED_AFTER_SECONDS = 110;

const isWhole = (entry: Live<PendingChange> | null): entry is PendingChange =>
  entry?.kind != null && entry.name != null && entry.operation != null && entry.since != null && !Number.isNaN(Date.parse(entry.since));

type Change = Pick<PendingChange, 'kind' | 'name' | 'operation'>;

const find = ({ pendingChanges }: Bestie['status'], change: Change): PendingChange | undefined =>
  pendingChanges
    ?.filter(isWhole)
    .find(({ kind, name, operation }) => kind === change.kind && name === change.name && operation === change.operation);

/** The entry of that change in the last status. */
export const lastPending = ({ bestie }: Observed, change: Change): PendingChange | undefined => find(bestie.status, change);

/** Whether a status reports that change as refused. */
export const isRefusedIn = (status: Bestie['status'], change: PendingChange): boolean => find(status, change)?.refused === true;

/**
 * The entry of a change in status. Once it is reported as refused it stays so, whatever the clock of the replica that answers next.
 */
function entry(operation: Change['operation'], { kind, metadata: { name } }: Manifest | KubeObject, o: Observed): PendingChange {
  const change: Change = { kind, name, operation };
  const last = lastPending(o, change);
  const since = last?.since ?? o.now;
  const isRefused = last?.refused === true || secondsSince(since, o.now) >= REFUSED_AFTER_SECONDS;
  return { ...change, since, ...(isRefused && { refused: true }) };
}

/** The update of a child that is not applied yet; undefined if it is. */
export function pendingUpdate(manifest: Manifest, live: KubeObject | undefined, o: Observed): PendingChange | undefined {
  const isDone = live === undefined || isCollected(o) || isKept(manifest, live) || !differs(manifest, live, o);
  return isDone ? undefined : entry('Update', manifest, o);
}

/** Children that an answer leaves out, and that exist without being deleted. */
export const pendingDeletions = (children: readonly Manifest[], o: Observed): PendingChange[] =>
  unwanted(children, o).map((live) => entry('Delete', live, o));

/** Whether an answer reports what the last status reported, for the same spec: then it was given before. */
function isKnown(status: Status, { bestie }: Observed): boolean {
  const { observedGeneration, pendingChanges: _, ...last } = bestie.status;
  return observedGeneration === bestie.metadata.generation && isEqual(status, last);
}

/**
 * The changes that status lists: those that it listed before, and those that an earlier answer requested. A change that this answer is the first
 * to request is usually applied at once, and would cost two writes of status.
 */
export function lasting(pending: readonly PendingChange[], status: Status, o: Observed): PendingChange[] {
  const isOld = isKnown(status, o);
  return pending.filter((change) => isOld || lastPending(o, change) !== undefined);
}

/** What stays listed while nothing is changed: a known refusal of a change that still applies. No time counts meanwhile. */
export const knownRefusals = (o: Observed): PendingChange[] =>
  (o.bestie.status.pendingChanges ?? [])
    .filter(isWhole)
    .filter(({ refused: isRefused, kind, name }) => isRefused === true && isStanding(kind, name, o));

const isStanding = (kind: string, name: string, o: Observed): boolean =>
  observedChildren(o).some((live) => live.kind === kind && live.metadata.name === name && live.metadata.deletionTimestamp == null);

/** In how many seconds a change that is not applied counts as refused. */
export const secondsLeft = ({ since, refused }: PendingChange, now: string): number | undefined =>
  refused ? undefined : REFUSED_AFTER_SECONDS - secondsSince(since, now);

/** The command that shows the API server's own error: Metacontroller repeats it in an Event of the Bestie. */
export const refusalCommand = (o: Observed): string =>
  kubectl(o, `get events --field-selector involvedObject.name=${o.bestie.metadata.name},reason=SyncError`);

const nouns = { Update: 'change', Delete: 'deletion' } as const satisfies Record<PendingChange['operation'], string>;

/** `because` is a likely cause, as a clause. */
export const refused = ({ kind, name, operation, since }: PendingChange, o: Observed, because = ''): Readiness => ({
  status: 'False',
  reason: 'NotApplied',
  message: `the ${nouns[operation]} of ${kind} ${name} has not been applied since ${since}: the API server or an admission policy refuses it${because}; see its error: ${refusalCommand(o)}`,
});
