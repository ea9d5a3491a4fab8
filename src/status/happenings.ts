/** Which changes of conditions and upgrades are Events. */
import { isTrouble, type EventReason } from '../api/event.ts';
import type { ConditionType } from '../api/condition.ts';
import { own } from '../lib/own.ts';
import type { ConditionTransition, RestoreTransition, UpgradeTransition } from './transitions.ts';

export interface Happening {
  reason: EventReason;
  note: string;
  /** With uid and reason, what distinguishes this occurrence from any other. */
  key: readonly unknown[];
}

interface Row {
  when: (t: ConditionTransition) => boolean;
  reason: (t: ConditionTransition) => EventReason | undefined;
}

/** They say together what others say one by one. */
const summaries: ReadonlySet<ConditionType> = new Set([
  'Ready',
  'Reconciling',
  'Stalled',
  'UpgradeFailed',
  'RolledBack',
  'Restored',
  'Copied',
  'Paused',
  'DeletionBlocked',
]);
/** What is reported of a database that serves: what the spec says of it does not hold. */
const lacking: ReadonlySet<string> = new Set(['PriorityClassMissing', 'PriorityClassGone']);
/** What only Stalled reports. */
const obstacles: ReadonlySet<string> = new Set(['InvalidSpec', 'UnsupportedApplyStrategy']);
/** A database that is on its way for one of these reasons is not lost, and one that serves is reported once that lasts. */
const planned: ReadonlySet<string> = new Set(['Restoring', 'Deleting', 'InstancesMissing', 'InstancesOutdated', 'VolumeResizing']);
const failed: ReadonlySet<string> = new Set(['BackupFailed', 'BackupTimeout']);

const isNow = (type: ConditionType, to: string) => (t: ConditionTransition) => t.type === type && t.to === to;
const isFlip = (type: ConditionType, to: string) => (t: ConditionTransition) => t.type === type && t.to === to && t.from !== to;
const always = (reason: EventReason) => () => reason;

/** One row per Event that a condition makes, the first that fits; a transition that none fits is none. */
const rows: readonly Row[] = [
  { when: isFlip('Ready', 'True'), reason: always('Ready') },
  { when: (t) => isNow('Stalled', 'True')(t) && obstacles.has(t.reason), reason: (t) => (isTrouble(t.reason) ? t.reason : undefined) },
  { when: isFlip('ImagePulled', 'False'), reason: always('ImagePullFailed') },
  { when: (t) => isNow('ImagePulled', 'True')(t) && t.from === 'False', reason: always('ImagePulled') },
  { when: isNow('UpgradeFailed', 'True'), reason: always('UpgradeFailed') },
  { when: isFlip('RolledBack', 'True'), reason: always('RolledBack') },
  { when: (t) => t.type === 'BackupReady' && failed.has(t.reason), reason: always('BackupFailed') },
  { when: (t) => isNow('Restored', 'False')(t) && t.reason === 'RestoreStuck', reason: always('RestoreStuck') },
  { when: (t) => isNow('Copied', 'True')(t) && t.from === 'False', reason: always('Copied') },
  { when: isFlip('Paused', 'True'), reason: always('Paused') },
  { when: isFlip('Paused', 'False'), reason: always('Resumed') },
  { when: isNow('DeletionBlocked', 'True'), reason: always('DeletionBlocked') },
  // A part that needs an action of a user says so itself.
  {
    when: (t) => !summaries.has(t.type) && (t.to !== 'True' || lacking.has(t.reason)) && isTrouble(t.reason),
    reason: (t) => (isTrouble(t.reason) ? t.reason : undefined),
  },
  {
    when: (t) => t.type === 'DatabaseReady' && t.from === 'True' && t.to === 'False' && !planned.has(t.reason),
    reason: always('DatabaseNotReady'),
  },
];

/** What happened as a condition changed. */
export const ofCondition = (transition: ConditionTransition): Happening[] => {
  const { type, since, message } = transition;
  const reason = rows.find(({ when }) => when(transition))?.reason(transition);
  return reason === undefined ? [] : [{ reason, note: message, key: [type, transition.reason, since] }];
};

const begun: ReadonlySet<string> = new Set(['Stopping', 'BackingUp', 'Migrating', 'RollingOut']);
const phases: Readonly<Record<string, EventReason>> = { Succeeded: 'UpgradeSucceeded', Aborted: 'UpgradeAborted' };

/** The Event that an upgrade makes as it comes to this phase. */
function reasonOf(phase: string, before: string | undefined, isUnderway: boolean): EventReason | undefined {
  // The condition stays as it is when one refused target follows another.
  if (phase === 'Refused' && before === 'Refused') return 'UpgradeFailed';
  if (begun.has(phase)) return isUnderway ? undefined : 'UpgradeStarted';
  return own(phases, phase);
}

/** What happened as an upgrade came to another phase. */
export function ofUpgrade({ from, to, phase, message, before, since }: UpgradeTransition): Happening[] {
  const wasBegun = begun.has(before.phase ?? '');
  const isUnderway = before.to === to && wasBegun;
  const reason = reasonOf(phase, before.phase, isUnderway);
  // What never began is not called off.
  if (reason === undefined || (reason === 'UpgradeAborted' && !wasBegun)) return [];
  return [{ reason, note: `from ${from} to ${to}${message === undefined ? '' : `: ${message}`}`, key: [to, since] }];
}

/** What a restore makes as it comes to a phase: the first phase with the data, and failure. */
const stages: Readonly<Record<string, EventReason>> = {
  Failed: 'RestoreFailed',
  Finishing: 'RestoreSucceeded',
  Succeeded: 'RestoreSucceeded',
};
/** Requests that end without the data, by how: the Event, and what it says of one that is not the last. */
const endings: Readonly<Record<string, readonly [EventReason, string]>> = {
  Refused: ['RestoreRefused', 'is refused, and nothing was changed'],
  PassedOver: ['RestorePassedOver', 'was requested before this Bestie had its database, so it is not carried out'],
  CalledOff: ['RestoreCalledOff', 'was called off before anything was changed'],
  Replaced: ['RestoreCalledOff', 'was replaced by another one'],
  Abandoned: ['RestoreAbandoned', 'was taken back before it had succeeded'],
};

/** What happened as a restore came to another phase, and as requests ended. An id is carried out once, so it names the Event. */
export function ofRestore({ id, target, phase, message, before, ended }: RestoreTransition): Happening[] {
  const what = `restore ${id} to ${target}`;
  const started: EventReason | undefined = before === undefined && own(endings, phase) === undefined ? 'RestoreStarted' : undefined;
  const stage = own(stages, phase);
  const reason = stage === own(stages, before ?? '') ? started : (stage ?? started);
  return [
    ...(reason === undefined ? [] : [{ reason, note: reason === 'RestoreFailed' ? (message ?? what) : what, key: [id] }]),
    ...ended.flatMap((each) => {
      const [end, words = ''] = own(endings, each.result) ?? [];
      const note = each.id === id && message !== undefined ? message : `restore ${each.id} to ${each.target} ${words}`;
      return end === undefined ? [] : [{ reason: end, note, key: [each.id, each.result] }];
    }),
  ];
}
