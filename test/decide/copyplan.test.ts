/** What a new database is made from, and why it is not made yet. */
import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import { copyRecordIn, sentSource, wanting } from '../support/copies.ts';
import { each } from '../support/table.ts';
import { ago, conditionOf, manifestOf, syncOf, type Loose, type World } from '../support/world.ts';

const to = (target: Loose, source: Loose = {}): World => wanting({ target }, {}, source);
const noted = (notes: Record<string, unknown>): Loose => ({
  metadata: { annotations: Object.fromEntries(Object.entries(notes).map(([key, value]) => [key, JSON.stringify(value)])) },
});
const restored = (current: Loose): Loose =>
  noted({
    [annotations.restores]: {
      by: '5afe0000',
      current: { id: 'a', request: 'restore.5afe0000.1', repo: 'repo1', since: ago(600), target: { type: 'latest' }, ...current },
    },
  });
const RESTORED = restored({ stage: 'Restored', restoredAt: ago(300) });
const repos = (...names: string[]): Loose => ({ spec: { backups: { pgbackrest: { repos: names.map((name) => ({ name, s3: {} })) } } } });
const stanzas = (...names: string[]): Loose => ({
  status: { pgbackrest: { repos: names.map((name) => ({ name, stanzaCreated: true })) } },
});

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

  describe('asks for', () => {
    const MOMENT = '2025-12-24T10:00:00Z';
    const AT = ['--type=time', "--target='2025-12-24 10:00:00+00'"];
    const given = { from: '2025-12-24T09:00:00Z', until: '2025-12-24T11:00:00Z' };
    const cluster = (options: string[], repoName = 'repo1'): Loose => ({ postgresCluster: { clusterName: 'live-pgo', repoName, options } });
    const bucketOf = (name: string): Loose => ({
      pgbackrest: { stanza: 'db', global: {}, repo: { name, s3: {} }, options: ['--type=default'] },
    });
    each<World, readonly [source: Loose, words: string, target: string]>(
      {
        Everything: {
          reason: 'the first repository, all that is archived',
          given: wanting(),
          want: [cluster(['--type=default']), 'repo1 of PostgresCluster live-pgo', 'latest'],
        },
        AnotherRepository: {
          reason: 'it is named',
          given: wanting(
            { bestie: { name: 'live', repository: 'repo2' } },
            {},
            { ...repos('repo1', 'repo2'), ...stanzas('repo1', 'repo2') },
          ),
          want: [bucketOf('repo2'), 'repo2 of PostgresCluster live-pgo', 'latest'],
        },
        OfNoBestie: {
          reason: 'a database that a Bestie has left',
          given: wanting({}, {}, { metadata: { ownerReferences: undefined, annotations: undefined } }),
          want: [cluster(['--type=default']), 'repo1 of PostgresCluster live-pgo', 'latest'],
        },
        Moment: {
          reason: 'with its zone',
          given: to({ time: '2025-12-24T11:00:00+01:00' }),
          want: [cluster(AT), 'repo1 of PostgresCluster live-pgo', MOMENT],
        },
        MomentGivenUp: {
          reason: 'a restore of the source has left that history',
          given: to({ time: MOMENT }, noted({ [annotations.restores]: { by: '5afe0000', givenUp: [given] } })),
          want: [cluster([...AT, '--target-timeline=current']), 'repo1 of PostgresCluster live-pgo', MOMENT],
        },
        MomentGivenUpByHand: {
          reason: 'the same',
          given: to({ time: MOMENT }, noted({ [annotations.lineage]: { givenUp: [given] } })),
          want: [cluster([...AT, '--target-timeline=current']), 'repo1 of PostgresCluster live-pgo', MOMENT],
        },
        BeforeARestore: {
          reason: 'it is in the backups that were there',
          given: to({ time: MOMENT }, RESTORED),
          want: [cluster(AT), 'repo1 of PostgresCluster live-pgo', MOMENT],
        },
        Backup: {
          reason: 'by its label',
          given: to({ backup: '20251224-010002F' }),
          want: [cluster(['--type=immediate', '--set=20251224-010002F']), 'repo1 of PostgresCluster live-pgo', 'backup 20251224-010002F'],
        },
        OfAnOlderObject: {
          reason: 'its data may be older than itself',
          given: to({ time: '2025-11-01T00:00:00Z' }, { status: { pgbackrest: { restore: { id: '~pgo-bootstrap-live-pgo' } } } }),
          want: [
            cluster(['--type=time', "--target='2025-11-01 00:00:00+00'"]),
            'repo1 of PostgresCluster live-pgo',
            '2025-11-01T00:00:00Z',
          ],
        },
        Bucket: {
          reason: 'whether it is there is not known: it is tried',
          given: wanting(
            {
              bestie: undefined,
              repository: {
                path: '/pgbackrest/pets/gone-5afe0000/repo1',
                s3: { bucket: 'b', endpoint: 'e', region: 'r' },
                credentialsSecret: 'keys',
              },
            },
            { database: { resources: { requests: { cpu: '1' } }, tolerations: [{ key: 'a', operator: 'Exists' }] } },
            null,
          ),
          want: [
            {
              pgbackrest: {
                stanza: 'db',
                configuration: [{ secret: { name: 'keys' } }],
                global: { 'repo1-path': '/pgbackrest/pets/gone-5afe0000/repo1' },
                repo: { name: 'repo1', s3: { bucket: 'b', endpoint: 'e', region: 'r' } },
                options: ['--type=default'],
                resources: { requests: { cpu: '1' } },
                tolerations: [{ key: 'a', operator: 'Exists' }],
              },
            },
            'path /pgbackrest/pets/gone-5afe0000/repo1 of a bucket',
            'latest',
          ],
        },
      },
      (given, [source, words, target]) => {
        const answer = syncOf(given);
        assert.deepEqual(sentSource(answer), source);
        const record = copyRecordIn(answer);
        assert.deepEqual([record?.source, record?.target], [words, target]);
      },
    );
  });
});
