/** What pgBackRest refuses, as the operator does: always before it touches the database, which starts again as it was. */
import { strict as assert } from 'node:assert';
import type { RestoreTarget } from '../../src/api/restore.ts';
import { restoreOptions } from '../../src/database/crunchy/restoreoptions.ts';
import { figure } from '../app/support/report.ts';
import { eventually } from '../app/support/run.ts';
import { closingIn } from '../support/closing.ts';
import { identity, type Identity } from './support/database.ts';
import { makeHistory, pets, restore, rfc3339, type History } from './support/history.ts';
import { initialise, instance, type Instance } from './support/instance.ts';
import { STANZA_COMMAND } from './support/pgo.ts';
import { backupsWith, volume } from './support/rendered.ts';
import { makeRoot, makeVolumes } from './support/volumes.ts';

const time = (time: string): RestoreTarget => ({ type: 'time', time });
const backup = (label: string): RestoreTarget => ({ type: 'backup', label });

interface Row {
  what: string;
  target: () => RestoreTarget;
  error: RegExp;
}

async function refuses(database: Instance, target: RestoreTarget, words: RegExp): Promise<void> {
  const { code, error, said } = await restore(database, ...restoreOptions(target));
  assert.deepEqual([code, error], [75, 75], said);
  assert.match(said, words);
}

describe('pgBackRest: refuses a restore', () => {
  const perSuite = closingIn(after);

  describe('without any backup', () => {
    let database: Instance;
    let is: Identity;

    before(async () => {
      const backups = backupsWith(volume('repo1'));
      database = await instance(perSuite, await makeVolumes('pg', await makeRoot('refusals', backups), backups));
      await initialise(database);
      await database.start();
      is = await identity(database);
      await database.stop();
    });

    const rows: readonly Row[] = [
      { what: 'the latest state', target: () => ({ type: 'latest' }), error: /no backup set found to restore/ },
      { what: 'a moment', target: () => time('2026-01-01T00:00:00Z'), error: /unable to find backup set with stop time less than/ },
      { what: 'a label', target: () => backup('20260101-000000F'), error: /backup set 20260101-000000F is not valid/ },
      { what: 'the newest backup', target: () => ({ type: 'newest' }), error: /no backup set found to restore/ },
    ];
    const stages: readonly [what: string, prepare: () => Promise<void>][] = [
      ['a repository that is not prepared', () => Promise.resolve()],
      [
        'a repository that is prepared',
        async () => {
          await database.start();
          // What archives holds the lock that this needs, so it is tried again, as PGO does.
          await eventually('it is prepared', 30, async () => (await database.shell(STANZA_COMMAND)).code === 0 || undefined);
          await database.stop();
        },
      ],
    ];
    for (const [stage, prepare] of stages)
      describe(`in ${stage}`, () => {
        before(prepare);

        for (const { what, target, error } of rows)
          it(what, async () => {
            await refuses(database, target(), error);
            figure('refused', `${what}, from ${stage} without any backup`, 'error 075');
          });

        it('and the database is as it was', async () => {
          await database.start();
          assert.deepEqual(await identity(database), is);
          await database.stop();
        });
      });
  });

  describe('with backups', () => {
    let history: History;

    before(async () => {
      history = await makeHistory(perSuite, 'refused');
    });

    const first = (): string => history.backups.first.label;
    /** The second in which the first backup began, which is what its label says. */
    const began = (): string => rfc3339(first().replace(/^(....)(..)(..)-(..)(..)(..)F$/, '$1-$2-$3 $4:$5:$6+00'));
    const rows: readonly Row[] = [
      { what: 'a label that is none', target: () => backup('20260101-000000F'), error: /backup set 20260101-000000F is not valid/ },
      { what: 'a label of a differential backup that is none', target: () => backup(`${first()}_20260101-000000D`), error: /is not valid/ },
      { what: 'a moment before the first backup', target: () => time('2020-01-01T00:00:00Z'), error: /unable to find backup set with/ },
      { what: 'a moment at which the first backup was taken', target: () => time(began()), error: /unable to find backup set with/ },
    ];
    for (const { what, target, error } of rows)
      it(what, async () => {
        await refuses(history.database, target(), error);
        figure('refused', what, 'error 075');
      });

    it('and the database is as it was', async () => {
      await history.database.start();
      assert.equal(await pets(history.database), 'after before last');
      assert.deepEqual(await identity(history.database), history.identity);
      await history.database.stop();
      figure('refused', 'the database afterwards', 'starts as it was');
    });
  });
});
