import { strict as assert } from 'node:assert';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { annotations } from '../../src/api/names.ts';
import type { PostgresClusterSpec } from '../../src/database/crunchy/types.ts';
import { jobStatus, migrating, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { deleted, namespace, onlyDatabase, recorded, reporting, withRelated } from '../support/upgrades.ts';
import {
  applied,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  finalizeOf,
  type Loose,
  manifestOf,
  NAMESPACE,
  NOW,
  observe,
  overlaid,
  patched,
  said,
  syncOf,
  UID,
  without,
  world,
  type World,
} from '../support/world.ts';
import { kinds } from '../../src/api/kinds.ts';
import { policyOf } from '../../src/decide/deletion.ts';

const s3 = { bucket: 'backups', endpoint: 's3.example', region: 'eu' };
const repos = [
  { name: 'repo1', volume: { size: '10Gi' } },
  { name: 'repo2', s3 },
];
const capable = [
  { name: 'repo1', stanzaCreated: true },
  { name: 'repo2', stanzaCreated: true },
];
const inNamespace = (spec: Loose, patch: Loose = {}): World => withRelated(world(spec), namespace(patch));
const terminating = { metadata: { deletionTimestamp: NOW } };

/** A Bestie with that policy, at work; and the same with its database alone, being deleted. */
const having = (deletionPolicy: string, spec: Loose = {}): World => ready(inNamespace({ deletionPolicy, ...spec }));
const withBucket = (): World =>
  patched(having('BackupThenDelete', { database: { backups: { repos } } }), 'PostgresCluster', {
    status: { pgbackrest: { repos: capable } },
  });
const alone = (w: World): World => deleted({ ...onlyDatabase(w), related: w.related.filter(({ kind }) => kind !== 'Pod') });
const final = alone(withBucket());
const database = (w: World) => manifestOf(finalizeOf(w), 'PostgresCluster');
const manual = (w: World) => (database(w)?.spec as PostgresClusterSpec | undefined)?.backups.pgbackrest.manual;
const armedId = (w: World) => database(w)?.metadata.annotations?.[BACKUP_ANNOTATION];
const owners = (w: World) => (database(w)?.metadata.ownerReferences as { kind: string }[] | undefined)?.map(({ kind }) => kind);
const kept = (w: World) => finalizeOf(w).children.map(({ kind }) => kind);
const blocked = (w: World) => said(finalizeOf(w), 'DeletionBlocked');
const going = (w: World): World => ({
  ...w,
  related: w.related.map((each) => (each.kind === 'Namespace' ? overlaid(each, terminating) : each)),
});

describe('decide/deletion', () => {
  describe('the policy', () => {
    each<unknown, string>(
      {
        Delete: { reason: 'readable', given: { size: 1, deletionPolicy: 'Delete' }, want: 'Delete' },
        Unset: { reason: 'the default of the API', given: { size: 1 }, want: 'Delete' },
        Backup: {
          reason: 'readable, although no repository could take it',
          given: { size: 1, deletionPolicy: 'BackupThenDelete' },
          want: 'BackupThenDelete',
        },
        Retain: { reason: 'readable', given: { size: 1, deletionPolicy: 'Retain' }, want: 'Retain' },
        RetainInvalid: {
          reason: 'readable in a spec that is not acceptable',
          given: { size: 0, deletionPolicy: 'Retain' },
          want: 'Retain',
        },
        DeleteInvalid: {
          reason: 'readable in a spec that is not acceptable',
          given: { size: 0, deletionPolicy: 'Delete' },
          want: 'Delete',
        },
        Unknown: { reason: 'unreadable must not cost the data', given: { size: 1, deletionPolicy: 'Keep' }, want: 'Retain' },
        Number: { reason: 'unreadable must not cost the data', given: { size: 1, deletionPolicy: 7 }, want: 'Retain' },
      },
      (given, want) => {
        const w = ready();
        assert.equal(policyOf(observe({ ...w, parent: { ...w.parent, spec: given } })), want);
      },
    );
  });

  describe('takes the application down first, whatever becomes of the database', () => {
    for (const policy of ['Delete', 'BackupThenDelete', 'Retain']) {
      it(policy, () => {
        const w = deleted(having(policy, policy === 'BackupThenDelete' ? { database: { backups: { repos } } } : {}));
        assert.deepEqual(kept(w), ['PostgresCluster']);
        assert.deepEqual([armedId(w), owners(w)], [undefined, policy === 'Delete' ? ['Bestie'] : ['Bestie', 'Namespace']]);
        assert.equal(finalizeOf(w).finalized, undefined);
      });
    }

    it('a migration is waited for, and its database stays guarded', () => {
      const w = deleted(migrating(inNamespace({ deletionPolicy: 'Retain' })));
      assert.ok(kept(w).includes('Job') && kept(w).includes('PostgresCluster'));
      assert.deepEqual(owners(w), ['Bestie', 'Namespace']);
    });

    it('names what stays because of a finalizer, with its key', () => {
      const w = deleted(patched(having('Retain'), 'Service', { metadata: { deletionTimestamp: NOW, finalizers: ['example.com/lb'] } }));
      assert.match(conditionOf(finalizeOf(w), 'Ready')?.message ?? '', /Service bestie-service \(kept by finalizer example\.com\/lb\)/);
      assert.deepEqual(kept(w), ['PostgresCluster']);
    });
  });

  it('Delete then deletes the database, without a backup', () => {
    assert.deepEqual([kept(alone(having('Delete'))), blocked(alone(having('Delete')))], [[], 'False NothingBlocks']);
  });

  describe('Retain releases the database', () => {
    const own = { apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name: 'bestie', uid: UID, controller: true, blockOwnerDeletion: true };
    const guard = { apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE, uid: namespace().metadata.uid };
    const w = alone(having('Retain'));
    each<World, object[] | undefined>(
      {
        Guarded: { reason: 'applied with the Bestie: left out now, the guard stays', given: w, want: [guard] },
        Unguarded: {
          reason: 'nothing is left',
          given: recorded(w, 'PostgresCluster', { metadata: { ownerReferences: [own] } }),
          want: undefined,
        },
        NeverApplied: {
          reason: 'never applied with the Bestie: that comes first',
          given: recorded(w, 'PostgresCluster', { metadata: { ownerReferences: undefined } }),
          want: [own],
        },
        GuardAlone: {
          reason: 'the same',
          given: recorded(w, 'PostgresCluster', { metadata: { ownerReferences: [guard] } }),
          want: [own, guard],
        },
        NoRecord: {
          reason: 'an adopted one that nothing was applied to yet',
          given: patched(w, 'PostgresCluster', { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } } }),
          want: [own],
        },
        Invalid: { reason: 'a spec that is not acceptable changes nothing about it', given: edited(w, { size: 0 }), want: [guard] },
        Unreadable: {
          reason: 'a policy that cannot be read is this one',
          given: edited(alone(having('Delete')), { deletionPolicy: 'Keep' }),
          want: undefined,
        },
      },
      (given, want) => {
        const answer = finalizeOf(given);
        assert.deepEqual(database(given)?.metadata.ownerReferences, want);
        assert.equal(answer.finalized, undefined);
        assert.equal(said(answer, 'DeletionBlocked'), 'False NothingBlocks');
      },
    );

    it('and changes nothing else about it', () => {
      const { metadata, ...rest } = JSON.parse(childOf(w, 'PostgresCluster').metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '') as {
        metadata: Loose;
      };
      const { metadata: sent, ...others } = database(w) ?? { metadata: {} };
      assert.deepEqual(others, rest);
      assert.deepEqual((sent as Loose).annotations, metadata.annotations);
    });

    it('and requests no backup that was requested before', () => {
      const asked = carriedOut(edited(having('Retain'), { database: { backups: { onDemand: 'x' } } }));
      assert.notEqual(childOf(asked, 'PostgresCluster').metadata.annotations?.[BACKUP_ANNOTATION], undefined);
      const notes = database(alone(asked))?.metadata.annotations ?? {};
      assert.deepEqual([notes[BACKUP_ANNOTATION], notes[annotations.armedAt], manual(alone(asked))], [undefined, undefined, undefined]);
    });

    it('and lets the Bestie go once it is no longer among the children', () => {
      const answer = finalizeOf({ ...w, children: [] });
      assert.deepEqual([answer.children, answer.finalized], [[], true]);
    });

    it('and stops at a policy that was changed just before: that one counts', () => {
      assert.deepEqual(kept(edited(w, { deletionPolicy: 'Delete' })), []);
      assert.deepEqual(owners(edited(alone(having('Delete')), { deletionPolicy: 'Retain' })), undefined);
    });
  });

  describe('a namespace that goes', () => {
    for (const policy of ['Retain', 'BackupThenDelete']) {
      it(`takes the database with it under ${policy}: nothing could be kept or backed up there`, () => {
        const w = policy === 'Retain' ? alone(having(policy)) : final;
        assert.deepEqual([kept(going(w)), blocked(going(w))], [[], 'False NothingBlocks']);
      });
    }

    it('takes a protected Bestie with it', () => {
      assert.deepEqual(kept(going(deleted(having('Retain', { deletionProtection: true })))), ['PostgresCluster']);
    });
  });

  describe('a protected Bestie', () => {
    const w = deleted(having('Delete', { deletionProtection: true }));

    it('keeps everything, and shows how to let it go', () => {
      const answer = finalizeOf(w);
      assert.deepEqual(
        kept(w),
        w.children.map(({ kind }) => kind),
      );
      assert.equal(answer.finalized, undefined);
      assert.equal(said(answer, 'DeletionBlocked'), 'True DeletionProtected');
      assert.match(
        conditionOf(answer, 'DeletionBlocked')?.message ?? '',
        /kubectl -n pets patch bestie bestie --type merge -p '\{"spec":\{"deletionProtection":false\}\}'$/,
      );
      assert.deepEqual(kept(edited(w, { deletionProtection: false })), ['PostgresCluster']);
    });

    it('keeps everything under a spec that is not acceptable, answer for answer', () => {
      const invalid = edited(w, { size: 0 });
      assert.deepEqual(
        kept(invalid),
        w.children.map(({ kind }) => kind),
      );
      const next = carriedOut(invalid, finalizeOf(invalid));
      assert.deepEqual(finalizeOf(next).status.conditions.filter(({ type }) => type === 'DeletionBlocked').length, 1);
    });
  });

  it('keeps every database that it was shown, whatever its name', () => {
    const w = having('Retain');
    const manifest = manifestOf(finalizeOf(alone(w)), 'PostgresCluster');
    const other = applied({ ...manifest, metadata: { ...manifest?.metadata, name: 'other-pgo' } } as never, w);
    const both = deleted({ ...w, children: [...w.children, other] });
    assert.deepEqual(
      finalizeOf(both)
        .children.map(({ metadata }) => metadata.name)
        .sort(),
      ['bestie-pgo', 'other-pgo'],
    );
  });

  describe('a database of another name, which a person labelled with the uid of this Bestie, is given back', () => {
    for (const policy of ['Delete', 'BackupThenDelete', 'Retain']) {
      it(`under ${policy}, before the Bestie goes`, () => {
        const w = having(policy, { database: { backups: { repos } } });
        const manifest = manifestOf(syncOf(w), 'PostgresCluster');
        const other = applied({ ...manifest, metadata: { ...manifest?.metadata, name: 'other-pgo' } } as never, w);
        const given = finalizeOf(deleted({ ...w, children: [other], related: [namespace()] }));
        assert.deepEqual([given.children.map(({ metadata }) => metadata.name), given.finalized], [['other-pgo'], undefined]);
        const left = (given.children[0]?.metadata.ownerReferences ?? []) as { kind: string }[];
        assert.deepEqual(
          left.map(({ kind }) => kind),
          policy === 'Delete' ? [] : ['Namespace'],
        );
        assert.equal(finalizeOf(deleted({ ...w, children: [], related: [namespace()] })).finalized, true);
      });
    }

    it('without a request for a backup, also by a Bestie whose own database is an external one', () => {
      const w = having('Retain', { database: { backups: { repos } } });
      const { metadata, spec } = manifestOf(syncOf(w), 'PostgresCluster') ?? { metadata: { name: '' } };
      const asked = { [BACKUP_ANNOTATION]: 'on-demand.x.00000000.g1.a1', [annotations.armedAt]: NOW };
      const pgbackrest = { manual: { repoName: 'repo1', options: [] } };
      const manifest = {
        apiVersion: kinds.postgresCluster.apiVersion,
        kind: 'PostgresCluster',
        metadata: { ...metadata, name: 'other-pgo', annotations: { ...metadata.annotations, ...asked } },
        spec: overlaid(spec as Loose, { backups: { pgbackrest } }),
      };
      const external = {
        spec: { sessionSecret: { name: 'session' }, database: { provider: 'External', secretName: 'database', backups: null } },
      };
      const parent = overlaid(w.parent, external);
      const [given] = finalizeOf(deleted({ ...w, parent, children: [applied(manifest, w)], related: [namespace()] })).children;
      assert.equal(given?.metadata.name, 'other-pgo');
      assert.deepEqual(
        Object.keys(given.metadata.annotations ?? {}).filter((key) => key in asked),
        [],
      );
      assert.equal((given.spec as { backups: { pgbackrest: { manual?: object } } }).backups.pgbackrest.manual, undefined);
    });
  });

  it('makes nothing, and lets go of a Bestie without a database', () => {
    for (const policy of ['Delete', 'BackupThenDelete', 'Retain']) {
      const w = deleted({ ...having(policy, { database: { backups: { repos } } }), children: [] });
      assert.deepEqual([kept(w), finalizeOf(w).finalized], [[], true]);
    }
    const gone = deleted(without(usable(inNamespace({ deletionPolicy: 'Retain' })), 'PostgresCluster'));
    assert.deepEqual(kept(reporting(gone, 'Job', jobStatus.complete)), []);
  });
});
