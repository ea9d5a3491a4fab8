/** What is kept of each repository where PGO says something else than before. */
import { strict as assert } from 'node:assert';
import { pgoStatus, ready } from '../support/stages.ts';
import { reporting } from '../support/upgrades.ts';
import { ago, overlaid, syncOf, type Loose, type World } from '../support/world.ts';

const CRON = 'bestie-pgo-repo1-full';
const failure = (seconds: number): Loose => ({ id: CRON, type: 'full', startedAt: ago(seconds), reason: 'ScheduledBackupFailed' });
const runs = (...scheduledBackups: Loose[]): World =>
  reporting(ready(), 'PostgresCluster', {
    ...pgoStatus.usable,
    pgbackrest: {
      ...pgoStatus.usable.pgbackrest,
      scheduledBackups: scheduledBackups.map((run) => ({ cronJobName: CRON, repo: 'repo1', type: 'full', ...run })),
    },
  });
const failedBefore = (w: World, seconds: number): World => ({
  ...w,
  parent: overlaid(w.parent, { status: { backup: { repositories: [{ name: 'repo1', ready: true, lastFailure: failure(seconds) }] } } }),
});
const lastFailure = (w: World): unknown => syncOf(w).status.backup?.repositories?.[0]?.lastFailure;

describe('plan/backupstatus', () => {
  it('keeps the last failure that PGO has forgotten', () => {
    assert.deepEqual(lastFailure(failedBefore(runs(), 9000)), failure(9000));
    const later = { startTime: ago(3600), completionTime: ago(3500), succeeded: 1 };
    assert.deepEqual(lastFailure(failedBefore(runs(later), 9000)), failure(9000));
  });

  it('takes back the failure of a run that was tried again, and succeeded at last', () => {
    const late = { startTime: ago(9000), completionTime: ago(60), succeeded: 1, failed: 1 };
    assert.equal(lastFailure(failedBefore(runs(late), 9000)), undefined);
  });
});
