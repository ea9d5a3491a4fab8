/** What the state machines contribute to the conditions. */
import { requestOf, waitOf } from '../decide/operation.ts';
import type { ConditionType } from '../api/condition.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { requests } from '../api/names.ts';
import { reportsBackups } from '../observed/reportsbackups.ts';
import type { Context } from '../api/child.ts';
import { annotate, setTo } from '../observed/commands.ts';
import { guardReadiness } from '../database/guard.ts';
import { isExternal } from '../observed/migrations.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { isCopying } from '../observed/copyrecord.ts';
import { isBeingReplaced } from '../observed/replaceddata.ts';
import { podsOfImage } from '../observed/deployment.ts';
import { problems } from '../observed/podtroubles.ts';
import { isReversible } from '../decide/skew.ts';
import type { Upgrade } from '../decide/upgrade.ts';
import type { Phase } from '../decide/upgradephase.ts';
import { isRestoreFirst, restoring } from '../decide/restore.ts';
import { nextRestores } from '../decide/restorerecord.ts';
import { restoresOnFailure } from '../decide/undoing.ts';
import { usedBackup } from '../decide/usedbackup.ts';
import { purposeOf } from '../database/backuprequest.ts';
import { outcomeOf } from '../observed/restorerecord.ts';

const undoing: ReadonlySet<Phase> = new Set(['RollingBack', 'RolledBack']);
/** Reasons for which a backup before an upgrade counts as missing. */
const late: ReadonlySet<string> = new Set(['BackupFailed', 'BackupTimeout']);

/** The backup before an upgrade that does not come about, as status said it last; undefined where it said no such thing. */
export function lateBackup({ bestie }: Observed): Readiness | undefined {
  const before = previousConditions(bestie.status).get('BackupReady');
  return before !== undefined && late.has(before.reason) ? before : undefined;
}

/** The ways on from a target that failed: back to what ran well, where that may run on the schema, or the same once more. */
function waysOn({ to, from }: Upgrade, o: Observed): string {
  const back = from !== to && isReversible(o, from) ? setTo(from, o) : undefined;
  const again = `try again: ${annotate(o, requests.retryUpgrade, '<a new value>')}`;
  return back === undefined ? `fix it and ${again}` : `to go back: ${back}; or fix it and ${again}`;
}

/** What has become of its restore, where that has an end of its own. */
const endsOfUndoing: ReadonlyMap<string, string> = new Map([
  ['Succeeded', '; the backup before it was restored'],
  ['Refused', '; the backup before it is not restored, as with onFailure Halt: status.restore.history has that, and Restored why'],
]);

/** What becomes of a migration that has failed, where it was to be undone. */
function undone({ failure }: Upgrade, o: Observed): string {
  if (failure?.during !== 'Migrating' || !restoresOnFailure(o)) return '';
  const { active } = restoring(o);
  if (active !== undefined && purposeOf(active.current.id) === 'quiet-upgrade')
    return '; the backup before it is being restored, see Restored';
  const id = usedBackup(o);
  const outcome = id === undefined ? undefined : outcomeOf(id, nextRestores(o) ?? { ended: [] });
  return (
    endsOfUndoing.get(outcome ?? '') ??
    '; nothing is restored, as with onFailure Halt: no backup was taken for it with the application stopped, or another one is newer'
  );
}

/** `isUpgrade`: status reports an upgrade, because something ran before. */
function upgradeFailed(upgrade: Upgrade, isUpgrade: boolean, o: Observed): Readiness {
  const { refused, failure, gate, to, phase, from } = upgrade;
  const what = isUpgrade ? `the upgrade to ${to}` : to;
  // On the data that a restore brings back the wanted version may be the right one.
  if (refused !== undefined && !isRestoreFirst(o))
    return { ...refused, status: 'True', message: `${what} was not started: ${refused.message}` };
  if (failure !== undefined) {
    const state = undoing.has(phase) ? `; ${from} runs instead, on the migrated schema` : '';
    const message = `${what} has failed: ${failure.message}${undone(upgrade, o)}${state}; ${waysOn(upgrade, o)}`;
    return { status: 'True', reason: failure.reason, message };
  }
  if (gate !== undefined && late.has(gate.reason)) {
    const skip = annotate(o, requests.skipUpgradeBackup, o.bestie.spec.version);
    return {
      status: 'True',
      reason: gate.reason,
      message: `${what} waits: ${gate.message}; to continue without a backup: ${skip}`,
      ...reportsOf([gate]),
    };
  }
  return { status: 'False', reason: 'NoFailure', message: 'the wanted image has not failed' };
}

/** What a user has to check: the schema stays that of the version that failed. */
const onNewerSchema = (image: string, to: string): string =>
  `${image} runs again, on the schema of ${to}, which is newer than it knows: check that users can still sign up and create listings and ` +
  'applications, and that there are no 5xx responses; otherwise see docs/tasks/failed-upgrade.md';

function rolledBack({ phase, from, to, image }: Upgrade, o: Observed, wasRolledBack: boolean): Readiness {
  if (!undoing.has(phase)) return { status: 'False', reason: 'NotRolledBack', message: 'no upgrade is rolled back now' };
  if (phase === 'RolledBack' || wasRolledBack) return { status: 'True', reason: 'RolledBack', message: onNewerSchema(image, to) };
  const [problem] = problems(podsOfImage(image, o), o);
  return {
    status: 'False',
    reason: problem?.reason ?? 'RollingBack',
    message: `${from} is being rolled out again${problem ? `: ${problem.message}` : ''}`,
    ...(problem && reportsOf([problem])),
  };
}

/** The reports of several findings in one message. */
function reportsOf(findings: readonly Pick<Readiness, 'reports'>[]): Pick<Readiness, 'reports'> {
  const reports = findings.flatMap((finding) => finding.reports ?? []);
  return reports.length > 0 ? { reports } : {};
}

const notReady = (reason: Readiness['reason'], message: string): Readiness => ({ status: 'False', reason, message });

/** Whether every repository takes backups, and every backup that was due is there. */
export function repositoryReadiness(o: Observed): Readiness {
  if (isExternal(o))
    return {
      status: 'Unknown',
      reason: 'ExternallyManaged',
      message: 'backups of an external database are the responsibility of its owner; an upgrade takes none',
    };
  const stopped = o.provider.stopped(o);
  if (stopped !== undefined) return stopped;
  if (isBeingReplaced(o) && !isCopying(o)) return notReady('Restoring', 'no backup is taken while the database is restored');
  const { repos } = o.bestie.spec.database.backups;
  const troubles = repos.flatMap((repository) => o.provider.backups.troubles(repository, o));
  const [first] = troubles;
  if (first !== undefined) return { ...notReady(first.reason, troubles.map(({ message }) => message).join('; ')), ...reportsOf(troubles) };
  const all = repos.map(({ name }) => name);
  const message = all.length === 1 ? `repository ${all[0] ?? ''} takes backups` : `repositories ${all.join(', ')} take backups`;
  return { status: 'True', reason: 'RepositoryReady', message };
}

/** Reasons of `repositoryReadiness` that are about the database, and not about one repository. */
const wholeDatabase: ReadonlySet<string> = new Set(['Suspended', 'DatabaseReadOnly', 'Restoring']);

/** What is wrong besides the requested backup, which goes into the first repository and hides no other. */
function besides(waits: Readiness, readiness: Readiness, o: Observed): readonly Pick<Readiness, 'message' | 'reports'>[] {
  if (readiness.status !== 'False') return [];
  if (wholeDatabase.has(readiness.reason)) return [readiness];
  return o.bestie.spec.database.backups.repos.flatMap((repository, index) =>
    o.provider.backups.troubles(repository, o).filter((trouble) => index > 0 || trouble.reason !== waits.reason),
  );
}

/** The readiness of the last requested backup, or else that of every repository. */
function backupReady({ operation }: Upgrade, o: Observed): Readiness {
  const [waits, request] = [waitOf(operation), requestOf(operation)];
  if (isExternal(o) || waits === undefined) return repositoryReadiness(o);
  const readiness = repositoryReadiness(o);
  if (late.has(waits.reason) || waits.reason === 'RepositoryNotReady') {
    const others = besides(waits, readiness, o);
    if (others.length === 0) return waits;
    return { ...waits, message: [waits, ...others].map(({ message }) => message).join('; '), ...reportsOf([waits, ...others]) };
  }
  const underway = readiness.status === 'True' && request !== undefined ? `; backup ${request.id} is under way` : '';
  const { recheckAfterSeconds } = waits;
  return { ...readiness, message: `${readiness.message}${underway}`, ...(recheckAfterSeconds !== undefined && { recheckAfterSeconds }) };
}

/** Reasons for which BackupReady is shown even if status has no backups otherwise. */
const faults: ReadonlySet<string> = new Set([
  ...late,
  'RepositoryNotReady',
  'ScheduledBackupFailed',
  'ScheduledBackupOverdue',
  'ScheduledBackupMissed',
  'InvalidSchedule',
  'ScheduleNeverRuns',
]);

/** `phase` is what status says of the last upgrade; undefined before the first. */
export function upgradeConditions(upgrade: Upgrade, phase: string | undefined, o: Context): [ConditionType, Readiness][] {
  const [guarded, backups] = [guardReadiness(o), backupReady(upgrade, o)];
  return [
    ...(phase === undefined && upgrade.refused === undefined && !late.has(upgrade.gate?.reason ?? '')
      ? []
      : ([
          ['UpgradeFailed', upgradeFailed(upgrade, phase !== undefined, o)],
          ['RolledBack', rolledBack(upgrade, o, phase === 'RolledBack')],
        ] as [ConditionType, Readiness][])),
    ...(reportsBackups(o) || faults.has(backups.reason) ? ([['BackupReady', backups]] as [ConditionType, Readiness][]) : []),
    ...(guarded ? ([['DatabaseGuarded', guarded]] as [ConditionType, Readiness][]) : []),
  ];
}
