/** What status says of upgrades: the one under way or the last one, and how the ones before it ended. */
import type { BestieStatus } from '../api/bestie.ts';
import type { Live, Observed, Readiness } from '../api/kubernetes.ts';
import { toldToRun } from '../children/deployed.ts';
import { begunJob } from './gate.ts';
import type { Phase, Upgrade } from './upgrade.ts';

type Told = NonNullable<BestieStatus['upgrade']>;
type Entry = NonNullable<Told['history']>[number];

/** Entries that are kept. */
const LIMIT = 10;

const ended = new Set(['Succeeded', 'Failed', 'RolledBack', 'Aborted']);
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
  if (last.to === to || isMissed({ phase, to, isUp }, last)) return isUp ? 'Succeeded' : last.phase;
  return ended.has(last.phase) ? last.phase : 'Aborted';
}

const ailment = ({ refused, failure, gate }: Upgrade): Pick<Readiness, 'reason' | 'message'> | undefined =>
  refused ?? failure ?? (gate?.reason === 'BackingUp' ? undefined : gate);

/** The end of an upgrade that another one takes over: it was called off, unless it has just arrived. */
function leftBehind({ from, to, phase }: Told, upgrade: Upgrade, o: Observed): Entry | undefined {
  if (from === undefined || to === undefined || to === upgrade.to || ended.has(phase ?? '')) return undefined;
  return { from, to, result: upgrade.isUp && toldToRun(o) === to ? 'Succeeded' : 'Aborted', at: o.now };
}

/** Before the migrations the backup that is asked for, afterwards the one that their Job names, or, where that is gone, what was told of it. */
function backupOf({ phase, backup: { armed } }: Upgrade, last: Told | undefined, o: Observed): string | undefined {
  if (armed?.purpose === 'pre-upgrade') return armed.id;
  const job = begunJob(o);
  return job === undefined ? (before.has(phase) ? undefined : last?.backupID) : job.backup;
}

/** `status.upgrade`; undefined before the first upgrade. */
export function told(upgrade: Upgrade, o: Observed): Told | undefined {
  const last = lastUpgrade(o);
  const phase = phaseOf(upgrade, last);
  if (phase === undefined) return undefined;
  const isQuiet = quiet.has(upgrade.phase);
  const missed = isMissed(upgrade, last);
  const isSame = last?.phase === phase && !missed && (isQuiet || last.to === upgrade.to);
  if (isSame && isQuiet) return { ...last, failed: upgrade.failures };
  // The one that was told of goes on, unless it had ended or another target is wanted.
  const goesOn = isQuiet || isSame || (last?.to === upgrade.to && !ended.has(last.phase ?? ''));
  const { from = upgrade.from, to = upgrade.to }: Told = missed ? { from: last?.to ?? '' } : goesOn ? (last ?? {}) : {};
  const { reason, message } = ailment(upgrade) ?? {};
  const backupID = backupOf(upgrade, goesOn ? last : undefined, o);
  const since = isSame ? (last.since ?? o.now) : o.now;
  const entry: Entry = { from, to, result: phase, ...(reason !== undefined && { reason }), at: since };
  const left = isQuiet || last === undefined ? undefined : leftBehind(last, upgrade, o);
  const entries = [...(!isSame && ended.has(phase) ? [entry] : []), ...(left ? [left] : [])];
  const history = [...entries, ...(last?.history ?? [])].slice(0, LIMIT);
  return {
    from,
    to,
    phase,
    since,
    ...(backupID !== undefined && { backupID }),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    succeeded: (last?.succeeded ?? 0) + entries.filter(({ result }) => result === 'Succeeded').length,
    failed: upgrade.failures,
    ...(history.length > 0 && { history }),
  };
}
