/**
 * Why each database has a path of its own: pgBackRest knows a database by its system identifier, which a copy has from its source. It refuses no
 * copy in the path of its source, and the source is restored to the rows of the copy then.
 */
import { strict as assert } from 'node:assert';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { stanza } from './support/catalogue.ts';
import { copied, type Repositories } from './support/copy.ts';
import { archived } from './support/database.ts';
import { add, backedUp, makeHistory, pets, prepared, restored, type History } from './support/history.ts';
import { initialise, instance, type Instance } from './support/instance.ts';
import { backupsWith, sourceOf, volume } from './support/rendered.ts';
import { makeVolumes } from './support/volumes.ts';

describe('pgBackRest: a copy that writes into the path of its source', () => {
  const perSuite = closingIn(after);
  let history: History;
  let source: Instance;
  let copy: Instance;
  let of: Repositories;

  before(async () => {
    const backups = backupsWith(volume('repo1'));
    history = await makeHistory(perSuite, 'mixed', backups);
    source = history.database;
    of = { root: source.volumes.root, backups };
    await source.start();
    copy = await copied(perSuite, { ...of, name: 'copy' }, of, sourceOf({}, backups));
  });

  it('is not refused: neither its stanza, nor its WAL', async () => {
    await prepared(copy);
    await add(copy, 'copied');
    assert.equal((await archived(copy)).slice(0, 8), '00000002');
    const { db } = await stanza(copy);
    assert.deepEqual(
      db.map(({ id, 'system-id': system }) => [id, system]),
      [[1, history.identity.system]],
    );
    figure('copy in the path of its source', 'stanza and WAL', 'taken without a word');
  });

  it('is what its source is restored to, which has lost its own rows then', async () => {
    await add(source, 'gone-on');
    await archived(source);
    await source.stop();
    await restored(source, '--type=default');
    assert.equal(await pets(source), 'after before copied last');
    figure('copy in the path of its source', 'restore of the source to the latest state', 'gives the rows of the copy');
  });

  it('backs up on top of the backup of its source', async () => {
    const { prior } = await backedUp(copy, 'diff');
    assert.equal(prior, history.backups.first.label);
    figure('copy in the path of its source', 'differential backup', 'needs the full one of the source');
  });

  it('would be refused if it had another system identifier', async () => {
    const other = await instance(perSuite, await makeVolumes('other', of.root, of.backups));
    await initialise(other);
    await other.start();
    const { code, error, said } = await other.shell('pgbackrest stanza-create --stanza=db --no-online');
    assert.deepEqual([code, error], [28, 28], said);
    assert.match(said, /backup and archive info files exist but do not match the database/);
    figure('copy in the path of its source', 'another database there', 'error 028');
  });
});
