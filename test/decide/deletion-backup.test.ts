import { strict as assert } from 'node:assert';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { annotations, requests } from '../../src/api/names.ts';
import type { PostgresClusterSpec } from '../../src/database/crunchy/types.ts';
import { backup, created, jobPod, pod, podPhase, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, deleted, later, namespace, onlyDatabase, reporting, withRelated } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  conditionOf,
  edited,
  finalizeOf,
  type Loose,
  manifestOf,
  NOW,
  overlaid,
  patched,
  said,
  world,
  type World,
} from '../support/world.ts';

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
const armed = carriedOut(final, finalizeOf(final));
const database = (w: World) => manifestOf(finalizeOf(w), 'PostgresCluster');
const manual = (w: World) => (database(w)?.spec as PostgresClusterSpec | undefined)?.backups.pgbackrest.manual;
const armedId = (w: World) => database(w)?.metadata.annotations?.[BACKUP_ANNOTATION];
const owners = (w: World) => (database(w)?.metadata.ownerReferences as { kind: string }[] | undefined)?.map(({ kind }) => kind);
const kept = (w: World) => finalizeOf(w).children.map(({ kind }) => kind);
const blocked = (w: World) => said(finalizeOf(w), 'DeletionBlocked');
const skipping = (w: World, value = 'true'): World => annotated(w, { [requests.skipFinalBackup]: value });

describe('decide/deletion', () => {
  describe('BackupThenDelete', () => {
    it('asks for a full backup into the first repository that outlives the database', () => {
      assert.match(armedId(final) ?? '', /^final\.6f1c0de5\.[0-9a-f]{8}\.g1\.a1$/);
      assert.deepEqual(manual(final), { repoName: 'repo2', options: ['--type=full', `--annotation=bestie=${armedId(final) ?? ''}`] });
      assert.deepEqual([blocked(final), said(finalizeOf(final), 'Reconciling')], ['True FinalBackupPending', 'True Deleting']);
      assert.deepEqual(owners(final), ['Bestie', 'Namespace']);
    });

    describe('continues when it has succeeded, and not before', () => {
      each<World, string | undefined>(
        {
          BackupRequest: { reason: 'not started', given: armed, want: 'True FinalBackupPending' },
          Running: { reason: 'it runs', given: backup(armed, 'running'), want: 'True FinalBackupPending' },
          Failed: { reason: 'a user has to act', given: backup(armed, 'failed'), want: 'True BackupFailed' },
          Late: { reason: 'a user has to act', given: later(backup(armed, 'running'), 3600), want: 'True BackupTimeout' },
          NotBegun: { reason: 'the database operator is down', given: later(armed, 3600), want: 'True BackupTimeout' },
          Dead: {
            reason: 'the database is down',
            given: reporting(final, 'PostgresCluster', { patroni: { systemIdentifier: '1' } }),
            want: 'True FinalBackupPending',
          },
          DeadForLong: {
            reason: 'a user has to act',
            given: later(reporting(final, 'PostgresCluster', {}), 3600),
            want: 'True BackupTimeout',
          },
          Succeeded: { reason: 'it is saved', given: backup(armed, 'succeeded'), want: undefined },
        },
        (given, want) => {
          const answer = finalizeOf(given);
          assert.deepEqual(kept(given), want === undefined ? [] : ['PostgresCluster']);
          assert.equal(said(answer, 'DeletionBlocked'), want ?? 'False NothingBlocks');
          assert.equal(answer.finalized, undefined);
          const isStuck = want !== undefined && want !== 'True FinalBackupPending';
          assert.equal(said(answer, 'Stalled'), isStuck ? want : 'False NotStalled');
          const message = conditionOf(answer, 'DeletionBlocked')?.message ?? '';
          assert.equal(
            message.endsWith('kubectl -n pets annotate --overwrite bestie bestie pets.bestie.com/skip-final-backup=true'),
            isStuck,
          );
          assert.deepEqual(kept(skipping(given)), [], 'a user may continue without it');
          assert.deepEqual(kept(skipping(given, 'yes')), kept(given), 'in these words');
        },
      );
    });

    it('looks again when it is late, and when the next attempt is due', () => {
      assert.equal(finalizeOf(later(armed, 3500)).resyncAfterSeconds, 100);
      const failed = backup(armed, 'failed', ago(30));
      assert.equal(finalizeOf(failed).resyncAfterSeconds, 270);
      assert.match(armedId(later(failed, 270)) ?? '', /\.a2$/);
    });

    it('waits until no pod writes any more', () => {
      const w = { ...final, related: withBucket().related };
      assert.deepEqual([kept(w), armedId(w)], [['PostgresCluster'], undefined]);
      const leaving = (seconds: number): World => withRelated(final, pod('p', 'web', { metadata: { deletionTimestamp: ago(seconds) } }));
      assert.equal(armedId(leaving(299)), undefined);
      assert.notEqual(armedId(leaving(300)), undefined, 'a node that is lost is not waited for');
      assert.equal(armedId(withRelated(final, jobPod('gone', podPhase.running))), undefined);
      assert.notEqual(armedId(withRelated(final, jobPod('gone', podPhase.succeeded))), undefined);
    });

    it('does not wait for a migration on a node that is lost either', () => {
      const lost = jobPod('gone', overlaid(podPhase.running, { metadata: { deletionTimestamp: ago(300) } }));
      assert.notEqual(armedId(withRelated(final, lost)), undefined);
    });

    it('looks again when a pod on a lost node need not be waited for any more', () => {
      const w = withRelated(final, pod('p', 'web', { metadata: { deletionTimestamp: ago(200) } }));
      assert.equal(finalizeOf(w).resyncAfterSeconds, 100);
    });

    it('lets another backup end first', () => {
      const scheduledBackups = [{ cronJobName: 'c', active: 1, startTime: ago(60) }];
      assert.equal(armedId(patched(final, 'PostgresCluster', { status: { pgbackrest: { scheduledBackups } } })), undefined);
    });

    it('needs none where nothing was ever written', () => {
      const empty = alone(created(inNamespace({ deletionPolicy: 'BackupThenDelete', database: { backups: { repos } } })));
      assert.deepEqual(kept(empty), []);
      assert.deepEqual(kept(reporting(empty, 'PostgresCluster', { patroni: { systemIdentifier: '1' } })), ['PostgresCluster']);
      const conditions = [{ type: 'PGBackRestoreProgressing', status: 'True', reason: 'ReadyForRestore' }];
      const restoring = { conditions, pgbackrest: { restore: { id: 'one', finished: false, active: 1 } } };
      assert.deepEqual(kept(reporting(empty, 'PostgresCluster', restoring)), ['PostgresCluster'], 'what is restored is data');
    });

    it('of a database without such a repository waits for a user to act', () => {
      const w = edited(alone(having('Delete')), { deletionPolicy: 'BackupThenDelete' });
      assert.deepEqual(
        [kept(w), blocked(w), said(finalizeOf(w), 'Stalled')],
        [['PostgresCluster'], 'True NoRemoteRepository', 'True NoRemoteRepository'],
      );
      assert.deepEqual(kept(skipping(w)), []);
      assert.deepEqual(kept(edited(w, { deletionPolicy: 'Delete' })), []);
    });

    it('of a database that a user is deleting waits for its end', () => {
      const w = patched(final, 'PostgresCluster', terminating);
      assert.deepEqual([kept(w), finalizeOf(w).finalized], [[], undefined]);
      assert.equal(conditionOf(finalizeOf(w), 'Ready')?.message, 'waiting for PostgresCluster bestie-pgo to be deleted');
    });

    describe('under a spec that is not acceptable', () => {
      const invalid = edited(final, { size: 0 });

      it('changes nothing but the backup, and keeps the guard', () => {
        assert.deepEqual(manual(invalid)?.repoName, 'repo2');
        assert.equal(database(invalid)?.metadata.annotations?.[annotations.armedAt], NOW);
        assert.deepEqual(owners(invalid), ['Bestie', 'Namespace']);
      });

      it('ends in the same way', () => {
        const next = carriedOut(invalid, finalizeOf(invalid));
        assert.equal(armedId(next), armedId(invalid));
        assert.deepEqual(kept(backup(next, 'succeeded')), []);
      });
    });
  });
});
