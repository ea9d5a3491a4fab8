/** The check of a drill: what it finds in a database that is as it should be, and how it is ended. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from './support/container.ts';
import { lockListings, rows } from './support/database.ts';
import { asApplication, runCheck, success } from './support/drill.ts';
import type { Postgres } from './support/postgres.ts';
import { figure } from './support/report.ts';
import { serverWith } from './support/server.ts';

const revisionOf = (server: Postgres): Promise<string> => server.sql('select version_num from bestie.alembic_version', 'bestie');
const oldest = 'ffdc0a98111c';
/** Branches of the migrations: the oldest revision has a second successor. */
const BRANCHES = [
  'cp -r migrations /tmp',
  'cd /tmp',
  `printf 'revision = "branch"\\ndown_revision = "${oldest}"\\nbranch_labels = None\\ndepends_on = None\\n' >migrations/versions/branch.py`,
].join(' && ');

describe('the application: the check of a drill', () => {
  it('finds the revision and the rows of a database with data', async () => {
    const server = await serverWith('seeded');
    const end = await runCheck();
    const verdict = success('sample data', end);
    figure('drill check', 'sample data took', `${end.seconds.check?.toFixed(1)} s`);
    assert.equal(verdict.revision, await revisionOf(server));
    for (const [table, count] of Object.entries(await rows(server))) assert.match(verdict.rows, new RegExp(`\\b${table} ${count}\\b`));
    assert.doesNotMatch(verdict.rows, /alembic_version/);
  });

  it('succeeds without any row: a new database is as good', async () => {
    const server = await serverWith('migrated');
    const verdict = success('no row', await runCheck());
    assert.equal(verdict.revision, await revisionOf(server));
    assert.match(verdict.rows, /^applications 0, .*users 0$/);
  });

  it('names the largest of many tables, and says how many more there are', async () => {
    const server = await serverWith('seeded');
    const tables = Array.from({ length: 60 }, (_, index) => `create table many_tables_${index} (id int)`);
    await asApplication(server, tables.join(';'));
    const { rows: found } = success('63 tables', await runCheck());
    const { listings } = await rows(server);
    assert.match(found, new RegExp(`^listings ${listings}, applications 10, users 7, .*; further tables: \\d+$`));
    const [all = '', further] = found.split('; further tables: ');
    const empty = Number(await server.sql("select count(*) from pg_tables where schemaname = 'bestie'", 'bestie')) - 1;
    assert.equal(all.split(', ').length + Number(further), empty);
  });

  it('reads tables whatever their names are, and leaves those alone that are not of the application', async () => {
    const server = await serverWith('migrated');
    await asApplication(server, 'create table "Café %s; --" (t text); insert into "Café %s; --" values (null), (\'x\')');
    await server.sql('create table bestie.secret (a int); insert into bestie.secret values (1)', 'bestie');
    const verdict = success('names', await runCheck());
    assert.match(verdict.rows, /^Caf\?_?.* 2, applications 0/);
    assert.doesNotMatch(verdict.rows, /secret/);
  });

  for (const [reason, number] of [
    ['an older version runs on the schema of a newer one', 'abc123'],
    ['Alembic would take the beginning of a revision for the revision itself', '389c4186'],
  ] as const)
    it(`says that the image does not have a revision: ${reason}`, async () => {
      const server = await serverWith('migrated');
      await asApplication(server, `update alembic_version set version_num = '${number}'`);
      const verdict = success('revision of another image', await runCheck());
      assert.equal(verdict.revision, `${number} (not of the image)`);
    });

  it('takes one revision for each branch of the migrations', async () => {
    const server = await serverWith('migrated');
    await asApplication(server, "insert into alembic_version values ('branch')");
    const verdict = success('branches', await runCheck({ before: BRANCHES }));
    assert.match(verdict.revision, /^\w+, branch$/);
  });

  it('ends at once when its pod is deleted, also while it waits for the database', async () => {
    await lockListings(await serverWith('seeded'));
    let container: Container | undefined;
    const ended = runCheck({ watch: (started) => (container = started) });
    await sleep(5000);
    const asked = Date.now();
    container?.kill('SIGTERM');
    const { exitCode, message } = await ended;
    const took = (Date.now() - asked) / 1000;
    figure('drill check', 'after SIGTERM', `exit ${exitCode} after ${took.toFixed(1)} s`);
    assert.deepEqual([exitCode, message], [143, '']);
    assert.ok(took < 5, `${took} s`);
  });
});
