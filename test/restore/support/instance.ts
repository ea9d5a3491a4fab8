/** One Postgres of the tests with pgBackRest beside it, as an instance of PGO has them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { outputOf, type Output } from '../../app/support/output.ts';
import { eventually, run } from '../../app/support/run.ts';
import type { Closing } from '../../support/closing.ts';
import { asAccount } from './account.ts';
import { parameters, type Volumes } from './pgo.ts';
import { clockLibrary, pgBackRest, postgresBin } from './requirements.ts';

/** How a command ended; `error` is the number of pgBackRest's error, where it names one. */
export interface Outcome {
  code: number;
  error: number | undefined;
  said: string;
}

type Settings = Readonly<Record<string, string>>;

export interface Instance {
  volumes: Volumes;
  /** Runs a command in a shell, beside the server; where that is said, so many days later. */
  shell: (command: string, days?: number) => Promise<Outcome>;
  /** Runs SQL as the superuser, else as that user; its rows, columns separated by a bar. */
  sql: (text: string, login?: { user: string; password: string }) => Promise<string>;
  /** Starts the server. Rejects with what it wrote where it ends instead. */
  start: (settings?: Settings, days?: number) => Promise<void>;
  stop: () => Promise<void>;
  /** The latest part of what the server that was started last has written. */
  log: () => string;
}

/** Only the superuser comes without a password. */
const ACCESS = 'local all postgres trust\nlocal replication postgres trust\nlocal all all scram-sha-256\n';

/** Makes a program see the time that many days later. */
const later = (days: number): string[] =>
  days === 0 ? [] : [`LD_PRELOAD=${clockLibrary}`, `FAKETIME=+${days}d`, 'FAKETIME_DONT_FAKE_MONOTONIC=1'];

function outcome(code: number, said: string): Outcome {
  const [, error] = /ERROR: \[(\d+)\]/.exec(said) ?? [];
  return { code, error: error === undefined ? undefined : Number(error), said };
}

/** How a command that failed ended. */
function failure(error: unknown): Outcome {
  const { code = NaN, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
  return outcome(code, `${stdout}${stderr}`);
}

/** The instance that has those volumes. Its server does not run, and has no files yet. */
export async function instance(opened: Closing, volumes: Volumes): Promise<Instance> {
  const { config, data, socket, port } = volumes;
  const path = [dirname(pgBackRest), postgresBin, process.env.PATH].join(delimiter);
  // Warnings and errors go to standard output, where the rest is.
  const environment = ['env', `PATH=${path}`, `PGBACKREST_CONFIG=${config}`, 'PGBACKREST_LOG_LEVEL_STDERR=off'];
  const [commands, servers] = [await asAccount('TERM'), await asAccount('QUIT')];
  const place: Settings = { listen_addresses: '', unix_socket_directories: socket, port: String(port), fsync: 'off' };
  let server: ChildProcess | undefined;
  let output: Output | undefined;
  let ended: Promise<unknown> = Promise.resolve();

  const sql: Instance['sql'] = async (text, { user, password } = { user: 'postgres', password: '' }) => {
    const address = ['-h', socket, '-p', String(port), '-U', user, '-d', 'postgres'];
    const psql = [`PGPASSWORD=${password}`, 'psql', ...address, '-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', text];
    return (await run('env', ...commands, ...environment, ...psql)).trim();
  };

  /** Ends the server as `pg_ctl stop --mode fast` does; one that has ended is fine. */
  const stop = async (): Promise<void> => {
    server?.kill('SIGINT');
    await ended;
  };

  return {
    volumes,
    sql,
    shell: (command, days = 0) =>
      run('env', ...commands, ...environment, ...later(days), 'sh', '-c', command).then((said) => outcome(0, said), failure),
    start: async (settings = {}, days = 0) => {
      const given = Object.entries({ ...place, ...parameters, ...settings }).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
      const command = [...servers, ...environment, ...later(days), 'postgres', '-D', data, ...given];
      const started = opened.child(spawn('env', command, { stdio: ['ignore', 'pipe', 'pipe'] }));
      const written = outputOf(started.stdout, started.stderr);
      [server, output, ended] = [started, written, once(started, 'close')];
      opened.closing(stop);
      await eventually('Postgres answers', 30, () => {
        if (started.exitCode !== null || started.signalCode !== null) throw new Error(`Postgres ended: ${written.text}`);
        return sql('select 1').catch(() => undefined);
      });
    },
    stop,
    log: () => output?.text ?? '',
  };
}

/** Makes the files of a new database. */
export async function initialise({ shell, volumes: { data } }: Instance): Promise<void> {
  const { code, said } = await shell(`initdb --pgdata '${data}' --username postgres --auth trust --locale C.UTF-8 --no-sync`);
  if (code !== 0) throw new Error(said);
  writeFileSync(join(data, 'pg_hba.conf'), ACCESS);
}
