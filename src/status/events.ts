/**
 * What happened, as Kubernetes Events: undeclared children, which Metacontroller only ever creates. One that is sent again, because the
 * status that it follows from was lost, has the same name, and is not made twice.
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

/** Who tells; part of the identity of an Event. Any replica may, so none is named. */
const REPORTER = 'pets.bestie.com/bestie-operator';
const INSTANCE = 'bestie-operator';
/** Bytes that the API server takes at most. */
const MAX_NOTE = 1024;

interface Happening {
  reason: EventReason;
  note: string;
  /** With uid and reason, what tells this occurrence from any other. */
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
  'Paused',
  'DeletionBlocked',
]);
/** What only Stalled tells. */
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
  { when: isFlip('Paused', 'True'), reason: always('Paused') },
  { when: isFlip('Paused', 'False'), reason: always('Resumed') },
  { when: isNow('DeletionBlocked', 'True'), reason: always('DeletionBlocked') },
  // A part that needs a person says so itself.
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

const begun: ReadonlySet<string> = new Set(['BackingUp', 'Migrating', 'RollingOut']);
const phases: Readonly<Record<string, EventReason>> = { Succeeded: 'UpgradeSucceeded', Aborted: 'UpgradeAborted' };

/** The Event that an upgrade makes as it comes to this phase. */
function reasonOf(phase: string, before: string | undefined, isUnderway: boolean): EventReason | undefined {
  // The condition stays as it is when one refused target follows another.
  if (phase === 'Refused' && before === 'Refused') return 'UpgradeFailed';
  if (begun.has(phase)) return isUnderway ? undefined : 'UpgradeStarted';
  return own(phases, phase);
}

function ofUpgrade({ from, to, phase, message, before, since }: UpgradeTransition): Happening[] {
  const wasBegun = begun.has(before.phase ?? '');
  const isUnderway = before.to === to && wasBegun;
  const reason = reasonOf(phase, before.phase, isUnderway);
  // What never began is not called off.
  if (reason === undefined || (reason === 'UpgradeAborted' && !wasBegun)) return [];
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
  note: `the Deployment is asked for ${to} replicas instead of ${from}`,
  key: [generation, from, to],
});

/** In UTF-8. */
const bytesOf = (codePoint: number): number => 1 + Number(codePoint >= 0x80) + Number(codePoint >= 0x800) + Number(codePoint >= 0x10000);

/** As much of a note as the API server takes, in whole characters. */
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

/** The Events of an answer: one per happening. A Namespace that is going takes no new objects. */
export function eventsOf({ conditions, migrated, recreated, scaled, upgrade, backup }: Transitions, o: Observed): Manifest[] {
  if (isNamespaceGoing(o)) return [];
  const all = conditions.flatMap(ofCondition);
  // Of two conditions that say the same in the same words, one makes an Event.
  const told = all.filter((each, index) => all.findIndex(({ reason, note }) => reason === each.reason && note === each.note) === index);
  const more = (upgrade ? ofUpgrade(upgrade) : []).filter(({ reason }) => !told.some((each) => each.reason === reason));
  const happened = [
    ...recreated.map(ofRecreated),
    ...(scaled ? [ofScaling(scaled)] : []),
    ...told,
    ...migrated.map(ofMigration),
    ...more,
    ...(backup ? ofBackup(backup) : []),
  ];
  return happened.map((each) => manifest(each, o));
}
