/** The application's database on the Postgres of the tests: made as PGO makes it, counted, and held up at chosen points. */
import { once } from 'node:events';
import { atEndOfTest } from './cleanup.ts';
import { DATABASE_ADDRESS, hosts } from './node.ts';
import { PORT, type Postgres } from './postgres.ts';
import { eventually } from './run.ts';
import { secretOf, type Secret } from './secret.ts';

export const HOST = 'bestie-pgo-primary.pets.svc';
const PASSWORD = 'pa/ss%w@rd#?:';

/** What the Secret of the database holds. */
export const secret: Secret = secretOf({ host: HOST, port: String(PORT), dbname: 'bestie', user: 'bestie', password: PASSWORD });

/** The user, once for each server, and the name of the server. */
export async function prepareServer({ sql }: Postgres): Promise<void> {
  hosts.set(HOST, DATABASE_ADDRESS);
  await sql(`create user bestie password '${PASSWORD}'`);
}

/** An empty database, or a copy of another: a schema of the user's own, and no right to create anything in \`public\`. */
export async function freshDatabase({ sql }: Postgres, template?: string): Promise<void> {
  await sql('drop database if exists bestie with (force)');
  await sql(`create database bestie${template === undefined ? '' : ` template ${template}`}`);
  if (template === undefined) await sql('create schema bestie authorization bestie', 'bestie');
}

/** Keeps a copy of the database under another name. */
export async function keepAs({ sql }: Postgres, name: string): Promise<void> {
  await sql(`drop database if exists ${name}`);
  await sql(`create database ${name} template bestie`);
}

export interface Rows {
  users: number;
  listings: number;
  applications: number;
}

const TABLES = ['users', 'listings', 'applications'] as const;

export async function rows({ sql }: Postgres): Promise<Rows> {
  const counts = TABLES.map((table) => `(select count(*) from bestie.${table})`).join(', ');
  const [users = NaN, listings = NaN, applications = NaN] = (await sql(`select ${counts}`, 'bestie')).split('|').map(Number);
  return { users, listings, applications };
}

/** What ids the next user and the next listing get. */
export const nextIds = ({ sql }: Postgres): Promise<string> =>
  sql(
    "select string_agg(sequencename || ' ' || coalesce(last_value, 0), ', ' order by sequencename) from pg_sequences where schemaname = 'bestie'",
    'bestie',
  );

/** Every column of every table, and the revision of the migrations, to compare two schemas by. */
export const schema = ({ sql }: Postgres): Promise<string> =>
  sql(
    `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
     where table_schema = 'bestie' order by 1, 2; select * from bestie.alembic_version`,
    'bestie',
  );

/** Where a session is held up: the moment, and the SQL that makes it wait there for the gate. */
export interface Point {
  what: string;
  trigger: string;
}

const GATE = 4711;

const FUNCTIONS = `
create function public.wait_at_gate() returns trigger language plpgsql security definer as
  $$ begin perform pg_advisory_lock_shared(${GATE}); perform pg_advisory_unlock_shared(${GATE}); return new; end $$;
create function public.wait_at_gate_ddl() returns event_trigger language plpgsql security definer as
  $$ begin perform pg_advisory_lock_shared(${GATE}); perform pg_advisory_unlock_shared(${GATE}); end $$`;

const beforeRow = (table: string, id: number): string =>
  `create trigger hold before insert on bestie.${table} for each row when (new.id = ${id}) execute function public.wait_at_gate()`;

/** Five points at which seeding is cut. */
export const seedingPoints: readonly Point[] = [
  { what: 'before the first user', trigger: beforeRow('users', 1) },
  { what: 'after the users, before the first listing', trigger: beforeRow('listings', 1) },
  { what: 'within the listings', trigger: beforeRow('listings', 30) },
  { what: 'within the applications', trigger: beforeRow('applications', 5) },
  {
    what: 'in the last commit',
    trigger: `create constraint trigger hold after insert on bestie.applications deferrable initially deferred
      for each row when (new.id = 1) execute function public.wait_at_gate()`,
  },
];

/** Midway through the migrations. */
export const migrationPoint: Point = {
  what: 'midway through the migrations',
  trigger: `create event trigger hold on ddl_command_end when tag in ('ALTER TABLE') execute function public.wait_at_gate_ddl()`,
};

export interface Gate {
  /** Resolves when a session waits there. */
  reached: () => Promise<void>;
  /** Lets it continue, and takes the trigger away. */
  open: () => Promise<void>;
}

/** Makes the database hold up the session that comes to that point. */
export async function gateAt(server: Postgres, { what, trigger }: Point): Promise<Gate> {
  await server.sql(`${FUNCTIONS}; ${trigger}`, 'bestie');
  const keeper = server.session('bestie');
  keeper.stdin?.write(`select pg_advisory_lock(${GATE});\n`);
  const close = atEndOfTest(() => {
    keeper.kill();
  });
  const waits = (state: string): Promise<boolean | undefined> =>
    server
      .sql(`select count(*) > 0 from pg_locks where locktype = 'advisory' and objid = ${GATE} and ${state}`)
      .then((is) => is === 't' || undefined);
  await eventually('the gate is closed', 10, () => waits('granted'));
  return {
    reached: async () => {
      await eventually(`a session is ${what}`, 60, () => waits('not granted'));
    },
    open: async () => {
      await close();
      if (keeper.exitCode === null && keeper.signalCode === null) await once(keeper, 'exit');
      await eventually('no session waits', 20, () =>
        server.sql(`select count(*) from pg_locks where locktype = 'advisory'`).then((is) => is === '0' || undefined),
      );
      await server.sql('drop function public.wait_at_gate cascade; drop function public.wait_at_gate_ddl cascade', 'bestie');
    },
  };
}

/** Keeps every reader of the listings waiting until the returned function is called. */
export async function lockListings(server: Postgres): Promise<() => Promise<void>> {
  const keeper = server.session('bestie');
  keeper.stdin?.write('begin; lock table bestie.listings in access exclusive mode;\n');
  const release = atEndOfTest(() => {
    keeper.kill();
  });
  const isLocked =
    "select count(*) > 0 from pg_locks where relation = 'bestie.listings'::regclass and mode = 'AccessExclusiveLock' and granted";
  await eventually('the listings are locked', 10, () => server.sql(isLocked, 'bestie').then((is) => is === 't' || undefined));
  return release;
}
