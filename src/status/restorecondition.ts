/** The condition Restored: what is said of each phase of a restore, and of each end. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { Reason } from '../api/reason.ts';
import { requests } from '../api/names.ts';
import { purposeOf } from '../database/backuprequest.ts';
import { restoring, type ActiveRestore } from '../decide/restore.ts';
import type { RestorePhase } from '../decide/restorephase.ts';
import { targetWords } from '../decide/restoretarget.ts';
import { secondsSince } from '../lib/time.ts';
import { annotate, kubectl } from '../observed/commands.ts';
import { migrationTarget } from '../observed/migrationtarget.ts';
import { aboutDatabase, isReported } from '../observed/reported.ts';
import { outcomes, type Outcome } from '../observed/restorerecord.ts';
import { lastRestore } from './lastrestore.ts';
import { reachedBy, shownRestore } from './restorestatus.ts';

/** Seconds without progress after which that is reported. */
const STUCK_SECONDS = 1800;

const request = (o: Observed, restore: object): string =>
  kubectl(o, `patch bestie ${o.bestie.metadata.name} --type merge -p '${JSON.stringify({ spec: { restore } })}'`);

/** Takes the restore to another target, under another id. */
const anew = (o: Observed): string =>
  kubectl(
    o,
    `patch bestie ${o.bestie.metadata.name} --type merge -p '{"spec":{"restore":{"id":"<a new id>","target":{"time":"<an earlier moment>","latest":null,"backup":null}}}}'`,
  );

const late: ReadonlySet<Reason> = new Set<Reason>(['BackupFailed', 'BackupTimeout', 'RepositoryNotReady']);

interface Said extends Pick<Readiness, 'message'> {
  reason: Reason;
  status?: 'True';
  /** What a user may look at once it takes too long; left out where nothing is late. */
  late?: string;
  /** It may take as long as it takes. */
  isLong?: true;
}

type Words = (active: ActiveRestore, o: Observed) => Said;

const nameOf = ({ current }: ActiveRestore): string => `restore ${current.id} to ${targetWords(current.target)}`;

/** That a request stays although the spec has it no more. */
function unwanted({ current }: ActiveRestore, o: Observed): string {
  const isWanted = o.bestie.spec.restore?.id === current.id || purposeOf(current.id) !== undefined;
  return isWanted
    ? ''
    : '; it is no longer in the spec, and stays requested: to take it back would start Postgres on what it has left so far';
}

function backingUp(active: ActiveRestore, o: Observed): Said {
  const { waits } = active;
  const message = `${nameOf(active)} waits for the backup of what is there now: ${waits?.message ?? ''}`;
  if (waits === undefined || !late.has(waits.reason)) return { reason: 'RestorePending', message };
  const isUsers = o.bestie.spec.restore?.id === active.current.id;
  return { reason: waits.reason, message: `${message}${isUsers ? `; to restore without it: ${request(o, { backup: 'Skip' })}` : ''}` };
}

const states: Readonly<Record<ActiveRestore['state']['state'], (operator: string) => string>> = {
  waiting: (operator) => `${operator} has not accepted it yet`,
  preparing: (operator) => `${operator} stops the instances before it begins`,
  running: (operator) => `${operator} replaces the data and starts Postgres on it`,
  succeeded: () => 'the data is back, and its request is being taken back',
  failed: () => 'it has failed',
};

function replacing(active: ActiveRestore, o: Observed): Said {
  const { state, startedAt } = active.state;
  const { operator, restores } = o.provider;
  const isRunning = state === 'running';
  const since = startedAt === undefined || !isRunning ? '' : `, since ${startedAt}`;
  return {
    reason: 'Restoring',
    message: `${nameOf(active)}: ${states[state](operator)}${since}${unwanted(active, o)}`,
    late: isRunning ? `its log shows how far it is: ${restores.logs(o)}` : `the events say what it waits for: ${restores.events(o)}`,
    ...(isRunning && { isLong: true }),
  };
}

const failed: Words = (active, o) => ({
  reason: 'RestoreFailed',
  message:
    `${nameOf(active)} has failed, and the database is down${unwanted(active, o)}; its log says why: ${o.provider.restores.logs(o)}; where it says that recovery ended ` +
    `before the target, nothing so late is archived; to restore to another moment: ${anew(o)}; to start Postgres on what the restore has left, ` +
    `which may be neither the former data nor that of the target: ${annotate(o, requests.abandonRestore, active.current.id)}`,
});

/** What is said in each phase. */
const phases: Readonly<Record<RestorePhase, Words>> = {
  Waiting: (active, o) => ({
    reason: 'RestorePending',
    message: `${nameOf(active)} waits: ${active.waits?.message ?? ''}`,
    late: `see what it does: ${o.provider.restores.events(o)}`,
  }),
  BackingUp: backingUp,
  Stopping: (active, o) => ({
    reason: 'Restoring',
    message: `${nameOf(active)}: ${active.waits?.message ?? ''}`,
    late: `see what keeps it: ${kubectl(o, 'get pods -o wide')}`,
  }),
  Restoring: replacing,
  Failed: failed,
  Migrating: (active, o) => ({
    reason: 'Restoring',
    message: `the data is as of ${reachedBy(active.current) ?? 'the target'}; the migrations of ${migrationTarget(o)} run on it`,
  }),
  Starting: (active, o) => ({
    reason: 'Restoring',
    message: `the data is as of ${reachedBy(active.current) ?? 'the target'}, and migrated; the application is being started`,
    late: `see its pods: ${kubectl(o, 'get pods')}`,
  }),
  Finishing: (active) => ({
    reason: 'Restored',
    status: 'True',
    message:
      `the data is as of ${reachedBy(active.current) ?? 'the target'}, and the application runs on it; until a new backup has succeeded, ` +
      'a later restore cannot reach what is written now',
  }),
};

/** The phase as a finding: late, once it has lasted too long by the time that status gives it. */
function underway(active: ActiveRestore, o: Observed): Readiness {
  const { reason, message, status = 'False', late: look, isLong } = phases[active.phase](active, o);
  const last = lastRestore(o);
  const recheck = active.waits?.recheckAfterSeconds;
  const soon = recheck === undefined ? {} : { recheckAfterSeconds: recheck };
  if (look === undefined) return { status, reason, message, ...soon, ...(active.waits?.reports && { reports: active.waits.reports }) };
  const isSame = last?.id === active.current.id && last.phase === active.phase;
  const since = (isSame ? last.since : undefined) ?? o.now;
  const report = aboutDatabase(o, { reason: 'RestoreStuck', detail: `${active.current.id} ${active.phase}` });
  const left = STUCK_SECONDS - secondsSince(since, o.now);
  if (left > 0 && !isReported(report, o)) return { status, reason, message, recheckAfterSeconds: Math.min(recheck ?? left, left) };
  return {
    status,
    reason: isLong === true ? reason : 'RestoreStuck',
    message: `${message}; that has lasted for half an hour, since ${since}; ${look}`,
    reports: [report],
    ...soon,
  };
}

const ends: Readonly<Record<Outcome, (id: string, what: string, why: string) => Pick<Readiness, 'status' | 'reason' | 'message'>>> = {
  Succeeded: (id, what) => ({ status: 'True', reason: 'Restored', message: `the data is as of ${what}, by restore ${id}` }),
  Failed: (id, what) => ({ status: 'False', reason: 'RestoreFailed', message: `restore ${id} to ${what} has failed` }),
  Refused: (id, what, why) => ({
    status: 'False',
    reason: 'RestoreRefused',
    message: `restore ${id} to ${what} is refused, and nothing was changed: ${why}; request what is possible under a new id`,
  }),
  PassedOver: (id) => ({
    status: 'False',
    reason: 'RestorePassedOver',
    message: `restore ${id} was requested before this Bestie had its database, so it is not carried out; a restore needs a new id`,
  }),
  CalledOff: (id, what) => ({
    status: 'False',
    reason: 'RestoreCalledOff',
    message: `restore ${id} to ${what} was called off before anything was changed; a restore needs a new id`,
  }),
  Replaced: (id, what) => ({
    status: 'False',
    reason: 'RestoreCalledOff',
    message: `restore ${id} to ${what} was replaced by another one`,
  }),
  Abandoned: (id, what) => ({
    status: 'False',
    reason: 'RestoreAbandoned',
    message:
      `restore ${id} to ${what} was taken back before it had succeeded: Postgres was started on what it has left, which may be neither the former ` +
      'data nor that of the target; check it, or restore again under a new id',
  }),
};

const UNKNOWN = 'why is not on record any more';

/** Restored; undefined before the first request. */
export function restored(o: Observed): Readiness | undefined {
  const { active, ended } = restoring(o);
  if (active !== undefined) return underway(active, o);
  const now = shownRestore(o);
  const outcome = outcomes.find((each) => each === now?.phase);
  if (now?.id === undefined || outcome === undefined) return undefined;
  const last = lastRestore(o);
  const why = ended.find(({ id }) => id === now.id)?.why ?? (last?.id === now.id ? last.message : undefined);
  const finding = ends[outcome](now.id, now.reached ?? now.target ?? 'its target', why ?? UNKNOWN);
  // The sentence of an end is made once: it has what only that answer knew.
  return last?.id === now.id && last.phase === outcome && last.message !== undefined ? { ...finding, message: last.message } : finding;
}
