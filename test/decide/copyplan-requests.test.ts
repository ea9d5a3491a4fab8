/** What a new database is made from, as it is requested. */
import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import { copyRecordIn, sentSource, wanting } from '../support/copies.ts';
import { noted, repos, RESTORED, stanzas, to } from '../support/copysources.ts';
import { each } from '../support/table.ts';
import { syncOf, type Loose, type World } from '../support/world.ts';

describe('decide/copyplan', () => {
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
