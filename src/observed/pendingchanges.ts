/**
 * Changes that were asked for and are not applied: the record of a child differs from what is wanted, or a child that is not wanted is there.
 * Usually that lasts for one sync. Where the API server or an admission policy refuses the change it lasts, and nothing else shows it: the
 * refusal reaches Metacontroller alone.
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
 * Seconds after which a change that is not applied counts as refused: at the third resync of the CompositeController after it was asked for,
 * which comes two to three periods later. Where a sync failed, Metacontroller does not ask sooner.
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

/** Whether a status calls that change refused. */
export const isRefusedIn = (status: Bestie['status'], change: PendingChange): boolean => find(status, change)?.refused === true;

/**
 * What status says of a change. Once it is called refused it stays so, whatever the clock of the replica says that answers next.
 */
function entry(operation: Change['operation'], { kind, metadata: { name } }: Manifest | KubeObject, o: Observed): PendingChange {
  const change: Change = { kind, name, operation };
  const last = lastPending(o, change);
  const since = last?.since ?? o.now;
  const isRefused = last?.refused === true || secondsSince(since, o.now) >= REFUSED_AFTER_SECONDS;
  return { ...change, since, ...(isRefused && { refused: true }) };
}

/** The update of a child that is not applied yet; undefined where it is. */
export function pendingUpdate(manifest: Manifest, live: KubeObject | undefined, o: Observed): PendingChange | undefined {
  const isDone = live === undefined || isCollected(o) || isKept(manifest, live) || !differs(manifest, live, o);
  return isDone ? undefined : entry('Update', manifest, o);
}

/** Children that an answer leaves out, and that are there without being on their way out. */
export const pendingDeletions = (children: readonly Manifest[], o: Observed): PendingChange[] =>
  unwanted(children, o).map((live) => entry('Delete', live, o));

/** Whether an answer says what the last status said, about the same spec: then it was given before. */
function isKnown(status: Status, { bestie }: Observed): boolean {
  const { observedGeneration, pendingChanges: _, ...last } = bestie.status;
  return observedGeneration === bestie.metadata.generation && isEqual(status, last);
}

/**
 * The changes that status lists: those that it listed before, and those that an earlier answer asked for. A change that this answer is the first
 * to ask for is usually applied at once, and would cost two writes of status.
 */
export function lasting(pending: readonly PendingChange[], status: Status, o: Observed): PendingChange[] {
  const isOld = isKnown(status, o);
  return pending.filter((change) => isOld || lastPending(o, change) !== undefined);
}

/** What stays listed while nothing is changed: a refusal that is known, of what is still there. No time runs meanwhile. */
export const knownRefusals = (o: Observed): PendingChange[] =>
  (o.bestie.status.pendingChanges ?? [])
    .filter(isWhole)
    .filter(({ refused: isRefused, kind, name }) => isRefused === true && isStanding(kind, name, o));

const isStanding = (kind: string, name: string, o: Observed): boolean =>
  observedChildren(o).some((live) => live.kind === kind && live.metadata.name === name && live.metadata.deletionTimestamp == null);

/** In how many seconds a change that is not applied counts as refused. */
export const secondsLeft = ({ since, refused }: PendingChange, now: string): number | undefined =>
  refused ? undefined : REFUSED_AFTER_SECONDS - secondsSince(since, now);

/** The command after which the API server's own words stand: Metacontroller repeats them in an Event of the Bestie. */
export const refusalCommand = (o: Observed): string =>
  kubectl(o, `get events --field-selector involvedObject.name=${o.bestie.metadata.name},reason=SyncError`);

const nouns = { Update: 'change', Delete: 'deletion' } as const satisfies Record<PendingChange['operation'], string>;

/** `because` is a likely cause, as a clause. */
export const refused = ({ kind, name, operation, since }: PendingChange, o: Observed, because = ''): Readiness => ({
  status: 'False',
  reason: 'NotApplied',
  message: `the ${nouns[operation]} of ${kind} ${name} has not been applied since ${since}: the API server refuses it, or an admission policy does${because}; its words: ${refusalCommand(o)}`,
});
