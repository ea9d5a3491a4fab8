/** A restore in place to a moment, as a person has PGO do it: what it keeps, what it sets back, and what lets the application in again. */
import { strict as assert } from 'node:assert';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { identity } from './support/database.ts';
import { makeHistory, optionsFor, pets, restore, restored, USER, writeUser, type History } from './support/history.ts';
import { roleOptionsAfter } from './support/rendered.ts';

describe('pgBackRest: a restore to a moment', () => {
  const perSuite = closingIn(after);
  let history: History;

  const login = (password: string): Promise<string> => history.database.sql('select current_user', { user: USER, password });
  const role = (): Promise<string> => history.database.sql(`select row_to_json(r) from pg_roles r where rolname = '${USER}'`);

  before(async () => {
    history = await makeHistory(perSuite, 'restore');
  });

  describe('refuses a moment that is written in another way, and touches nothing', () => {
    const forms: readonly [what: string, form: (moment: string) => string][] = [
      ['RFC 3339 in UTC', (moment) => moment.replace(' ', 'T').replace('+00', 'Z')],
      ['RFC 3339 with an offset', (moment) => moment.replace(' ', 'T').replace('+00', '+00:00')],
      ['a Z behind it', (moment) => moment.replace('+00', 'Z')],
      ['a day alone', (moment) => moment.slice(0, 10)],
    ];
    for (const [what, form] of forms)
      it(what, async () => {
        const { code, error, said } = await restore(history.database, ...optionsFor(form(history.moments.target)));
        assert.deepEqual([code, error], [29, 29], said);
        assert.match(said, /HINT: time format must be YYYY-MM-DD HH:MM:SS with optional msec and optional timezone/);
        figure('restore', `--target of ${what}`, 'error 029');
      });

    it('without quotes for the shell', async () => {
      const { code, error, said } = await restore(history.database, '--type=time', `--target=${history.moments.target}`);
      assert.deepEqual([code, error], [96, 96], said);
      figure('restore', '--target without quotes for the shell', 'error 096');
    });

    it('and the database is as it was', async () => {
      await history.database.start();
      assert.equal(await pets(history.database), 'after before last');
      assert.deepEqual(await identity(history.database), history.identity);
      await login('new');
      await history.database.stop();
    });
  });

  describe('is done to YYYY-MM-DD HH:MM:SS+00, in quotes', () => {
    it('succeeds, and Postgres replays the WAL', async () => {
      await restored(history.database, ...optionsFor(history.moments.target));
    });

    it('keeps the system identifier, and begins another timeline', async () => {
      assert.equal(history.identity.timeline, '1');
      assert.deepEqual(await identity(history.database), { system: history.identity.system, timeline: '2' });
      figure('restore', 'system identifier, timeline', 'the same, 2');
    });

    it('has the rows of that moment', async () => {
      assert.equal(await pets(history.database), 'before');
    });

    it('has the password of that moment: the one in the Secret is refused', async () => {
      await assert.rejects(login('new'), /password authentication failed for user "bestie"/);
      await login('old');
      figure('restore', 'a password that was changed after the target', 'is the former one again');
    });
  });

  describe('lets the password in that is in the Secret once PGO writes the user again', () => {
    for (const restores of [0, 1, 2]) {
      const options = roleOptionsAfter(restores);
      it(`with what is rendered after ${restores} restores, which changes nothing else about the role`, async () => {
        await writeUser(history.database, roleOptionsAfter(0), 'old');
        const before = await role();
        await writeUser(history.database, options, history.verifier);
        await login('new');
        await assert.rejects(login('old'), /password authentication failed/);
        assert.equal(await role(), before);
        figure('role', `options "${options}", rendered after ${restores} restores`, 'the password alone changes');
      });
    }

    it('with other options each time', () => {
      const all = [0, 1, 2, 3].map(roleOptionsAfter);
      for (const [index, options] of all.entries()) assert.notEqual(options, all[index - 1]);
    });

    // A person may have changed the role: a lock-out, above all, must stay.
    const rows: readonly [by: string, restores: number, kept: boolean][] = [
      ['NOLOGIN', 1, true],
      ['NOLOGIN', 2, true],
      ['NOINHERIT', 1, false],
      ['NOINHERIT', 2, true],
      ['BYPASSRLS', 1, true],
      ['BYPASSRLS', 2, false],
      ['CONNECTION LIMIT 5', 1, true],
      ['CONNECTION LIMIT 5', 2, true],
    ];
    for (const [by, restores, isKept] of rows)
      it(`${isKept ? 'keeps' : 'undoes'} the ${by} of a person after ${restores} restores`, async () => {
        await history.database.sql(`alter role ${USER} ${by}`);
        const before = await role();
        await writeUser(history.database, roleOptionsAfter(restores), history.verifier);
        assert.equal((await role()) === before, isKept);
        await history.database.sql(`alter role ${USER} login inherit nobypassrls connection limit -1`);
        if (!isKept) figure('role', `options "${roleOptionsAfter(restores)}" where a person said ${by}`, 'undo it');
      });
  });
});
