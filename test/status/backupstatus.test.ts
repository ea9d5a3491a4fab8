/** What is kept of each repository where PGO says something else than before. */
import { strict as assert } from 'node:assert';
import { pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { reporting } from '../support/upgrades.ts';
import { ago, overlaid, syncOf, world, type Loose, type World } from '../support/world.ts';

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
/** The next run of a schedule at noon, where the last status has that one. */
function nextRun(full: string, reported: string | undefined): unknown {
  const w = ready(world({ database: { backups: { repos: [{ name: 'repo1', volume: {}, schedules: { full } }] } } }));
  const repositories = [{ name: 'repo1', ready: true, ...(reported !== undefined && { nextRun: reported }) }];
  return syncOf({ ...w, parent: overlaid(w.parent, { status: { backup: { repositories } } }) }).status.backup?.repositories?.[0]?.nextRun;
}
const lastFailure = (w: World): unknown => syncOf(w).status.backup?.repositories?.[0]?.lastFailure;

describe('status/backupstatus', () => {
  it('keeps the last failure that PGO has forgotten', () => {
    assert.deepEqual(lastFailure(failedBefore(runs(), 9000)), failure(9000));
    const later = { startTime: ago(3600), completionTime: ago(3500), succeeded: 1 };
    assert.deepEqual(lastFailure(failedBefore(runs(later), 9000)), failure(9000));
  });

  it('takes back the failure of a run that was tried again, and succeeded at last', () => {
    const late = { startTime: ago(9000), completionTime: ago(60), succeeded: 1, failed: 1 };
    assert.equal(lastFailure(failedBefore(runs(late), 9000)), undefined);
  });

  each<[full: string, reported: string | undefined], string>(
    {
      First: { reason: 'nothing was said', given: ['1 12 * * *', undefined], want: '2026-01-01T12:01:00Z' },
      Begun: { reason: 'the one before is over', given: ['1 12 * * *', '2025-12-31T12:01:00Z'], want: '2026-01-01T12:01:00Z' },
      Ahead: {
        reason: 'for another replica that one has started',
        given: ['1 12 * * *', '2026-01-02T12:01:00Z'],
        want: '2026-01-02T12:01:00Z',
      },
      AheadOften: { reason: 'two of them have', given: ['* * * * *', '2026-01-01T12:03:00Z'], want: '2026-01-01T12:03:00Z' },
      TooFar: { reason: 'no clock is so far ahead', given: ['* * * * *', '2026-01-01T12:04:00Z'], want: '2026-01-01T12:01:00Z' },
      Changed: { reason: 'the schedule was another one', given: ['1 12 * * *', '2026-01-02T12:00:00Z'], want: '2026-01-01T12:01:00Z' },
      Sooner: { reason: 'the schedule was another one', given: ['30 * * * *', '2026-01-01T13:30:00Z'], want: '2026-01-01T12:30:00Z' },
      Unreadable: { reason: 'it is no time', given: ['1 12 * * *', '2026-01-02T12:0'], want: '2026-01-01T12:01:00Z' },
    },
    ([full, reported], want) => {
      assert.equal(nextRun(full, reported), want);
    },
  );
});
