/** The check of a drill fails, with one sentence: what it finds that is wrong, and that a count of rows would not find it. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshDatabase, lockListings } from './support/database.ts';
import { asApplication, damage, failure, runCheck } from './support/drill.ts';
import type { Postgres } from './support/postgres.ts';
import { postgres, serverWith } from './support/server.ts';

const oldest = 'ffdc0a98111c';
/** Large enough to be stored beside the table, and not to be compressed. */
const LARGE = "(select string_agg(md5(n::text), '') from generate_series(1, 4000) n)";
/** One row in a hundred is left, so that Postgres prefers the index to the blocks of the table. */
const COVERED = [
  'create table covered (id int primary key)',
  'insert into covered select generate_series(1, 100000)',
  'delete from covered where id % 100 <> 0',
].join(';');
const countOf = (server: Postgres, table: string): Promise<string> => server.sql(`select count(*) from bestie.${table}`, 'bestie');

interface Failure {
  reason: string;
  from?: 'migrated' | 'seeded';
  prepare: (server: Postgres) => Promise<unknown>;
  want: RegExp;
  before?: string;
  seconds?: number;
}

const failures: Record<string, Failure> = {
  NoTableOfRevisions: {
    reason: 'the backup is of a database that was never migrated',
    prepare: (server) => freshDatabase(server),
    want: /^the database has no table alembic_version: no migrations have run on it$/,
  },
  NoRevision: {
    reason: 'all migrations were undone',
    prepare: (server) => asApplication(server, 'delete from alembic_version'),
    want: /^table alembic_version is empty: /,
  },
  RevisionAndItsPast: {
    reason: 'Alembic never leaves two revisions of one branch',
    prepare: (server) => asApplication(server, `insert into alembic_version values ('${oldest}')`),
    want: /^table alembic_version has revision \w+, and ffdc0a98111c that comes before it$/,
  },
  DamagedTable: {
    reason: 'a block differs from its checksum',
    from: 'seeded',
    prepare: (server) => damage(server, "'bestie.listings'"),
    want: /^table listings cannot be read: SQLSTATE XX001$/,
  },
  DamagedTableWithIndex: {
    reason: 'an index over all columns could answer a count',
    prepare: async (server) => {
      await asApplication(server, COVERED);
      for (const work of ['vacuum analyze', 'reindex table']) await server.sql(`${work} bestie.covered`, 'bestie');
      await damage(server, "'bestie.covered'", 3);
      assert.equal(await countOf(server, 'covered'), '1000');
    },
    want: /^table covered cannot be read: SQLSTATE XX001$/,
  },
  DamagedValue: {
    reason: 'a large value is stored beside the table',
    from: 'seeded',
    prepare: async (server) => {
      await asApplication(server, `update listings set description = ${LARGE} where id = 1`);
      await damage(server, "(select reltoastrelid from pg_class where oid = 'bestie.listings'::regclass)", 5);
      assert.notEqual(await countOf(server, 'listings'), '0');
    },
    want: /^table listings cannot be read: SQLSTATE XX001$/,
  },
  DamagedRevision: {
    reason: 'the table of the revision is a table as well',
    prepare: (server) => damage(server, "'bestie.alembic_version'"),
    want: /^table alembic_version cannot be read: SQLSTATE XX001$/,
  },
  WritingPolicy: {
    reason: 'whatever hangs on a table, nothing is written',
    from: 'seeded',
    prepare: (server) =>
      asApplication(
        server,
        `create table marks (at timestamptz); alter table users enable row level security; alter table users force row level security;
         create function mark() returns boolean language sql volatile as 'insert into bestie.marks values (now()); select true';
         create policy marking on users using (bestie.mark())`,
      ),
    want: /^table users cannot be read: SQLSTATE 25006$/,
  },
  NoMigrations: {
    reason: 'the image has none where the application runs',
    prepare: () => Promise.resolve(),
    before: 'cd /tmp',
    want: /^the image has no migrations that Alembic can read$/,
  },
  LongStatement: {
    reason: 'a statement has a limit',
    from: 'seeded',
    prepare: (server) => lockListings(server),
    seconds: 2,
    want: /^table listings was not read within 2 s$/,
  },
};

describe('the application: the check of a drill fails', () => {
  for (const [name, { reason, from = 'migrated', prepare, want, before, seconds }] of Object.entries(failures))
    it(`${name}: fails with a sentence, because ${reason}`, async () => {
      await prepare(await serverWith(from));
      failure(name, await runCheck({ ...(before !== undefined && { before }), ...(seconds !== undefined && { seconds }) }), want);
    });

  it('fails with a sentence after a minute, because the password is refused', async () => {
    await serverWith('migrated');
    failure('WrongPassword', await runCheck({ login: { password: 'wr0ng-pass' }, alone: true }), /^the copy refuses the login$/);
  });

  it('fails with a sentence after a minute, because the database is away', async () => {
    const server = await postgres();
    await server.stop();
    failure('Away', await runCheck({ alone: true }), /^the database was not reached within 60 s$/);
  });

  it('fails with a sentence, because the database goes away meanwhile', async () => {
    const server = await serverWith('seeded');
    await lockListings(server);
    const ended = runCheck();
    await sleep(5000);
    await server.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bestie' and state = 'active'");
    failure(
      'GoesAway',
      await ended,
      /^(the connection broke while table listings was read|table listings cannot be read: SQLSTATE 57P01)$/,
    );
  });
});
