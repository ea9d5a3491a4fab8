/**
 * What happened, as Kubernetes Events: undeclared children, which Metacontroller only ever creates. An Event that is sent again, because the
 * status of its answer was lost, has the same name, and is not created twice.
 */
import { events, isTrouble, type EventReason } from '../api/event.ts';
import type { ConditionType } from '../api/condition.ts';
import { hash8 } from '../lib/hash.ts';
import { EVENT } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { Manifest } from '../api/kubernetes.ts';
import { eventName } from '../api/names.ts';
import { own } from '../lib/own.ts';
import { isNamespaceGoing } from '../decide/deletion.ts';
import type { BackupTransition, ConditionTransition, Transitions, UpgradeTransition } from './transitions.ts';
import type { Recreated, Scaled } from './witness.ts';

/** The reporting instance, part of the identity of an Event. Any replica may report, so none is named. */
const REPORTER = 'pets.bestie.com/bestie-operator';
const INSTANCE = 'bestie-operator';
/** The most bytes that the API server accepts. */
const MAX_NOTE = 1024;

interface Happening {
  reason: EventReason;
  note: string;
  /** With uid and reason, the identity of this occurrence. */
  key: readonly unknown[];
}

interface Row {
  when: (t: ConditionTransition) => boolean;
  reason: (t: ConditionTransition) => EventReason | undefined;
}

/** Conditions that summarise others. */
const summaries: ReadonlySet<ConditionType> = new Set([
  'Ready',
  'Reconciling',
  'Stalled',
  'UpgradeFailed',
  'RolledBack',
  'Paused',
  'DeletionBlocked',
]);
/** Reasons that only Stalled has. */
const obstacles: ReadonlySet<string> = new Set(['InvalidSpec', 'UnsupportedApplyStrategy']);
/** A database that is starting for one of these reasons is not lost; one that serves is reported once the state lasts. */
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
  { when: isFlip('Paused', 'True'), reason: always('Paused') },
  { when: isFlip('Paused', 'False'), reason: always('Resumed') },
  { when: isNow('DeletionBlocked', 'True'), reason: always('DeletionBlocked') },
  // A part that needs a user's action makes an Event of its own.
  {
    when: (t) => !summaries.has(t.type) && t.to !== 'True' && isTrouble(t.reason),
    reason: (t) => (isTrouble(t.reason) ? t.reason : undefined),
  },
  {
    when: (t) => t.type === 'DatabaseReady' && t.from === 'True' && t.to === 'False' && !planned.has(t.reason),
    reason: always('DatabaseNotReady'),
  },
];

const ofCondition = (transition: ConditionTransition): Happening[] => {
  const { type, since, message } = transition;
  const reason = rows.find(({ when }) => when(transition))?.reason(transition);
  return reason === undefined ? [] : [{ reason, note: message, key: [type, transition.reason, since] }];
};

const started: ReadonlySet<string> = new Set(['BackingUp', 'Migrating', 'RollingOut']);
const phases: Readonly<Record<string, EventReason>> = { Succeeded: 'UpgradeSucceeded', Aborted: 'UpgradeAborted' };

function ofUpgrade({ from, to, phase, message, before, since }: UpgradeTransition): Happening[] {
  const wasStarted = started.has(before.phase ?? '');
  const isUnderway = before.to === to && wasStarted;
  // The condition stays as it is when one refused target follows another.
  const isRefusedAnew = phase === 'Refused' && before.phase === 'Refused';
  const reason = isRefusedAnew ? 'UpgradeFailed' : started.has(phase) ? (isUnderway ? undefined : 'UpgradeStarted') : own(phases, phase);
  // An upgrade that never started is not aborted.
  if (reason === undefined || (reason === 'UpgradeAborted' && !wasStarted)) return [];
  return [{ reason, note: `from ${from} to ${to}${message === undefined ? '' : `: ${message}`}`, key: [to, since] }];
}

const ofMigration = (image: string): Happening => ({
  reason: 'MigrationCompleted',
  note: `the migrations of ${image} are completed`,
  key: [image],
});

const ofBackup = ({ id, completedAt }: BackupTransition): Happening[] => [
  { reason: 'BackupSucceeded', note: `${id} was completed at ${completedAt}`, key: [id, completedAt] },
];

const ofRecreated = ({ kind, name, since }: Recreated): Happening => ({
  reason: 'ChildRecreated',
  note: `${kind} ${name} was missing and is created again`,
  key: [kind, name, since],
});

const ofScaling = ({ from, to, generation }: Scaled): Happening => ({
  reason: 'Scaled',
  note: `the Deployment is scaled from ${from} to ${to} replicas`,
  key: [generation, from, to],
});

const bytesOf = (codePoint: number): number => (codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4);

/** As much of a note as the API server accepts, in whole characters. */
function clipped(note: string): string {
  let [bytes, units] = [0, 0];
  for (const character of note) {
    bytes += bytesOf(character.codePointAt(0) ?? 0);
    if (bytes > MAX_NOTE) return note.slice(0, units);
    units += character.length;
  }
  return note;
}

function manifest({ reason, note, key }: Happening, { bestie, now }: Observed): Manifest {
  const { apiVersion, kind, metadata } = bestie;
  const { name, namespace, uid, creationTimestamp } = metadata;
  const { type, action } = events[reason];
  return {
    apiVersion: EVENT.slice(EVENT.indexOf('.') + 1),
    kind: 'Event',
    metadata: { name: eventName(name, hash8([uid, reason, ...key.map((part) => part ?? creationTimestamp)])), namespace },
    eventTime: now.replace('Z', '.000000Z'),
    type,
    reason,
    action,
    note: clipped(note),
    regarding: { apiVersion, kind, name, namespace, uid },
    reportingController: REPORTER,
    reportingInstance: INSTANCE,
  };
}

/** The Events of an answer: one per occurrence. A terminating Namespace accepts no new objects. */
export function eventsOf({ conditions, migrated, recreated, scaled, upgrade, backup }: Transitions, o: Observed): Manifest[] {
  if (isNamespaceGoing(o)) return [];
  const all = conditions.flatMap(ofCondition);
  // Of two conditions with the same reason and message, one makes an Event.
  const distinct = all.filter((each, index) => all.findIndex(({ reason, note }) => reason === each.reason && note === each.note) === index);
  const more = (upgrade ? ofUpgrade(upgrade) : []).filter(({ reason }) => !distinct.some((each) => each.reason === reason));
  const happened = [
    ...recreated.map(ofRecreated),
    ...(scaled ? [ofScaling(scaled)] : []),
    ...distinct,
    ...migrated.map(ofMigration),
    ...more,
    ...(backup ? ofBackup(backup) : []),
  ];
  return happened.map((each) => manifest(each, o));
}
