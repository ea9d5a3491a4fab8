import { strict as assert } from 'node:assert';
import { backupRuns, scheduledRuns } from '../../../src/database/crunchy/backupruns.ts';
import { pgoStatus, ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { reporting } from '../../support/upgrades.ts';
import { ago, observe, overlaid, world, type Loose, type World } from '../../support/world.ts';

const CRON = 'bestie-pgo-repo1-full';
const run = (rest: Loose): Loose => ({ cronJobName: CRON, repo: 'repo1', type: 'full', ...rest });
const scheduled = (...runs: unknown[]): World => scheduledIn(ready(), ...runs);
const scheduledIn = (w: World, ...runs: unknown[]): World =>
  reporting(w, 'PostgresCluster', { ...pgoStatus.usable, pgbackrest: { ...pgoStatus.usable.pgbackrest, scheduledBackups: runs } });

describe('database/crunchy/backupruns', () => {
  describe('what became of a run by schedule', () => {
    each<World, string[]>(
      {
        None: { reason: 'none is known', given: ready(), want: [] },
        Succeeded: {
          reason: 'it ended well',
          given: scheduled(run({ startTime: ago(90), completionTime: ago(60), succeeded: 1 })),
          want: ['succeeded'],
        },
        SucceededAtLast: {
          reason: 'tries that failed before do not count',
          given: scheduled(run({ startTime: ago(90), completionTime: ago(60), succeeded: 1, failed: 3 })),
          want: ['succeeded'],
        },
        Active: { reason: 'it runs', given: scheduled(run({ startTime: ago(90), active: 1 })), want: ['running'] },
        Momentary: {
          reason: 'between its pod and its end nothing is counted',
          given: scheduled(run({ startTime: ago(90) })),
          want: ['running'],
        },
        Tried: {
          reason: 'status lags behind the tries that follow',
          given: scheduled(run({ startTime: ago(600), failed: 1 })),
          want: ['running'],
        },
        TriedLong: {
          reason: 'nothing new is heard of it for an hour',
          given: scheduled(run({ startTime: ago(3600), failed: 1 })),
          want: ['failed'],
        },
        TriedLongByLeave: {
          reason: 'a backup may take as long as upgrade.backupTimeoutSeconds says, and so may its last try',
          given: scheduledIn(ready(world({ upgrade: { backupTimeoutSeconds: 14_400 } })), run({ startTime: ago(7200), failed: 1 })),
          want: ['running'],
        },
        TriedAndSaid: {
          reason: 'another replica, whose clock is ahead, has said that it failed',
          given: (() => {
            const w = scheduled(run({ startTime: ago(3590), failed: 1 }));
            const lastFailure = { id: CRON, startedAt: ago(3590), reason: 'ScheduledBackupFailed' };
            return { ...w, parent: overlaid(w.parent, { status: { backup: { repositories: [{ name: 'repo1', lastFailure }] } } }) };
          })(),
          want: ['failed'],
        },
        Failed: { reason: 'the last try failed', given: scheduled(run({ startTime: ago(645), failed: 7 })), want: ['failed'] },
        Followed: {
          reason: 'one at a time: where another one follows, it has ended',
          given: scheduled(run({ startTime: ago(900), failed: 2 }), run({ startTime: ago(60), active: 1 })),
          want: ['running', 'failed'],
        },
        OfAnotherSchedule: {
          reason: 'that of another schedule says nothing about it',
          given: scheduled(run({ startTime: ago(900), failed: 2 }), {
            ...run({ startTime: ago(60), active: 1 }),
            cronJobName: 'bestie-pgo-repo1-incr',
          }),
          want: ['running', 'running'],
        },
        Nulls: {
          reason: 'nulls are normal input',
          given: scheduled(null, { cronJobName: null }, run({ startTime: null, succeeded: null })),
          want: ['running'],
        },
      },
      (given, want) => {
        assert.deepEqual(
          scheduledRuns(observe(given)).map(({ state }) => state),
          want,
        );
      },
    );
  });

  it('stand in the order of their start, the newest first, whatever order their Jobs have', () => {
    const w = scheduled(
      run({ startTime: ago(7200), succeeded: 1 }),
      run({ startTime: ago(60), active: 1 }),
      run({ startTime: ago(3600), succeeded: 1 }),
    );
    assert.deepEqual(
      scheduledRuns(observe(w)).map(({ startedAt }) => startedAt),
      [ago(60), ago(3600), ago(7200)],
    );
  });

  describe('the repository of a backup that a user requested', () => {
    const manual = { id: 'by-hand', finished: true, succeeded: 1, startTime: ago(90), completionTime: ago(60) };
    const asked = (annotation: string, repoName: string): World => {
      const w = reporting(ready(), 'PostgresCluster', { ...pgoStatus.usable, pgbackrest: { manualBackup: manual } });
      const children = w.children.map((child) =>
        child.kind === 'PostgresCluster'
          ? {
              ...child,
              metadata: {
                ...child.metadata,
                annotations: { ...child.metadata.annotations, 'postgres-operator.crunchydata.com/pgbackrest-backup': annotation },
              },
              spec: { ...(child.spec as Loose), backups: { pgbackrest: { manual: { repoName } } } },
            }
          : child,
      );
      return { ...w, children };
    };
    each<World, string | undefined>(
      {
        Asked: { reason: 'the request that is still there says so', given: asked('by-hand', 'repo2'), want: 'repo2' },
        AskedAnew: { reason: 'another request says nothing about it', given: asked('another', 'repo2'), want: undefined },
      },
      (given, want) => {
        assert.equal(backupRuns(observe(given))[0]?.repo, want);
      },
    );
  });
});
