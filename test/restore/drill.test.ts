/** The copy of a drill: what it proves, and how it ends where something is missing from the repository. */
import { strict as assert } from 'node:assert';
import { chmodSync, chownSync, copyFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { contents, copied, copying, filled, folderOf, type Copying, type Repositories } from './support/copy.ts';
import { archived, endSegment } from './support/database.ts';
import { add, makeHistory, pets, type History } from './support/history.ts';
import type { Instance } from './support/instance.ts';
import { backupsWith, drilled, volume } from './support/rendered.ts';
import { makeRoot } from './support/volumes.ts';

const { source: FROM, backups: OWN } = drilled();

describe('pgBackRest: the copy of a drill', () => {
  const perSuite = closingIn(after);
  let history: History;
  let source: Instance;
  let of: Repositories;
  let count = 0;

  const ownVolume = async (): Promise<Repositories & { name: string }> => {
    count += 1;
    return { root: await makeRoot(`drill${count}`, OWN), backups: OWN, name: 'pg' };
  };
  const drill = async (): Promise<Copying> => copying(perSuite, await ownVolume(), of, FROM);
  const filesOf = (...folder: readonly string[]): string[] => {
    const at = join(folderOf(of), ...folder);
    return readdirSync(at, { recursive: true, encoding: 'utf8' }).map((name) => join(at, name));
  };
  const walOf = (segment: string): string => filesOf('archive').find((name) => name.includes(segment)) ?? '';

  before(async () => {
    const backups = backupsWith(volume('repo1'));
    history = await makeHistory(perSuite, 'drilled', backups);
    source = history.database;
    of = { root: source.volumes.root, backups };
    await source.start();
  });

  it('has every row of its source that is archived; nothing of it reaches the repository of the source', async () => {
    await add(source, 'today');
    await archived(source);
    const before = contents(folderOf(of));
    const own = await ownVolume();
    const copy = await copied(perSuite, own, of, FROM);
    assert.equal(await pets(copy), 'after before last today');
    await add(copy, 'checked');
    await endSegment(copy);
    await copy.stop();
    assert.deepEqual(contents(folderOf(of)), before);
  });

  const faults: Record<string, (file: string) => void> = {
    'is lost': (file) => {
      rmSync(file);
    },
    'is damaged': (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 8);
      writeFileSync(file, bytes);
    },
    'cannot be read': (file) => {
      chmodSync(file, 0);
    },
  };

  /** Does something to a file of the repository, and takes that back afterwards. */
  async function withFault<T>(fault: string, file: string, act: () => Promise<T>): Promise<T> {
    const away = join(of.root, 'away');
    renameSync(file, away);
    copyFileSync(away, file);
    const { uid, gid } = statSync(away);
    chownSync(file, uid, gid);
    faults[fault]?.(file);
    return act().finally(() => {
      renameSync(away, file);
    });
  }

  describe('fails where the backup itself is not whole', () => {
    const errors: Readonly<Record<string, number>> = { 'is lost': 55, 'is damaged': 29, 'cannot be read': 41 };
    for (const [fault, want] of Object.entries(errors))
      it(`a file of it ${fault}`, async () => {
        const { fill } = await drill();
        const file = filesOf('backup', 'db', history.backups.first.label).find((name) => name.endsWith('/1255.gz')) ?? '';
        const { code, error, said } = await withFault(fault, file, fill);
        assert.deepEqual([code, error], [want, want], said);
        figure('drill', `a file of the backup ${fault}`, `error 0${want}`);
      });

    it('WAL is lost that was written while it was taken', async () => {
      const made = await drill();
      const ended = await withFault('is lost', walOf(history.backups.nightly.archive.stop), () => filled(made));
      assert.match(made.job.log(), /FATAL: {2}could not locate required checkpoint record/);
      assert.equal(ended, 'does not start');
      figure('drill', 'WAL that the backup needs is lost', `Postgres ends with FATAL; the Job ${ended}`);
    });
  });

  // Postgres takes any failure of its restore_command for the end of the archive.
  describe('succeeds where WAL since the backup is not whole, with the rows before it', () => {
    const since = async (pet: string): Promise<string> => {
      await add(source, pet);
      return archived(source);
    };
    for (const [index, fault] of Object.keys(faults).entries())
      it(`one segment ${fault}`, async () => {
        await since(`kept${index}`);
        const segment = await since(`lost${index}`);
        await since(`more${index}`);
        const made = await drill();
        assert.equal(await withFault(fault, walOf(segment), () => filled(made)), 'replayed');
        await made.database.start();
        const found = (await pets(made.database)).split(' ');
        assert.deepEqual(
          [`kept${index}`, `lost${index}`, `more${index}`].map((pet) => found.includes(pet)),
          [true, false, false],
        );
        await made.database.stop();
        figure('drill', `a segment since the backup ${fault}`, 'succeeds, with the rows before it');
      });
  });
});
