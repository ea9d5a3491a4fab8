/** What status says of backups, repository by repository: what is so now, and what PGO has forgotten by now. */
import { strict as assert } from 'node:assert';
import type { BestieStatus } from '../../src/api/bestie.ts';
import { pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { reporting } from '../support/upgrades.ts';
import { ago, overlaid, patched, said, syncOf, world, type Loose, type World } from '../support/world.ts';

type Entry = NonNullable<NonNullable<BestieStatus['backup']>['repositories']>[number];

const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const FULL = 'bestie-pgo-repo1-full';
const repos = [
  { name: 'repo1', volume: {}, schedules: { full: '0 13 * * *', incremental: '30 12 * * *' } },
  { name: 'repo2', s3, schedules: { full: '0 14 * * *' } },
];
const prepared = [
  { name: 'repo1', bound: true, stanzaCreated: true, replicaCreateBackupComplete: true },
  { name: 'repo2', stanzaCreated: true },
];
const pgo = (pgbackrest: Loose): World =>
  reporting(
    ready(world({ database: { backups: { repos } } })),
    'PostgresCluster',
    overlaid(pgoStatus.usable, { pgbackrest: { repos: prepared, ...pgbackrest } }),
  );
const run = (patch: Loose): Loose => ({ cronJobName: FULL, repo: 'repo1', type: 'full', ...patch });
const done = (seconds: number): Loose => run({ startTime: ago(seconds + 60), completionTime: ago(seconds), succeeded: 1 });
const failed = (seconds: number): Loose => run({ startTime: ago(seconds), failed: 7 });
const scheduled = (...scheduledBackups: Loose[]): World => pgo({ scheduledBackups });
/** The world in which the last status has that of the first repository. */
const recorded = (w: World, entry: Loose): World => ({
  ...w,
  parent: overlaid(w.parent, { status: { backup: { repositories: [{ name: 'repo1', ready: true, ...entry }] } } }),
});
const success = (seconds: number): Loose => ({ id: FULL, type: 'full', completedAt: ago(seconds) });
const failure = (seconds: number): Loose => ({ id: FULL, type: 'full', startedAt: ago(seconds), reason: 'ScheduledBackupFailed' });
const entriesOf = (w: World): readonly Entry[] => (syncOf(w).status.backup as { repositories: Entry[] }).repositories;
const first = (w: World): Entry => entriesOf(w)[0] ?? assert.fail('no repository');

describe('status/backupstatus, by repository', () => {
  each<World, [of: keyof Entry, want: unknown]>(
    {
      Known: { reason: 'PGO reports it', given: scheduled(done(300)), want: ['backups', [success(300)]] },
      Last: { reason: 'the newest of them', given: scheduled(done(9000), done(300)), want: ['lastSuccess', success(300)] },
      Forgotten: {
        reason: 'it is on record',
        given: recorded(pgo({}), { backups: [success(300)], lastSuccess: success(300) }),
        want: ['backups', [success(300)]],
      },
      Once: {
        reason: 'on record and reported',
        given: recorded(scheduled(done(300)), { backups: [success(300)] }),
        want: ['backups', [success(300)]],
      },
      Bounded: {
        reason: 'the ten newest of eleven on record and one that is reported',
        given: recorded(scheduled(done(100)), { backups: Array.from({ length: 11 }, (_, index) => success(200 + index)) }),
        want: ['backups', [success(100), ...Array.from({ length: 9 }, (_, index) => success(200 + index))]],
      },
      NotOfAnother: {
        reason: 'it is in the other repository',
        given: scheduled({ ...done(300), cronJobName: 'bestie-pgo-repo2-full', repo: 'repo2' }),
        want: ['lastSuccess', undefined],
      },
      Failure: { reason: 'PGO reports it', given: scheduled(failed(300)), want: ['lastFailure', failure(300)] },
      FailureForgotten: {
        reason: 'it is on record',
        given: recorded(scheduled(done(60)), { lastFailure: failure(300) }),
        want: ['lastFailure', failure(300)],
      },
      FailureAfter: {
        reason: 'the newest of them',
        given: recorded(scheduled(failed(300)), { lastFailure: failure(9000) }),
        want: ['lastFailure', failure(300)],
      },
      FailureBefore: {
        reason: 'PGO keeps an older one',
        given: recorded(scheduled(failed(9000)), { lastFailure: failure(300) }),
        want: ['lastFailure', failure(300)],
      },
      Next: { reason: 'the sooner of two schedules', given: pgo({}), want: ['nextRun', '2026-01-01T12:30:00Z'] },
      Ready: { reason: 'it takes backups', given: pgo({}), want: ['ready', true] },
      NotPrepared: {
        reason: 'it takes none',
        given: pgo({ repos: [{ ...prepared[0], stanzaCreated: false }, prepared[1]] }),
        want: ['ready', false],
      },
      NoNextWhileNotPrepared: {
        reason: 'PGO makes no CronJob for it',
        given: pgo({ repos: [{ ...prepared[0], stanzaCreated: false }, prepared[1]] }),
        want: ['nextRun', undefined],
      },
      Stopped: {
        reason: 'a person has switched the database off',
        given: patched(pgo({}), 'PostgresCluster', { spec: { shutdown: true } }),
        want: ['ready', false],
      },
      NoNextWhileStopped: {
        reason: 'PGO suspends its CronJobs',
        given: patched(pgo({}), 'PostgresCluster', { spec: { standby: { enabled: true, repoName: 'repo1' } } }),
        want: ['nextRun', undefined],
      },
      Restoring: {
        reason: 'nothing is backed up meanwhile',
        given: patched(pgo({ restore: { id: 'one', finished: false, active: 1 } }), 'PostgresCluster', {
          status: {
            patroni: null,
            conditions: [...pgoStatus.usable.conditions, { type: 'PGBackRestoreProgressing', status: 'True', reason: 'ReadyForRestore' }],
          },
        }),
        want: ['ready', false],
      },
    },
    (given, [of, want]) => {
      assert.deepEqual(first(given)[of], want);
    },
  );

  describe('where a former release reported no backups', () => {
    each<[pgbackrest: Loose, schedule: string], string | undefined>(
      {
        Well: { reason: 'the Bestie is left as it is', given: [{}, '0 13 * * *'], want: undefined },
        Failed: {
          reason: 'a fault is reported',
          given: [{ scheduledBackups: [failed(300)] }, '0 13 * * *'],
          want: 'False ScheduledBackupFailed',
        },
        Overdue: {
          reason: 'a fault is reported',
          given: [{ scheduledBackups: [run({ startTime: ago(7200), active: 1 })] }, '0 * * * *'],
          want: 'False ScheduledBackupOverdue',
        },
        NeverRuns: { reason: 'a fault is reported', given: [{}, '0 1 31 2 *'], want: 'False ScheduleNeverRuns' },
        NotPrepared: {
          reason: 'a fault is reported',
          given: [{ repos: [{ ...prepared[0], stanzaCreated: false }] }, '0 13 * * *'],
          want: 'False RepositoryNotReady',
        },
      },
      ([pgbackrest, full], want) => {
        const w = reporting(
          ready(world({ database: { backups: { repos: [{ name: 'repo1', volume: {}, schedules: { full } }] } } })),
          'PostgresCluster',
          overlaid(pgoStatus.usable, { pgbackrest: { repos: [prepared[0]], ...pgbackrest } }),
        );
        const { backup: _, ...status } = w.parent.status as { backup?: unknown; conditions: { type: string }[] };
        const conditions = status.conditions.filter(({ type }) => type !== 'BackupReady');
        const former = { ...w, parent: { ...w.parent, status: { ...status, conditions } } };
        assert.equal(said(syncOf(former), 'BackupReady'), want);
      },
    );
  });

  it('has every repository of the spec, in its order, whatever PGO knows of them', () => {
    assert.deepEqual(
      entriesOf(pgo({ repos: [prepared[0]] })).map(({ name, ready: isReady }) => [name, isReady]),
      [
        ['repo1', true],
        ['repo2', false],
      ],
    );
  });
});
