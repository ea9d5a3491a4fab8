/** What is no restore: a standby takes over, and a database is created again. What distinguishes them, and what pgBackRest says. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { figure } from '../app/support/report.ts';
import { closingIn } from '../support/closing.ts';
import { newest, stanza } from './support/catalogue.ts';
import { archived, endSegment, identity, takeOver, type Identity } from './support/database.ts';
import { initialise, instance, type Instance, type Outcome } from './support/instance.ts';
import { backupCommand, STANZA_COMMAND } from './support/pgo.ts';
import { backupsWith, volume } from './support/rendered.ts';
import { makeRoot, makeVolumes } from './support/volumes.ts';
import { eventually } from '../app/support/run.ts';

const backups = backupsWith(volume('repo1'));
const backup = (type: 'full' | 'diff'): string => backupCommand({ repoName: 'repo1', options: [`--type=${type}`] });

describe('pgBackRest: what is no restore', () => {
  const perSuite = closingIn(after);
  let root: string;
  let primary: Instance;
  let was: Identity;

  const done = ({ code, said }: Outcome): void => {
    assert.equal(code, 0, said);
  };
  const beside = async (name: string): Promise<Instance> => instance(perSuite, await makeVolumes(name, root, backups));

  before(async () => {
    root = await makeRoot('timelines', backups);
    primary = await beside('primary');
    await initialise(primary);
    await primary.start();
    done(await primary.shell(STANZA_COMMAND));
    done(await primary.shell(backup('full')));
    was = await identity(primary);
  });

  describe('a standby that takes over', () => {
    let standby: Instance;

    before(async () => {
      standby = await beside('standby');
      await takeOver(primary, standby);
    });

    it('keeps the system identifier, and begins another timeline', async () => {
      assert.deepEqual(was.timeline, '1');
      assert.deepEqual(await identity(standby), { system: was.system, timeline: '2' });
      figure('failover', 'system identifier, timeline', 'the same, 2');
    });

    it('archives and backs up into the same stanza', async () => {
      assert.match(await archived(standby), /^00000002/);
      done(await standby.shell(backup('diff')));
      assert.equal((await newest(standby)).type, 'diff');
      assert.deepEqual(
        (await stanza(standby)).db.map((each) => each['system-id']),
        [was.system],
      );
      await standby.stop();
    });
  });

  describe('a database that is created again where another had its backups', () => {
    let other: Instance;
    let is: Identity;

    before(async () => {
      other = await beside('anew');
      await initialise(other);
      await other.start();
      is = await identity(other);
    });

    it('has another system identifier', () => {
      assert.notEqual(is.system, was.system);
      assert.equal(is.timeline, '1');
    });

    it('is refused by every command', async () => {
      const refused = async (command: string): Promise<(number | undefined)[]> => {
        const { code, error } = await other.shell(command);
        return [code, error];
      };
      assert.deepEqual(await refused(backup('full')), [51, 51]);
      assert.deepEqual(await refused('pgbackrest check --stanza=db'), [28, 28]);
      assert.deepEqual(await refused('pgbackrest stanza-create --stanza=db'), [28, 28]);
      figure('created again', 'backup, check, stanza-create', 'errors 051, 028, 028');
    });

    it('archives nothing', async () => {
      const segment = await endSegment(other);
      await eventually(
        'an attempt fails',
        30,
        async () => (await other.sql('select failed_count > 0 from pg_stat_archiver')) === 't' || undefined,
      );
      assert.match(other.log(), /archive command failed with exit code 103/);
      const pushed = await other.shell(
        `pgbackrest --stanza=db --no-archive-async archive-push '${join(other.volumes.data, 'pg_wal', segment)}'`,
      );
      assert.deepEqual([pushed.code, pushed.error], [103, 103], pushed.said);
      assert.match(
        pushed.said,
        /\[ArchiveMismatchError\] PostgreSQL version \d+, system-id \d+ do not match repo1 stanza version \d+, system-id \d+/,
      );
      figure('created again', 'archive-push', 'error 103 with ArchiveMismatchError');
    });

    it('is let in by what PGO runs, beside the backups of the other', async () => {
      await eventually('the stanza is upgraded', 30, async () => (await other.shell(STANZA_COMMAND)).code === 0 || undefined);
      await archived(other);
      done(await other.shell(backup('diff')));
      const { db, backup: sets } = await stanza(other);
      assert.deepEqual(
        db.map((each) => each['system-id']),
        [was.system, is.system],
      );
      assert.deepEqual(
        sets.map(({ type, database }) => [type, database.id]),
        [
          ['full', 1],
          ['diff', 1],
          ['full', 2],
        ],
      );
      figure('created again', 'stanza-create || stanza-upgrade', 'succeeds: the repository has the backups of both');
    });
  });
});
