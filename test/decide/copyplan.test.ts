/** Why a new database is not made from its source yet. */
import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import { wanting } from '../support/copies.ts';
import { noted, repos, RESTORED, stanzas, to } from '../support/copysources.ts';
import { each } from '../support/table.ts';
import { ago, conditionOf, manifestOf, syncOf, type World } from '../support/world.ts';

interface Unfit {
  reason: string;
  message: RegExp;
  /** Seconds until it is looked at again, where no watch reports the change. */
  after?: number;
}

describe('decide/copyplan', () => {
  describe('creates nothing, and says why, while the source is unfit', () => {
    each<World, Unfit>(
      {
        Missing: {
          reason: 'it may come',
          given: wanting({}, {}, null),
          want: {
            reason: 'SourceMissing',
            message: /^PostgresCluster live-pgo of Bestie live does not exist in Namespace pets, or is not shown yet; /,
          },
        },
        OfAnotherName: {
          reason: 'another one is no source',
          given: wanting({ bestie: { name: 'other' } }),
          want: { reason: 'SourceMissing', message: /^PostgresCluster other-pgo of Bestie other does not exist/ },
        },
        Going: {
          reason: 'its backups may go with it',
          given: wanting({}, {}, { metadata: { deletionTimestamp: ago(5) } }),
          want: { reason: 'SourceMissing', message: /being deleted; what it has in a bucket can be copied with dataSource\.repository$/ },
        },
        WithoutRepositories: {
          reason: 'nothing to copy',
          given: wanting({}, {}, { spec: { backups: undefined } }),
          want: { reason: 'SourceMissing', message: /has no repository of backups$/ },
        },
        WithoutTheRepository: {
          reason: 'a name that is not there',
          given: wanting({ bestie: { name: 'live', repository: 'repo3' } }, {}, repos('repo1', 'repo2')),
          want: { reason: 'SourceMissing', message: /it has no repository repo3, but repo1, repo2$/ },
        },
        OfAnotherVersion: {
          reason: 'files of one version',
          given: wanting({}, {}, { spec: { postgresVersion: 16 } }),
          want: { reason: 'SourceDiffers', message: /its Postgres is 16, and a copy of Postgres 17 is wanted/ },
        },
        OfANewerVersion: {
          reason: 'the same',
          given: wanting({}, { database: { postgresVersion: 15 } }),
          want: { reason: 'SourceDiffers', message: /its Postgres is 17, and a copy of Postgres 15 is wanted/ },
        },
        WithoutBackup: {
          reason: 'it is new',
          given: wanting({}, {}, { status: { conditions: [] } }),
          want: { reason: 'SourceNotReady', message: /repo1 holds no backup yet/ },
        },
        WithoutStanza: {
          reason: 'a repository that was added',
          given: wanting({ bestie: { name: 'live', repository: 'repo2' } }, {}, { ...repos('repo1', 'repo2'), ...stanzas('repo1') }),
          want: { reason: 'SourceNotReady', message: /repo2 holds no backup yet/ },
        },
        ShutDown: {
          reason: 'with the host of its volume',
          given: wanting({}, {}, { spec: { shutdown: true } }),
          want: { reason: 'SourceNotReady', message: /is shut down, and so is the host of repo1/ },
        },
        JustRestored: {
          reason: 'no backup of the new history',
          given: wanting({}, {}, RESTORED),
          want: { reason: 'SourceNotReady', message: /was restored, and no backup of its new history has succeeded yet/ },
        },
        SinceTheRestore: {
          reason: 'the same',
          given: to({ time: ago(100) }, RESTORED),
          want: { reason: 'SourceNotReady', message: /was restored/ },
        },
        ToTheFuture: {
          reason: 'it comes',
          given: to({ time: ago(-60) }),
          want: { reason: 'SourceNotReady', message: /^the data is wanted as of 2026-01-01T12:01:00Z, which has not come yet/, after: 61 },
        },
        ToTheFutureOfABucket: {
          reason: 'the same',
          given: wanting({ bestie: undefined, repository: { path: '/a', gcs: { bucket: 'b' } }, target: { time: ago(-60) } }),
          want: { reason: 'SourceNotReady', message: /which has not come yet/, after: 61 },
        },
        ToNoDay: {
          reason: 'no pattern counts days',
          given: to({ time: '2025-02-30T10:00:00Z' }),
          want: {
            reason: 'SourceMissing',
            message: /^database\.dataSource\.target\.time is 2025-02-30T10:00:00Z, a day that no calendar has; /,
          },
        },
        ToBeforeItsBeginning: {
          reason: 'it had no data',
          given: to({ time: '2025-12-01T08:29:59Z' }),
          want: { reason: 'SourceMissing', message: /has no data as of 2025-12-01T08:29:59Z: it began at 2025-12-01T08:30:00Z; / },
        },
        ToABackupBeforeItsBeginning: {
          reason: 'the same, a day off',
          given: to({ backup: '20251129-000000F' }),
          want: { reason: 'SourceMissing', message: /has no data as of backup 20251129-000000F/ },
        },
        ToBeforeItWasCopied: {
          reason: 'a copy begins with its copy',
          given: to({ time: ago(4000) }, noted({ [annotations.copiedFrom]: { source: 'a', at: ago(3000) } })),
          want: { reason: 'SourceMissing', message: /it began at 2026-01-01T11:10:00Z/ },
        },
      },
      (given, { reason, message, after }) => {
        const answer = syncOf(given);
        assert.equal(manifestOf(answer, 'PostgresCluster'), undefined);
        for (const type of ['Copied', 'DatabaseReady']) {
          const found = conditionOf(answer, type);
          assert.deepEqual([found?.status, found?.reason], ['False', reason], found?.message);
          assert.match(found?.message ?? '', message);
        }
        assert.equal(answer.resyncAfterSeconds, after);
      },
    );
  });
});
