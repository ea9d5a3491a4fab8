/** A restore in place to a moment, as a person has PGO do it: what it keeps, what it sets back, and what lets the application in again. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { newest, type BackupSet } from './support/catalogue.ts';
import { archived, identity, promoted, type Identity } from './support/database.ts';
import { initialise, instance, type Instance, type Outcome } from './support/instance.ts';
import { alterRole, backupCommand, replaying, restoreCommand, STANZA_COMMAND } from './support/pgo.ts';
import { backupsWith, volume } from './support/rendered.ts';
import { makeRoot, makeVolumes } from './support/volumes.ts';

const backups = backupsWith(volume('repo1'));
const USER = 'bestie';

/** Those of `spec.backups.pgbackrest.restore` for a moment; a shell reads them. */
const optionsFor = (target: string): string[] => ['--type=time', `--target='${target}'`];

describe('pgBackRest: a restore to a moment', () => {
  const perSuite = closingIn(after);
  let database: Instance;
  /** As they were when the restore began. */
  let was: { identity: Identity; verifier: string };
  let target = '';
  /** Between the target and the restore. */
  let missed = '';
  /** Backups of the first history: before the target, and after the missed moment. */
  let first: BackupSet;
  let nightly: BackupSet;

  const restore = (...options: string[]): Promise<Outcome> =>
    database.shell(restoreCommand({ repoName: 'repo1', options }, database.volumes));
  const login = (password: string): Promise<string> => database.sql('select current_user', { user: USER, password });
  const role = (): Promise<string> => database.sql(`select row_to_json(r) from pg_roles r where rolname = '${USER}'`);
  const verifier = (): Promise<string> => database.sql(`select rolpassword from pg_authid where rolname = '${USER}'`);
  /** What PGO's SQL does about a user. */
  const write = async (options: string, password: string): Promise<void> => {
    await database.sql(await database.sql(alterRole(USER, options, password)));
  };
  const pets = (): Promise<string> => database.sql("select string_agg(name, ' ' order by name) from pets");
  /** A moment between what was done and what will be; in whole seconds. */
  const moment = async (): Promise<string> => {
    await sleep(1100);
    const now = await database.sql(`select to_char(now() at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS') || '+00'`);
    await sleep(1100);
    return now;
  };
  const replayed = async (): Promise<void> => {
    await database.start(replaying);
    await promoted(database);
  };
  /** Restores as PGO's Job does, which replays the WAL and stops, and starts as Patroni does. */
  const restored = async (...options: string[]): Promise<void> => {
    done(await restore(...options));
    await replayed();
    await database.stop();
    await database.start();
  };
  /** Restores, and Postgres ends with those words; it may have answered before. */
  const restoredInVain = async (fatal: RegExp, ...options: string[]): Promise<void> => {
    done(await restore(...options));
    await assert.rejects(replayed());
    await database.stop();
    assert.match(database.log(), fatal);
  };
  const done = ({ code, said }: Outcome): void => {
    assert.equal(code, 0, said);
  };

  const backedUp = async (type: 'full' | 'diff'): Promise<BackupSet> => {
    done(await database.shell(backupCommand({ repoName: 'repo1', options: [`--type=${type}`] })));
    return newest(database);
  };
  /** A moment at which the pet is there, and that archived WAL reaches. */
  const since = async (pet: string): Promise<string> => {
    await database.sql(`insert into pets values ('${pet}')`);
    const now = await moment();
    await archived(database);
    return now;
  };

  before(async () => {
    const root = await makeRoot('restore', backups);
    database = await instance(perSuite, await makeVolumes('pg', root, backups));
    await initialise(database);
    await database.start();
    done(await database.shell(STANZA_COMMAND));
    first = await backedUp('full');

    await database.sql(`create user ${USER}`);
    await database.sql(`create table pets (name text); insert into pets values ('before')`);
    await write('', 'old');
    target = await moment();
    await database.sql(`insert into pets values ('after')`);
    await write('', 'new');
    await login('new');
    missed = await moment();
    await database.sql(`insert into pets values ('last')`);
    nightly = await backedUp('diff');
    await archived(database);
    was = { identity: await identity(database), verifier: await verifier() };
    await database.stop();
  });

  describe('refuses a moment that is written in another way, and touches nothing', () => {
    const forms: readonly [what: string, form: (moment: string) => string, error: number][] = [
      ['RFC 3339 in UTC', (moment) => moment.replace(' ', 'T').replace('+00', 'Z'), 29],
      ['RFC 3339 with an offset', (moment) => moment.replace(' ', 'T').replace('+00', '+00:00'), 29],
      ['a Z behind it', (moment) => moment.replace('+00', 'Z'), 29],
      ['a day alone', (moment) => moment.slice(0, 10), 29],
    ];
    for (const [what, form, error] of forms)
      it(what, async () => {
        const { code, error: number, said } = await restore(...optionsFor(form(target)));
        assert.deepEqual([code, number], [error, error], said);
        assert.match(said, /HINT: time format must be YYYY-MM-DD HH:MM:SS with optional msec and optional timezone/);
        figure('restore', `--target of ${what}`, `error 0${error}`);
      });

    it('without quotes for the shell', async () => {
      const { code, error, said } = await restore('--type=time', `--target=${target}`);
      assert.deepEqual([code, error], [96, 96], said);
      figure('restore', '--target without quotes for the shell', 'error 096');
    });

    it('and the database is as it was', async () => {
      await database.start();
      assert.equal(await pets(), 'after before last');
      assert.deepEqual(await identity(database), was.identity);
      await login('new');
      await database.stop();
    });
  });

  describe('is done to YYYY-MM-DD HH:MM:SS+00, in quotes', () => {
    it('succeeds, and Postgres replays the WAL', async () => {
      await restored(...optionsFor(target));
    });

    it('keeps the system identifier, and begins another timeline', async () => {
      assert.deepEqual(await identity(database), { system: was.identity.system, timeline: '2' });
    });

    it('has the rows of that moment', async () => {
      assert.equal(await pets(), 'before');
    });

    it('has the password of that moment: the one in the Secret is refused', async () => {
      await assert.rejects(login('new'), /password authentication failed for user "bestie"/);
      await login('old');
    });
  });

  describe('lets the password in that is in the Secret once PGO writes the user with other options', () => {
    for (const options of ['', 'LOGIN', 'INHERIT'])
      it(`${options === '' ? 'none' : options}, which changes nothing else about the role`, async () => {
        await write('', 'old');
        const before = await role();
        await write(options, was.verifier);
        await login('new');
        await assert.rejects(login('old'), /password authentication failed/);
        assert.equal(await role(), before);
        assert.equal(await verifier(), was.verifier);
        figure('role', `ALTER ROLE with ${options === '' ? 'no options' : options}`, 'the password alone changes');
      });

    const switchedOff: readonly [by: string, options: string, kept: boolean][] = [
      ['NOLOGIN', 'INHERIT', true],
      ['NOLOGIN', 'LOGIN', false],
      ['NOINHERIT', 'LOGIN', true],
      ['NOINHERIT', 'INHERIT', false],
      ['CONNECTION LIMIT 5', 'LOGIN', true],
      ['CONNECTION LIMIT 5', 'INHERIT', true],
    ];
    for (const [by, options, isKept] of switchedOff)
      it(`${options} ${isKept ? 'keeps' : 'undoes'} the ${by} of a person`, async () => {
        await database.sql(`alter role ${USER} ${by}`);
        const before = await role();
        await write(options, was.verifier);
        assert.equal((await role()) === before, isKept);
        await database.sql(`alter role ${USER} login inherit connection limit -1`);
        if (!isKept) figure('role', `ALTER ROLE with ${options} where a person said ${by}`, 'undone');
      });
  });

  describe('is not the last', () => {
    it('does not reach what came after the first target, unless it names the timeline', async () => {
      await archived(database);
      await database.stop();
      await restored(...optionsFor(missed));
      assert.equal(await pets(), 'before');
      await archived(database);
      await database.stop();
      await restored(...optionsFor(missed), '--target-timeline=1');
      assert.equal(await pets(), 'after before');
      assert.deepEqual(await identity(database), { system: was.identity.system, timeline: '4' });
      figure('second restore', 'to a moment between the first target and the first restore', 'gives the state of the first target');
      figure('second restore', 'the same with --target-timeline=1', 'gives the state of that moment');
    });

    it('begins from the latest backup, be it of a history that was given up: Postgres does not start', async () => {
      const now = await since('since');
      await database.stop();
      // Which of the two depends on where the WAL was when the history was given up.
      const fatal = /FATAL: {2}(could not locate required checkpoint record|requested timeline 4 is not a child of this server's history)/;
      await restoredInVain(fatal, ...optionsFor(now));
      figure('second restore', 'before any backup since the first', `begins from the nightly one; Postgres ends with FATAL`);
      await restored(...optionsFor(now), `--set=${first.label}`);
      assert.equal(await pets(), 'after before since');
      figure('second restore', 'the same with --set of a backup before the first target', 'gives the state of that moment');
    });

    it('reaches any moment after a backup since', async () => {
      const backup = await backedUp('diff');
      assert.ok(backup.label > nightly.label);
      assert.deepEqual([backup.type, backup.prior, backup.archive.start.slice(0, 8)], ['diff', first.label, '00000005']);
      const now = await since('then');
      await database.stop();
      await restored(...optionsFor(now));
      assert.equal(await pets(), 'after before since then');
    });

    it('to a moment that nothing archived reaches succeeds, and Postgres does not start', async () => {
      await archived(database);
      const future = await database.sql(`select to_char(now() at time zone 'utc' + interval '1 day', 'YYYY-MM-DD HH24:MI:SS') || '+00'`);
      await database.stop();
      await restoredInVain(/FATAL: {2}recovery ended before configured recovery target was reached/, ...optionsFor(future));
      figure('restore', 'to a moment after the last commit that is archived', 'succeeds; Postgres ends with FATAL');
    });
  });
});
