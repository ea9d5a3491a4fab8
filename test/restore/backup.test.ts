/** The real pgBackRest takes the backups that are requested, and keeps them for as long as the spec says. */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { figure, skipped } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { newest, stanza, type BackupSet } from './support/catalogue.ts';
import { initialise, instance, type Instance } from './support/instance.ts';
import { backupCommand, STANZA_COMMAND } from './support/pgo.ts';
import { backupFor, type Asked } from './support/rendered.ts';
import { clockMissing } from './support/requirements.ts';
import { makeRoot, makeVolumes } from './support/volumes.ts';

const { backups } = backupFor('on-demand');
const days = Number(backups.global['repo1-retention-full']);

async function taken(database: Instance, purpose: Asked, later = 0): Promise<BackupSet> {
  const { code, said } = await database.shell(backupCommand(backupFor(purpose).manual), later);
  assert.equal(code, 0, said);
  return newest(database);
}

describe('pgBackRest: backups', () => {
  const perSuite = closingIn(after);
  let database: Instance;
  let root: string;
  const seen: BackupSet[] = [];

  before(async () => {
    root = await makeRoot('backup', backups);
    database = await instance(perSuite, await makeVolumes('pg', root, backups));
    await initialise(database);
    await database.start();
    const { code, said } = await database.shell(STANZA_COMMAND);
    assert.equal(code, 0, said);
  });

  interface Row {
    what: string;
    purpose: Asked;
    type: BackupSet['type'];
    /** which of the backups before it needs */
    needs?: number;
  }
  const rows: readonly Row[] = [
    { what: 'before an upgrade, a full one where there was none', purpose: 'pre-upgrade', type: 'full' },
    { what: 'before an upgrade, a differential one', purpose: 'pre-upgrade', type: 'diff', needs: 0 },
    { what: 'on demand', purpose: 'on-demand', type: 'full' },
    { what: 'before an upgrade, on top of the latest full one', purpose: 'pre-upgrade', type: 'diff', needs: 2 },
    { what: 'a final one, into the other repository', purpose: 'final', type: 'full' },
  ];
  for (const { what, purpose, type, needs } of rows)
    it(`takes ${what}, and names it by its id`, async () => {
      const { manual, id } = backupFor(purpose);
      const backup = await taken(database, purpose);
      seen.push(backup);
      assert.deepEqual([backup.type, backup.annotation], [type, { bestie: id }]);
      assert.equal(backup.prior, needs === undefined ? null : seen[needs]?.label);
      assert.equal(`repo${backup.database['repo-key']}`, manual.repoName);
      figure('backup', what, `${manual.options[0] ?? ''} is ${backup.type}`);
    });

  it('has them where it is rendered', async () => {
    assert.equal(seen.length, rows.length);
    for (const { label, database: at } of (await stanza(database)).backup)
      assert.ok(existsSync(join(`${root}${backups.global[`repo${at['repo-key']}-path`] ?? ''}`, 'backup', 'db', label, 'backup.manifest')));
  });

  it(`keeps what a restore to any moment of ${days} days needs, and no more`, async function () {
    const why = clockMissing();
    if (why !== '') {
      skipped(why);
      this.skip();
    }
    const inFirst = async (): Promise<string[]> =>
      (await stanza(database)).backup.filter(({ database: at }) => at['repo-key'] === 1).map(({ label }) => label);
    const before = await inFirst();
    assert.equal(before.length, 4, 'backups on demand push out no others');

    const half = Math.ceil(days / 2) + 1;
    await database.stop();
    await database.start({}, half);
    const latest = await taken(database, 'on-demand', half);

    const keptAfter = async (passed: number): Promise<string[]> => {
      const { code, said } = await database.shell('pgbackrest expire --stanza=db --repo=1', passed);
      assert.equal(code, 0, said);
      return inFirst();
    };
    assert.deepEqual(await keptAfter(days - 1), [...before, latest.label], 'nothing is old enough');
    // Of the full ones that are too old, the oldest of these days can be restored from the newest only.
    const needed = [...before.filter((label) => label.startsWith(seen[2]?.label ?? '-')), latest.label];
    assert.deepEqual(await keptAfter(days + 1), needed);
    assert.deepEqual(await keptAfter(half + days - 1), needed);
    assert.deepEqual(await keptAfter(half + days + 1), [latest.label]);
    const { archive } = await stanza(database);
    assert.equal(archive.find(({ database: at }) => at['repo-key'] === 1)?.min, latest.archive.start, 'and the WAL since');
    assert.deepEqual(await keptAfter(100 * days), [latest.label], 'the last one stays for ever');
    figure('retention', `full backups of days 0, 0 and ${half} after ${days + 1} days`, 'the second of day 0, and the last');
    figure('retention', `after ${half + days + 1} days`, 'the last');
  });
});
