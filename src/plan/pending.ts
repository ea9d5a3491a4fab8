/**
 * Changes that were asked for and are not applied: the record of a child differs from what is wanted. Usually that lasts for one sync. Where
 * the API server or an admission policy refuses the change it lasts, and nothing but this tells: the refusal is Metacontroller's alone.
 */
import type { BestieStatus } from '../api/bestie.ts';
import { isEqual } from '../api/equal.ts';
import type { KubeObject, Live, Manifest, Observed, Readiness, Status } from '../api/kubernetes.ts';
import { secondsSince } from '../api/time.ts';
import { kubectl } from '../children/waiting.ts';
import { differs, isKept } from './operations.ts';

export type PendingChange = NonNullable<BestieStatus['pendingChanges']>[number];

/**
 * Seconds after which a change that is not applied counts as refused: at the third resync of the CompositeController after it was asked for,
 * which comes two to three periods later. Where a sync failed, Metacontroller does not ask sooner.
 */
const PATIENCE_SECONDS = 110;

const isWhole = (entry: Live<PendingChange> | null): entry is PendingChange =>
  entry?.kind != null && entry.name != null && entry.since != null && !Number.isNaN(Date.parse(entry.since));

/** The entry of that child in the last status. */
export const lastPending = ({ bestie }: Observed, kind: string, name: string): PendingChange | undefined =>
  bestie.status.pendingChanges?.filter(isWhole).find((entry) => entry.kind === kind && entry.name === name);

/**
 * What status says of a child whose change is not applied yet; undefined where it is. Once it is called refused it stays so, whatever the
 * clock of the replica says that answers next.
 */
export function pendingChange(manifest: Manifest, live: KubeObject | undefined, o: Observed): PendingChange | undefined {
  if (live === undefined || isKept(manifest, live) || !differs(manifest, live, o)) return undefined;
  const { kind, metadata } = manifest;
  const last = lastPending(o, kind, metadata.name);
  const since = last?.since ?? o.now;
  const isRefused = last?.refused === true || secondsSince(since, o.now) >= PATIENCE_SECONDS;
  return { kind, name: metadata.name, since, ...(isRefused && { refused: true }) };
}

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
  return pending.filter(({ kind, name }) => isOld || lastPending(o, kind, name) !== undefined);
}

/** What stays listed while nothing is changed: a refusal that is known. No time runs meanwhile. */
export const knownRefusals = ({ bestie }: Observed): PendingChange[] =>
  (bestie.status.pendingChanges ?? []).filter(isWhole).filter(({ refused: isRefused }) => isRefused === true);

/** In how many seconds a change that is not applied counts as refused. */
export const secondsLeft = ({ since, refused }: PendingChange, now: string): number | undefined =>
  refused ? undefined : PATIENCE_SECONDS - secondsSince(since, now);

/** The command after which the API server's own words stand: Metacontroller repeats them in an Event of the Bestie. */
export const refusalCommand = (o: Observed): string =>
  kubectl(o, `get events --field-selector involvedObject.name=${o.bestie.metadata.name},reason=SyncError`);

/** `because` is a likely cause, as a clause. */
export const refused = ({ kind, name, since }: PendingChange, o: Observed, because = ''): Readiness => ({
  status: 'False',
  reason: 'NotApplied',
  message: `the change of ${kind} ${name} has not been applied since ${since}: the API server refuses it, or an admission policy does${because}; its words: ${refusalCommand(o)}`,
});
