import { strict as assert } from 'node:assert';
import { ailing, jobStatus, migrating, ready, waits } from '../support/stages.ts';
import {
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

const deleted = (w: World): World => ({ ...w, parent: overlaid(w.parent, { metadata: { deletionTimestamp: NOW } }) });

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
      `waiting for Deployment bestie-app, Ingress bestie-ingress, Job ${childOf(ready(), 'Job').metadata.name}, PodDisruptionBudget bestie-pdb, Service bestie-service to go`,
    );
  });

  it('then deletes the database, and waits until it is gone', () => {
    const alone = deleted({ ...ready(), children: [childOf(ready(), 'PostgresCluster')] });
    const answer = finalizeOf(alone);
    assert.deepEqual([answer.children, answer.finalized], [[], undefined]);
    assert.equal(conditionOf(answer, 'Ready')?.message, 'waiting for PostgresCluster bestie-pgo to go');
    const going = patched(alone, 'PostgresCluster', {
      metadata: { deletionTimestamp: NOW, finalizers: ['b/c', 'a/b', 'foregroundDeletion'] },
    });
    assert.deepEqual(finalizeOf(going).children, []);
    assert.equal(
      conditionOf(finalizeOf(going), 'Ready')?.message,
      'waiting for PostgresCluster bestie-pgo (kept by finalizer a/b, b/c) to go',
    );
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
      /^waiting for migration Job bestie-job-[0-9a-f]{8} to end; nothing is deleted before$/,
    );
    assert.deepEqual(
      finalizeOf(patched(w, 'Job', { status: { ...jobStatus.complete } })).children.map(({ kind }) => kind),
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

  it('goes on telling of the pods', () => {
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
