/**
 * A restore on request, as a state machine over observed facts: the process remembers nothing, so it continues from where it was interrupted. The
 * order: other operations end → backup of what is there → application at zero → data replaced → request taken back → migrations → application →
 * backup of the new history.
 */
import type { BackupRequest } from '../api/decisions.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import type { RestoreRequest, RestoreState } from '../api/restore.ts';
import { hash8 } from '../lib/hash.ts';
import { secondsSince } from '../lib/time.ts';
import { isCopying } from '../observed/copyrecord.ts';
import { deployment } from '../observed/deployment.ts';
import { memo } from '../observed/memo.ts';
import { restoreRecord, restoreRecordText, type CurrentRestore, type RestoreRecord } from '../observed/restorerecord.ts';
import { backupPolicy, firstRepository, operation, type BackupNeed } from './backup.ts';
import { hasSucceeded, requestOf, waitOf, type DatabaseOperation } from './operation.ts';
import { whatGoesFirst } from './otherwork.ts';
import { restorePhase, type RestorePhase } from './restorephase.ts';
import { isMigrated, isServing, isTakenBack } from './restoreprogress.ts';
import { nextRestores } from './restorerecord.ts';
import { writing } from './writing.ts';

/** The restore that is carried out. */
export interface ActiveRestore {
  current: CurrentRestore;
  phase: RestorePhase;
  state: RestoreState;
  /** What the phase waits for, where anything is to be said of it. */
  waits?: Readiness;
  /** Why the application is stopped; undefined while it is not, or by the state of its data. */
  stopped?: Readiness;
  /** What migrations wait for; undefined once they may run. */
  gate?: Readiness;
  /** The backup in progress. */
  operation: DatabaseOperation;
  /** That of what is there, in progress or succeeded, also in the answer that requests the restore in its place. */
  backup?: BackupRequest;
  /** The backup of the new history. */
  need?: BackupNeed;
}

/** Everything that is decided about restores. */
export interface Restoring {
  active?: ActiveRestore;
  /** What is requested from the database operator. */
  request?: RestoreRequest;
  /** The record to write. */
  record?: string;
}

/** Seconds without a usable database after which the data is replaced without a backup of what is there. */
const DOWN_SECONDS = 300;

/** Since when the backup is waited for, by the last status: what went first took its own time. */
function waitsSince({ id }: CurrentRestore, { bestie, now }: Observed): string {
  const { id: last, phase, since } = bestie.status.restore ?? {};
  return (last === id && phase === 'BackingUp' ? since : undefined) ?? now;
}

/** Whether the database is down for another reason than that it is being made, or that a user has stopped it, or restores it by hand: then it is waited for. */
function isDown(current: CurrentRestore, o: Observed): boolean {
  const { provider } = o;
  if (isCopying(o) || provider.isUsable(o) || provider.stopped(o) !== undefined || provider.restores.byOthers(o) !== undefined)
    return false;
  return provider.isRestoring(o) || secondsSince(waitsSince(current, o), o.now) >= DOWN_SECONDS;
}

/** Whether none can be taken, because the database is down. Once that is on record every replica goes by it, whatever its clock. */
function isUnbacked(current: CurrentRestore, o: Observed): boolean {
  if (backupPolicy(current.id, o) !== 'Auto' || current.stage !== 'Requested') return current.isUnbacked === true;
  return current.isUnbacked === true || isDown(current, o);
}

/** Whether no backup is to be taken of what is there: a user wants none, or the database is down. */
const goesWithoutBackup = (current: CurrentRestore, o: Observed): boolean =>
  backupPolicy(current.id, o) === 'Skip' || isUnbacked(current, o);

const before = ({ id, since }: CurrentRestore, o: Observed): BackupNeed => ({
  purpose: 'pre-restore',
  key: hash8(id),
  repo: firstRepository(o),
  since,
});

/** Whether the application was stopped already: it is not started again for what comes between. */
function isAtZero(o: Observed): boolean {
  const live = deployment(o);
  return live !== undefined && (o.applied(live)?.spec as { replicas?: number } | undefined)?.replicas === 0;
}

const words = ({ id }: CurrentRestore): string => `restore ${id}`;

/** The backup before the restore, while nothing is changed yet. */
function backingUp(current: CurrentRestore, o: Observed): DatabaseOperation {
  if (current.stage !== 'Requested') return { type: 'None' };
  return operation(goesWithoutBackup(current, o) ? undefined : before(current, o), o);
}

function active(recorded: CurrentRestore, o: Observed): ActiveRestore {
  const current: CurrentRestore = isUnbacked(recorded, o) ? { ...recorded, isUnbacked: true } : recorded;
  const { restores } = o.provider;
  const state = restores.stateOf(current.request, o);
  const backup = backingUp(current, o);
  const isWaived = goesWithoutBackup(current, o);
  const goesFirst = current.stage === 'Requested' ? whatGoesFirst(isWaived ? undefined : requestOf(backup)?.id, o) : undefined;
  const waits = isWaived || hasSucceeded(backup) ? undefined : waitOf(backup);
  const left = writing(o);
  const { phase, isQuiet, isExclusive } = restorePhase({
    stage: current.stage,
    state: state.state,
    isTakenBack: isTakenBack(o),
    isMigrated: isMigrated(o),
    isServing: isServing(o),
    goesFirst,
    backup: waits,
    writers: left,
  });
  const request = requestOf(backup);
  const isStopped = isQuiet === true || (phase === 'Waiting' && isAtZero(o));
  const why: Partial<Record<RestorePhase, Readiness | undefined>> = { Waiting: goesFirst, BackingUp: waits, Stopping: left };
  return {
    current,
    phase,
    state,
    ...(why[phase] && { waits: why[phase] }),
    ...(isStopped && {
      stopped: {
        status: 'False',
        reason: 'Restoring',
        message: `the application is stopped for ${words(current)}, until its data is back`,
      },
    }),
    ...(isExclusive === true && { gate: { status: 'False', reason: 'Restoring', message: `${words(current)} comes first` } }),
    operation: phase === 'Restoring' || phase === 'Failed' ? { type: 'None' } : backup,
    ...(request?.purpose === 'pre-restore' && { backup: request }),
    ...(phase === 'Finishing' && {
      need: { purpose: 'post-restore', key: hash8(current.id), repo: firstRepository(o), since: current.restoredAt ?? o.now } as const,
    }),
  };
}

const isArmed = ({ current, phase }: ActiveRestore): boolean =>
  (phase === 'Restoring' || phase === 'Failed') && current.stage !== 'Restored';

/** With the restore requested, where its turn has come. */
const armed = ({ current, ...rest }: ActiveRestore): ActiveRestore => ({ ...rest, current: { ...current, stage: 'Armed' } });

const isEmpty = ({ ended, current, restoredAt }: RestoreRecord): boolean =>
  ended.length === 0 && current === undefined && restoredAt === undefined;

/** Whether a restore is to be carried out before anything else is done to the database. */
export const isRestoreFirst = (o: Observed): boolean => restoring(o).active?.gate !== undefined;

/** What is decided about restores, computed once for each request. */
export const restoring = memo((o): Restoring => {
  const record = nextRestores(o);
  if (record === undefined) return {};
  const found = record.current && active(record.current, o);
  const now = found && isArmed(found) ? armed(found) : found;
  const next: RestoreRecord = { ...record, ...(now && { current: now.current }) };
  const isWritten = !isEmpty(next) || restoreRecord(o) !== undefined;
  return {
    ...(now && { active: now }),
    ...(now?.current.stage === 'Armed' && { request: { id: now.current.request, repo: now.current.repo, target: now.current.target } }),
    ...(isWritten && { record: restoreRecordText(next, o.bestie.spec.restore?.id) }),
  };
});
