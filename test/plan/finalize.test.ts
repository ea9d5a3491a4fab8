import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import { ailing, jobStatus, migrating, ready, waits } from '../support/stages.ts';
import { onlyDatabase } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  finalizeOf,
  NOW,
  overlaid,
  patched,
  said,
  syncOf,
  withPods,
  without,
  world,
  type World,
} from '../support/world.ts';

const deleted = (w: World, since = NOW): World => ({ ...w, parent: overlaid(w.parent, { metadata: { deletionTimestamp: since } }) });

describe('plan/finalize', () => {
  it('takes the application down first, and waits until it is gone', () => {
    const answer = finalizeOf(deleted(ready()));
    assert.deepEqual(
      answer.children.map(({ kind }) => kind),
      ['PostgresCluster'],
    );
    assert.equal(answer.finalized, undefined);
    assert.equal(said(answer, 'Ready'), 'False Deleting');
    assert.equal(said(answer, 'Reconciling'), 'True Deleting');
    assert.equal(said(answer, 'DeletionBlocked'), 'False NothingBlocks');
    assert.equal(
      conditionOf(answer, 'Ready')?.message,
      `waiting for Deployment bestie-app, Ingress bestie-ingress, Job ${childOf(ready(), 'Job').metadata.name}, PodDisruptionBudget bestie-pdb, Service bestie-service to be deleted`,
    );
  });

  it('then deletes the database, and waits until it is gone', () => {
    const alone = deleted({ ...ready(), children: [childOf(ready(), 'PostgresCluster')] });
    const answer = finalizeOf(alone);
    assert.deepEqual([answer.children, answer.finalized], [[], undefined]);
    assert.equal(conditionOf(answer, 'Ready')?.message, 'waiting for PostgresCluster bestie-pgo to be deleted');
    const going = patched(alone, 'PostgresCluster', {
      metadata: { deletionTimestamp: NOW, finalizers: ['b/c', 'a/b', 'foregroundDeletion'] },
    });
    assert.deepEqual(finalizeOf(going).children, []);
    assert.equal(
      conditionOf(finalizeOf(going), 'Ready')?.message,
      'waiting for PostgresCluster bestie-pgo (kept by finalizer a/b, b/c) to be deleted',
    );
  });

  describe('a finalizer of another controller', () => {
    const held = (w: World, kind: string, seconds: number, finalizers: readonly string[]): World =>
      deleted(patched(w, kind, { metadata: { deletionTimestamp: ago(seconds), finalizers } }), ago(seconds));
    const dns = (seconds: number): World => held(ready(), 'Service', seconds, ['example.com/dns']);
    const summary = (w: World) => ['DeletionBlocked', 'Stalled', 'Reconciling'].map((type) => said(finalizeOf(w), type));

    it('is waited for, by name, and then reported with the command', () => {
      const young = finalizeOf(dns(299));
      assert.deepEqual(summary(dns(299)), ['False NothingBlocks', 'False NotStalled', 'True Deleting']);
      assert.equal(
        conditionOf(young, 'DeletionBlocked')?.message,
        'waiting for Service bestie-service (kept by finalizer example.com/dns) to be deleted',
      );
      assert.equal(young.resyncAfterSeconds, 1);
      const late = finalizeOf(dns(300));
      assert.deepEqual(summary(dns(300)), ['True HeldByFinalizer', 'True HeldByFinalizer', 'False Settled']);
      assert.equal(
        conditionOf(late, 'DeletionBlocked')?.message,
        'Service bestie-service has been terminating for more than 5 minutes: finalizer example.com/dns keeps it; ' +
          'its controller has to remove it; see the object: kubectl -n pets get services bestie-service -o yaml',
      );
      assert.equal(late.resyncAfterSeconds, undefined);
    });

    it('is reported from then on by every replica, whatever its clock says', () => {
      // The others are gone.
      const late = { ...dns(300), children: dns(300).children.filter(({ kind }) => kind === 'Service') };
      const said = carriedOut(late, finalizeOf(late));
      const behind = { ...said, children: late.children, now: ago(10) };
      assert.deepEqual(summary(behind), ['True HeldByFinalizer', 'True HeldByFinalizer', 'False Settled']);
      assert.deepEqual(finalizeOf(behind).status, finalizeOf({ ...behind, now: NOW }).status);
    });

    it('of the database operator is ordinary for some minutes', () => {
      const pgo = ['postgres-operator.crunchydata.com/finalizer'];
      const alone = (seconds: number): World => held(onlyDatabase(ready()), 'PostgresCluster', seconds, pgo);
      assert.equal(said(finalizeOf(alone(299)), 'DeletionBlocked'), 'False NothingBlocks');
      assert.equal(said(finalizeOf(alone(300)), 'DeletionBlocked'), 'True HeldByFinalizer');
      assert.match(conditionOf(finalizeOf(alone(300)), 'Stalled')?.message ?? '', /check that Crunchy PGO runs/);
    });

    it('of the garbage collector is none', () => {
      const w = held(ready(), 'Deployment', 3600, ['foregroundDeletion', 'orphan']);
      assert.equal(said(finalizeOf(w), 'DeletionBlocked'), 'False NothingBlocks');
      assert.equal(conditionOf(finalizeOf(w), 'DeletionBlocked')?.message, 'the deletion continues by itself');
    });

    it('on the Bestie itself is what the last status reports', () => {
      const own = 'metacontroller.io/compositecontroller-bestie-operator';
      const last = (seconds: number): World => {
        const w = deleted({ ...ready(), children: [], related: [] }, ago(seconds));
        return { ...w, parent: overlaid(w.parent, { metadata: { finalizers: [own, 'example.com/archive'] } }) };
      };
      const answer = finalizeOf(last(60));
      assert.deepEqual([answer.finalized, answer.resyncAfterSeconds], [true, 240]);
      const words = 'waiting for Bestie bestie (kept by finalizer example.com/archive) to be deleted';
      assert.equal(conditionOf(answer, 'Ready')?.message, `every child is gone; ${words}`);
      assert.equal(conditionOf(answer, 'DeletionBlocked')?.message, words);
      assert.deepEqual(summary(last(300)), ['True HeldByFinalizer', 'True HeldByFinalizer', 'False Settled']);
      assert.match(conditionOf(finalizeOf(last(300)), 'Stalled')?.message ?? '', /kubectl -n pets get bestie bestie -o yaml$/);
      assert.equal(finalizeOf(last(300)).finalized, true);
    });

    it('on a child of a Bestie that lives is reported in the same way', () => {
      const going = (seconds: number): World =>
        patched(ready(), 'Service', { metadata: { deletionTimestamp: ago(seconds), finalizers: ['example.com/dns'] } });
      assert.deepEqual([said(syncOf(going(100)), 'ServiceCreated'), syncOf(going(100)).resyncAfterSeconds], ['False Deleting', 200]);
      assert.deepEqual(
        ['ServiceCreated', 'Ready', 'Stalled'].map((type) => said(syncOf(going(300)), type)),
        ['False HeldByFinalizer', 'False HeldByFinalizer', 'True HeldByFinalizer'],
      );
    });
  });

  it('lets the Bestie go when the last child is gone', () => {
    const answer = finalizeOf(deleted({ ...ready(), children: [] }));
    assert.equal(answer.finalized, true);
    assert.equal(conditionOf(answer, 'Ready')?.message, 'every child is gone');
  });

  it('waits for the last child', () => {
    assert.equal(finalizeOf(deleted({ ...ready(), children: [childOf(ready(), 'Service')] })).finalized, undefined);
  });

  it('does not cut a migration short: nothing is deleted before it ends', () => {
    const w = deleted(migrating());
    const answer = finalizeOf(w);
    assert.deepEqual(answer.children.map(({ kind }) => kind).sort(), w.children.map(({ kind }) => kind).sort());
    assert.match(
      conditionOf(answer, 'Ready')?.message ?? '',
      /^waiting for migration Job bestie-job-[0-9a-f]{8} to end; nothing is deleted before that$/,
    );
    assert.deepEqual(
      finalizeOf(patched(w, 'Job', { status: { ...jobStatus.complete } })).children.map(({ kind }) => kind),
      ['PostgresCluster'],
    );
  });

  it('waits for no migration of data that is being replaced, or was, and stops the application', () => {
    const restore = (status: object): World => deleted(patched(migrating(), 'PostgresCluster', { status }));
    const progress = [{ type: 'PGBackRestoreProgressing', status: 'True', reason: 'ReadyForRestore' }];
    const running = restore({
      patroni: undefined,
      conditions: progress,
      pgbackrest: { restore: { id: 'one', finished: false, active: 1 } },
    });
    assert.deepEqual(
      finalizeOf(running).children.map(({ kind }) => kind),
      ['PostgresCluster'],
    );
    const lineage = { metadata: { annotations: { [annotations.lineage]: '{}' } } };
    const over = patched(restore({ pgbackrest: { restore: { id: 'one', finished: true, succeeded: 1 } } }), 'PostgresCluster', lineage);
    assert.deepEqual(
      finalizeOf(over).children.map(({ kind }) => kind),
      ['PostgresCluster'],
    );
  });

  it('makes nothing', () => {
    assert.deepEqual(finalizeOf(deleted(world())).children, []);
    assert.deepEqual(
      finalizeOf(deleted(without(migrating(), 'Service'))).children.filter(({ kind }) => kind === 'Service'),
      [],
    );
  });

  it('does not need an acceptable spec', () => {
    assert.equal(finalizeOf(deleted(edited({ ...ready(), children: [] }, { size: 0 }))).finalized, true);
  });

  it('still reports the pods', () => {
    const answer = finalizeOf(deleted(withPods(ready(), ailing(waits('ErrImagePull')))));
    assert.equal(said(answer, 'ImagePulled'), 'False ImagePullFailed');
    assert.equal(answer.status.podstatus?.length, 2);
  });

  it('lets go of a Bestie that merely stopped matching, and deletes nothing', () => {
    const w = ready();
    const { finalized, ...answer } = finalizeOf(w);
    assert.equal(finalized, true);
    assert.deepEqual(answer, syncOf(w));
  });

  it('lets go of one with an unacceptable spec, and changes nothing', () => {
    const answer = finalizeOf(edited(ready(), { size: 0 }));
    assert.equal(answer.finalized, true);
    assert.equal(answer.children.length, ready().children.length);
  });
});
