/** A database with a past: a backup, a moment to restore it to, and what came after. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../app/support/run.ts';
import type { Closing } from '../../support/closing.ts';
import { newest, type BackupSet } from './catalogue.ts';
import { archived, identity, type Identity } from './database.ts';
import { initialise, instance, type Instance, type Outcome } from './instance.ts';
import { replay, type Replay } from './job.ts';
import { alterRole, backupCommand, restoreCommand, STANZA_COMMAND } from './pgo.ts';
import { backupsWith, volume } from './rendered.ts';
import { makeRoot, makeVolumes } from './volumes.ts';

export const USER = 'bestie';

export interface History {
  database: Instance;
  /** As it was at the end. */
  identity: Identity;
  /** The password `new`, as the Secret has it at the end; it was `old` at the target. */
  verifier: string;
  /** Moments: the one to restore to, when there was one pet, and one at which there were two, of the three at the end. */
  moments: { target: string; later: string };
  /** Backups, before the target and at the end. */
  backups: { first: BackupSet; nightly: BackupSet };
}

export const done = ({ code, said }: Outcome): void => {
  assert.equal(code, 0, said);
};

/** The names of what is in the table, in their order. */
export const pets = ({ sql }: Instance): Promise<string> => sql("select string_agg(name, ' ' order by name) from pets");
export const add = ({ sql }: Instance, pet: string): Promise<string> => sql(`insert into pets values ('${pet}')`);

/** Does with the user what PGO's SQL does. */
export async function writeUser({ sql }: Instance, options: string, password: string): Promise<void> {
  await sql(await sql(alterRole(USER, options, password)));
}

/** A moment between what was done and what will be, in the form that pgBackRest takes: whole seconds. */
export async function moment({ sql }: Instance): Promise<string> {
  await sleep(1100);
  const now = await sql("select to_char(now() at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS') || '+00'");
  await sleep(1100);
  return now;
}

/** The same as the API has it. */
export const rfc3339 = (moment: string): string => moment.replace(' ', 'T').replace('+00', 'Z');

export async function backedUp(database: Instance, type: 'full' | 'diff'): Promise<BackupSet> {
  done(await database.shell(backupCommand({ repoName: 'repo1', options: [`--type=${type}`] })));
  return newest(database);
}

/** Prepares the repositories. What archives holds the lock that this needs (error 050), so it is tried again, as PGO does. */
export async function prepared({ shell }: Instance): Promise<void> {
  await eventually('the repositories are prepared', 30, async () => (await shell(STANZA_COMMAND)).code === 0 || undefined);
}

/** The options of `spec.backups.pgbackrest.restore` for a moment; a shell reads them. */
export const optionsFor = (target: string): string[] => ['--type=time', `--target='${target}'`];

/** What PGO's Job runs; the server must be stopped. */
export const restore = ({ shell, volumes }: Instance, ...options: string[]): Promise<Outcome> =>
  shell(restoreCommand({ repoName: 'repo1', options }, volumes));

/** Restores as PGO's Job does, and starts as Patroni does. */
export async function restored(database: Instance, ...options: string[]): Promise<void> {
  done(await restore(database, ...options));
  assert.equal(await replay(database), 'replayed', database.log());
  await database.stop();
  await database.start();
}

/** Restores, and Postgres ends with those words; how PGO's Job ends. */
export async function failsToRestore(database: Instance, fatal: RegExp, ...options: string[]): Promise<Replay> {
  done(await restore(database, ...options));
  const ended = await replay(database);
  assert.notEqual(ended, 'replayed');
  assert.match(database.log(), fatal);
  return ended;
}

/** Makes such a database, and stops it. */
export async function makeHistory(opened: Closing, name: string, backups = backupsWith(volume('repo1'))): Promise<History> {
  const root = await makeRoot(name, backups);
  const database = await instance(opened, await makeVolumes('pg', root, backups));
  await initialise(database);
  await database.start();
  done(await database.shell(STANZA_COMMAND));
  const first = await backedUp(database, 'full');

  await database.sql(`create user ${USER}`);
  await database.sql('create table pets (name text)');
  await writeUser(database, '', 'old');
  await add(database, 'before');
  const target = await moment(database);
  await add(database, 'after');
  await writeUser(database, '', 'new');
  const later = await moment(database);
  await add(database, 'last');
  const nightly = await backedUp(database, 'diff');
  await archived(database);

  const verifier = await database.sql(`select rolpassword from pg_authid where rolname = '${USER}'`);
  const made = { database, identity: await identity(database), verifier, moments: { target, later }, backups: { first, nightly } };
  await database.stop();
  return made;
}
