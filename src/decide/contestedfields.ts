/**
 * The owner of a field that changes back. A live field that differs from the desired value, while that has not changed, is sent once more:
 * that repairs a change of a user. If it differs again soon after, admission or another controller owns it, and its live value is
 * sent from then on, until the desired value changes. A request for a backup is sent again ten minutes later. A stop, a restore and the source of a copy are never left.
 */
import type { BestieStatus } from '../api/bestie.ts';
import { contestAnnotation, contestsOf, isTakenOver, withLiveValues, type Contest } from '../observed/contestedfields.ts';
import { isEqual } from '../lib/equal.ts';
import { differences, indexAt, pathOf, pointerOf, valueAt, type FieldPath } from '../lib/fieldpath.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { observedChildren } from '../observed/children.ts';
import { type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { annotations as keys } from '../api/names.ts';
import { secondsSince } from '../lib/time.ts';
import { isKept } from '../observed/operations.ts';

/** Seconds after a field was sent again in which another change shows that it has another owner. Later it is sent again once more. */
const CONTESTED_SECONDS = 600;
/** Seconds within which a change of a value that was taken over counts as a reaction to that. */
const QUICK_SECONDS = 10;

/** The most characters of the record of an object; an object with more changed fields is simply sent again. */
const RECORD_LIMIT = 32768;

/** The field that autoscalers write. */
const REPLICAS = '/spec/replicas';

const CONTESTED = keys.contested;
const OURS = 'pets.bestie.com/';

/** What is never left to others: the owners of the child, its identity, and the operator's own records. */
function isOurs([first, second, key]: FieldPath): boolean {
  if (first !== 'metadata') return first === 'apiVersion' || first === 'kind';
  return second !== 'labels' && (second !== 'annotations' || key === undefined || key.startsWith(OURS));
}

/** Whether the field stops the application: no spec requests zero pods. The pods would run on data with the schema of another image. */
const isStop = (path: FieldPath, wanted: Manifest): boolean =>
  wanted.kind === kinds.deployment.kind && pointerOf(path) === REPLICAS && valueAt(wanted, path) === 0;

/** Whether the field is part of a request, or contains one. A request is no setting: another writer must not cancel it. */
const isRequest = (path: FieldPath, requests: readonly FieldPath[]): boolean =>
  requests.some((request) => request.slice(0, path.length).every((step, index) => step === path[index]));

/**
 * Whether the field is never left to others, however often they write it: it stops the application, requests a restore, or names what the database is
 * being made from. Without those Postgres would be started on half of the data.
 */
function isNeverLeft(path: FieldPath, wanted: Manifest, { provider }: Observed): boolean {
  const requested = [...provider.restores.requestPaths, ...provider.copies.sourcePaths].filter(
    (request) => valueAt(wanted, request) !== undefined,
  );
  return isStop(path, wanted) || isRequest(path, requested);
}

interface Seen {
  /** The fields of requests for backups. */
  requestPaths: readonly FieldPath[];
  wanted: Manifest;
  live: KubeObject;
  record: Manifest;
  now: string;
}

/** The next record of a field that is left to others: their new value is taken over, unless it changes again at once, and again. */
function followed(contest: Contest, path: FieldPath, { live, record, now }: Seen): Contest {
  if (!isTakenOver(contest) || isEqual(valueAt(live, path), valueAt(record, path))) return contest;
  const isQuick = secondsSince(contest.at, now) < QUICK_SECONDS;
  return { ...contest, at: now, quickChanges: isQuick ? (contest.quickChanges ?? 0) + 1 : 0 };
}

/** A number of pods may pass the desired one by chance. Any other field that has the desired value again has no other owner any more. */
function restored(contest: Contest, path: FieldPath): Contest {
  if (pointerOf(path) === REPLICAS) return contest;
  const { isLeft: _, quickChanges: __, ...rest } = contest;
  return rest;
}

/** The record of a field that is found changed for the first time. */
function fresh(manifest: Manifest, path: FieldPath, now: string): Contest {
  const index = indexAt(manifest, path);
  return { wanted: valueAt(manifest, path), at: now, ...(index !== undefined && { index }) };
}

/** The next record of a field that was found changed before: it is left, sent again, or has another desired value now. A request is left for a while. */
function again(contest: Contest, path: FieldPath, seen: Seen): Contest | undefined {
  const { wanted, live, now, requestPaths } = seen;
  if (!isEqual(valueAt(wanted, path), contest.wanted)) return undefined;
  if (isEqual(valueAt(live, path), contest.wanted)) return restored(contest, path);
  const isSoon = secondsSince(contest.at, now) < CONTESTED_SECONDS;
  // Two writers would alternate without end; a request that is never made again would be lost.
  if (contest.isLeft && isRequest(path, requestPaths) && !isSoon) return fresh(wanted, path, now);
  if (contest.isLeft) return isRequest(path, requestPaths) ? contest : followed(contest, path, seen);
  return { ...contest, at: now, ...(isSoon && { isLeft: true as const }) };
}

/** The manifest as it is sent: with the live value of each field that is left to others, and the record of those fields. */
export function settled(manifest: Manifest, live: KubeObject | undefined, o: Observed): Manifest {
  const record = live && o.record(live);
  if (live === undefined || record === undefined || isKept(manifest, live)) return manifest;
  const known = contestsOf(record.metadata.annotations);
  const isNoted = record.metadata.annotations?.[CONTESTED] !== undefined;
  const found = differences(live, record, manifest).filter(({ path }) => !isOurs(path) && !isNeverLeft(path, manifest, o));
  if (!isNoted && found.length === 0) return manifest;
  const contests = new Map<string, Contest>();
  for (const [pointer, contest] of known) {
    const next = again(contest, pathOf(pointer), {
      wanted: manifest,
      live,
      record,
      now: o.now,
      requestPaths: o.provider.backups.requestPaths,
    });
    if (next !== undefined) contests.set(pointer, next);
  }
  for (const { path, wanted } of found) {
    const isUnchanged = isEqual(valueAt(o.applied(live), path), wanted);
    if (isUnchanged && !contests.has(pointerOf(path))) contests.set(pointerOf(path), fresh(manifest, path, o.now));
  }
  const all = contestAnnotation(contests);
  const isRecorded = JSON.stringify(all).length <= RECORD_LIMIT;
  // An apply that removes the operator's last annotation would remove those of others, too.
  const notes = isNoted || contests.size > 0 ? { [CONTESTED]: '{}', ...(isRecorded && all) } : {};
  const sent = isRecorded ? withLiveValues(manifest, live, contests) : manifest;
  const { annotations, ...metadata } = sent.metadata;
  const carried = { ...annotations, ...notes };
  return { ...sent, metadata: { ...metadata, ...(Object.keys(carried).length > 0 && { annotations: carried }) } };
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
