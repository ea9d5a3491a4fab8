/**
 * The Job with which PGO restores, once pgBackRest is through: it starts Postgres until that takes writes. Source: PGO 6.0,
 * internal/pgbackrest/config.go; PGO 5.8 does the same. Its own script was run with each kind of target, and ended in the same way.
 */
import { eventually } from '../../app/support/run.ts';
import type { Instance } from './instance.ts';
import { replaying } from './pgo.ts';

/**
 * How it ends. `does not start`: twice, without any progress; the pod fails, and the Job makes another. `starts again and again`: Postgres
 * answers each time before it ends, which the Job takes for progress, so that it never fails.
 */
export type Replay = 'replayed' | 'does not start' | 'starts again and again';

/** So many starts without any progress are taken for a Job that has no end. */
const MANY_STARTS = 4;

/** Up to where the files need the WAL; undefined where there are no such files. */
async function neededWal({ shell, volumes }: Instance): Promise<string | undefined> {
  const { said } = await shell(`LC_ALL=C pg_controldata '${volumes.data}'`);
  return /^Minimum recovery ending location: +(\S+)/m.exec(said)?.[1];
}

/** Whether Postgres came as far as to answer, be it to reading alone; the Job looks ten times a second. */
const starts = (database: Instance): Promise<boolean> =>
  database.start(replaying).then(
    () => true,
    () => database.log().includes('database system is ready to accept'),
  );

/** Whether the server replays still; it goes on where it pauses, as at the end of a backup. */
async function isReplaying({ sql }: Instance): Promise<boolean> {
  const state = await sql('select pg_is_in_recovery(), case when pg_is_in_recovery() then pg_is_wal_replay_paused() end');
  if (state === 't|t') await sql('select pg_wal_replay_resume()');
  return state !== 'f|';
}

/** Waits until the server takes writes; false where it ends before. */
const takesWrites = (database: Instance): Promise<boolean> =>
  eventually('the WAL is replayed', 60, async () => !(await isReplaying(database)) || undefined).catch((error: unknown) => {
    if ((error as Error).message.startsWith('not within')) throw error;
    return false;
  });

/** Does what the Job does with the files of that database; its server runs afterwards where the WAL is replayed. */
export async function replay(database: Instance): Promise<Replay> {
  let before: string | undefined;
  for (let count = 0; count < MANY_STARTS; count += 1) {
    const needed = await neededWal(database);
    const hasStarted = await starts(database);
    if (hasStarted && (await takesWrites(database))) return 'replayed';
    await database.stop();
    if (!hasStarted && before === needed) return 'does not start';
    before = needed;
  }
  return 'starts again and again';
}
