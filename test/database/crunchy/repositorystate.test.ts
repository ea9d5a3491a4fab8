import { strict as assert } from 'node:assert';
import type { Reason } from '../../../src/api/reason.ts';
import { repositoryTroubles } from '../../../src/database/crunchy/repositorystate.ts';
import { pgoStatus, ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { reporting } from '../../support/upgrades.ts';
import { ago, childOf, observe, overlaid, world, type Loose, type World } from '../../support/world.ts';

/** By the clock of these worlds, noon of a Thursday, the last run was planned for 11:00 and for 11:58. */
const HOURLY = { full: '0 11 * * *' };
const JUST_NOW = { full: '58 11 * * *' };
const CRON = 'bestie-pgo-repo1-full';
const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };

const repo1 = (schedules: Loose = {}): Loose => ({ name: 'repo1', volume: {}, schedules });
/** A database that nothing was written to for so long that every run was due. */
function old(repos: Loose[], status: Loose = {}, seconds = 86_400): World {
  const w = ready(world({ database: { backups: { repos } } }));
  const created = { creationTimestamp: ago(seconds), managedFields: [{ manager: 'metacontroller', time: ago(seconds) }] };
  const conditions = pgoStatus.usable.conditions.map((condition) => ({ ...condition, lastTransitionTime: ago(seconds) }));
  const reported = reporting(w, 'PostgresCluster', overlaid({ ...pgoStatus.usable, conditions }, status));
  return {
    ...reported,
    children: reported.children.map((child) => (child.kind === 'PostgresCluster' ? overlaid(child, { metadata: created }) : child)),
  };
}
/** The world in which status has these backups into the first repository. */
const onRecord = (w: World, backups: Loose[]): World => ({
  ...w,
  parent: overlaid(w.parent, { status: { backup: { repositories: [{ name: 'repo1', ready: true, backups }] } } }),
});
const runs = (...scheduledBackups: Loose[]): Loose => ({
  pgbackrest: { scheduledBackups: scheduledBackups.map((run) => ({ cronJobName: CRON, repo: 'repo1', type: 'full', ...run })) },
});
/** The world in which a run by schedule, about an hour ago, is on record as a success. */
const recorded = (w: World): World => {
  const backups = [{ id: CRON, completedAt: ago(3500) }];
  return { ...w, parent: overlaid(w.parent, { status: { backup: { repositories: [{ name: 'repo1', ready: true, backups }] } } }) };
};
/** The world in which status reports that of the run by schedule which is due, or was started, then. */
const reported = (reason: Reason, detail: string, w: World): World => ({
  ...w,
  parent: overlaid(w.parent, { status: { reported: [{ reason, kind: 'CronJob', name: CRON, detail }] } }),
});
const stanza = (...repos: Loose[]): Loose => ({ pgbackrest: { repos } });
const prepared = { name: 'repo1', bound: true, stanzaCreated: true, replicaCreateBackupComplete: true };
const unless = (type: string, status: string): Loose => ({
  conditions: pgoStatus.usable.conditions.map((condition) => (condition.type === type ? { ...condition, status } : condition)),
});

describe('database/crunchy/repositorystate', () => {
  describe('what is wrong with the first repository', () => {
    each<World, [reason: string, words: RegExp] | undefined>(
      {
        Well: { reason: 'it takes backups, and none is due', given: old([repo1()]), want: undefined },
        NoStanza: {
          reason: 'it was never prepared',
          given: old([repo1()], stanza({ ...prepared, stanzaCreated: false })),
          want: [
            'RepositoryNotReady',
            /^repository repo1 does not take backups: its stanza is not created; see why: kubectl -n pets describe postgrescluster bestie-pgo$/,
          ],
        },
        NoStanzas: {
          reason: 'one that fails holds up all',
          given: old(
            [repo1(), { name: 'repo2', s3 }],
            stanza({ ...prepared, stanzaCreated: false }, { name: 'repo2', stanzaCreated: false }),
          ),
          want: ['RepositoryNotReady', /its stanza is not created, nor that of any other repository: one that fails blocks all/],
        },
        NotBound: {
          reason: 'its volume is missing',
          given: old([repo1()], stanza({ name: 'repo1', stanzaCreated: false })),
          want: ['RepositoryNotReady', /its volume is not bound/],
        },
        HostDown: {
          reason: 'a volume needs its host',
          given: old([repo1()], unless('PGBackRestRepoHostReady', 'False')),
          want: ['RepositoryNotReady', /the repository host is not ready$/],
        },
        HostOfBuckets: {
          reason: 'a bucket has none',
          given: old([{ name: 'repo1', s3 }], unless('PGBackRestRepoHostReady', 'False')),
          want: undefined,
        },
        NoFirstBackup: {
          reason: 'everything else waits for it',
          given: old([repo1()], unless('PGBackRestReplicaCreate', 'False')),
          want: [
            'RepositoryNotReady',
            /the first backup of the database, into it, has not succeeded; see kubectl -n pets logs -l .*pgbackrest-backup=replica-create$/,
          ],
        },
        NoFirstBackupByName: {
          reason: 'PGO sorts the repositories of its status by name; the first is that of the spec',
          given: old(
            [
              { name: 'repo2', s3 },
              { name: 'repo1', s3 },
            ],
            {
              ...unless('PGBackRestReplicaCreate', 'False'),
              ...stanza({ name: 'repo1', stanzaCreated: true }, { name: 'repo2', stanzaCreated: true }),
            },
          ),
          want: ['RepositoryNotReady', /^repository repo2 .* the first backup of the database, into it, has not succeeded/],
        },
        Never: {
          reason: 'no day fits',
          given: old([repo1({ differential: ', 1 * * *' })]),
          want: ['ScheduleNeverRuns', /^the schedule ", 1 \* \* \*" of differential backups into repo1 never runs$/],
        },
        Failed: {
          reason: 'the newest run has failed',
          given: old(
            [repo1(HOURLY)],
            runs({ startTime: ago(3600), failed: 7 }, { startTime: ago(90_000), succeeded: 1, completionTime: ago(89_000) }),
          ),
          want: [
            'ScheduledBackupFailed',
            /^the full backup into repo1 that the schedule started at 2026-01-01T11:00:00Z failed; see why: kubectl -n pets logs -l .*pgbackrest-cronjob=full,.*pgbackrest-repo=repo1$/,
          ],
        },
        FailedAndTriedAnew: {
          reason: 'one that is under way makes up for nothing yet',
          given: old([repo1(HOURLY)], runs({ startTime: ago(3600), active: 1 }, { startTime: ago(90_000), failed: 7 })),
          want: [
            'ScheduledBackupFailed',
            /^the full backup into repo1 that the schedule started at 2025-12-31T11:00:00Z failed; see why: /,
          ],
        },
        FailedBesideAnother: {
          reason: 'a later one of another schedule makes up for nothing',
          given: old(
            [repo1({ ...HOURLY, incremental: '30 11 * * *' })],
            runs(
              { startTime: ago(3600), failed: 7 },
              { cronJobName: 'bestie-pgo-repo1-incr', type: 'incr', startTime: ago(1800), succeeded: 1, completionTime: ago(1700) },
            ),
          ),
          want: ['ScheduledBackupFailed', /^the full backup into repo1 that the schedule started at 2026-01-01T11:00:00Z failed/],
        },
        FailedBefore: {
          reason: 'a later one succeeded',
          given: old(
            [repo1(HOURLY)],
            runs({ startTime: ago(3600), succeeded: 1, completionTime: ago(3500) }, { startTime: ago(90_000), failed: 7 }),
          ),
          want: undefined,
        },
        FailedAndRecorded: {
          reason: 'a later success is on record, although its Job is gone: only the failed one was kept',
          given: onRecord(old([repo1(HOURLY)], runs({ startTime: ago(3600), failed: 7 })), [{ id: CRON, completedAt: ago(1800) }]),
          want: undefined,
        },
        FailedAfterRecorded: {
          reason: 'what succeeded before makes up for nothing',
          given: onRecord(old([repo1(HOURLY)], runs({ startTime: ago(3600), failed: 7 })), [{ id: CRON, completedAt: ago(3601) }]),
          want: ['ScheduledBackupFailed', /^the full backup into repo1 that the schedule started at 2026-01-01T11:00:00Z failed/],
        },
        FailedAndOtherRecorded: {
          reason: 'nor does a success of another schedule, or on request',
          given: onRecord(old([repo1(HOURLY)], runs({ startTime: ago(3600), failed: 7 })), [
            { id: 'bestie-pgo-repo1-incr', completedAt: ago(60) },
            { id: 'on-demand.6f1c0de5.0123abcd.g1.a1', completedAt: ago(60) },
          ]),
          want: ['ScheduledBackupFailed', /^the full backup into repo1 that the schedule started at 2026-01-01T11:00:00Z failed/],
        },
        Overdue: {
          reason: 'the next one was due while it was still running',
          given: old([repo1({ full: '0 */6 * * *' })], runs({ startTime: ago(6 * 3600), active: 1 })),
          want: [
            'ScheduledBackupOverdue',
            /^the full backup into repo1 that the schedule started at 2026-01-01T06:00:00Z has not ended, and no other starts meanwhile$/,
          ],
        },
        OverdueSoon: {
          reason: 'a backup may take as long as one on demand',
          given: old([repo1({ full: '*/30 * * * *' })], runs({ startTime: ago(3540), active: 1 })),
          want: undefined,
        },
        OverdueInInterval: {
          reason: 'an interval has a next run, too',
          given: old([repo1({ full: '@every 6h' })], runs({ startTime: ago(6 * 3600 + 120), active: 1 })),
          want: ['ScheduledBackupOverdue', /has not ended, and no other starts meanwhile$/],
        },
        LongInInterval: {
          reason: 'the next one is not due yet',
          given: old([repo1({ full: '@every 6h' })], runs({ startTime: ago(5 * 3600), active: 1 })),
          want: undefined,
        },
        Long: {
          reason: 'the next one is not due yet',
          given: old([repo1(HOURLY)], runs({ startTime: ago(3600), active: 1 })),
          want: undefined,
        },
        Missed: {
          reason: 'it did not start within a quarter of an hour',
          given: old([repo1(HOURLY)]),
          want: [
            'ScheduledBackupMissed',
            /^the full backup into repo1 that was planned for 2026-01-01T11:00:00Z was not started; see kubectl -n pets describe cronjob bestie-pgo-repo1-full$/,
          ],
        },
        MissedBeforeThat: {
          reason: 'the next one, which is due now, does not make up for it',
          given: old([repo1({ full: '0 * * * *' })], runs({ startTime: ago(7200), succeeded: 1, completionTime: ago(7100) })),
          want: ['ScheduledBackupMissed', /planned for 2026-01-01T11:00:00Z was not started/],
        },
        MissedOften: {
          reason: 'the last one is always younger than a quarter of an hour',
          given: old([repo1({ full: '*/5 * * * *' })], runs({ startTime: ago(1200), succeeded: 1, completionTime: ago(1100) })),
          want: ['ScheduledBackupMissed', /planned for 2026-01-01T11:45:00Z was not started/],
        },
        MissedInInterval: {
          reason: 'the CronJob counts from the run before',
          given: old(
            [repo1({ full: '@every 6h' })],
            runs({ startTime: ago(6 * 3600 + 1000), succeeded: 1, completionTime: ago(6 * 3600) }),
          ),
          want: ['ScheduledBackupMissed', /planned for 2026-01-01T11:44:20Z was not started/],
        },
        MissedReportedByAnother: {
          reason: 'a replica whose clock is behind says the same',
          given: reported('ScheduledBackupMissed', '2026-01-01T11:50:00Z', old([repo1({ full: '50 11 * * *' })])),
          want: ['ScheduledBackupMissed', /planned for 2026-01-01T11:50:00Z was not started/],
        },
        MissedReportedOfAnotherRun: {
          reason: 'the run before was missed, and this one may still begin',
          given: reported('ScheduledBackupMissed', '2025-12-31T11:50:00Z', old([repo1({ full: '50 11 * * *' })], {}, 7200)),
          want: undefined,
        },
        OverdueReportedByAnother: {
          reason: 'a replica whose clock is behind says the same',
          given: reported(
            'ScheduledBackupOverdue',
            ago(1800),
            old([repo1({ full: '30 * * * *' })], runs({ startTime: ago(1800), active: 1 })),
          ),
          want: ['ScheduledBackupOverdue', /has not ended/],
        },
        HeldUp: {
          reason: 'none begins while the one before is running, which is not late yet',
          given: old([repo1({ full: '*/15 * * * *' })], runs({ startTime: ago(1800), active: 1 })),
          want: undefined,
        },
        NotYet: { reason: 'it may still begin', given: old([repo1(JUST_NOW)]), want: undefined },
        Young: { reason: 'the schedule may not have been there', given: old([repo1(HOURLY)], {}, 1800), want: undefined },
        Recorded: {
          reason: 'it is on record, although its Job is gone',
          given: recorded(old([repo1(HOURLY)])),
          want: undefined,
        },
        NotExpected: {
          reason: 'what takes no backups has no CronJob',
          given: old([repo1(HOURLY)], stanza({ ...prepared, stanzaCreated: false })),
          want: [
            'RepositoryNotReady',
            /^repository repo1 does not take backups: its stanza is not created; see why: kubectl -n pets describe postgrescluster bestie-pgo$/,
          ],
        },
        ByHand: {
          reason: 'a user requested it, and it failed',
          given: old([repo1()], {
            pgbackrest: { manualBackup: { id: 'pre-upgrade.6f1c0de5.0123abcd.g1.a1', finished: true, failed: 7, startTime: ago(900) } },
          }),
          want: [
            'BackupFailed',
            /^backup pre-upgrade\.6f1c0de5\.0123abcd\.g1\.a1 into repo1 failed; see why: kubectl -n pets logs -l .*pgbackrest-backup=manual$/,
          ],
        },
        MadeUpOnRecord: {
          reason: 'a later one succeeded that the database operator has forgotten',
          given: recorded(
            old([repo1()], {
              pgbackrest: { manualBackup: { id: 'pre-upgrade.6f1c0de5.0123abcd.g1.a1', finished: true, failed: 7, startTime: ago(7200) } },
            }),
          ),
          want: undefined,
        },
        MadeUp: {
          reason: 'a later one by schedule succeeded',
          given: old([repo1(HOURLY)], {
            pgbackrest: {
              manualBackup: { id: 'pre-upgrade.6f1c0de5.0123abcd.g1.a1', finished: true, failed: 7, startTime: ago(7200) },
              scheduledBackups: [
                { cronJobName: CRON, repo: 'repo1', type: 'full', startTime: ago(3600), completionTime: ago(3500), succeeded: 1 },
              ],
            },
          }),
          want: undefined,
        },
      },
      (given, want) => {
        const o = observe(given);
        const [repository] = o.bestie.spec.database.backups.repos;
        assert.ok(repository && childOf(given, 'PostgresCluster'));
        const [first] = repositoryTroubles(repository, o);
        assert.equal(first?.reason, want?.[0]);
        if (want !== undefined) assert.match(first?.message ?? '', want[1]);
      },
    );
  });

  it('says of each repository what is its own', () => {
    const troubles = (w: World): string[][] => {
      const o = observe(w);
      return o.bestie.spec.database.backups.repos.map((repository) => repositoryTroubles(repository, o).map(({ reason }) => reason));
    };
    const repos = [repo1(HOURLY), { name: 'repo2', s3, schedules: HOURLY }];
    const done = { startTime: ago(3600), completionTime: ago(3500), succeeded: 1 };
    const failed = { startTime: ago(3600), failed: 7 };
    const second = { cronJobName: 'bestie-pgo-repo2-full', repo: 'repo2' };
    const asked = { id: 'pre-upgrade.6f1c0de5.0123abcd.g1.a1', finished: true, failed: 7, startTime: ago(4000) };
    const both = (status: Loose): Loose => overlaid(stanza(prepared, { name: 'repo2', stanzaCreated: true }), status);
    // What is not prepared has no CronJob, so nothing of it was missed.
    assert.deepEqual(troubles(old(repos, stanza(prepared, { name: 'repo2', stanzaCreated: false }))), [
      ['ScheduledBackupMissed'],
      ['RepositoryNotReady'],
    ]);
    assert.deepEqual(troubles(old(repos, both(runs(done, { ...failed, ...second })))), [[], ['ScheduledBackupFailed']]);
    assert.deepEqual(troubles(old(repos, both(runs(failed, { ...done, ...second })))), [['ScheduledBackupFailed'], []]);
    // Made up for by the schedule of its own repository, and not by that of another.
    const request = { pgbackrest: { manualBackup: asked } };
    assert.deepEqual(troubles(old(repos, both(overlaid(request, runs(done, { ...done, ...second }))))), [[], []]);
    assert.deepEqual(troubles(old([repo1(), { name: 'repo2', s3 }], both(request))), [['BackupFailed'], []]);
    assert.deepEqual(troubles(old([repo1(), repos[1] ?? {}], both(overlaid(request, runs({ ...done, ...second }))))), [
      ['BackupFailed'],
      [],
    ]);
  });

  it('says of a schedule from before there was a rule why Kubernetes refuses it', () => {
    const repository = { name: 'repo1', volume: { size: '1Gi' }, retentionFullDays: 14, schedules: { full: '0 1 * * 7' } } as const;
    assert.deepEqual(repositoryTroubles(repository, observe(old([repo1()]))), [
      {
        reason: 'InvalidSchedule',
        message:
          'Kubernetes refuses the schedule "0 1 * * 7" of full backups into repo1, so none is taken by it: weekday "7" is not one of 0 (Sunday) to 6, sun to sat',
      },
    ]);
  });
});
