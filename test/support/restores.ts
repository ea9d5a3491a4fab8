/** A restore on request as it goes on: worlds around test/support/stages.ts, with the status of PGO as it was seen while a restore in place runs. */
import { hash8 } from '../../src/lib/hash.ts';
import { annotations } from '../../src/api/names.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import type { RestoreRecord } from '../../src/observed/restorerecord.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { backup, jobStatus, pgoStatus, ready, rolledOut } from './stages.ts';
import { reporting, settled } from './upgrades.ts';
import { ago, carriedOut, childOf, manifestOf, overlaid, patched, rerecorded, syncOf, UID, type Loose, type World } from './world.ts';

export const requestOf = (id: string): string => `restore.${UID.slice(0, 8)}.${hash8(id)}`;

/** A moment at which the database was there, and the data was as a user wants it. */
export const MOMENT = ago(600);

/** The world with exactly that request in its spec, one generation later. */
export const wanting = (w: World, restore: Loose | undefined): World => ({
  ...w,
  parent: {
    ...w.parent,
    spec: { ...(w.parent.spec as Loose), restore },
    metadata: { ...w.parent.metadata, generation: (w.parent.metadata.generation ?? 1) + 1 },
  },
});

/** The request of all worlds here. */
export const TUESDAY = { id: 'tuesday', target: { time: MOMENT } };
export const asked = (w: World = ready(), restore: Loose = TUESDAY): World => wanting(w, restore);

const conditions = (...more: Loose[]): Loose[] => [...pgoStatus.usable.conditions, ...more];
const progressing = (reason: string): Loose => ({ type: 'PGBackRestoreProgressing', status: 'True', reason, lastTransitionTime: ago(60) });
const initialised = (status: string, reason: string): Loose => ({
  type: 'PostgresDataInitialized',
  status,
  reason,
  lastTransitionTime: ago(30),
});
const { pgbackrest, patroni: _, proxy: __, monitoring: ___, ...torn } = pgoStatus.usable;
const { repos } = pgbackrest;
const down = { ...torn, instances: [{ name: 'pg' }] };
const STARTED = ago(90);
const ENDED = ago(30);

/** The status of a PostgresCluster at each step of a restore of that id. */
export const pgoRestore = {
  accepted: (id: string): Loose => ({
    ...pgoStatus.usable,
    pgbackrest: { restore: { id, finished: false } },
    conditions: conditions(progressing('RestoreInPlaceRequested')),
  }),
  tornDown: (id: string): Loose => ({
    ...down,
    pgbackrest: { restore: { id, finished: false } },
    conditions: conditions(progressing('ReadyForRestore')),
  }),
  running: (id: string): Loose => ({
    ...down,
    pgbackrest: { repos, restore: { id, finished: false, active: 1, startTime: STARTED } },
    conditions: conditions(progressing('ReadyForRestore')),
  }),
  retrying: (id: string): Loose => ({
    ...down,
    pgbackrest: { repos, restore: { id, finished: false, active: 1, failed: 2, startTime: STARTED } },
    conditions: conditions(progressing('ReadyForRestore')),
  }),
  failed: (id: string): Loose => ({
    ...down,
    pgbackrest: { repos, restore: { id, finished: true, failed: 7, startTime: STARTED } },
    conditions: conditions(progressing('ReadyForRestore'), initialised('False', 'PGBackRestRestoreFailed')),
  }),
  /** The instances were started although it had not ended. */
  brokenOff: (id: string): Loose => ({
    ...pgoStatus.usable,
    pgbackrest: { repos, restore: { id, finished: false, active: 1, startTime: STARTED } },
  }),
  /** The Job has succeeded; no instance is up yet. */
  finished: (id: string): Loose => ({
    ...down,
    pgbackrest: { repos, restore: { id, finished: true, succeeded: 1, startTime: STARTED, completionTime: ENDED } },
    conditions: conditions(initialised('True', 'PGBackRestRestoreComplete')),
  }),
  up: (id: string): Loose => ({
    ...pgoStatus.usable,
    pgbackrest: { repos, restore: { id, finished: true, succeeded: 1, startTime: STARTED, completionTime: ENDED } },
    conditions: conditions(initialised('True', 'PGBackRestRestoreComplete')),
  }),
} as const;
export type RestoreStep = keyof typeof pgoRestore;

/** PGO has got that far with the restore that was requested, and through the last change; nothing has been answered yet. */
export function restore(w: World, step: RestoreStep, id = requestOf('tuesday')): World {
  const { generation: observedGeneration } = childOf(w, 'PostgresCluster').metadata;
  const status = pgoRestore[step](id);
  const seen = (status.conditions as Loose[]).map((condition) => ({ ...condition, observedGeneration }));
  return reporting(w, 'PostgresCluster', { ...status, observedGeneration, conditions: seen });
}

/** A person requests a restore of PGO, without the Bestie. */
export const requestedByHand = (w: World, options?: unknown): World =>
  patched(w, 'PostgresCluster', {
    metadata: { annotations: { [RESTORE_ANNOTATION]: 'by-hand' } },
    spec: { backups: { pgbackrest: { restore: { enabled: true, repoName: 'repo1', options } } } },
  });

/** Others take the request away, that of a person or that of the Bestie. */
export const takenAway = (w: World): World =>
  patched(w, 'PostgresCluster', {
    metadata: { annotations: { [RESTORE_ANNOTATION]: undefined } },
    spec: { backups: { pgbackrest: { restore: undefined } } },
  });

/** A restore by hand, as far as it is. */
export const byHand = (w: World, step: RestoreStep, options?: unknown): World => restore(requestedByHand(w, options), step, 'by-hand');

/** The application is gone. */
export const stopped = (w: World): World => {
  const { generation } = childOf(w, 'Deployment').metadata;
  return {
    ...reporting(w, 'Deployment', { observedGeneration: generation }),
    related: w.related.filter(({ kind }) => kind !== 'Pod'),
  };
};

/** Its steps, each a world in which everything before it has happened. */
export const backingUp = (w?: World, request?: Loose): World => carriedOut(asked(w, request));
export const backedUp = (w?: World, request?: Loose): World => carriedOut(backup(backingUp(w, request), 'succeeded', ago(120)));
export const armed = (w?: World, request?: Loose): World => carriedOut(stopped(backedUp(w, request)));
export const failed = (w?: World): World => carriedOut(restore(armed(w), 'failed'));
export const takenBack = (w?: World): World => carriedOut(restore(armed(w), 'up'));
/** The request is seen to be gone, and the migrations are requested. */
export const migrating = (w?: World): World => settled(takenBack(w), 2);
const size = ({ parent }: World): number => (parent.spec as { size: number }).size;
const generationOf = (w: World): number => childOf(w, 'Deployment').metadata.generation ?? 1;
export const migratedAgain = (w?: World): World => {
  const before = new Set(takenBack(w).children.map(({ metadata }) => metadata.name));
  const at = migrating(w);
  const isNew = (name: string): boolean => !before.has(name);
  const done = {
    ...at,
    children: at.children.map((child) =>
      child.kind === 'Job' && isNew(child.metadata.name) ? { ...child, status: jobStatus.complete } : child,
    ),
  };
  return carriedOut(done);
};
/** The pods of the application are back; nothing has been answered yet. */
export const back = (w?: World): World => {
  const at = migratedAgain(w);
  return reporting(at, 'Deployment', rolledOut(size(at), generationOf(at)));
};
export const serving = (w?: World): World => carriedOut(back(w));
export const succeeded = (w?: World): World => carriedOut(backup(carriedOut(serving(w)), 'succeeded', ago(5)));

/** The record of restores that an answer writes. */
export function recordOf(answer: SyncResponse): RestoreRecord | undefined {
  const text = manifestOf(answer, 'PostgresCluster')?.metadata.annotations?.[annotations.restores];
  return text === undefined
    ? undefined
    : { ended: [], recent: [], givenUp: [], ...(JSON.parse(text) as Partial<RestoreRecord> & Pick<RestoreRecord, 'by'>) };
}

/** The id under which an answer requests a restore, and the block that does. */
export const requestedId = (answer: SyncResponse): string | undefined =>
  manifestOf(answer, 'PostgresCluster')?.metadata.annotations?.[RESTORE_ANNOTATION];
export const blockOf = (answer: SyncResponse): Loose | undefined =>
  (manifestOf(answer, 'PostgresCluster')?.spec as { backups: { pgbackrest: { restore?: Loose } } } | undefined)?.backups.pgbackrest.restore;

/** The database with another record of restores, as if a former answer had written it; undefined takes it away. */
export function recording(w: World, record: Loose | string | undefined): World {
  const text = typeof record === 'object' ? JSON.stringify(record) : record;
  const patch = { metadata: { annotations: { [annotations.restores]: text } } };
  return {
    ...w,
    children: w.children.map((child) => (child.kind === 'PostgresCluster' ? rerecorded(overlaid(child, patch), patch) : child)),
  };
}

export const restoreOf = (w: World) => syncOf(w).status.restore;
export const phaseOf = (w: World): string | undefined => restoreOf(w)?.phase;
