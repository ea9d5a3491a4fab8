/** database.parameters: what the user guide says of them, asked of a real Postgres, and what time-outs do to a backup. */
import { strict as assert } from 'node:assert';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { parameterTable } from '../support/parametertable.ts';
import { initialise, instance, type Instance } from './support/instance.ts';
import { backupCommand, STANZA_COMMAND } from './support/pgo.ts';
import { backupsWith, volume } from './support/rendered.ts';
import { makeRoot, makeVolumes } from './support/volumes.ts';

const backups = backupsWith(volume('repo1'));

describe('Postgres: parameters', () => {
  const perSuite = closingIn(after);
  let database: Instance;

  before(async () => {
    const root = await makeRoot('parameters', backups);
    database = await instance(perSuite, await makeVolumes('pg', root, backups));
    await initialise(database);
    await database.start();
    assert.equal((await database.shell(STANZA_COMMAND)).code, 0);
  });

  it('the user guide lists those that it has, and marks those that need a restart', async () => {
    const version = Math.floor(Number(await database.sql('show server_version_num')) / 10_000);
    const contexts = new Map(
      (await database.sql('select lower(name), context from pg_settings')).split('\n').map((line) => line.split('|') as [string, string]),
    );
    // Those of a library are known once it is loaded. From 18 on one of them is reloaded, as the page says.
    const asked = parameterTable().filter(({ name, since }) => !name.includes('.') && since <= version);
    assert.ok(asked.length > 140, String(asked.length));
    const isRestart = (name: string): boolean =>
      contexts.get(name) === 'postmaster' || (name === 'autovacuum_max_workers' && version >= 18);
    for (const { name, restarts } of asked) {
      assert.ok(contexts.has(name), `Postgres ${version} has no ${name}`);
      assert.equal(isRestart(name), restarts, name);
    }
    figure('parameters', `that Postgres ${version} has, of those in the user guide`, String(asked.length));
  });

  /** A checkpoint, for which a backup waits, takes minutes then: Postgres spreads it. */
  const dirty = 'drop table if exists pets; create table pets as select generate_series(1, 300000) as id';
  const full = backupCommand({ repoName: 'repo1', options: ['--type=full'] });

  it('a time-out of statements cuts a backup, which is why it is refused', async () => {
    await database.stop();
    await database.start({ statement_timeout: '1s' });
    await database.sql(`set statement_timeout = 0; ${dirty}`);
    const { code, said } = await database.shell(full);
    assert.notEqual(code, 0);
    assert.match(said, /statement due to statement timeout/);
    figure('parameters', 'a backup with statement_timeout 1s', `ends with ${code}`);
  });

  it('those of locks and of idle transactions do not', async () => {
    await database.stop();
    await database.start({ lock_timeout: '1ms', idle_in_transaction_session_timeout: '1ms', checkpoint_completion_target: '0' });
    await database.sql(dirty);
    const { code, said } = await database.shell(full);
    assert.equal(code, 0, said);
  });
});
