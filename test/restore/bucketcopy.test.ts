/** A copy of a database that is gone, from its path in a bucket; and the paths from which none can be made. */
import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import type { DataSource } from '../../src/database/crunchy/types.ts';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import type { Loose } from '../support/world.ts';
import { stanza } from './support/catalogue.ts';
import { contents, copied, copying, folderOf, type Repositories } from './support/copy.ts';
import { archived } from './support/database.ts';
import { add, backedUp, makeHistory, pets, prepared, restored, rfc3339, type History } from './support/history.ts';
import type { Instance } from './support/instance.ts';
import { backupsOfCopy, backupsWith, bucket, sourceOf } from './support/rendered.ts';

describe('pgBackRest: a copy from the path of a database that is gone', () => {
  const perSuite = closingIn(after);
  let history: History;
  let of: Repositories;
  /** In the same bucket. */
  let own: Repositories;
  let was: Record<string, string>;
  let copy: Instance;

  const BUCKET = { bucket: 'backups', endpoint: 's3.example', region: 'eu' };
  const from = (path: string, target?: Loose): DataSource =>
    sourceOf({ bestie: undefined, repository: { path, s3: BUCKET }, ...(target && { target }) }, of.backups);
  const pathOf = ({ backups }: Repositories): string => backups.global['repo1-path'] ?? '';

  before(async () => {
    const backups = backupsWith(bucket('repo1'));
    history = await makeHistory(perSuite, 'bucket', backups);
    of = { root: history.database.volumes.root, backups };
    own = { root: of.root, backups: backupsOfCopy(bucket('repo1')) };
    rmSync(history.database.volumes.data, { recursive: true });
    was = contents(folderOf(of));
  });

  it('has a path of its own in the same bucket', () => {
    assert.notEqual(pathOf(own), pathOf(of));
    assert.equal(pathOf(own).startsWith(pathOf(of)) || pathOf(of).startsWith(pathOf(own)), false);
  });

  it('is what a copy of the database is made from while that goes on', () => {
    assert.deepEqual(sourceOf({}, of.backups), from(pathOf(of)));
  });

  it('has what was archived last, and nothing is written into the path of its source', async () => {
    copy = await copied(perSuite, { ...own, name: 'copy' }, of, from(pathOf(of)));
    assert.equal(await pets(copy), 'after before last');
    assert.deepEqual(contents(folderOf(of)), was);
  });

  it('archives and backs up into its own path', async () => {
    await add(copy, 'copied');
    await prepared(copy);
    await backedUp(copy, 'full');
    await archived(copy);
    assert.equal((await stanza(copy)).backup.length, 1);
    assert.deepEqual(contents(folderOf(of)), was);
  });

  it('is restored from its own path, and another copy can be made from that of the source', async () => {
    await copy.stop();
    await restored(copy, '--type=default');
    assert.equal(await pets(copy), 'after before copied last');
    await copy.stop();
    const again = { root: of.root, backups: { ...own.backups, global: { ...own.backups.global, 'repo1-path': `${pathOf(own)}-again` } } };
    const target = { time: rfc3339(history.moments.target) };
    const second = await copied(perSuite, { ...again, name: 'second' }, of, from(pathOf(of), target));
    assert.equal(await pets(second), 'before');
    await second.stop();
    assert.deepEqual(contents(folderOf(of)), was);
    figure('copy from a path', 'restored afterwards, and copied again', 'both succeed; the path is as it was');
  });

  const paths: readonly [what: string, path: () => string, target: Loose | undefined, error: number, words: RegExp][] = [
    ['nothing', () => '/pgbackrest/pets/nothing/repo1', undefined, 75, /no backup set found to restore/],
    ['the folder above the backups', () => pathOf(of).replace(/\/repo1$/, ''), undefined, 75, /no backup set found to restore/],
    ['nothing of then', () => pathOf(of), { time: '2020-01-01T00:00:00Z' }, 75, /unable to find backup set/],
    ['no such backup', () => pathOf(of), { backup: '20260101-000000F' }, 75, /is not valid/],
  ];
  for (const [index, [what, path, target, error, words]] of paths.entries())
    it(`fails at once from a path that holds ${what}`, async () => {
      const made = await copying(perSuite, { ...own, name: `empty${index}` }, of, from(path(), target));
      const { code, error: found, said } = await made.fill();
      assert.deepEqual([code, found], [error, error], said);
      assert.match(said, words);
      figure('copy from a path', `that holds ${what}`, `error 0${error}`);
    });

  it('leaves the path of its source as it was', () => {
    assert.deepEqual(contents(folderOf(of)), was);
  });
});
