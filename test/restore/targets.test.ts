/** A restore to each kind of target, with the very options that are rendered: started as PGO's Job starts it, and the rows that are there. */
import { strict as assert } from 'node:assert';
import type { RestoreTarget } from '../../src/api/restore.ts';
import { restoreOptions } from '../../src/database/crunchy/restoreoptions.ts';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import type { BackupSet } from './support/catalogue.ts';
import { archived } from './support/database.ts';
import { add, backedUp, makeHistory, pets, restored, rfc3339, type History } from './support/history.ts';
import type { Instance } from './support/instance.ts';
import { refusedByPgo } from './support/pgo.ts';

describe('pgBackRest: a restore to each kind of target', () => {
  const perSuite = closingIn(after);
  let history: History;
  let database: Instance;
  let full: BackupSet;
  /** Between two commits of one second. */
  let precise: string;

  before(async () => {
    history = await makeHistory(perSuite, 'targets');
    ({ database } = history);
    await database.start();
    await add(database, 'more');
    full = await backedUp(database, 'full');
    await database.sql('select pg_sleep(1.1 - extract(milliseconds from now())::int % 1000 / 1000.0)');
    await add(database, 'one');
    precise = await database.sql(`select to_char(now() at time zone 'utc' + interval '2 ms', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
    await database.sql('select pg_sleep(0.1)');
    await add(database, 'two');
    await archived(database);
    await database.stop();
  });

  /** The rows after a restore with what is rendered. */
  async function brought(target: RestoreTarget): Promise<string> {
    const options = restoreOptions(target);
    for (const option of options) assert.doesNotMatch(option, refusedByPgo);
    await restored(database, ...options);
    return pets(database);
  }

  afterEach(async () => {
    await archived(database);
    await database.stop();
  });

  interface Row {
    what: string;
    target: () => RestoreTarget;
    rows: string;
  }
  const label = (label: string): RestoreTarget => ({ type: 'backup', label });
  const time = (time: string): RestoreTarget => ({ type: 'time', time });
  // In this order: each restore gives up what comes after its target.
  const rows: readonly Row[] = [
    { what: 'latest', target: () => ({ type: 'latest' }), rows: 'after before last more one two' },
    { what: 'a time with milliseconds', target: () => time(precise), rows: 'after before last more one' },
    { what: 'the newest backup, after which there are commits', target: () => ({ type: 'newest' }), rows: 'after before last more' },
    { what: 'a full backup', target: () => label(full.label), rows: 'after before last more' },
    { what: 'a differential backup', target: () => label(history.backups.nightly.label), rows: 'after before last' },
    { what: 'the newest backup, on a history that was given up', target: () => ({ type: 'newest' }), rows: 'after before last more' },
    { what: 'a time', target: () => time(rfc3339(history.moments.target)), rows: 'before' },
    { what: 'a time that was given up, as one that was not', target: () => time(rfc3339(history.moments.later)), rows: 'before' },
    {
      what: 'a time that was given up',
      target: () => ({ type: 'time', time: rfc3339(history.moments.later), isGivenUp: true }),
      rows: 'after before',
    },
    { what: 'a full backup on a history that was given up', target: () => label(full.label), rows: 'after before last more' },
    {
      what: 'a differential backup on a history that was given up',
      target: () => label(history.backups.nightly.label),
      rows: 'after before last',
    },
  ];
  for (const { what, target, rows: wanted } of rows)
    it(what, async () => {
      assert.equal(await brought(target()), wanted);
      figure('target', what, wanted);
    });

  it('the newest backup, once one was taken since the last restore', async () => {
    await database.start();
    await add(database, 'since');
    await backedUp(database, 'diff');
    await add(database, 'then');
    await archived(database);
    await database.stop();
    assert.equal(await brought({ type: 'newest' }), 'after before last since');
  });
});
