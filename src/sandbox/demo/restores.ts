/** Steps in which data is lost by a user, and brought back. */
import { POSTGRES_CLUSTER } from '../apiserver/discovery.ts';
import type { Draft, Fields } from '../apiserver/object.ts';
import { fieldsOf } from '../controllers/objectstatus.ts';
import { bestieOf, deployment, editSpec, isReady, says, type Stage, type Step } from './steps.ts';

const MINUTE = 60_000;
/** Longer than a restore to a moment may go on without a word, in minutes. */
const TOO_LONG = 12;

const ago = ({ cluster }: Stage, minutes: number): string =>
  new Date(Date.parse(cluster.now()) - minutes * MINUTE).toISOString().replace('.000Z', 'Z');

const restoreOf = (stage: Stage): Fields => fieldsOf(bestieOf(stage)?.status?.restore);
const isEnded = (stage: Stage, id: string, phase: string): boolean => restoreOf(stage).id === id && restoreOf(stage).phase === phase;

const request = (stage: Stage, id: string, target: Fields): void => {
  editSpec(stage, (spec) => ({ ...spec, restore: { id, target } }));
};

/** How pgBackRest fares from now on, which has nothing to read in the sandbox. */
function play({ cluster, namespace }: Stage, fate: 'works' | 'fail' | 'hang'): void {
  const client = cluster.server.as('sandbox');
  for (const object of client.list(POSTGRES_CLUSTER, namespace)) {
    const metadata: Draft['metadata'] = { ...object.metadata, annotations: { ...object.metadata.annotations, 'sandbox/restore': fate } };
    client.update({ ...object, metadata });
  }
}

const dataOf = (stage: Stage): string => `The data is as of ${String(restoreOf(stage).reached)} (status.restore.reached).`;

/** The last moment before the mistake, as a user knows it right after. */
const before = (stage: Stage): string => ago(stage, 1);

/** The target of an earlier restore. */
function targetOf(stage: Stage, id: string): string {
  const { history } = restoreOf(stage);
  const entries = Array.isArray(history) ? history.map(fieldsOf) : [];
  return String(entries.find((entry) => entry.id === id)?.target);
}

export const loses: Step = {
  title: 'The application is used for two hours. In the last minute a user deletes every listing by mistake',
  act: async ({ cluster }) => {
    await cluster.resync(120);
  },
  wants: 'nothing is wrong with the Bestie: it cannot know that the data is',
  holds: isReady,
  writes: 'none',
  notes: (stage) => [
    `It is ${stage.cluster.now()}, and at ${before(stage)} the listings were still there.`,
    'The sandbox plays Kubernetes and has no rows: the steps below show which moment the data is of.',
  ],
};

/** The application is back on the data of that restore. */
const isBack = (stage: Stage, id: string): boolean => isEnded(stage, id, 'Succeeded') && says(stage, 'Restored', 'True') && isReady(stage);

export const restores: Step = {
  title: 'A restore to that moment is requested, in spec.restore',
  act: (stage) => {
    request(stage, 'monday', { time: before(stage) });
  },
  wants: 'the application runs again, on the data of that moment',
  holds: (stage) => isBack(stage, 'monday') && restoreOf(stage).reached === targetOf(stage, 'monday'),
  notes: (stage) => [
    dataOf(stage),
    `What was written later is gone from the database. The backup ${String(restoreOf(stage).backupID)} has it, in case the moment was a wrong one.`,
  ],
};

const pods = (stage: Stage): number => Number(fieldsOf(deployment(stage)?.status).replicas ?? 0);

/** Postgres replays all there is, ends with an error, and is started again. */
export const restoresTooLate: Step = {
  title: 'Another restore is requested, to a moment after which nothing was written: Postgres finds no end',
  act: async (stage) => {
    play(stage, 'hang');
    request(stage, 'too-late', { time: before(stage) });
    await stage.cluster.tick(60);
    await stage.cluster.resync(TOO_LONG);
  },
  wants: 'after ten minutes its message says how that shows; the application is not started on half a restore',
  holds: (stage) =>
    isEnded(stage, 'too-late', 'Restoring') && String(restoreOf(stage).message).includes('it never ends') && pods(stage) === 0,
  notes: (stage) => [`status.restore.message: ${String(restoreOf(stage).message)}`],
};

export const restoresInstead: Step = {
  title: 'The moment from above is requested instead, under a new id',
  act: (stage) => {
    play(stage, 'works');
    request(stage, 'monday-again', { time: targetOf(stage, 'monday') });
  },
  wants: 'the application runs again, on the data of that moment',
  holds: (stage) => isBack(stage, 'monday-again') && restoreOf(stage).reached === targetOf(stage, 'monday'),
  notes: (stage) => [dataOf(stage)],
};

/** A label that fits the time, and that pgBackRest does not know. */
const label = ({ cluster }: Stage): string => `${cluster.now().slice(0, 10).replaceAll('-', '')}-030405F`;

export const restoresNothing: Step = {
  title: 'A backup is requested by a label with a mistake in it: pgBackRest has no such backup',
  act: (stage) => {
    play(stage, 'fail');
    request(stage, 'by-label', { backup: label(stage) });
  },
  wants: 'the restore has failed; Postgres and the application are stopped, and stay so',
  holds: (stage) => isEnded(stage, 'by-label', 'Failed') && pods(stage) === 0,
  notes: (stage) => [`status.restore.message: ${String(restoreOf(stage).message)}`],
};

export const restoresAll: Step = {
  title: 'Everything that is archived is requested, under a new id',
  act: (stage) => {
    play(stage, 'works');
    request(stage, 'everything', { latest: true });
  },
  wants: 'the application runs again',
  holds: (stage) => isBack(stage, 'everything'),
  notes: (stage) => [dataOf(stage), 'No restore is carried out twice: each of the four had an id of its own.'],
};
