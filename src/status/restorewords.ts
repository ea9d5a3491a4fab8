/** What the condition Restored says in each phase of a restore. */
import type { Observed } from '../api/observed.ts';
import type { Reason } from '../api/reason.ts';
import { requests } from '../api/names.ts';
import { purposeOf } from '../database/backuprequest.ts';
import type { ActiveRestore } from '../decide/restore.ts';
import type { RestorePhase } from '../decide/restorephase.ts';
import { reachedBy, targetWords } from '../decide/restoretarget.ts';
import { failedAttempt } from '../observed/attempts.ts';
import { annotate, kubectl } from '../observed/commands.ts';
import { migrationTarget } from '../observed/migrationtarget.ts';
import { replacedSince } from './replacedsince.ts';

const request = (o: Observed, restore: object): string =>
  kubectl(o, `patch bestie ${o.bestie.metadata.name} --type merge -p '${JSON.stringify({ spec: { restore } })}'`);

/** Requests another target, under another id. The whole request is replaced: two targets are refused. */
function anew({ current }: ActiveRestore, o: Observed): string {
  const [first] = o.bestie.spec.database.backups.repos;
  const repository = current.repo === first?.name ? {} : { repository: current.repo };
  const value = { id: '<a new id>', target: { time: '<another moment>' }, ...repository };
  const patch = JSON.stringify([{ op: 'add', path: '/spec/restore', value }]);
  return kubectl(o, `patch bestie ${o.bestie.metadata.name} --type json -p '${patch}'`);
}

const late: ReadonlySet<Reason> = new Set<Reason>(['BackupFailed', 'BackupTimeout', 'RepositoryNotReady']);

/** What is said of a phase. */
export interface Said {
  reason: Reason;
  message: string;
  status?: 'True';
  /** What a user may look at once it takes too long; left out where nothing is late. */
  late?: string;
  /** Seconds after which that is said; half an hour if it is left out. */
  patience?: number;
  /** RFC 3339 time since which it takes, where that is not the whole phase. */
  since?: string;
  /** It may take as long as it takes. */
  isLong?: true;
}

type Words = (active: ActiveRestore, o: Observed) => Said;

const nameOf = ({ current }: ActiveRestore): string => `restore ${current.id} to ${targetWords(current.target)}`;

/** That what was there before is in no backup. */
const unbacked = ({ current }: ActiveRestore): string =>
  current.isUnbacked === true ? '; there is no backup of what was there before it, because the database was down' : '';

/** That a request stays although the spec has it no more. */
function unwanted({ current }: ActiveRestore, o: Observed): string {
  const isWanted = o.bestie.spec.restore?.id === current.id || purposeOf(current.id) !== undefined;
  return isWanted
    ? ''
    : '; it is no longer in the spec, and stays requested: to take it back would start Postgres on what it has left so far';
}

/** That others have changed the request on the object of the database, while it stands. */
function overwritten({ current }: ActiveRestore, o: Observed): string {
  const { operator, restores } = o.provider;
  if (current.stage !== 'Armed' || restores.armed(o) !== current.request || !restores.isOverwritten(o)) return '';
  return `; others have changed its request, without which ${operator} starts Postgres on what it has left so far: it is requested again`;
}

const aside = (active: ActiveRestore, o: Observed): string => `${unwanted(active, o)}${overwritten(active, o)}`;

/** Where the database operator says what it waits for. */
const look = (o: Observed): string => `see what is waited for: ${o.provider.restores.events(o)}`;

function backingUp(active: ActiveRestore, o: Observed): Said {
  const { waits } = active;
  const message = `${nameOf(active)} waits for the backup of what is there now: ${waits?.message ?? ''}`;
  if (waits === undefined || !late.has(waits.reason)) return { reason: 'RestorePending', message, late: look(o) };
  const isUsers = o.bestie.spec.restore?.id === active.current.id;
  return { reason: waits.reason, message: `${message}${isUsers ? `; to restore without it: ${request(o, { backup: 'Skip' })}` : ''}` };
}

const states: Readonly<Record<ActiveRestore['state']['state'], (operator: string) => string>> = {
  waiting: (operator) => `${operator} has not accepted it yet`,
  preparing: (operator) => `${operator} stops the instances before it begins`,
  running: (operator) => `${operator} replaces the data and starts Postgres on it`,
  succeeded: () => 'the data is back, and its request is being taken back',
  failed: () => 'it has failed',
  brokenOff: () => 'it was broken off',
};

/**
 * How a restore to a moment shows that it never ends. Postgres answers before it finds that nothing so late is archived, so the Job starts it again and
 * again, and neither ends nor fails. Source: seen with the script of that Job, see test/restore.
 */
const endless = (active: ActiveRestore, o: Observed): string =>
  active.current.target.type === 'time'
    ? `; where its log repeats that recovery ended before the target, nothing so late is archived of the history that it follows and it never ends, so request an earlier moment: ${anew(active, o)}`
    : '';

/** Seconds after which that is said: most databases of this application are restored by then. */
const ENDLESS_SECONDS = 600;

function replacing(active: ActiveRestore, o: Observed): Said {
  const { state, startedAt } = active.state;
  const { operator, restores } = o.provider;
  const retried = failedAttempt(active.state, restores.logs(o));
  const isRunning = state === 'running';
  const since = startedAt === undefined || !isRunning ? '' : `, since ${startedAt}`;
  const message = `${nameOf(active)}: ${states[state](operator)}${since}${retried}${aside(active, o)}`;
  if (state === 'succeeded') return { reason: 'Restoring', message };
  return {
    reason: 'Restoring',
    message,
    late: isRunning
      ? `a large database may need longer; its log shows how far it is: ${restores.logs(o)}${endless(active, o)}`
      : `the events say what it waits for: ${restores.events(o)}; a new id starts over`,
    ...(isRunning && { isLong: true, ...(startedAt !== undefined && { since: startedAt }) }),
    ...(isRunning && active.current.target.type === 'time' && { patience: ENDLESS_SECONDS }),
  };
}

/** What has become of a restore that does not end by itself, and why. */
function failure(active: ActiveRestore, o: Observed): string {
  const { operator, restores } = o.provider;
  if (active.state.state === 'brokenOff')
    return (
      `${nameOf(active)} was broken off: the instances were started before it had ended, so ${operator} never ends it, and the application ` +
      `stays stopped${aside(active, o)}; see its events: ${restores.events(o)}`
    );
  const down = o.provider.isUsable(o) ? '' : ', and the database is down';
  return `${nameOf(active)} has failed${down}${aside(active, o)}; its log says why: ${restores.logs(o)}`;
}

const failed: Words = (active, o) => ({
  reason: 'RestoreFailed',
  message:
    `${failure(active, o)}; to request another moment, or a backup by its label: ${anew(active, o)}; to start Postgres and the application on what the restore has left, ` +
    `which may be neither the former data nor that of the target: ${annotate(o, requests.abandonRestore, active.current.id)}`,
});

const phases: Readonly<Record<RestorePhase, Words>> = {
  Waiting: (active, o) => ({
    reason: 'RestorePending',
    message: `${nameOf(active)} waits: ${active.waits?.message ?? ''}`,
    late: look(o),
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

/** Of a restore that is carried out; what was lost with it is said until its end. */
export function saidOf(active: ActiveRestore, o: Observed): Said {
  const said = phases[active.phase](active, o);
  const { id, stage } = active.current;
  const replaced = stage === 'Restored' ? replacedSince(id, o) : '';
  return { ...said, message: `${said.message}${unbacked(active)}${replaced}` };
}
