/** What just happened: the one place that compares two statuses. The log, the metrics and the Events are its sinks. */
import type { ConditionType } from '../api/condition.ts';
import type { Reason } from '../api/reason.ts';
import type { Bestie, Status } from '../api/observed.ts';
import type { ConditionStatus } from '../api/kubernetes.ts';
import { wholeSeconds } from '../lib/time.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import type { EndedDrill } from './endeddrill.ts';
import type { Recreated, Scaled, Witness } from './witness.ts';

/** A condition whose status or reason changed. `from` and `since`, an RFC 3339 time, are undefined where the condition is new. */
export interface ConditionTransition {
  type: ConditionType;
  from: ConditionStatus | undefined;
  since: string | undefined;
  to: ConditionStatus;
  reason: Reason;
  message: string;
}

/**
 * An upgrade that entered another phase, or another upgrade. `before` is the last one in status; `since` is when the upgrade before it ended, an
 * RFC 3339 time: it is the same in every phase, also for a replica with a status that is some phases old.
 */
export interface UpgradeTransition {
  from: string;
  to: string;
  phase: string;
  message: string | undefined;
  before: { to: string | undefined; phase: string | undefined };
  since: string | undefined;
}

/**
 * A restore that entered another phase, and the requests that have ended. `before`: its phase in the last status, if that knew of the request.
 */
export interface RestoreTransition {
  id: string;
  target: string;
  phase: string;
  message: string | undefined;
  before: string | undefined;
  ended: readonly { id: string; target: string; result: string }[];
}

/** A later backup that is known to have succeeded. */
export interface BackupTransition {
  id: string;
  completedAt: string;
}

/** A drill that has ended, and what the condition says of it. */
export interface DrillTransition extends EndedDrill {
  message: string;
}

export interface Transitions {
  conditions: readonly ConditionTransition[];
  /** Image references whose migrations a Job of this Bestie completed since status was last written. */
  migrated: readonly string[];
  recreated: readonly Recreated[];
  scaled?: Scaled;
  upgrade?: UpgradeTransition;
  backup?: BackupTransition;
  restore?: RestoreTransition;
  drill?: DrillTransition;
}

function conditionTransitions(previous: Bestie['status'], next: Status): ConditionTransition[] {
  const before = previousConditions(previous);
  return next.conditions
    .filter(({ type, status, reason }) => before.get(type)?.status !== status || before.get(type)?.reason !== reason)
    .map(({ type, status, reason, message }) => {
      const last = before.get(type);
      return { type, from: last?.status, since: last?.lastTransitionTime, to: status, reason, message };
    });
}

function upgradeTransition({ upgrade: last }: Bestie['status'], { upgrade }: Status): UpgradeTransition | undefined {
  const { from, to, phase, message } = upgrade ?? {};
  if (from === undefined || to === undefined || phase === undefined) return undefined;
  if (last?.to === to && last.phase === phase) return undefined;
  const before = { to: last?.to ?? undefined, phase: last?.phase ?? undefined };
  return { from, to, phase, message, before, since: last?.history?.[0]?.at ?? undefined };
}

function restoreTransition({ restore: last }: Bestie['status'], { restore }: Status, { isNews }: Witness): RestoreTransition | undefined {
  const { id, phase, target = '', completedAt, message, history = [] } = restore ?? {};
  if (id === undefined || phase === undefined) return undefined;
  const isIn = (entry: (typeof history)[number]): boolean =>
    last?.history?.some((before) => before?.id === entry.id && before.result === entry.result) === true;
  const ended = history.filter((entry) => isNews(entry.at) && !isIn(entry));
  const isKnown = (last?.id === id && last.phase === phase) || (completedAt !== undefined && !isNews(completedAt));
  if (isKnown && ended.length === 0) return undefined;
  const before = isKnown ? phase : ((last?.id === id ? last.phase : undefined) ?? undefined);
  return { id, target, phase, before, message, ended };
}

function backupTransition({ backup: last }: Bestie['status'], { backup }: Status, { isOwnBackup }: Witness): BackupTransition | undefined {
  const { id, completedAt } = backup ?? {};
  if (id === undefined || completedAt === undefined || !isOwnBackup(completedAt)) return undefined;
  return last?.id === id && wholeSeconds(last.completedAt ?? '') === completedAt ? undefined : { id, completedAt };
}

function drillTransition({ conditions }: Status, { drill }: Witness): DrillTransition | undefined {
  const condition = conditions.find(({ type }) => type === 'BackupVerified');
  return drill && condition && { ...drill, message: condition.message };
}

/** A database that status did not have before brings no news, and what no Job of this Bestie did happened before it. */
function migratedSince({ database: last }: Bestie['status'], { database }: Status, { completed }: Witness): string[] {
  const before = last?.migrated;
  if (before == null || last?.name !== database?.name) return [];
  return (database?.migrated ?? []).filter((image) => !before.includes(image) && completed.includes(image));
}

/** What happened between the last status and the next one; `seen` distinguishes it from what only came into view. */
export function transitions(previous: Bestie['status'], next: Status, seen: Witness): Transitions {
  const [upgrade, backup] = [upgradeTransition(previous, next), backupTransition(previous, next, seen)];
  const [restore, drill] = [restoreTransition(previous, next, seen), drillTransition(next, seen)];
  return {
    conditions: conditionTransitions(previous, next),
    migrated: migratedSince(previous, next, seen),
    recreated: seen.recreated,
    ...(seen.scaled && { scaled: seen.scaled }),
    ...(upgrade && { upgrade }),
    ...(backup && { backup }),
    ...(restore && { restore }),
    ...(drill && { drill }),
  };
}

/** Whether nothing happened that a user may want to know. */
export const isQuiet = ({ conditions, migrated, recreated, scaled, upgrade, backup, restore, drill }: Transitions): boolean =>
  [conditions, migrated, recreated].every(({ length }) => length === 0) &&
  [scaled, upgrade, backup, restore, drill].every((happening) => happening === undefined);
