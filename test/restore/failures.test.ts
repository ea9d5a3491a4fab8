/** Restores that pgBackRest carries out and Postgres does not end, or that are cut: what is on the disk then, and the next one. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestoreTarget } from '../../src/api/restore.ts';
import { restoreOptions } from '../../src/database/crunchy/restoreoptions.ts';
import { figure } from '../app/support/report.ts';
import { eventually } from '../app/support/run.ts';
import { closingIn } from '../support/closing.ts';
import { archived } from './support/database.ts';
import { failsToRestore, makeHistory, pets, restored, rfc3339, type History } from './support/history.ts';
import type { Instance } from './support/instance.ts';
import { restoreCommand } from './support/pgo.ts';

const TOO_LATE = /FATAL: {2}recovery ended before configured recovery target was reached/;
// Which of the two depends on where the WAL was when the history was given up.
const NO_CHILD = /FATAL: {2}(could not locate required checkpoint record|requested timeline \d+ is not a child of this server's history)/;

describe('pgBackRest: a restore that fails', () => {
  const perSuite = closingIn(after);
  let history: History;
  let database: Instance;

  before(async () => {
    history = await makeHistory(perSuite, 'failures');
    ({ database } = history);
  });

  const to = (target: RestoreTarget): string[] => restoreOptions(target);
  const good = (): string[] => to({ type: 'time', time: rfc3339(history.moments.target) });
  const fails = (fatal: RegExp, target: RestoreTarget) => failsToRestore(database, fatal, ...to(target));

  /** Starts Postgres by itself on what is there, and waits for its end. Patroni would take the target out: findings/patroni-takes-the-target-out-of-a-restore.sh. */
  async function endsAgain(fatal: RegExp): Promise<void> {
    await database.start().catch(() => undefined);
    await eventually('Postgres ends', 30, async () => (await database.sql('select 1').catch(() => 'ended')) === 'ended' || undefined);
    await database.stop();
    assert.match(database.log(), fatal);
  }

  async function recovers(): Promise<void> {
    await restored(database, ...good());
    assert.equal(await pets(database), 'before');
    await archived(database);
    await database.stop();
  }

  describe('to a moment in the future', () => {
    it('never ends: Postgres answers before it ends, and the Job starts it again and again', async () => {
      const ended = await fails(TOO_LATE, { type: 'time', time: '2030-01-01T00:00:00Z' });
      assert.equal(ended, 'starts again and again');
      assert.match(database.log(), /ready to accept read-only connections[^]*FATAL/);
      figure('restore', 'to a moment in the future', `succeeds; Postgres ends with FATAL, the Job ${ended}`);
    });

    it('leaves what Postgres by itself does not start on, either', async () => {
      await endsAgain(TOO_LATE);
      figure('restore', 'what a moment in the future leaves behind', 'Postgres by itself ends with the same FATAL');
    });

    it('is followed by one that succeeds', recovers);
  });

  describe('to the latest state, without a backup since the last restore', () => {
    it('fails: Postgres does not start', async () => {
      const ended = await fails(NO_CHILD, { type: 'latest' });
      assert.equal(ended, 'does not start');
      figure('restore', 'to the latest state, without a backup since the last restore', `succeeds; Postgres ${ended}, the Job fails`);
    });

    it('leaves what Postgres by itself does not start on, either', () => endsAgain(NO_CHILD));

    it('is followed by one that succeeds', recovers);
  });

  describe('that is killed while it copies', () => {
    it('leaves files without the one that Postgres begins with', async () => {
      const { log } = database.volumes;
      const command = restoreCommand({ repoName: 'repo1', options: good() }, database.volumes);
      const said = join(log, 'cut');
      const isEarly = `kill -0 $! && ! grep -q 'restore file' '${said}'`;
      const cut = await database.shell(
        `${command} --log-level-console=detail >'${said}' & while ${isEarly}; do :; done; kill -KILL $!; wait $!; echo "ended with $?"`,
      );
      assert.match(cut.said, /ended with 137\n$/);
      // Those that copy for it end by themselves.
      await sleep(1000);
      await assert.rejects(database.start(), /could not find the database system/);
      figure('restore', 'killed while it copies', 'Postgres does not start: there is no pg_control');
    });

    it('succeeds when it is done again', recovers);
  });
});
