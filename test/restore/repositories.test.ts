/** One of two repositories fails, and the other still works: what that does to stanzas, backups and the WAL. */
import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../app/support/run.ts';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { newest, stanza } from './support/catalogue.ts';
import { archived, endSegment } from './support/database.ts';
import { initialise, instance, type Instance } from './support/instance.ts';
import { backupCommand, STANZA_COMMAND } from './support/pgo.ts';
import { backupsWith, volume } from './support/rendered.ts';
import { makeRoot, makeVolumes } from './support/volumes.ts';

const backups = backupsWith(volume('repo1'), volume('repo2'));
const into = (repoName: string): string => backupCommand({ repoName, options: ['--type=full'] });

describe('pgBackRest: two repositories, one of which fails', () => {
  const perSuite = closingIn(after);
  let database: Instance;
  let root: string;

  before(async () => {
    root = await makeRoot('repositories', backups);
    database = await instance(perSuite, await makeVolumes('pg', root, backups));
    await initialise(database);
    await database.start();
  });

  /** Takes the right to write into the volume away, or gives it back. */
  const mount = (repoName: string, mode: 'ro' | 'rw'): void => {
    chmodSync(join(root, 'pgbackrest', repoName), mode === 'ro' ? 0o500 : 0o700);
  };
  const hasStanza = (repoName: string): boolean =>
    existsSync(join(`${root}${backups.global[`${repoName}-path`] ?? ''}`, 'backup', 'db', 'backup.info'));
  const archiver = async (): Promise<{ archived: number; failed: number }> => {
    const [done, failed] = (await database.sql('select archived_count, failed_count from pg_stat_archiver')).split('|').map(Number);
    return { archived: done ?? NaN, failed: failed ?? NaN };
  };
  const kept = (): string[] =>
    readdirSync(join(database.volumes.data, 'pg_wal', 'archive_status')).filter((name) => name.endsWith('.ready'));
  const segmentsIn = (repoName: string): string[] => {
    const folder = join(`${root}${backups.global[`${repoName}-path`] ?? ''}`, 'archive', 'db');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replace(/^.*\//, '').slice(0, 24));
  };

  it('prepares none while the first cannot be written', async () => {
    mount('repo1', 'ro');
    const { code, said } = await database.shell(STANZA_COMMAND);
    mount('repo1', 'rw');
    assert.match(said, /ERROR: \[047\]: unable to create path .*Permission denied/);
    assert.equal(code, 55, said);
    assert.deepEqual([hasStanza('repo1'), hasStanza('repo2')], [false, false]);
    figure('stanzas', 'the first of two cannot be written', 'error 047, none is made');
  });

  it('prepares the first while the second cannot be written, and fails all the same', async () => {
    mount('repo2', 'ro');
    const { code, said } = await database.shell(STANZA_COMMAND);
    mount('repo2', 'rw');
    assert.match(said, /ERROR: \[047\]: unable to create path .*repo2/);
    assert.equal(code, 55, said);
    assert.deepEqual([hasStanza('repo1'), hasStanza('repo2')], [true, false]);
    figure('stanzas', 'the second of two cannot be written', 'error 047, the first is made');
  });

  it('reports each repository by itself', async () => {
    const { status, repo } = await stanza(database);
    assert.deepEqual(
      repo.map(({ key, status: { message } }) => [key, message]),
      [
        [1, 'no valid backups'],
        [2, 'missing stanza path'],
      ],
    );
    assert.notEqual(status.code, 0);
  });

  it('backs up into the one, and not into the one without a stanza', async () => {
    const good = await database.shell(into('repo1'));
    assert.equal(good.code, 0, good.said);
    assert.equal((await newest(database)).database['repo-key'], 1);
    const bad = await database.shell(into('repo2'));
    assert.deepEqual([bad.code, bad.error], [55, 55], bad.said);
    figure('backup', 'into a repository without a stanza', 'error 055');
    figure('backup', 'into the other meanwhile', 'succeeds');
  });

  it('archives into the one, and Postgres keeps every segment for want of the other', async () => {
    const before = await archiver();
    const segments = [await endSegment(database), await endSegment(database), await endSegment(database)];
    await eventually('the first repository has them', 30, () => segments.every((name) => segmentsIn('repo1').includes(name)) || undefined);
    await eventually('an attempt fails', 30, async () => (await archiver()).failed > before.failed || undefined);
    assert.equal((await archiver()).archived, before.archived);
    assert.match(database.log(), /archive command failed with exit code 104/);
    for (const name of segments) assert.ok(kept().includes(`${name}.ready`), name);
    figure('WAL', 'archived into one of two repositories', 'counts as not archived: every segment stays on the data volume');
  });

  it('catches up once the other is prepared', async () => {
    // What archives holds the lock that this needs (error 050), so it is tried again, as PGO does.
    await eventually('both are prepared', 30, async () => (await database.shell(STANZA_COMMAND)).code === 0 || undefined);
    const segment = await archived(database);
    assert.deepEqual(kept(), []);
    for (const repoName of ['repo1', 'repo2']) assert.ok(segmentsIn(repoName).includes(segment), repoName);
    const late = await database.shell(into('repo2'));
    assert.equal(late.code, 0, late.said);
  });

  it('backs up into the one while the other cannot be written any more', async () => {
    const mounted = join(root, 'pgbackrest', 'repo2');
    const within = readdirSync(mounted, { recursive: true, encoding: 'utf8' }).map((name) => join(mounted, name));
    const folders = [mounted, ...within].filter((name) => statSync(name).isDirectory());
    for (const folder of folders) chmodSync(folder, 0o500);
    const good = await database.shell(into('repo1'));
    const bad = await database.shell(into('repo2'));
    for (const folder of folders) chmodSync(folder, 0o700);
    assert.equal(good.code, 0, good.said);
    assert.deepEqual([bad.code, bad.error], [82, 82], bad.said);
    assert.match(bad.said, /WAL segment \w+ was not archived before the 10000ms timeout/);
    figure('backup', 'into a repository that cannot be written any more', 'error 082: the WAL did not get there in time');
  });
});
