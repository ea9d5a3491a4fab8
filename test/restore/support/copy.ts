/**
 * What PGO makes of `spec.dataSource`: a Job fills the volume of a new database with pgBackRest's configuration of the source, and the database
 * starts with its own afterwards. Source: PGO 6.0, reconcilePostgresClusterDataSource and reconcileCloudBasedDataSource; PGO 5.8 does the same.
 */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from '../../../src/database/crunchy/types.ts';
import type { Closing } from '../../support/closing.ts';
import { instance, type Instance, type Outcome } from './instance.ts';
import { replay, type Replay } from './job.ts';
import { configuration, restoreCommand, type Backups } from './pgo.ts';
import { makeVolumes } from './volumes.ts';

/** A repository on this machine: what stands before its paths, and the options that the database has for it. */
export interface Repositories {
  root: string;
  backups: Backups;
}

/** A database that is to be made: its name on this machine, and where its own repositories are. */
interface Wanted extends Repositories {
  name: string;
}

export interface Copying {
  database: Instance;
  /** The same volumes with the configuration of the source, as the Job has them. */
  job: Instance;
  /** What the Job runs. */
  fill: () => Promise<Outcome>;
}

/** The options that the Job has: those of the source's cluster, or those that are named with a bucket. */
const configured = (source: DataSource, of: Repositories): Repositories =>
  source.pgbackrest === undefined ? of : { ...of, backups: { ...of.backups, global: source.pgbackrest.global } };

/** Prepares the copy that the operator asks PGO for; `of` is where the source is on this machine. */
export async function copying(opened: Closing, wanted: Wanted, of: Repositories, source: DataSource): Promise<Copying> {
  const volumes = await makeVolumes(wanted.name, wanted.root, wanted.backups);
  const { root, backups } = configured(source, of);
  const config = join(wanted.root, wanted.name, 'source.conf');
  writeFileSync(config, configuration(backups, { ...volumes, root }), { mode: 0o644 });
  const database = await instance(opened, volumes);
  const job = await instance(opened, { ...volumes, config });
  const { options = [] } = source.pgbackrest ?? source.postgresCluster ?? {};
  const repoName = source.pgbackrest?.repo.name ?? source.postgresCluster?.repoName ?? '';
  const command = restoreCommand({ repoName, options }, volumes);
  return { database, job, fill: () => job.shell(command) };
}

/** Makes the copy as the Job does; how that ended. Nothing runs afterwards. */
export async function filled({ job, fill }: Copying): Promise<Replay> {
  const { code, said } = await fill();
  assert.equal(code, 0, said);
  const ended = await replay(job);
  await job.stop();
  return ended;
}

/** Makes the copy, and starts it as Patroni does, with the options that are its own. */
export async function copied(opened: Closing, wanted: Wanted, of: Repositories, source: DataSource): Promise<Instance> {
  const made = await copying(opened, wanted, of, source);
  assert.equal(await filled(made), 'replayed', made.job.log());
  await made.database.start();
  return made.database;
}

/** Where the first repository is on this machine. */
export const folderOf = ({ root, backups }: Repositories): string => `${root}${backups.global['repo1-path'] ?? ''}`;

function digest(file: string): string {
  return `${createHash('sha256').update(readFileSync(file)).digest('hex')} ${statSync(file).mtimeMs}`;
}

/** Every file below a folder, with its content and when it was written. */
export function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.sort().map((name) => [name, digest(join(folder, name))]));
}
