import { strict as assert } from 'node:assert';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { annotations, requests } from '../../src/api/names.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import type { PostgresClusterSpec } from '../../src/database/crunchy/types.ts';
import { backup, jobStatus, pgoStatus } from '../support/stages.ts';
import { NEW, fresh, guard, own, released } from '../support/released.ts';
import {
  A,
  annotated,
  armedBy,
  B,
  image,
  imageOf,
  jobsOf,
  later,
  migrates,
  reporting,
  desiredImage,
  upgradeOf,
} from '../support/upgrades.ts';
import {
  bestie,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  type Loose,
  manifestOf,
  overlaid,
  overlays,
  patched,
  said,
  syncOf,
  UID,
  type World,
} from '../support/world.ts';

/** The very sync in which Metacontroller adopts it: the cached copy, without an owner, is in both maps. */
const adopting = (spec: Loose = {}, database: KubeObject = released(), patch: Loose = {}): World => {
  const labelled = overlaid(database, { metadata: { labels: { 'controller-uid': NEW }, ...patch } });
  return { ...fresh(spec, labelled), children: [labelled] };
};
const attached = (spec: Loose = {}, database?: KubeObject): World => carriedOut(carriedOut(adopting(spec, database)));

const database = (w: World) => manifestOf(syncOf(w), 'PostgresCluster');
const backups = (w: World) => (database(w)?.spec as PostgresClusterSpec).backups.pgbackrest;

describe('database/adoption of a database that was labelled', () => {
  describe('once it is labelled', () => {
    it('is returned as ours in the very sync in which the unowned copy is in both maps', () => {
      const w = adopting();
      assert.equal(syncOf(w).children.filter(({ kind }) => kind === 'PostgresCluster').length, 1);
      assert.deepEqual(database(w)?.metadata.ownerReferences, [own, guard]);
      assert.equal(said(syncOf(w), 'DatabaseReady'), 'True Usable');
    });

    it('is returned without any owner in the cache, too', () => {
      const w = adopting({}, released(), { ownerReferences: null });
      assert.deepEqual(database(w)?.metadata.ownerReferences, [own, guard]);
    });

    it('keeps its repository path and the name of its creation', () => {
      for (const w of [adopting(), attached()]) {
        assert.equal(backups(w).global['repo1-path'], `/pgbackrest/repo1/${UID.slice(0, 8)}`);
        assert.equal(database(w)?.metadata.annotations?.[annotations.incarnation], UID.slice(0, 8));
      }
    });

    it('runs no migration that it has, and needs no backup', () => {
      const w = attached();
      assert.deepEqual([jobsOf(w), desiredImage(w), upgradeOf(w), armedBy(w)], [[], A, undefined, undefined]);
      assert.equal(said(syncOf(w), 'DatabaseSeeded'), 'True MigrationCompleted');
    });

    it('is backed up before a migration that it has not, and nothing runs before: no record says which image ran well', () => {
      const w = attached({ version: '1.4' });
      assert.deepEqual([said(syncOf(w), 'DatabaseSeeded'), desiredImage(w), migrates(w, B)], ['False BackingUp', undefined, false]);
      const next = carriedOut(backup(w, 'succeeded'));
      assert.deepEqual([desiredImage(next), migrates(next, B)], [undefined, true]);
      const command = JSON.stringify(next.children.find((child) => child.kind === 'Job' && imageOf(child) === B)?.spec);
      assert.doesNotMatch(command, /seed/);
      assert.equal(
        desiredImage({
          ...next,
          children: next.children.map((child) => (child.kind === 'Job' ? { ...child, status: jobStatus.complete } : child)),
        }),
        B,
      );
    });

    it('is not taken to a version that may not follow what it has, and nothing runs on it', () => {
      const refused = attached({ version: '1.2' });
      const answer = syncOf(refused);
      assert.deepEqual(
        [said(answer, 'UpgradeFailed'), said(answer, 'DeploymentReady')],
        ['True DowngradeRefused', 'False DowngradeRefused'],
      );
      assert.deepEqual([desiredImage(refused), jobsOf(refused), armedBy(refused)], [undefined, [], undefined]);
      // What serves the application comes with it, or not at all.
      assert.deepEqual(
        answer.children.map(({ kind }) => kind),
        ['PostgresCluster'],
      );
      const { message = '' } = conditionOf(answer, 'DeploymentReady') ?? {};
      assert.equal(answer.status.upgrade, undefined);
      assert.match(
        message,
        /^version 1\.2 is lower than 1\.3, .*; to run what the database has, quay\.io\/opdev\/bestie:1\.3: kubectl .*"version":"1\.3"/,
      );
      for (const type of ['ServiceCreated', 'PDBCreated', 'IngressCreated'])
        assert.deepEqual([said(answer, type), conditionOf(answer, type)?.message], ['False DowngradeRefused', message]);
      const allowed = annotated(refused, { [requests.allowDowngrade]: '1.2' });
      assert.deepEqual([desiredImage(allowed), jobsOf(allowed), armedBy(allowed)], [image('1.2'), [], undefined]);
    });

    it('reports in time that the backup before its migrations cannot start', () => {
      const unprepared = { ...pgoStatus.usable, pgbackrest: { repos: [{ name: 'repo1', stanzaCreated: false }] } };
      const w = carriedOut(
        reporting(attached({ version: '1.4' }, overlaid(released(), { status: unprepared })), 'PostgresCluster', unprepared),
      );
      assert.deepEqual([armedBy(w), said(syncOf(w), 'DatabaseSeeded')], [undefined, 'False RepositoryNotReady']);
      assert.equal(said(syncOf(later(w, 3600)), 'DatabaseSeeded'), 'False BackupTimeout');
    });

    it('gets no request for a backup that its former Bestie has requested', () => {
      const armed = { metadata: { annotations: { [BACKUP_ANNOTATION]: 'final.6f1c0de5.00000000.g1.a1' } } };
      assert.equal(armedBy(adopting({}, overlaid(released(), armed))), undefined);
    });

    it('does not count the backup of its former Bestie as the one that it needs', () => {
      const w = adopting({ version: '1.4' });
      const old = carriedOut({ ...w, parent: bestie({ deletionPolicy: 'Retain', version: '1.4' }, { uid: UID }) });
      const saved = childOf(backup(old, 'succeeded'), 'PostgresCluster');
      const again = adopting({ version: '1.4' }, saved);
      assert.equal(migrates(again, B), false);
      assert.match(armedBy(again) ?? '', /^pre-upgrade\.77777777\./);
    });

    it('is taken over with what the new spec wants besides', () => {
      assert.equal((database(adopting({ database: { replicas: 3 } }))?.spec as PostgresClusterSpec).instances[0]?.replicas, 3);
    });

    it('comes to rest, with zero writes', () => {
      const w = carriedOut(attached());
      assert.deepEqual(syncOf(carriedOut(w)), syncOf(w));
    });
  });

  describe('one that differs and was adopted all the same', () => {
    const spec = { database: { postgresVersion: 16 } };

    it('is left as it is, and stalls', () => {
      const w = adopting(spec);
      assert.equal(said(syncOf(w), 'Stalled'), 'True InvalidSpec');
      const record = JSON.parse(released().metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '') as Loose;
      assert.deepEqual(database(w)?.spec, record.spec);
      assert.deepEqual(
        syncOf(w).children.map(({ kind }) => kind),
        ['PostgresCluster'],
      );
    });

    it('keeps its guard', () => {
      const kinds = (database(adopting(spec))?.metadata.ownerReferences as { kind: string }[] | undefined)?.map(({ kind }) => kind);
      assert.ok(kinds?.includes('Namespace'));
    });

    it('without a record is named, and nothing more', () => {
      const bare = overlaid(released(), {
        metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined }, labels: { 'app.kubernetes.io/managed-by': undefined } },
        spec: { instances: [{ name: 'other' }] },
      });
      const w = { ...adopting({}, bare), declared: overlays.default };
      assert.deepEqual(database(w), { apiVersion: bare.apiVersion, kind: bare.kind, metadata: { name: 'bestie-pgo' } });
      assert.match(conditionOf(syncOf(w), 'Stalled')?.message ?? '', /was not made by this operator/);
    });

    it('is taken over once the spec is fixed', () => {
      const w = edited(carriedOut(adopting(spec)), { database: { postgresVersion: 17 } });
      assert.equal(said(syncOf(w), 'DatabaseReady'), 'True Usable');
      assert.deepEqual(database(patched(w, 'PostgresCluster', {}))?.metadata.ownerReferences, [own, guard]);
    });
  });

  describe('a database under another name that was labelled with the uid of this Bestie', () => {
    const w = attached();
    const relabelled = overlaid(released(), { metadata: { uid: 'other', name: 'other-pgo', labels: { 'controller-uid': NEW } } });
    const record = JSON.parse(released().metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '') as Loose;
    const known = JSON.stringify(overlaid(record, { metadata: { name: 'other-pgo' } }));
    const shown = (stray: KubeObject) =>
      syncOf({ ...w, children: [...w.children, stray] }).children.filter(({ metadata }) => metadata.name === 'other-pgo');

    it('is not given up to deletion: what a sync does not return, Metacontroller deletes', () => {
      assert.deepEqual(shown(relabelled), [{ apiVersion: relabelled.apiVersion, kind: relabelled.kind, metadata: { name: 'other-pgo' } }]);
    });

    it('is left as it was last applied, with its guard', () => {
      const [stray] = shown(overlaid(relabelled, { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: known } } }));
      assert.deepEqual([stray?.spec, stray?.metadata.ownerReferences], [record.spec, [own, guard]]);
    });

    it('has one owner: the Bestie’s own database, its Job and its Deployment do not change', () => {
      const others = syncOf({ ...w, children: [...w.children, relabelled] }).children.filter(
        ({ metadata }) => metadata.name !== 'other-pgo',
      );
      assert.deepEqual(others, syncOf(w).children);
    });
  });
});
