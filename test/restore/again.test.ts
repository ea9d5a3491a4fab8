/** After a restore the database has two histories in one repository: what the next restore makes of them. */
import { strict as assert } from 'node:assert';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { archived, identity } from './support/database.ts';
import { add, backedUp, makeHistory, moment, optionsFor, pets, restored, failsToRestore, type History } from './support/history.ts';
import type { Instance } from './support/instance.ts';

describe('pgBackRest: a restore after a restore', () => {
  const perSuite = closingIn(after);
  let history: History;
  let database: Instance;

  /** A moment at which the pet is there, and that archived WAL reaches. */
  const since = async (pet: string): Promise<string> => {
    await add(database, pet);
    const now = await moment(database);
    await archived(database);
    return now;
  };

  before(async () => {
    history = await makeHistory(perSuite, 'again');
    ({ database } = history);
    await restored(database, ...optionsFor(history.moments.target));
    assert.equal(await pets(database), 'before');
    await archived(database);
    await database.stop();
  });

  it('does not reach what came after the first target, unless it names the timeline', async () => {
    await restored(database, ...optionsFor(history.moments.later));
    assert.equal(await pets(database), 'before');
    await archived(database);
    await database.stop();
    await restored(database, ...optionsFor(history.moments.later), '--target-timeline=1');
    assert.equal(await pets(database), 'after before');
    assert.deepEqual(await identity(database), { system: history.identity.system, timeline: '4' });
    figure('second restore', 'to a moment between the first target and the first restore', 'gives the state of the first target');
    figure('second restore', 'the same with --target-timeline=1', 'gives the state of that moment');
  });

  it('begins from the latest backup, be it of a history that was given up: Postgres does not start', async () => {
    const now = await since('since');
    await database.stop();
    // Which of the two depends on where the WAL was when the history was given up.
    const fatal = /FATAL: {2}(could not locate required checkpoint record|requested timeline 4 is not a child of this server's history)/;
    await failsToRestore(database, fatal, ...optionsFor(now));
    figure('second restore', 'before any backup since the first', 'begins from a backup of before; Postgres ends with FATAL');
    await restored(database, ...optionsFor(now), `--set=${history.backups.first.label}`);
    assert.equal(await pets(database), 'after before since');
    figure('second restore', 'the same with --set of a backup before the first target', 'gives the state of that moment');
  });

  it('reaches any moment after a backup since', async () => {
    const { type, prior, label, archive } = await backedUp(database, 'diff');
    assert.ok(label > history.backups.nightly.label);
    assert.deepEqual([type, prior, archive.start.slice(0, 8)], ['diff', history.backups.first.label, '00000005']);
    const now = await since('then');
    await database.stop();
    await restored(database, ...optionsFor(now));
    assert.equal(await pets(database), 'after before since then');
    figure('second restore', 'after a backup since the first', 'gives the state of that moment');
  });

  it('to a moment that nothing archived reaches succeeds, and Postgres does not start', async () => {
    await archived(database);
    const tomorrow = await database.sql("select to_char(now() at time zone 'utc' + interval '1 day', 'YYYY-MM-DD HH24:MI:SS') || '+00'");
    await database.stop();
    await failsToRestore(database, /FATAL: {2}recovery ended before configured recovery target was reached/, ...optionsFor(tomorrow));
    figure('restore', 'to a moment after the last commit that is archived', 'succeeds; Postgres ends with FATAL');
  });
});
