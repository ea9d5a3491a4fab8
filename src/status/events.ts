/**
 * What happened, as Kubernetes Events: undeclared children, which Metacontroller only ever creates. An Event that is sent again, because the
 * status of its answer was lost, has the same name, and is not created twice.
 */
import { events } from '../api/event.ts';
import { hash8 } from '../lib/hash.ts';
import { EVENT } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { Manifest } from '../api/kubernetes.ts';
import { eventName } from '../api/names.ts';
import { isNamespaceGoing } from '../decide/protection.ts';
import type { BackupTransition, DrillTransition, Transitions } from './transitions.ts';
import type { Recreated, Scaled } from './witness.ts';
import { ofCondition, ofRestore, ofUpgrade, type Happening } from './happenings.ts';

/** The reporting instance, part of the identity of an Event. Any replica may report, so none is named. */
const REPORTER = 'pets.bestie.com/bestie-operator';
const INSTANCE = 'bestie-operator';
/** The most bytes that the API server accepts. */
const MAX_NOTE = 1024;

const ofMigration = (image: string): Happening => ({
  reason: 'MigrationCompleted',
  note: `the migrations of ${image} are completed`,
  key: [image],
});

const ofBackup = ({ id, completedAt }: BackupTransition): Happening[] => [
  { reason: 'BackupSucceeded', note: `${id} was completed at ${completedAt}`, key: [id, completedAt] },
];

const ofDrill = ({ id, since, hasSucceeded, message }: DrillTransition): Happening[] => [
  { reason: hasSucceeded ? 'BackupVerified' : 'DrillFailed', note: message, key: [id, since] },
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

/** In UTF-8. */
const bytesOf = (codePoint: number): number => 1 + Number(codePoint >= 0x80) + Number(codePoint >= 0x800) + Number(codePoint >= 0x10000);

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
export function eventsOf(
  { conditions, migrated, recreated, scaled, upgrade, backup, restore, drill }: Transitions,
  o: Observed,
): Manifest[] {
  if (isNamespaceGoing(o)) return [];
  const all = conditions.flatMap(ofCondition);
  // Of two conditions with the same reason and message, one makes an Event.
  const distinct = all.filter((each, index) => all.findIndex(({ reason, note }) => reason === each.reason && note === each.note) === index);
  const isElsewhere = ({ reason }: Happening): boolean => distinct.some((each) => each.reason === reason);
  const more = [...(upgrade ? ofUpgrade(upgrade) : []), ...(restore ? ofRestore(restore) : [])].filter((each) => !isElsewhere(each));
  const happened = [
    ...recreated.map(ofRecreated),
    ...(scaled ? [ofScaling(scaled)] : []),
    ...distinct,
    ...migrated.map(ofMigration),
    ...more,
    ...(backup ? ofBackup(backup) : []),
    ...(drill ? ofDrill(drill) : []),
  ];
  return happened.map((each) => manifest(each, o));
}
