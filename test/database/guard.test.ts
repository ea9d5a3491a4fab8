import { strict as assert } from 'node:assert';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { created, migrating, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { namespace, recorded, reporting, withoutRelated, withRelated } from '../support/upgrades.ts';
import {
  bestie,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  type Loose,
  manifestOf,
  NAMESPACE,
  overlaid,
  patched,
  said,
  syncOf,
  UID,
  world,
  type World,
} from '../support/world.ts';

const own = { apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name: 'bestie', uid: UID, controller: true, blockOwnerDeletion: true };
const guard = { apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE, uid: namespace().metadata.uid };

const having = (deletionPolicy: string, spec: Loose = {}): World => withRelated(world({ deletionPolicy, ...spec }), namespace());
const bucket = { database: { backups: { repos: [{ name: 'repo1', gcs: { bucket: 'b' } }] } } };
const owners = (w: World): unknown => manifestOf(syncOf(w), 'PostgresCluster')?.metadata.ownerReferences;
const guarded = (w: World): string | undefined => said(syncOf(w), 'DatabaseGuarded');
/** The Bestie has the name of its Namespace. */
const namesake = (deletionPolicy: string): World => ({
  ...having(deletionPolicy),
  parent: bestie({ deletionPolicy }, { name: NAMESPACE }),
});
const unseen = (w: World): World => withoutRelated(w, NAMESPACE);
const kept = ready(having('Retain'));
const external = { sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'one' } };

describe('database/guard', () => {
  describe('the owners of the database', () => {
    each<World, object[] | undefined>(
      {
        Delete: { reason: 'it goes with the Bestie', given: having('Delete'), want: [own] },
        Retain: { reason: 'it outlives a deletion that asks no hook', given: having('Retain'), want: [own, guard] },
        Backup: { reason: 'it outlives it until it is backed up', given: having('BackupThenDelete', bucket), want: [own, guard] },
        Existing: { reason: 'at every sync', given: kept, want: [own, guard] },
        SwitchedOn: {
          reason: 'the policy may change',
          given: edited(ready(having('Delete')), { deletionPolicy: 'Retain' }),
          want: [own, guard],
        },
        SwitchedOff: { reason: 'the policy may change', given: edited(kept, { deletionPolicy: 'Delete' }), want: [own] },
        UnknownNew: { reason: 'nothing could guard it: it is not created', given: unseen(having('Retain')), want: undefined },
        UnknownDelete: { reason: 'it needs none', given: unseen(having('Delete')), want: [own] },
        UnknownExisting: { reason: 'what was applied stays', given: unseen(kept), want: [own, guard] },
        UnknownUnguarded: {
          reason: 'there was none',
          given: unseen(edited(ready(having('Delete')), { deletionPolicy: 'Retain' })),
          want: [own],
        },
        UnknownSwitchedOff: { reason: 'none is wanted any more', given: edited(unseen(kept), { deletionPolicy: 'Delete' }), want: [own] },
        UnknownAdopted: {
          reason: 'one that nothing was applied to yet keeps the one that it carries',
          given: patched(unseen(kept), 'PostgresCluster', { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } } }),
          want: [own, guard],
        },
        NoUid: {
          reason: 'a Namespace without a uid is none',
          given: withRelated(unseen(kept), namespace({ metadata: { uid: null } })),
          want: [own, guard],
        },
        Namesake: {
          reason: 'two owners of one name would be merged into one',
          given: namesake('Retain'),
          want: [{ ...own, name: NAMESPACE }],
        },
        RemovedByHand: {
          reason: 'it is put back',
          given: patched(kept, 'PostgresCluster', { metadata: { ownerReferences: [own] } }),
          want: [own, guard],
        },
      },
      (given, want) => {
        assert.deepEqual(owners(given), want);
      },
    );

    it('are kept while the spec is not acceptable', () => {
      assert.deepEqual(owners(edited(kept, { size: 0 })), [own, guard]);
    });

    it('are kept while the spec is not acceptable by a database that was adopted, with the new Bestie in place of the former', () => {
      const former = { ...own, uid: 'former' };
      const adopted = recorded(kept, 'PostgresCluster', { metadata: { ownerReferences: [former, guard] } });
      assert.deepEqual(owners(edited(adopted, { size: 0 })), [own, guard]);
    });
  });

  describe('DatabaseGuarded', () => {
    const bare = (w: World): World => patched(w, 'PostgresCluster', { metadata: { ownerReferences: [own] } });
    each<World, string | undefined>(
      {
        Delete: { reason: 'none is wanted', given: ready(having('Delete')), want: undefined },
        SwitchedOff: { reason: 'none is wanted any more', given: edited(kept, { deletionPolicy: 'Delete' }), want: undefined },
        External: { reason: 'nothing of ours to guard', given: having('Retain', external), want: undefined },
        New: { reason: 'nothing to guard yet', given: having('Retain'), want: undefined },
        Guarded: { reason: 'seen on the database', given: kept, want: 'True Guarded' },
        Created: { reason: 'in the write that created it', given: created(having('Retain')), want: 'True Guarded' },
        Guarding: { reason: 'it is being added', given: bare(kept), want: 'False Guarding' },
        Backup: { reason: 'the same', given: ready(having('BackupThenDelete', bucket)), want: 'True Guarded' },
        Unknown: { reason: 'Metacontroller does not show it', given: unseen(having('Retain')), want: 'False NamespaceUnknown' },
        UnknownExisting: { reason: 'the same', given: unseen(kept), want: 'False NamespaceUnknown' },
        Namesake: { reason: 'it is impossible', given: namesake('Retain'), want: 'False NameEqualsNamespace' },
        NamesakeDelete: { reason: 'none is wanted', given: namesake('Delete'), want: undefined },
        Nulls: {
          reason: 'nulls are normal input',
          given: patched(kept, 'PostgresCluster', { metadata: { ownerReferences: [{ kind: 'Namespace', uid: null }] } }),
          want: 'False Guarding',
        },
      },
      (given, want) => {
        assert.equal(guarded(given), want);
      },
    );

    it('says what a Bestie with the name of its Namespace risks', () => {
      assert.match(
        conditionOf(syncOf(namesake('Retain')), 'DatabaseGuarded')?.message ?? '',
        /both named pets, .*create the Bestie under another name$/,
      );
      assert.deepEqual(manifestOf(syncOf(namesake('Retain')), 'PostgresCluster')?.metadata.name, 'pets-pgo');
    });

    it('leaves Ready alone', () => {
      for (const w of [bare(kept), unseen(kept), ready(namesake('Retain'))]) assert.equal(said(syncOf(w), 'Ready'), 'True AllReady');
    });
  });

  describe('a database that cannot be guarded yet', () => {
    it('is not created, nor what needs it, and a condition reports that', () => {
      const answer = syncOf(unseen(having('Retain')));
      assert.deepEqual(answer.children, []);
      assert.deepEqual([said(answer, 'DatabaseReady'), said(answer, 'Stalled')], ['False NamespaceUnknown', 'False NotStalled']);
    });

    it('is created once the Namespace is shown', () => {
      const w = carriedOut(unseen(having('Retain')));
      assert.deepEqual(owners(withRelated(w, namespace())), [own, guard]);
    });

    it('lives on where it exists, with everything that needs it', () => {
      for (const w of [usable(having('Retain')), migrating(having('Retain')), kept])
        assert.deepEqual(
          syncOf(unseen(w)).children.map(({ kind }) => kind),
          syncOf(w).children.map(({ kind }) => kind),
        );
    });
  });

  it('costs no write while nothing changes', () => {
    assert.deepEqual(owners(carriedOut(kept)), owners(kept));
    const live = childOf(carriedOut(kept), 'PostgresCluster');
    assert.deepEqual(overlaid(live, {}).metadata.ownerReferences, [own, guard]);
    assert.deepEqual(syncOf(reporting(carriedOut(kept), 'PostgresCluster', live.status)).children, syncOf(kept).children);
  });
});
