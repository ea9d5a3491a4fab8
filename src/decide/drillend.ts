/** How a drill ends: its check has ended, its copy cannot be made, or its time is over. */
import type { Drill } from '../api/drill.ts';
import type { KubeObject, Live } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { CHECKING_CONTAINER } from '../api/containers.ts';
import { secondsSince, wholeSeconds } from '../lib/time.ts';
import { checkOf, isOverdue } from '../observed/drill.ts';
import { isKnown, type DrillEnd, type DrillRecord, type Verified } from '../observed/drillrecord.ts';
import { drillFailure, drillVerdict } from '../observed/drillverdict.ts';
import { containersOf, endOfContainer, podsOf } from '../observed/pods.ts';

interface JobStatus {
  conditions: { type: string; status: string; lastTransitionTime: string }[];
}

/** The end of the Job that checks: when, and whether it has succeeded; undefined while it goes on. */
function endOfCheck(job: KubeObject | undefined): { at: string; isComplete: boolean } | undefined {
  const { conditions } = (job?.status ?? {}) as Live<JobStatus>;
  const end = conditions?.find((each) => each?.status === 'True' && (each.type === 'Complete' || each.type === 'Failed'));
  return end == null ? undefined : { at: wholeSeconds(end.lastTransitionTime ?? ''), isComplete: end.type === 'Complete' };
}

const isOf = (job: KubeObject, { metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid) ?? false;

/** What the check has said last in an attempt that succeeded, or in one that failed; a pod of an earlier drill may still be there. */
function said(job: KubeObject | undefined, isComplete: boolean, o: Observed): string | undefined {
  const ends = podsOf(o, 'drill')
    .filter((pod) => job !== undefined && isOf(job, pod))
    .flatMap(containersOf)
    .filter(({ name }) => name === CHECKING_CONTAINER)
    .flatMap((container) => endOfContainer(container) ?? [])
    .filter(({ exitCode }) => (exitCode === 0) === isComplete)
    .sort((a, b) => Date.parse(a.finishedAt ?? '') - Date.parse(b.finishedAt ?? ''));
  return ends.at(-1)?.message ?? undefined;
}

/** What was asked for, in words. What is archived since the backup and cannot be read is left out without an error, so no more is said. */
const targetOf = ({ since }: Drill): string => `latest, at ${wholeSeconds(since)}`;

/** How far a drill that is not over has come, in words. */
export function stageOf(copy: KubeObject, o: Observed): string {
  if (checkOf(copy, o) !== undefined) return 'the copy is being checked';
  return o.provider.copies.stateOf(copy).state === 'succeeded' ? 'the check of the copy begins' : 'the copy is being made';
}

interface Outcome {
  hasSucceeded: boolean;
  at: string;
  words: string;
  revision?: string;
}

const failure = (words: string, at: string): Outcome => ({ hasSucceeded: false, at: wholeSeconds(at), words });

/** What stands where the check has succeeded and its sentence is lost, with the pod. */
const UNKNOWN = 'unknown';

function checked(copy: KubeObject, o: Observed): Outcome | undefined {
  const job = checkOf(copy, o);
  const end = endOfCheck(job);
  if (end === undefined) return undefined;
  const sentence = said(job, end.isComplete, o);
  if (!end.isComplete) return failure(drillFailure(sentence) || 'the check of the copy failed and left no sentence', end.at);
  const { revision = UNKNOWN, rows = UNKNOWN } = drillVerdict(sentence) ?? {};
  return { hasSucceeded: true, at: end.at, words: `revision ${revision}; rows: ${rows}`, revision };
}

/** The outcome of the drill whose copy that is; undefined while it goes on. A result counts, however late it is seen. */
function outcomeOf(copy: KubeObject, drill: Drill, o: Observed): Outcome | undefined {
  const result = checked(copy, o);
  if (result !== undefined) return result;
  const { state, endedAt = o.now } = o.provider.copies.stateOf(copy);
  if (state === 'failed') return failure(`${drill.repo} could not be restored: each try of its Job failed`, endedAt);
  if (state === 'brokenOff') return failure(`the restore of ${drill.repo} was broken off`, o.now);
  if (!isOverdue(copy, o)) return undefined;
  if (!isKnown(copy, o)) return failure('the record that its copy carried was removed', o.now);
  const seconds = Math.round((Date.parse(drill.until) - Date.parse(drill.since)) / 1000);
  return failure(`it had not ended after ${seconds} s: ${stageOf(copy, o)}`, o.now);
}

const verified = (copy: KubeObject, drill: Drill, { at, revision = UNKNOWN }: Outcome): Verified => ({
  at,
  repository: drill.repo,
  target: targetOf(drill),
  took: secondsSince(copy.metadata.creationTimestamp, at),
  revision,
});

/** The record once that drill has ended; undefined while it goes on. */
export function recordOfEnd(copy: KubeObject, drill: Drill, record: DrillRecord, o: Observed): DrillRecord | undefined {
  const outcome = outcomeOf(copy, drill, o);
  if (outcome === undefined) return undefined;
  const { hasSucceeded, at, words } = outcome;
  const last: DrillEnd = { id: drill.id, hasSucceeded, at, repo: drill.repo, words };
  return {
    ...record,
    ...(drill.due !== undefined && { due: drill.due }),
    ...(drill.token !== undefined && { token: drill.token }),
    last,
    ...(hasSucceeded && { verified: verified(copy, drill, outcome) }),
  };
}
