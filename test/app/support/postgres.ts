/** A Postgres of the tests: TLS, passwords by scram, on a port that is not the default, with its data in memory. */
import { spawn } from 'node:child_process';
import { appendFileSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atEndOfRun, atEndOfTest } from './cleanup.ts';
import { SCRATCH } from './node.ts';
import { outputOf } from './output.ts';
import { postgresBin } from './requirements.ts';
import { eventually, run, signalAll, treeOf } from './run.ts';

export const PORT = 5439;

const SETTINGS = `
listen_addresses = '0.0.0.0'
port = ${PORT}
unix_socket_directories = '${SCRATCH}/postgres'
ssl = on
password_encryption = 'scram-sha-256'
fsync = off
`;

/** Only the user \`bestie\` may come over the network, and only with TLS. */
const ACCESS = `
local all all trust
hostssl all bestie samenet scram-sha-256
`;

/** The user that Postgres runs as: never root. */
async function account(): Promise<{ uid: number; gid: number }> {
  const numbers = async (name: string): Promise<{ uid: number; gid: number }> => ({
    uid: Number(await run('id', '-u', name)),
    gid: Number(await run('id', '-g', name)),
  });
  return numbers('postgres').catch(() => numbers('nobody'));
}

const program = (name: string): string => join(postgresBin, name);

export interface Postgres {
  /** The folder of its files. */
  data: string;
  /** Runs SQL as the superuser; its rows, columns separated by a bar. */
  sql: (text: string, database?: string) => Promise<string>;
  /** Starts a session that stays open: its standard input takes SQL. */
  session: (database: string) => ReturnType<typeof spawn>;
  /** Freezes every process of the server, as a hanging disk or node does. */
  freeze: () => void;
  thaw: () => void;
  stop: () => Promise<void>;
  start: () => Promise<void>;
}

export async function startPostgres(): Promise<Postgres> {
  const home = `${SCRATCH}/postgres`;
  const data = `${home}/data`;
  const { uid, gid } = await account();
  const as = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  mkdirSync(home);
  chownSync(home, uid, gid);
  await run(
    'setpriv',
    ...as,
    program('initdb'),
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--auth',
    'trust',
    '--locale',
    'C.UTF-8',
    '--no-sync',
    // As PGO has it.
    '--data-checksums',
  );
  const subject = ['-subj', '/CN=postgres', '-days', '2', '-nodes'];
  const certificate = ['-keyout', `${data}/server.key`, '-out', `${data}/server.crt`];
  await run('setpriv', ...as, 'openssl', 'req', '-x509', '-newkey', 'rsa:2048', ...subject, ...certificate);
  appendFileSync(`${data}/postgresql.conf`, SETTINGS);
  writeFileSync(`${data}/pg_hba.conf`, ACCESS);

  const connection = (database: string): string[] => ['-h', home, '-p', String(PORT), '-U', 'postgres', '-d', database, '-X', '-q', '-At'];
  const sql = (text: string, database = 'postgres'): Promise<string> =>
    run(program('psql'), ...connection(database), '-v', 'ON_ERROR_STOP=1', '-c', text).then((rows) => rows.trim());
  let server: ReturnType<typeof spawn> | undefined;
  const start = async (): Promise<void> => {
    if (server !== undefined) return;
    server = spawn('setpriv', [...as, program('postgres'), '-D', data], { stdio: ['ignore', 'pipe', 'pipe'] });
    if (server.stdout && server.stderr) outputOf(server.stdout, server.stderr);
    await eventually('Postgres answers', 20, () =>
      sql('select 1').then(
        () => true,
        () => undefined,
      ),
    );
  };
  const thaw = (): void => {
    signalAll(treeOf(server?.pid ?? 0), 'SIGCONT');
  };
  const stop = async (): Promise<void> => {
    const running = server;
    server = undefined;
    if (running?.pid === undefined) return;
    signalAll(treeOf(running.pid), 'SIGCONT');
    running.kill('SIGINT');
    await eventually('Postgres stops', 20, () => (running.exitCode === null && running.signalCode === null ? undefined : true));
  };
  atEndOfRun(stop);
  await start();
  return {
    data,
    sql,
    session: (database) => spawn(program('psql'), connection(database), { stdio: ['pipe', 'ignore', 'ignore'] }),
    freeze: () => {
      atEndOfTest(thaw);
      signalAll(treeOf(server?.pid ?? 0), 'SIGSTOP');
    },
    thaw,
    stop: async () => {
      atEndOfTest(start);
      await stop();
    },
    start,
  };
}
