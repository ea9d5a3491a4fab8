import { strict as assert } from 'node:assert';
import type { PostgresClusterSpec } from '../../../src/database/crunchy/types.ts';
import { LAST_APPLIED_ANNOTATION } from '../../../src/observed/lastapplied.ts';
import { annotations } from '../../../src/api/names.ts';
import { repositories } from '../../../src/database/crunchy/repositories.ts';
import { backingUp, created, ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { recorded } from '../../support/upgrades.ts';
import {
  bestie,
  carriedOut,
  conditionOf,
  edited,
  manifestOf,
  observe,
  patched,
  said,
  syncOf,
  world,
  type Loose,
  type World,
} from '../../support/world.ts';

const s3 = { bucket: 'backups', endpoint: 's3.example:9000', region: 'eu-1' };
const having = (repos: readonly Loose[], storage: Loose = {}): World => world({ database: { storage, backups: { repos } } });
const sent = (w: World): PostgresClusterSpec['backups']['pgbackrest'] => {
  const { spec } = manifestOf(syncOf(w), 'PostgresCluster') ?? {};
  assert.ok(spec);
  return (spec as PostgresClusterSpec).backups.pgbackrest;
};
const paths = (w: World): Record<string, string> =>
  Object.fromEntries(Object.entries(sent(w).global).filter(([key]) => key.endsWith('-path')));
const claim = (storage: string, storageClassName?: string): Loose => ({
  volumeClaimSpec: { accessModes: ['ReadWriteOnce'], ...(storageClassName && { storageClassName }), resources: { requests: { storage } } },
});

describe('database/crunchy/repositories', () => {
  describe('a repository', () => {
    each<Loose, Loose>(
      {
        Volume: {
          reason: 'beside the database',
          given: { name: 'repo1', volume: { size: '20Gi' } },
          want: { name: 'repo1', volume: claim('20Gi', 'fast') },
        },
        S3: { reason: 'a bucket', given: { name: 'repo2', s3 }, want: { name: 'repo2', s3 } },
        GCS: { reason: 'a bucket', given: { name: 'repo1', gcs: { bucket: 'b' } }, want: { name: 'repo1', gcs: { bucket: 'b' } } },
        Azure: {
          reason: 'a container',
          given: { name: 'repo1', azure: { container: 'c' } },
          want: { name: 'repo1', azure: { container: 'c' } },
        },
        Schedules: {
          reason: 'those that are named',
          given: { name: 'repo1', s3, schedules: { full: '0 1 * * 0', differential: '0 1 * * 1-6', incremental: '0 * * * *' } },
          want: { name: 'repo1', s3, schedules: { full: '0 1 * * 0', differential: '0 1 * * 1-6', incremental: '0 * * * *' } },
        },
        NoSchedules: {
          reason: 'as the spec says it',
          given: { name: 'repo1', s3, schedules: {} },
          want: { name: 'repo1', s3, schedules: {} },
        },
        Credentials: { reason: 'they stand beside', given: { name: 'repo1', s3, credentialsSecret: 'keys' }, want: { name: 'repo1', s3 } },
      },
      (given, want) => {
        assert.deepEqual(sent(having([given], { className: 'fast' })).repos, [want]);
      },
    );

    it('of which there are several keep the order of the spec, in which the first takes the backups', () => {
      const w = having([
        { name: 'repo3', s3 },
        { name: 'repo1', volume: { size: '1Gi' } },
        { name: 'repo4', gcs: { bucket: 'b' } },
      ]);
      assert.deepEqual(
        sent(w).repos.map(({ name }) => name),
        ['repo3', 'repo1', 'repo4'],
      );
      assert.match(conditionOf(syncOf(w), 'BackupReady')?.message ?? '', /repo3/);
    });
  });

  describe('where backups lie', () => {
    each<World, Record<string, string>>(
      {
        Default: { reason: 'below the mount of the volume', given: world(), want: { 'repo1-path': '/pgbackrest/repo1/6f1c0de5' } },
        Bucket: {
          reason: 'a bucket may be shared: namespace, Bestie and incarnation keep two databases apart',
          given: having([{ name: 'repo2', s3 }]),
          want: { 'repo2-path': '/pgbackrest/pets/bestie-6f1c0de5/repo2' },
        },
        Both: {
          reason: 'each its own',
          given: having([
            { name: 'repo1', volume: { size: '1Gi' } },
            { name: 'repo2', azure: { container: 'c' } },
          ]),
          want: { 'repo1-path': '/pgbackrest/repo1/6f1c0de5', 'repo2-path': '/pgbackrest/pets/bestie-6f1c0de5/repo2' },
        },
        AnotherIncarnation: {
          reason: 'a Bestie that is created again does not write where its predecessor has written',
          given: { ...world(), parent: bestie({}, { uid: 'aaaaaaaa-1111-4000-8000-000000000000' }) },
          want: { 'repo1-path': '/pgbackrest/repo1/aaaaaaaa' },
        },
        Applied: {
          reason: 'what was applied is kept, whatever it is',
          given: recorded(created(), 'PostgresCluster', { spec: { backups: { pgbackrest: { global: { 'repo1-path': '/elsewhere' } } } } }),
          want: { 'repo1-path': '/elsewhere' },
        },
        Adopted: {
          reason: 'what is observed is kept where nothing was applied',
          given: patched(created(), 'PostgresCluster', {
            metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } },
            spec: { backups: { pgbackrest: { global: { 'repo1-path': '/theirs' } } } },
          }),
          want: { 'repo1-path': '/theirs' },
        },
        Added: {
          reason: 'a new one of an adopted database lies below the incarnation of that, not of this Bestie',
          given: edited(recorded(ready(), 'PostgresCluster', { metadata: { annotations: { [annotations.incarnation]: 'deadbeef' } } }), {
            database: {
              backups: {
                repos: [
                  { name: 'repo1', volume: { size: '10Gi' } },
                  { name: 'repo2', s3 },
                ],
              },
            },
          }),
          want: { 'repo1-path': '/pgbackrest/repo1/6f1c0de5', 'repo2-path': '/pgbackrest/pets/bestie-deadbeef/repo2' },
        },
        Nulls: {
          reason: 'nulls are normal input',
          given: recorded(
            patched(created(), 'PostgresCluster', { spec: { backups: { pgbackrest: { global: null } } } }),
            'PostgresCluster',
            { spec: { backups: null } },
          ),
          want: { 'repo1-path': '/pgbackrest/repo1/6f1c0de5' },
        },
      },
      (given, want) => {
        assert.deepEqual(paths(given), want);
      },
    );
  });

  it('keeps backups by time, for so many days', () => {
    const { global } = sent(
      having([
        { name: 'repo1', s3, retentionFullDays: 30 },
        { name: 'repo2', gcs: { bucket: 'b' } },
      ]),
    );
    assert.deepEqual([global['repo1-retention-full'], global['repo1-retention-full-type']], ['30', 'time']);
    assert.deepEqual([global['repo2-retention-full'], global['repo2-retention-full-type']], ['14', 'time']);
  });

  describe('the Secrets with the keys', () => {
    type Secrets = readonly (string | undefined)[];
    each<Secrets, Loose[] | undefined>(
      {
        None: { reason: 'the pods have an identity of their own', given: [undefined], want: undefined },
        One: { reason: 'by its name', given: ['keys', undefined], want: [{ secret: { name: 'keys' } }] },
        Two: { reason: 'each', given: ['keys', 'more'], want: [{ secret: { name: 'keys' } }, { secret: { name: 'more' } }] },
        Shared: { reason: 'once', given: ['keys', 'keys'], want: [{ secret: { name: 'keys' } }] },
      },
      (given, want) => {
        const repos = given.map((credentialsSecret, index) => ({
          name: `repo${index + 1}`,
          s3,
          ...(credentialsSecret && { credentialsSecret }),
        }));
        assert.deepEqual(sent(having(repos)).configuration, want);
      },
    );
  });

  it('says nothing of a backup on demand: its caller adds that', () => {
    assert.equal(repositories(observe(backingUp())).manual, undefined);
    assert.notEqual(sent(backingUp()).manual, undefined);
  });

  describe('a change that would make the database operator delete backups', () => {
    const two = ready(
      having([
        { name: 'repo1', volume: { size: '10Gi' } },
        { name: 'repo2', s3 },
        { name: 'repo3', volume: { size: '5Gi' } },
      ]),
    );
    const volume = { name: 'repo1', volume: { size: '10Gi' } };
    const third = { name: 'repo3', volume: { size: '5Gi' } };
    each<readonly Loose[], string | undefined>(
      {
        Same: { reason: 'no change', given: [volume, { name: 'repo2', s3 }, third], want: undefined },
        BucketRemoved: { reason: 'a bucket stays where it is', given: [volume, third], want: undefined },
        Grown: { reason: 'a volume may grow', given: [{ name: 'repo1', volume: { size: '20Gi' } }, third], want: undefined },
        Added: { reason: 'one more', given: [volume, third, { name: 'repo4', gcs: { bucket: 'b' } }], want: undefined },
        VolumeRemoved: { reason: 'it would be deleted', given: [volume], want: 'neither be removed nor become another kind' },
        FirstMoved: { reason: 'the first takes the backups', given: [third, volume], want: 'the first repository stays the first' },
        VolumeToBucket: {
          reason: 'it would be deleted',
          given: [{ name: 'repo1', s3 }, third],
          want: 'neither be removed nor become another kind',
        },
        BucketToVolume: {
          reason: 'its backups would be lost from view',
          given: [volume, { name: 'repo2', volume: { size: '1Gi' } }, third],
          want: 'cannot become another kind',
        },
        Shrunk: { reason: 'a volume cannot', given: [{ name: 'repo1', volume: { size: '1Gi' } }, third], want: 'cannot shrink' },
      },
      (given, want) => {
        const w = edited(two, { database: { backups: { repos: given } } });
        const answer = syncOf(w);
        assert.equal(said(answer, 'Stalled'), want === undefined ? 'False NotStalled' : 'True InvalidSpec');
        if (want === undefined) assert.equal(sent(w).repos.length, given.length);
        else {
          assert.ok(conditionOf(answer, 'Stalled')?.message.includes(want));
          assert.deepEqual(sent(w), sent(two));
        }
      },
    );
  });

  it('forgets the settings of a bucket that left the spec', () => {
    const w = ready(
      having([
        { name: 'repo1', volume: { size: '10Gi' } },
        { name: 'repo2', s3 },
      ]),
    );
    const left = edited(w, { database: { backups: { repos: [{ name: 'repo1', volume: { size: '10Gi' } }] } } });
    assert.deepEqual(
      Object.keys(sent(left).global).filter((key) => key.startsWith('repo2')),
      [],
    );
    assert.deepEqual(sent(carriedOut(left)), sent(left));
  });
});
