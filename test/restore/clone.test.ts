/** A copy of a database that goes on: what it has, that its source does not notice it, and that each has its own backups afterwards. */
import { strict as assert } from 'node:assert';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import type { Loose } from '../support/world.ts';
import { newest, stanza } from './support/catalogue.ts';
import { contents, copied, folderOf, type Repositories } from './support/copy.ts';
import { archived, identity } from './support/database.ts';
import { add, backedUp, makeHistory, pets, prepared, restored, rfc3339, USER, writeUser, type History } from './support/history.ts';
import type { Instance } from './support/instance.ts';
import { backupsOfCopy, backupsWith, sourceOf, volume } from './support/rendered.ts';
import { makeRoot } from './support/volumes.ts';

describe('pgBackRest: a copy of a database that goes on', () => {
  const perSuite = closingIn(after);
  let history: History;
  let source: Instance;
  let clone: Instance;
  let of: Repositories;
  let own: Repositories;

  const ownVolume = async (name: string): Promise<Repositories> => {
    const backups = backupsOfCopy(volume('repo1'));
    return { root: await makeRoot(name, backups), backups };
  };
  const make = (into: Repositories, target: Loose = {}): Promise<Instance> =>
    copied(perSuite, { ...into, name: 'pg' }, of, sourceOf(target, of.backups));

  before(async () => {
    const backups = backupsWith(volume('repo1'));
    history = await makeHistory(perSuite, 'cloned', backups);
    source = history.database;
    of = { root: source.volumes.root, backups };
    await source.start();
    await archived(source);
    own = await ownVolume('clone');
  });

  it('has all that is archived, and the source of it does not notice', async () => {
    const before = contents(folderOf(of));
    clone = await make(own);
    assert.deepEqual(contents(folderOf(of)), before);
    assert.equal(await pets(clone), 'after before last');
    assert.deepEqual(await identity(clone), { ...history.identity, timeline: '2' });
    figure('copy', 'system identifier, timeline', 'those of the source; 2');
  });

  it('has no word of the path of its source in it', async () => {
    const { said } = await clone.shell(`cat '${clone.volumes.data}/postgresql.auto.conf'`);
    assert.equal(said.includes(folderOf(of)), false, said);
    figure(
      'copy',
      'restore_command that pgBackRest left',
      /^restore_command = .*$/m.exec(said)?.[0].replace(clone.volumes.data, 'PGDATA') ?? 'none',
    );
  });

  it('has the passwords of its source until PGO writes its own, which are its own', async () => {
    const login = (database: Instance, password: string): Promise<string> => database.sql('select current_user', { user: USER, password });
    await login(clone, 'new');
    await writeUser(clone, '', 'own');
    await login(clone, 'own');
    await assert.rejects(login(clone, 'new'), /password authentication failed/);
    await login(source, 'new');
  });

  it('archives and backs up into its own path, while the source goes on in its own', async () => {
    const before = contents(folderOf(of));
    await add(clone, 'cloned');
    await prepared(clone);
    const backup = await backedUp(clone, 'full');
    assert.equal(backup.archive.start.slice(0, 8), '00000002');
    await archived(clone);
    assert.deepEqual(contents(folderOf(of)), before);

    const mine = contents(folderOf(own));
    await add(source, 'gone-on');
    const segment = await archived(source);
    assert.equal(segment.slice(0, 8), '00000001');
    assert.deepEqual(contents(folderOf(own)), mine);
    assert.deepEqual([await pets(clone), await pets(source)], ['after before cloned last', 'after before gone-on last']);
    assert.equal((await stanza(clone)).backup.length, 1);
  });

  it('is restored from its own path, and so is the source', async () => {
    await clone.stop();
    await restored(clone, '--type=default');
    assert.equal(await pets(clone), 'after before cloned last');
    await source.stop();
    await restored(source, '--type=default');
    assert.equal(await pets(source), 'after before gone-on last');
    figure('copy', 'restored afterwards, each from its own path', 'each has its own rows');
  });

  const targets: readonly [what: string, target: () => Loose, has: string][] = [
    ['a moment', () => ({ time: rfc3339(history.moments.target) }), 'before'],
    ['a later moment', () => ({ time: rfc3339(history.moments.later) }), 'after before'],
    ['a backup by its label', () => ({ backup: history.backups.nightly.label }), 'after before last'],
  ];
  for (const [index, [what, target, has]] of targets.entries())
    it(`is made as of ${what} in the history of the source`, async () => {
      const copy = await make(await ownVolume(`clone${index}`), { target: target() });
      assert.equal(await pets(copy), has);
      await copy.stop();
      figure('copy', `as of ${what}`, 'gives the state of then');
    });

  it('leaves the backups of the source as they are', async () => {
    assert.equal((await newest(source)).label, history.backups.nightly.label);
  });
});
