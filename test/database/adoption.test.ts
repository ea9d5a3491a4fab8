import { strict as assert } from 'node:assert';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { NEW, fresh, guard, own, released } from '../support/released.ts';
import { each } from '../support/table.ts';
import { later, namespace, withRelated } from '../support/upgrades.ts';
import { carriedOut, conditionOf, type Loose, NOW, observe, overlaid, said, syncOf, UID, world, type World } from '../support/world.ts';

/** The sizes of its volumes as numbers, 5Gi and 10Gi, and no record of what was applied. */
function numbered(database: KubeObject): KubeObject {
  const claim = (storage: number): Loose => ({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } });
  const { spec } = database as { spec: { backups: { pgbackrest: { repos: Loose[] } } } };
  const [repository] = spec.backups.pgbackrest.repos;
  return overlaid(database, {
    metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } },
    spec: {
      instances: [{ name: 'pg', replicas: 1, dataVolumeClaimSpec: claim(5 * 2 ** 30) }],
      backups: { pgbackrest: { repos: [{ ...repository, volume: { volumeClaimSpec: claim(10 * 2 ** 30) } }] } },
    },
  });
}

const message = (w: World): string => conditionOf(syncOf(w), 'DatabaseReady')?.message ?? '';
const LABEL = `kubectl -n pets label postgrescluster bestie-pgo --overwrite controller-uid=${NEW}`;

describe('database/adoption', () => {
  it('a database of the name that another owner has does not decide who provides this one', () => {
    const external = { provider: 'External', secretName: 'theirs' };
    assert.equal(observe(fresh({ database: external })).provider.kind, undefined);
    assert.equal(observe(fresh()).provider.kind?.kind, 'PostgresCluster');
  });

  describe('a database of the wanted name that is there already', () => {
    const differs = [16, { name: 'other' }];
    const foreign = { kind: 'Bestie', name: 'former', uid: UID, controller: true };
    each<World, string>(
      {
        None: { reason: 'it is made', given: withRelated(world({ deletionPolicy: 'Retain' }), namespace()), want: 'False Provisioning' },
        Free: { reason: 'it has no owner', given: fresh(), want: 'False DatabaseNotAttached' },
        FreeDelete: {
          reason: 'whatever the policy of the new one is',
          given: fresh({ deletionPolicy: 'Delete' }),
          want: 'False DatabaseNotAttached',
        },
        BytesAsNumbers: {
          reason: 'a size as a number is the same size: it was not made by this operator',
          given: fresh({}, numbered(released())),
          want: 'False DatabaseNotAttached',
        },
        Unguarded: {
          reason: 'the same without any owner',
          given: fresh({}, overlaid(released(), { metadata: { ownerReferences: undefined } })),
          want: 'False DatabaseNotAttached',
        },
        NullOwners: {
          reason: 'nulls are normal input',
          given: fresh({}, overlaid(released(), { metadata: { ownerReferences: null } })),
          want: 'False DatabaseNotAttached',
        },
        NamespaceUnknown: {
          reason: 'it is reported first',
          given: { ...fresh(), related: [released()] },
          want: 'False DatabaseNotAttached',
        },
        NoRecord: {
          reason: 'one that no Bestie made',
          given: fresh({}, overlaid(released(), { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } } })),
          want: 'False DatabaseNotAttached',
        },
        Postgres: {
          reason: 'another major version',
          given: fresh({ database: { postgresVersion: differs[0] } }),
          want: 'False DatabaseDiffers',
        },
        Storage: { reason: 'a smaller volume', given: fresh({ database: { storage: { size: '1Gi' } } }), want: 'False DatabaseDiffers' },
        Class: {
          reason: 'another storage class',
          given: fresh({ database: { storage: { className: 'fast' } } }),
          want: 'False DatabaseDiffers',
        },
        Repository: {
          reason: 'its repository would be deleted',
          given: fresh({ database: { backups: { repos: [{ name: 'repo2', gcs: { bucket: 'b' } }] } } }),
          want: 'False DatabaseDiffers',
        },
        Instances: {
          reason: 'its instances would be deleted',
          given: fresh(
            {},
            overlaid(released(), {
              metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } },
              spec: { instances: [{ name: 'other' }] },
            }),
          ),
          want: 'False DatabaseDiffers',
        },
        Taken: {
          reason: 'it has another owner',
          given: fresh({}, overlaid(released(), { metadata: { ownerReferences: [foreign, guard] } })),
          want: 'False DatabaseTaken',
        },
        TakenAndDiffers: {
          reason: 'that it has another owner comes first',
          given: fresh({ database: { postgresVersion: 16 } }, overlaid(released(), { metadata: { ownerReferences: [foreign] } })),
          want: 'False DatabaseTaken',
        },
        Terminating: {
          reason: 'it goes, and the next one is made',
          given: fresh({}, overlaid(released(), { metadata: { deletionTimestamp: NOW, ownerReferences: [foreign] } })),
          want: 'False Deleting',
        },
      },
      (given, want) => {
        const answer = syncOf(given);
        assert.equal(said(answer, 'DatabaseReady'), want);
        const isFree = want === 'False Provisioning';
        assert.deepEqual(
          answer.children.map(({ kind }) => kind),
          isFree ? ['PostgresCluster'] : [],
        );
        const stalls = !isFree && want !== 'False Deleting';
        assert.equal(said(answer, 'Stalled'), stalls ? want.replace('False', 'True') : 'False NotStalled');
        assert.equal(answer.resyncAfterSeconds, isFree ? 120 : undefined);
      },
    );

    it('is reported with the one command to type', () => {
      assert.equal(message(fresh()), `PostgresCluster bestie-pgo exists and has no owner; to attach it with its data: ${LABEL}`);
    });

    it('is reported with the differences instead, each of them', () => {
      const w = fresh({ database: { postgresVersion: 16, storage: { size: '1Gi' } } });
      assert.match(
        message(w),
        /differs from the spec: the major version of Postgres cannot be changed; the volume of a database cannot shrink\. It has Postgres 17, a volume of 5Gi, repositories repo1 on a volume; change the spec/,
      );
      assert.doesNotMatch(message(w), /kubectl/);
    });

    it('is reported with its owner instead', () => {
      const owner = { kind: 'Helm', name: 'chart', uid: 'x', controller: true };
      assert.match(
        message(fresh({}, overlaid(released(), { metadata: { ownerReferences: [owner] } }))),
        /belongs to Helm chart; create this Bestie under another name$/,
      );
    });

    it('is no difference where the rule is broken anyway', () => {
      const w = fresh({ size: 0 });
      assert.deepEqual([said(syncOf(w), 'Stalled'), syncOf(w).children], ['True InvalidSpec', []]);
    });

    it('means nothing to a Bestie with an external database', () => {
      const spec = { sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'one' } };
      assert.equal(said(syncOf(fresh(spec)), 'DatabaseReady'), 'Unknown ExternallyManaged');
    });

    it('of another name, or another namespace, does not matter', () => {
      for (const patch of [{ metadata: { name: 'other-pgo' } }, { metadata: { namespace: 'elsewhere' } }])
        assert.deepEqual(
          syncOf(fresh({}, overlaid(released(), patch))).children.map(({ kind }) => kind),
          ['PostgresCluster'],
        );
    });

    it('of this very Bestie that only is not shown as a child is requested', () => {
      const w = fresh({}, overlaid(released(), { metadata: { ownerReferences: [own, guard] } }));
      assert.deepEqual(
        syncOf(w).children.map(({ kind }) => kind),
        ['PostgresCluster'],
      );
    });

    it('is neither removed nor written while it waits, however long', () => {
      const w = later(carriedOut(fresh()), 86_400);
      assert.deepEqual([syncOf(w).children, said(syncOf(w), 'DatabaseReady')], [[], 'False DatabaseNotAttached']);
    });
  });
});
