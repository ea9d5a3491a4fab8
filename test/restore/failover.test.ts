/** A standby took over between a moment and the backup before it: restores to that moment, before and after a restore has given it up. */
import { strict as assert } from 'node:assert';
import { restoreOptions } from '../../src/database/crunchy/restoreoptions.ts';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { archived, takeOver } from './support/database.ts';
import { add, backedUp, done, failsToRestore, moment, pets, restored, rfc3339 } from './support/history.ts';
import { initialise, instance, type Instance } from './support/instance.ts';
import { STANZA_COMMAND } from './support/pgo.ts';
import { backupsWith, volume } from './support/rendered.ts';
import { makeRoot, makeVolumes } from './support/volumes.ts';

const backups = backupsWith(volume('repo1'));

describe('pgBackRest: a restore to a moment after a failover', () => {
  const perSuite = closingIn(after);
  let database: Instance;
  /** Before the failover, after it, and after the backup that followed it. */
  let moments: { before: string; after: string; later: string };

  before(async () => {
    const root = await makeRoot('failover', backups);
    const beside = async (name: string): Promise<Instance> => instance(perSuite, await makeVolumes(name, root, backups));
    const primary = await beside('primary');
    database = await beside('standby');
    await initialise(primary);
    await primary.start();
    done(await primary.shell(STANZA_COMMAND));
    await backedUp(primary, 'full');
    await primary.sql('create table pets (name text)');
    await add(primary, 'before');
    const target = await moment(primary);
    await add(primary, 'kept');
    await archived(primary);
    await takeOver(primary, database);
    const since = async (pet: string): Promise<string> => {
      await add(database, pet);
      return moment(database);
    };
    moments = { before: target, after: await since('after'), later: '' };
    await add(database, 'more');
    await backedUp(database, 'diff');
    moments.later = await since('new');
    await add(database, 'newer');
    assert.match(await archived(database), /^00000002/);
    await database.stop();
  });

  const at = (time: string): string[] => restoreOptions({ type: 'time', time: rfc3339(time) });
  const givenUp = (time: string): string[] => restoreOptions({ type: 'time', time: rfc3339(time), isGivenUp: true });

  async function brought(options: readonly string[]): Promise<string> {
    await restored(database, ...options);
    const found = await pets(database);
    await archived(database);
    await database.stop();
    return found;
  }

  it('gives the state of that moment, from the backup before the failover', async () => {
    assert.equal(await brought(at(moments.after)), 'after before kept');
    figure('failover', 'between a moment and the backup before it', 'gives the state of that moment');
  });

  it('gives up the failover with a moment before it', async () => {
    assert.equal(await brought(at(moments.before)), 'before');
    assert.equal(await brought(at(moments.after)), 'before');
  });

  it('does not reach the moment any more: the history of the backup ends at the failover', async () => {
    const fatal = /FATAL: {2}recovery ended before configured recovery target was reached/;
    const ended = await failsToRestore(database, fatal, ...givenUp(moments.after));
    assert.equal(ended, 'starts again and again');
    figure('failover', 'between a moment that was given up and its backup', `Postgres ends with FATAL; the Job ${ended}`);
  });

  it('reaches it with the number of its timeline, which the operator does not know', async () => {
    assert.equal(await brought([...at(moments.after), '--target-timeline=2']), 'after before kept');
    figure('failover', 'the same with --target-timeline=2', 'gives the state of that moment');
  });

  it('reaches a moment that was given up after a backup since the failover', async () => {
    assert.equal(await brought(at(moments.before)), 'before');
    assert.equal(await brought(givenUp(moments.later)), 'after before kept more new');
    figure('failover', 'before the backup of a moment that was given up', 'gives the state of that moment');
  });
});
