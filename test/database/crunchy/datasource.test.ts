import { strict as assert } from 'node:assert';
import type { Copy } from '../../../src/api/copy.ts';
import { dataSource } from '../../../src/database/crunchy/datasource.ts';
import type { DataSource, InstanceSet } from '../../../src/database/crunchy/types.ts';
import { ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { observe, overlaid, patched, type Loose } from '../../support/world.ts';

const set: InstanceSet = {
  name: 'pg',
  replicas: 1,
  dataVolumeClaimSpec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
};
const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const own = (repository: string): Copy => ({ source: { database: 'bestie-pgo', repository }, target: { type: 'latest' } });
const bucket = (rest: Loose): Copy => ({ source: { bucket: rest as never }, target: { type: 'latest' } });
const options = ['--type=default'];

/** A database with a first repository on a volume and a second one in a bucket, in which others have set something, too. */
const twoRepositories = {
  spec: {
    backups: {
      pgbackrest: {
        configuration: [{ secret: { name: 'keys' } }],
        global: {
          'repo1-path': '/pgbackrest/repo1/6f1c0de5',
          'repo2-path': '/pgbackrest/pets/bestie-6f1c0de5/repo2',
          'repo2-retention-full': '14',
          'repo2-retention-full-type': 'time',
          'repo2-s3-uri-style': 'path',
          'repo2-cipher-type': null,
        },
        repos: [
          { name: 'repo1', volume: { volumeClaimSpec: {} } },
          { name: 'repo2', s3, schedules: { full: '0 1 * * 0' } },
        ],
      },
    },
  },
};

const sourceOf = (copy: Copy, instance: Loose = {}): DataSource =>
  dataSource(copy, overlaid(set, instance), observe(patched(ready(), 'PostgresCluster', twoRepositories)));

describe('database/crunchy/datasource', () => {
  each<Copy, DataSource>(
    {
      Volume: {
        reason: 'only the host of that database reads it',
        given: own('repo1'),
        want: { postgresCluster: { clusterName: 'bestie-pgo', repoName: 'repo1', options } },
      },
      BucketOfDatabase: {
        reason: 'as that database has it, under its number, and with no order to delete anything',
        given: own('repo2'),
        want: {
          pgbackrest: {
            stanza: 'db',
            configuration: [{ secret: { name: 'keys' } }],
            global: { 'repo2-path': '/pgbackrest/pets/bestie-6f1c0de5/repo2', 'repo2-s3-uri-style': 'path' },
            repo: { name: 'repo2', s3 },
            options,
          },
        },
      },
      UnknownDatabase: {
        reason: 'PGO looks it up itself',
        given: { source: { database: 'other-pgo', repository: 'repo2' }, target: { type: 'latest' } },
        want: { postgresCluster: { clusterName: 'other-pgo', repoName: 'repo2', options } },
      },
      Path: {
        reason: 'of a database that is gone, under the number that its Secret is for',
        given: bucket({ path: '/pgbackrest/pets/gone-1a2b3c4d/repo3', s3, credentialsSecret: 'keys' }),
        want: {
          pgbackrest: {
            stanza: 'db',
            configuration: [{ secret: { name: 'keys' } }],
            global: { 'repo3-path': '/pgbackrest/pets/gone-1a2b3c4d/repo3' },
            repo: { name: 'repo3', s3 },
            options,
          },
        },
      },
      OtherPath: {
        reason: 'not made by this operator: the first, and without a Secret the pods have an identity',
        given: bucket({ path: '/backups/repo9', gcs: { bucket: 'pets' } }),
        want: {
          pgbackrest: {
            stanza: 'db',
            global: { 'repo1-path': '/backups/repo9' },
            repo: { name: 'repo1', gcs: { bucket: 'pets' } },
            options,
          },
        },
      },
    },
    (copy, want) => {
      assert.deepEqual(sourceOf(copy), want);
    },
  );

  it('is restored by a Job that runs where the instances may run, and takes as much as one of them', () => {
    const pod = { tolerations: [{ key: 'databases' }], affinity: { nodeAffinity: {} }, resources: { limits: { memory: '2Gi' } } };
    for (const copy of [own('repo1'), own('repo2')]) {
      const { postgresCluster, pgbackrest } = sourceOf(copy, pod);
      const { tolerations, affinity, resources } = postgresCluster ?? pgbackrest ?? {};
      assert.deepEqual({ tolerations, affinity, resources }, pod);
    }
  });
});
