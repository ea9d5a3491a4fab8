import { databaseReadiness } from '../../../src/database/crunchy/readiness.ts';
import { strict as assert } from 'node:assert';
import type { PostgresClusterSpec } from '../../../src/database/crunchy/types.ts';
import { LAST_APPLIED_ANNOTATION } from '../../../src/observed/lastapplied.ts';
import { annotations } from '../../../src/api/names.ts';
import { created, pgoStatus, usable } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import {
  ago,
  childOf,
  manifestOf,
  NOW,
  decided,
  overlaid,
  patched,
  syncOf,
  UID,
  world,
  type Loose,
  type World,
} from '../../support/world.ts';

const database = (w: World) => {
  const manifest = manifestOf(syncOf(w), 'PostgresCluster');
  assert.ok(manifest);
  return manifest;
};
const path = (w: World): string | undefined => (database(w).spec as PostgresClusterSpec).backups.pgbackrest.global['repo1-path'];

/** The world in which this was applied to the database, and nothing else. */
const appliedOnly = (w: World, patch: Loose): World => {
  const record = JSON.parse(childOf(w, 'PostgresCluster').metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '') as Loose;
  return patched(w, 'PostgresCluster', {
    metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: JSON.stringify(overlaid(record, patch)) } },
  });
};

describe('database/crunchy/spec', () => {
  it('asks for the database that the application needs', () => {
    const { metadata, spec } = database(world());
    assert.equal(metadata.name, 'bestie-pgo');
    assert.equal(metadata.annotations?.['postgres-operator.crunchydata.com/autoCreateUserSchema'], 'true');
    assert.deepEqual(spec, {
      postgresVersion: 17,
      instances: [
        { name: 'pg', replicas: 1, dataVolumeClaimSpec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } } },
      ],
      users: [{ name: 'bestie', databases: ['bestie'], password: { type: 'AlphaNumeric' } }],
      backups: {
        pgbackrest: {
          global: { 'repo1-path': '/pgbackrest/repo1/6f1c0de5', 'repo1-retention-full': '14', 'repo1-retention-full-type': 'time' },
          repos: [
            {
              name: 'repo1',
              schedules: { full: '0 1 * * 0', incremental: '0 1 * * 1-6' },
              volume: { volumeClaimSpec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } } },
            },
          ],
        },
      },
    });
  });

  it('follows the spec', () => {
    const { spec } = database(world({ database: { postgresVersion: 16, replicas: 3, storage: { size: '20Gi', className: 'fast' } } }));
    const { postgresVersion, instances, backups } = spec as PostgresClusterSpec;
    assert.equal(postgresVersion, 16);
    const claim = (storage: string) => ({ accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage } } });
    assert.deepEqual(instances, [{ name: 'pg', replicas: 3, dataVolumeClaimSpec: claim('20Gi') }]);
    assert.deepEqual(
      backups.pgbackrest.repos.map(({ volume }) => volume?.volumeClaimSpec),
      [claim('10Gi')],
    );
  });

  it('writes the facts about the database in the same write that creates it', () => {
    const { annotations: facts } = database(world()).metadata;
    assert.equal(facts?.[annotations.migrated], '[]');
    assert.equal(facts[annotations.incarnation], UID.slice(0, 8));
  });

  it("sends the Bestie's own ownerReference, complete, so that it can be left out one day", () => {
    assert.deepEqual(database(world()).metadata.ownerReferences, [
      { apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name: 'bestie', uid: UID, controller: true, blockOwnerDeletion: true },
    ]);
  });

  describe('the repository path', () => {
    const elsewhere = { spec: { backups: { pgbackrest: { global: { 'repo1-path': '/pgbackrest/repo1/elsewhere' } } } } };
    const nowhere = { spec: { backups: undefined } };
    each<World, string>(
      {
        New: { reason: 'below the mount of the volume, with the uid of the creator', given: world(), want: '/pgbackrest/repo1/6f1c0de5' },
        Kept: {
          reason: 'what was applied is applied again',
          given: appliedOnly(created(), elsewhere),
          want: '/pgbackrest/repo1/elsewhere',
        },
        Drift: {
          reason: 'a live path that a person changed is repaired',
          given: patched(created(), 'PostgresCluster', elsewhere),
          want: '/pgbackrest/repo1/6f1c0de5',
        },
        LiveOnly: {
          reason: 'the backups of an adopted database stay where they are',
          given: appliedOnly(patched(created(), 'PostgresCluster', elsewhere), nowhere),
          want: '/pgbackrest/repo1/elsewhere',
        },
        Attached: {
          reason: "the path of a database that another Bestie created carries that one's uid",
          given: patched(created(), 'PostgresCluster', {
            ...nowhere,
            metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined, [annotations.incarnation]: 'deadbeef' } },
          }),
          want: '/pgbackrest/repo1/deadbeef',
        },
        Nulls: {
          reason: 'nulls are normal input',
          given: appliedOnly(patched(created(), 'PostgresCluster', { spec: null }), { spec: { backups: { pgbackrest: null } } }),
          want: '/pgbackrest/repo1/6f1c0de5',
        },
      },
      (given, want) => {
        assert.equal(path(given), want);
      },
    );
  });

  describe('readyWhen', () => {
    const at = (seconds: number, status: unknown): World =>
      patched(created(), 'PostgresCluster', { metadata: { creationTimestamp: ago(seconds) }, status });
    each<World, [status: string, reason: string, recheck?: number]>(
      {
        JustCreated: { reason: 'the database operator gets five minutes', given: at(10, undefined), want: ['False', 'Provisioning', 290] },
        Unseen: {
          reason: 'PGO does not act on it: no watch will report that',
          given: at(300, undefined),
          want: ['False', 'NotReconciled'],
        },
        UnseenNull: { reason: 'nulls are normal input', given: at(301, null), want: ['False', 'NotReconciled'] },
        Seen: { reason: 'it works on it', given: at(600, pgoStatus.seen), want: ['False', 'Provisioning', 300] },
        SeenLong: { reason: 'a quarter of an hour is a fault', given: at(900, pgoStatus.seen), want: ['False', 'ProvisioningStuck'] },
        Initialised: { reason: 'the SQL has not run yet', given: at(899, pgoStatus.initialised), want: ['False', 'Provisioning', 1] },
        InitialisedLong: { reason: 'nor does it', given: at(3000, pgoStatus.initialised), want: ['False', 'ProvisioningStuck'] },
        Usable: { reason: 'role and database exist', given: at(3000, pgoStatus.usable), want: ['True', 'Usable'] },
        NoAge: {
          reason: 'without a creation time the clock begins now',
          given: patched(created(), 'PostgresCluster', { metadata: { creationTimestamp: null }, status: undefined }),
          want: ['False', 'Provisioning', 300],
        },
      },
      (given, want) => {
        const { status, reason, message, recheckAfterSeconds } = databaseReadiness(childOf(given, 'PostgresCluster'), decided(given));
        assert.deepEqual([status, reason, ...(recheckAfterSeconds === undefined ? [] : [recheckAfterSeconds])], want);
        assert.ok(message.includes('bestie-pgo'));
      },
    );
  });

  it('is sent while it is being deleted, as it is', () => {
    const w = patched(usable(), 'PostgresCluster', { metadata: { deletionTimestamp: NOW } });
    assert.deepEqual(database(w), database(usable()));
  });
});
