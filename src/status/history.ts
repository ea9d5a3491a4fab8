/** `status.upgrade`: the upgrade in progress or the last one, and how the ones before it ended. */
import { requestOf } from '../decide/operation.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { attempting, attemptToken, deployedImage } from '../observed/releaserecord.ts';
import { begunJob } from '../decide/usedbackup.ts';
import { isRestoreFirst } from '../decide/restore.ts';
import type { Upgrade } from '../decide/upgrade.ts';
import { lastUpgrade, type Entry, type UpgradeStatus } from './lastupgrade.ts';
import type { Phase } from '../decide/upgradephase.ts';

/** Entries that are kept. */
const LIMIT = 10;

/** Phases that are the result of an upgrade, and are recorded in the history. */
const results = new Set(['Succeeded', 'Failed', 'RolledBack', 'Aborted']);
/** After a failed upgrade the spec requests what ran before, and that runs well. It is no result of its own. */
const SET_BACK = 'SetBack';
const ended = new Set([...results, SET_BACK]);
/** Phases of a failed upgrade, until the spec requests another image. */
const gaveUp = new Set(['Failed', 'RolledBack', 'RollingBack']);
const quiet: ReadonlySet<Phase> = new Set(['Installing', 'Settled']);

/** Phases before the migrations are completed. */
const before: ReadonlySet<Phase> = new Set(['Stopping', 'BackingUp', 'Migrating']);

/** Every status of an upgrade was lost: what runs well is not what was reported to have succeeded. */
const isMissed = ({ phase, to, isUp }: Pick<Upgrade, 'phase' | 'to' | 'isUp'>, last: UpgradeStatus | undefined): boolean =>
  quiet.has(phase) && isUp && last?.phase === 'Succeeded' && last.to !== to;

/** The phase in status. An upgrade that left the spec was aborted; one whose target runs well has succeeded. */
function phaseOf({ phase, to, from, isUp }: Upgrade, last: UpgradeStatus | undefined): string | undefined {
  const isBack = phase === 'RollingBack' && last?.phase === 'RolledBack' && last.to === to;
  if (!quiet.has(phase) && from !== to) return isBack ? 'RolledBack' : phase;
  if (last?.phase === undefined) return undefined;
  // Nothing is known to have run on the data: the requested image is installed, which is no upgrade.
  if (phase === 'Installing' && !isUp && attempting.has(last.phase)) return 'Aborted';
  if (last.to === to || isMissed({ phase, to, isUp }, last)) return isUp ? 'Succeeded' : last.phase;
  if (gaveUp.has(last.phase) || last.phase === 'Refused') return isUp ? SET_BACK : last.phase;
  return ended.has(last.phase) ? last.phase : 'Aborted';
}

const problemOf = ({ refused, failure, gate }: Upgrade): Pick<Readiness, 'reason' | 'message'> | undefined =>
  refused ?? failure ?? (gate?.reason === 'BackingUp' || gate?.reason === 'Stopping' ? undefined : gate);

/** The end of an upgrade that another one replaces: it was aborted, unless it has just succeeded, or failed and was being rolled back. */
function leftBehind({ from, to, phase, reason }: UpgradeStatus, upgrade: Upgrade, o: Observed): Entry | undefined {
  if (from === undefined || to === undefined || to === upgrade.to || ended.has(phase ?? '')) return undefined;
  const at = o.now;
  if (phase === 'RollingBack') return { from, to, result: 'Failed', ...(reason !== undefined && { reason }), at };
  return { from, to, result: upgrade.isUp && deployedImage(o) === to ? 'Succeeded' : 'Aborted', at };
}

/** The entry of an upgrade at its end. One that was being rolled back when the version was set back is rolled back by now. */
function entryOf(
  phase: string,
  { from, to, since }: Required<Pick<UpgradeStatus, 'from' | 'to' | 'since'>>,
  reason: string | undefined,
  last: UpgradeStatus | undefined,
): Entry | undefined {
  const isUndone = phase === SET_BACK && last?.phase === 'RollingBack';
  if (!isUndone && !results.has(phase)) return undefined;
  const why = isUndone ? last.reason : reason;
  return { from, to, result: isUndone ? 'RolledBack' : phase, ...(why !== undefined && { reason: why }), at: since };
}

/** Before the migrations the requested backup, afterwards the one that their Job names, or, without a Job, the one in status. */
function backupOf(upgrade: Upgrade, last: UpgradeStatus | undefined, o: Observed): string | undefined {
  const { phase, to } = upgrade;
  const request = requestOf(upgrade.operation);
  if (request?.purpose === 'pre-upgrade' || request?.purpose === 'quiet-upgrade') return request.id;
  // The Job of the requested image says nothing about an upgrade that left the spec.
  if (quiet.has(phase) && last?.to !== to) return last?.backupID;
  const job = begunJob(o);
  return job?.backup ?? (job === undefined && before.has(phase) ? undefined : last?.backupID);
}

/** The retry token of the attempt in progress, or of the one that failed; empty if there was none. */
function retryOf({ failure, to }: Upgrade, phase: string, o: Observed): string {
  return failure?.retry ?? (attempting.has(phase) ? attemptToken(o, to) : '');
}

/** How what is decided now goes on from what was reported last. */
interface Course {
  last: UpgradeStatus | undefined;
  /** In words of status. */
  phase: string;
  isQuiet: boolean;
  /** Every status of an upgrade was lost. */
  isMissed: boolean;
  /** The phase, of the same upgrade, is the one that was reported. */
  isSame: boolean;
  /** The one that was reported continues, unless it had ended or another target is wanted. */
  goesOn: boolean;
}

function courseOf(upgrade: Upgrade, last: UpgradeStatus | undefined, phase: string): Course {
  const isQuiet = quiet.has(upgrade.phase);
  const missed = isMissed(upgrade, last);
  const isSame = last?.phase === phase && !missed && (isQuiet || last.to === upgrade.to);
  const goesOn = isQuiet || isSame || (last?.to === upgrade.to && !ended.has(last.phase ?? ''));
  return { last, phase, isQuiet, isMissed: missed, isSame, goesOn };
}

/** The images from which and to which the reported upgrade goes. */
function endsOf({ last, isMissed: missed, goesOn }: Course, { from, to }: Upgrade): { from: string; to: string } {
  if (missed) return { from: last?.to ?? '', to };
  return goesOn ? { from: last?.from ?? from, to: last?.to ?? to } : { from, to };
}

/** How upgrades have ended just now: the one that is reported, and one that it takes over from. */
function endings(
  { last, phase, isQuiet, isSame }: Course,
  reported: Required<Pick<UpgradeStatus, 'from' | 'to' | 'since'>>,
  reason: string | undefined,
  upgrade: Upgrade,
  o: Observed,
): Entry[] {
  const entry = isSame ? undefined : entryOf(phase, reported, reason, last);
  const left = isQuiet || last === undefined ? undefined : leftBehind(last, upgrade, o);
  return [entry, left].filter((each) => each !== undefined);
}

/** `status.upgrade`; undefined before the first upgrade. */
export function upgradeStatus(upgrade: Upgrade, o: Observed): UpgradeStatus | undefined {
  const last = lastUpgrade(o);
  const phase = phaseOf(upgrade, last);
  // Whether it is refused depends on the data that comes back.
  if (phase === 'Refused' && isRestoreFirst(o)) return last;
  return phase === undefined ? undefined : inPhase(upgrade, last, phase, o);
}

/** With that phase. */
function inPhase(upgrade: Upgrade, last: UpgradeStatus | undefined, phase: string, o: Observed): UpgradeStatus {
  const course = courseOf(upgrade, last, phase);
  // Where the Deployment refused every record, status alone has counted.
  const failed = Math.max(upgrade.failures, last?.failed ?? 0);
  if (course.isSame && course.isQuiet) return { ...last, failed };
  const { from, to } = endsOf(course, upgrade);
  const { reason, message } = problemOf(upgrade) ?? {};
  const backupID = backupOf(upgrade, course.goesOn ? last : undefined, o);
  const retry = retryOf(upgrade, phase, o);
  const since = (course.isSame ? last?.since : undefined) ?? o.now;
  const entries = endings(course, { from, to, since }, reason, upgrade, o);
  const history = [...entries, ...(last?.history ?? [])].slice(0, LIMIT);
  return {
    from,
    to,
    phase,
    since,
    ...(backupID !== undefined && { backupID }),
    ...(retry !== '' && { retry }),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    succeeded: (last?.succeeded ?? 0) + entries.filter(({ result }) => result === 'Succeeded').length,
    failed,
    ...(history.length > 0 && { history }),
  };
}
