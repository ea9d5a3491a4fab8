/** What status says of upgrades: the one under way or the last one, and how the ones before it ended. */
import { requestOf } from '../decide/operation.ts';
import type { BestieStatus } from '../api/bestie.ts';
import type { Observed } from '../api/observed.ts';
import type { Live, Readiness } from '../api/kubernetes.ts';
import { attempting, attemptToken, deployedImage } from '../observed/releaserecord.ts';
import { begunJob } from '../decide/migrationgate.ts';
import type { Phase, Upgrade } from '../decide/upgrade.ts';

type Told = NonNullable<BestieStatus['upgrade']>;
type Entry = NonNullable<Told['history']>[number];

/** Entries that are kept. */
const LIMIT = 10;

/** Phases that are the result of an upgrade, and stand in the history. */
const results = new Set(['Succeeded', 'Failed', 'RolledBack', 'Aborted']);
/** What ran before is wanted again, and runs well, after an upgrade that failed. It is no result of its own. */
const SET_BACK = 'SetBack';
const ended = new Set([...results, SET_BACK]);
/** Phases of an upgrade that failed, until the spec wants something else. */
const gaveUp = new Set(['Failed', 'RolledBack', 'RollingBack']);
const quiet: ReadonlySet<Phase> = new Set(['Installing', 'Settled']);

/** Phases before the migrations are completed. */
const before: ReadonlySet<Phase> = new Set(['BackingUp', 'Migrating']);

const isWhole = (entry: Live<Entry> | null): entry is Entry =>
  entry?.from != null && entry.to != null && entry.result != null && entry.at != null;

const whole = ({ from, to, result, reason, at }: Live<Entry> & Entry): Entry => ({
  from,
  to,
  result,
  ...(reason != null && { reason }),
  at,
});

/** What was written last, less what is null. */
export function lastUpgrade(o: Observed): Told | undefined {
  const last = o.bestie.status.upgrade;
  if (last == null) return undefined;
  const { history, ...rest } = last;
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) as Told;
  return { ...known, ...(history != null && { history: history.filter(isWhole).map(whole) }) };
}

/** Every status of an upgrade was lost: what runs well is not what was told to have succeeded. */
const isMissed = ({ phase, to, isUp }: Pick<Upgrade, 'phase' | 'to' | 'isUp'>, last: Told | undefined): boolean =>
  quiet.has(phase) && isUp && last?.phase === 'Succeeded' && last.to !== to;

/** The phase in words of status. An upgrade that left the spec was called off; one whose target runs well has arrived. */
function phaseOf({ phase, to, from, isUp }: Upgrade, last: Told | undefined): string | undefined {
  const isBack = phase === 'RollingBack' && last?.phase === 'RolledBack' && last.to === to;
  if (!quiet.has(phase) && from !== to) return isBack ? 'RolledBack' : phase;
  if (last?.phase === undefined) return undefined;
  // Nothing is known to have run on the data: what is wanted is installed, and that is no upgrade from anything.
  if (phase === 'Installing' && !isUp && attempting.has(last.phase)) return 'Aborted';
  if (last.to === to || isMissed({ phase, to, isUp }, last)) return isUp ? 'Succeeded' : last.phase;
  if (gaveUp.has(last.phase) || last.phase === 'Refused') return isUp ? SET_BACK : last.phase;
  return ended.has(last.phase) ? last.phase : 'Aborted';
}

const ailment = ({ refused, failure, gate }: Upgrade): Pick<Readiness, 'reason' | 'message'> | undefined =>
  refused ?? failure ?? (gate?.reason === 'BackingUp' ? undefined : gate);

/** The end of an upgrade that another one takes over: it was called off, unless it has just arrived, or failed and was being undone. */
function leftBehind({ from, to, phase, reason }: Told, upgrade: Upgrade, o: Observed): Entry | undefined {
  if (from === undefined || to === undefined || to === upgrade.to || ended.has(phase ?? '')) return undefined;
  const at = o.now;
  if (phase === 'RollingBack') return { from, to, result: 'Failed', ...(reason !== undefined && { reason }), at };
  return { from, to, result: upgrade.isUp && deployedImage(o) === to ? 'Succeeded' : 'Aborted', at };
}

/** What is told of an upgrade at its end. One that was being undone when the version was set back has been undone by now. */
function entryOf(
  phase: string,
  { from, to, since }: Required<Pick<Told, 'from' | 'to' | 'since'>>,
  reason: string | undefined,
  last: Told | undefined,
): Entry | undefined {
  const isUndone = phase === SET_BACK && last?.phase === 'RollingBack';
  if (!isUndone && !results.has(phase)) return undefined;
  const why = isUndone ? last.reason : reason;
  return { from, to, result: isUndone ? 'RolledBack' : phase, ...(why !== undefined && { reason: why }), at: since };
}

/** Before the migrations the backup that is asked for, afterwards the one that their Job names, or, where that is gone, what was told of it. */
function backupOf(upgrade: Upgrade, last: Told | undefined, o: Observed): string | undefined {
  const { phase, to } = upgrade;
  const request = requestOf(upgrade.operation);
  if (request?.purpose === 'pre-upgrade') return request.id;
  // What is said of an upgrade that left the spec is about no Job of what is wanted now.
  if (quiet.has(phase) && last?.to !== to) return last?.backupID;
  const job = begunJob(o);
  return job?.backup ?? (job === undefined && before.has(phase) ? undefined : last?.backupID);
}

/** The retry token of the attempt that is under way, or that failed; empty where there was none. */
function retryOf({ failure, to }: Upgrade, phase: string, o: Observed): string {
  return failure?.retry ?? (attempting.has(phase) ? attemptToken(o, to) : '');
}

/** `status.upgrade`; undefined before the first upgrade. */
export function upgradeStatus(upgrade: Upgrade, o: Observed): Told | undefined {
  const last = lastUpgrade(o);
  const phase = phaseOf(upgrade, last);
  if (phase === undefined) return undefined;
  const isQuiet = quiet.has(upgrade.phase);
  const missed = isMissed(upgrade, last);
  const isSame = last?.phase === phase && !missed && (isQuiet || last.to === upgrade.to);
  if (isSame && isQuiet) return { ...last, failed: Math.max(upgrade.failures, last.failed ?? 0) };
  // The one that was told of goes on, unless it had ended or another target is wanted.
  const goesOn = isQuiet || isSame || (last?.to === upgrade.to && !ended.has(last.phase ?? ''));
  const { from = upgrade.from, to = upgrade.to }: Told = missed ? { from: last?.to ?? '' } : goesOn ? (last ?? {}) : {};
  const { reason, message } = ailment(upgrade) ?? {};
  const backupID = backupOf(upgrade, goesOn ? last : undefined, o);
  const retry = retryOf(upgrade, phase, o);
  const since = isSame ? (last.since ?? o.now) : o.now;
  const entry = isSame ? undefined : entryOf(phase, { from, to, since }, reason, last);
  const left = isQuiet || last === undefined ? undefined : leftBehind(last, upgrade, o);
  const entries = [entry, left].filter((each) => each !== undefined);
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
    // Where the Deployment refused every record, status alone has counted.
    failed: Math.max(upgrade.failures, last?.failed ?? 0),
    ...(history.length > 0 && { history }),
  };
}
