/**
 * Drills, as a state machine over observed facts: due → everything else at rest → policy → copy → check → result on record → copy gone → policy gone.
 * Any other operation that is wanted calls a drill off; it is due again afterwards.
 */
import type { Drill, WantedDrill } from '../api/drill.ts';
import { kinds } from '../api/kinds.ts';
import type { Report } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { memo } from '../observed/memo.ts';
import { refusalCommand } from '../observed/pendingchanges.ts';
import { migrationAtWork, startedJob } from '../observed/migrationjobs.ts';
import { isExternal, migrated } from '../observed/migrations.ts';
import { isPaused } from '../observed/pause.ts';
import { checkOf, drillCopy, drillJob, drillPolicy, nameTakenBy } from '../observed/drill.ts';
import { drillOf, drillRecord, isKnown, drillRecordText, type DrillRecord } from '../observed/drillrecord.ts';
import { aboutDatabase, isReported } from '../observed/reported.ts';
import { firstRepository } from './backup.ts';
import { dueNow, nextDue, withSchedule, type Due, type Verify } from './drilldue.ts';
import { recordOfEnd } from './drillend.ts';
import { waitOf } from './operation.ts';
import { isGoing } from './protection.ts';
import { restoring } from './restore.ts';
import { upgrade } from './upgrade.ts';
import type { Phase } from './upgradephase.ts';

export interface Drilling {
  /** Undefined where nothing of a drill is to exist. */
  wanted?: WantedDrill;
  record: DrillRecord;
  /** The drill that is due and has not begun, and what it waits for. */
  pending?: { due: Due; waits: string };
}

const verifyOf = (o: Observed): Verify | undefined => (isExternal(o) ? undefined : o.bestie.spec.database.backups.verify);

/** The phases of the version in which nothing is done to the database. */
const settled: ReadonlySet<Phase> = new Set<Phase>(['Settled', 'Refused', 'RolledBack', 'Failed']);

interface Rival {
  when: (o: Observed) => boolean;
  words: string;
}

/** Operations that a drill gives way to, the first that fits. */
const rivals: readonly Rival[] = [
  { when: isGoing, words: 'the Bestie is being deleted' },
  { when: (o) => restoring(o).active !== undefined || o.provider.isRestoring(o), words: 'a restore' },
  { when: (o) => startedJob(o) !== undefined || migrationAtWork(o), words: 'a migration' },
  { when: (o) => !settled.has(upgrade(o).phase), words: 'an install or an upgrade' },
  { when: (o) => waitOf(upgrade(o).operation) !== undefined, words: 'a backup on request' },
];

/** What is wanted of the same Bestie beside a drill. */
const rivalOf = (o: Observed): string | undefined => rivals.find(({ when }) => when(o))?.words;

/** What else a drill waits for before it begins. A backup by schedule that begins later runs beside it: it writes nothing that the copy reads. */
function obstacle(repo: string, o: Observed): string | undefined {
  const live = o.provider.live(o);
  const [taken, former] = [nameTakenBy(o), drillJob(o)];
  if (isPaused(o.bestie)) return 'the end of the pause';
  if (taken !== undefined) return `${taken.kind} ${taken.metadata.name} to be gone or renamed, which is no copy of a drill of this Bestie`;
  if (former !== undefined) return `${former.kind} ${former.metadata.name} of the last drill to be gone`;
  if (live === undefined || !o.provider.isUsable(o)) return 'the database to be usable';
  if (migrated(o).length === 0) return 'the migrations of the database';
  const unfit = o.provider.copies.unfitBecause(live, repo, o);
  if (unfit !== undefined) return `the repository: ${unfit.message}`;
  const backup = o.provider.backups.atWork(o);
  return backup && `backup ${backup.name} to end`;
}

function whyNotNow(repo: string, o: Observed): string | undefined {
  const rival = rivalOf(o);
  return rival === undefined ? obstacle(repo, o) : `${rival} to end`;
}

const inSeconds = (seconds: number, now: string): string => new Date(Date.parse(now) + seconds * 1000).toISOString();

const begun = (due: Due, repo: string, { timeoutSeconds }: Verify, { now }: Observed): Drill => ({
  ...due,
  repo,
  since: now,
  until: inSeconds(timeoutSeconds, now),
});

/** Seconds by which the clocks of two replicas may differ while nothing but the policy says that one has begun. */
const MOST_SKEW_SECONDS = 120;

/** That a drill by time is due: the first run that was missed is the same by every clock. */
export const dueReport = (verify: Verify, record: DrillRecord, o: Observed): Report =>
  aboutDatabase(o, { reason: 'NotYetVerified', detail: nextDue(verify, record) ?? '' });

/** Whether a policy stands that was made for the next drill: that of the last one stays until its copy is gone. */
function isShieldedAnew({ last }: DrillRecord, o: Observed): boolean {
  const madeAt = drillPolicy(o)?.metadata.creationTimestamp;
  return madeAt != null && (last === undefined || Date.parse(madeAt) >= Date.parse(last.at));
}

/** By when a run counts as due. What status reports is due by every clock: the report is about that run and no other. */
function dueBy(verify: Verify, record: DrillRecord, o: Observed): string {
  if (isReported(dueReport(verify, record, o), o)) return nextDue(verify, record) ?? o.now;
  return isShieldedAnew(record, o) ? inSeconds(MOST_SKEW_SECONDS, o.now) : o.now;
}

/**
 * The drill that is due. Where status reports it, or its policy stands, another replica has begun with it, whose clock is ahead: two that disagree would
 * make the policy, and remove it, in turn.
 */
const dueOf = (verify: Verify, record: DrillRecord, o: Observed): Due | undefined =>
  dueNow(verify, record, o.now, dueBy(verify, record, o));

/** A refusal is seen by Metacontroller alone, which says so in an Event. */
const created = (what: string, o: Observed): string =>
  `its ${what} to be created; if that lasts, see why it is refused: ${refusalCommand(o)}`;

/** The next step where there is no copy: none is due, it waits, its policy comes first, or it is made. */
function beginning(verify: Verify | undefined, record: DrillRecord, o: Observed): Drilling {
  const due = verify && dueOf(verify, record, o);
  if (verify === undefined || due === undefined) return { record };
  const repo = verify.repository ?? firstRepository(o);
  const waits = whyNotNow(repo, o);
  if (waits !== undefined) return { record, pending: { due, waits } };
  if (drillPolicy(o) === undefined)
    return { wanted: { hasJob: false }, record, pending: { due, waits: created(kinds.networkPolicy.kind, o) } };
  const drill = begun(due, repo, verify, o);
  return { wanted: { copy: { drill, of: { repo, isMade: false } }, hasJob: false }, record, pending: { due, waits: created('copy', o) } };
}

/** The policy alone: it shields the copy until that is gone. */
const removing: WantedDrill = { hasJob: false };

/** The next step of a drill in progress. A result is on record before anything is removed. */
function going(verify: Verify | undefined, record: DrillRecord, isFrozen: boolean, o: Observed): Drilling | undefined {
  const copy = drillCopy(o);
  if (copy === undefined) return undefined;
  const drill = { ...drillOf(copy, o), ...(isKnown(copy, o) ? {} : verify && dueNow(verify, record, o.now)) };
  const isOver = copy.metadata.deletionTimestamp != null || record.last?.id === drill.id;
  if (isOver || verify === undefined || rivalOf(o) !== undefined) return { wanted: removing, record };
  const { copies } = o.provider;
  const isUp = copies.stateOf(copy).state === 'succeeded';
  // A copy that is not usable for a moment is not made anew, and its check goes on.
  const of = { repo: drill.repo, isMade: isUp || !copies.isSent(copy, o) };
  const hasJob = checkOf(copy, o) !== undefined || (isUp && drillJob(o) === undefined);
  const wanted: WantedDrill = { copy: { drill, of }, hasJob };
  return { wanted, record: (isFrozen ? undefined : recordOfEnd(copy, drill, record, o)) ?? record };
}

/** What is decided about drills, computed once for each request. A Bestie that goes begins none. Nothing is put on record for it, nor in a pause. */
export const drilling = memo((o): Drilling => {
  const verify = verifyOf(o);
  const isLeaving = isGoing(o);
  const isFrozen = isLeaving || isPaused(o.bestie);
  const record = isFrozen ? drillRecord(o) : withSchedule(drillRecord(o), verify, o.now);
  return going(verify, record, isFrozen, o) ?? beginning(isLeaving ? undefined : verify, record, o);
});

/** The record to write; undefined for none. */
export const drillsText = (o: Observed): string | undefined => drillRecordText(drilling(o).record);
