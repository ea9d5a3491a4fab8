/**
 * What the database operator makes of a PostgresCluster. Source: PGO 6.0, internal/pgbackrest/{config,postgres,pgbackrest}.go,
 * internal/controller/postgrescluster/pgbackrest.go and internal/postgres/users.go. Left out: the repository host and its TLS, so that a
 * volume is a folder of this machine, and a bucket, too.
 */
import type { PostgresClusterSpec } from '../../../src/database/crunchy/types.ts';

export type Backups = PostgresClusterSpec['backups']['pgbackrest'];
export type Manual = NonNullable<Backups['manual']>;

/** Where a container has its volumes, on this machine. */
export interface Volumes {
  /** Stands before each path of a repository. */
  root: string;
  /** The file with the configuration of pgBackRest. */
  config: string;
  data: string;
  socket: string;
  port: number;
  /** Is beside the WAL. */
  spool: string;
  log: string;
  lock: string;
}

/** The sections of pgbackrest_instance.conf. */
export function configuration({ global }: Backups, volumes: Volumes): string {
  const rendered = Object.entries(global).map(([key, value]) => `${key}=${key.endsWith('-path') ? volumes.root : ''}${value}`);
  const { data, socket, port, spool, log, lock } = volumes;
  return [
    '[global]',
    'archive-async=y',
    `spool-path=${spool}`,
    `log-path=${log}`,
    ...rendered,
    // Others on this machine may have a stanza of that name.
    `lock-path=${lock}`,
    // PGO leaves a minute; the tests wait for the failure.
    'archive-timeout=10',
    // A file that fails is tried again twice, 15 s apart.
    'job-retry=0',
    '[db]',
    `pg1-path=${data}`,
    `pg1-port=${port}`,
    `pg1-socket-path=${socket}`,
    // PGO's account has the name of the role.
    'pg1-user=postgres',
    '',
  ].join('\n');
}

/** The parameters of Postgres that archive and fetch WAL. */
export const parameters: Readonly<Record<string, string>> = {
  archive_mode: 'on',
  archive_command: 'pgbackrest --stanza=db archive-push "%p"',
  archive_timeout: '60s',
  restore_command: 'pgbackrest --stanza=db archive-get %f "%p"',
};

/** Prepares every repository. The status says of all of them that they are prepared once this ends well, and of none before. */
export const STANZA_COMMAND = 'pgbackrest stanza-create --stanza=db || pgbackrest stanza-upgrade --stanza=db';

const indexOf = (repoName: string): string => repoName.replace('repo', '');

/** The command of a backup's Job: the options are joined by blanks, and a shell reads them. */
export const backupCommand = ({ repoName, options }: Manual): string =>
  ['pgbackrest backup --stanza=db', `--repo=${indexOf(repoName)}`, ...options].join(' ');

/** Options of `spec.backups.pgbackrest.restore` with which PGO makes no Job at all; it has stopped the database by then. */
export const refusedByPgo = /--(repo|stanza|pg1-path|target-action|link-map)(?![^ =])/;

/** The command of a restore's Job, with the options of `spec.backups.pgbackrest.restore`; a shell reads these, too. */
export const restoreCommand = ({ repoName, options }: Manual, { data }: Volumes): string =>
  [
    // A Job that was cut has left it.
    `rm -f '${data}/postmaster.pid';`,
    'pgbackrest restore',
    ...options,
    '--stanza=db',
    `--pg1-path=${data}`,
    `--repo=${indexOf(repoName)}`,
    '--delta',
    // Not for `--target-timeline` alone.
    ...(options.some((option) => /--target[ =]/.test(option)) ? ['--target-action=promote'] : []),
  ].join(' ');

/** What the Job starts Postgres with until the WAL is replayed: nothing is archived meanwhile. */
export const replaying: Readonly<Record<string, string>> = { archive_command: 'false' };

/** The query that makes the statement with which a user gets options and password. */
export const alterRole = (user: string, options: string, verifier: string): string =>
  `select pg_catalog.format('ALTER ROLE %I WITH %s PASSWORD %L', '${user}', '${options}', '${verifier}')`;
