/**
 * Who owns a field that changes back. A live field that differs from what was asked for, while nothing else is asked for, is sent once more:
 * that mends what a person changed. If it differs again soon after, admission or another controller owns it, and its live value is what is
 * sent from then on, until something else is wanted of it.
 */
import type { BestieStatus } from '../api/bestie.ts';
import { contestAnnotation, contestsOf, type Contest } from '../api/contested.ts';
import { isEqual } from '../api/equal.ts';
import { differences, pathOf, pointerOf, valueAt, withValue, type FieldPath } from '../api/fieldpath.ts';
import { observedChildren, type KubeObject, type Manifest, type Observed } from '../api/kubernetes.ts';
import { secondsSince } from '../api/time.ts';
import { isKept } from './operations.ts';

/** Seconds after a field was sent again in which another change shows that it has another owner. Later it is sent again once more. */
const CONTESTED_SECONDS = 3600;

/** Characters that the record of an object may take; an object of which nearly everything is changed is simply sent again. */
const RECORD_LIMIT = 32768;

const OURS = 'pets.bestie.com/';

/** What is never left to others: who owns the child, what tells it from others, and our own records. */
function isOurs([first, second, key]: FieldPath): boolean {
  if (first !== 'metadata') return first === 'apiVersion' || first === 'kind';
  return second !== 'labels' && (second !== 'annotations' || key === undefined || key.startsWith(OURS));
}

/** What becomes of a field that was found changed before: it is left, sent again, or wanted otherwise now. */
function again(
  contest: Contest,
  path: FieldPath,
  { wanted, live, now }: { wanted: Manifest; live: KubeObject; now: string },
): Contest | undefined {
  if (!isEqual(valueAt(wanted, path), contest.wanted)) return undefined;
  if (contest.isLeft || isEqual(valueAt(live, path), contest.wanted)) return contest;
  return secondsSince(contest.at, now) < CONTESTED_SECONDS ? { ...contest, isLeft: true } : { ...contest, at: now };
}

/** What the live object has there. A null is as good as nothing, and must not be sent. */
function liveValue(live: KubeObject, path: FieldPath): unknown {
  const value = valueAt(live, path) ?? undefined;
  return value === undefined
    ? undefined
    : (JSON.parse(JSON.stringify(value), (_key, each: unknown) => (each === null ? undefined : each)) as unknown);
}

/** The manifest as it is sent: with the live value of each field that is left to others, and the record of those fields. */
export function settled(manifest: Manifest, live: KubeObject | undefined, o: Observed): Manifest {
  const record = live && o.record(live);
  if (live === undefined || record === undefined || isKept(manifest, live)) return manifest;
  const known = contestsOf(record.metadata.annotations);
  const found = differences(live, record, manifest).filter(({ path }) => !isOurs(path));
  if (known.size === 0 && found.length === 0) return manifest;
  const contests = new Map<string, Contest>();
  for (const [pointer, contest] of known) {
    const next = again(contest, pathOf(pointer), { wanted: manifest, live, now: o.now });
    if (next !== undefined) contests.set(pointer, next);
  }
  for (const { path, wanted } of found) {
    const isUnchanged = isEqual(valueAt(o.applied(live), path), wanted);
    if (isUnchanged && !contests.has(pointerOf(path))) contests.set(pointerOf(path), { wanted, at: o.now });
  }
  const notes = contestAnnotation(contests);
  if (JSON.stringify(notes).length > RECORD_LIMIT) return manifest;
  const left = [...contests].filter(([, { isLeft }]) => isLeft).map(([pointer]) => pathOf(pointer));
  const sent = left.reduce((next, path) => withValue(next, path, liveValue(live, path)), manifest);
  const { annotations, ...metadata } = sent.metadata;
  const all = { ...annotations, ...notes };
  return { ...sent, metadata: { ...metadata, ...(Object.keys(all).length > 0 && { annotations: all }) } };
}

type ContestedField = NonNullable<BestieStatus['contestedFields']>[number];

/** Entries that status lists at most. */
const LIMIT = 64;

/** The fields of these children that are left to others. */
export function contestedFields(children: readonly Manifest[]): ContestedField[] {
  return children
    .flatMap(({ kind, metadata }) =>
      [...contestsOf(metadata.annotations)]
        .filter(([, { isLeft }]) => isLeft)
        .map(([field]): ContestedField => ({ kind, name: metadata.name, field })),
    )
    .slice(0, LIMIT);
}

/** The same, of the children as they are. */
export const contestedNow = (o: Observed): ContestedField[] => contestedFields(observedChildren(o).flatMap((live) => o.record(live) ?? []));
