import { strict as assert } from 'node:assert';
import { ailing, created, migrated, pod, ready, rollingOut, usable, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { carriedOut, edited, NOW, overlaid, patched, said, syncOf, withPods, without, world, type World } from '../support/world.ts';

const status = (w: World) => syncOf(w).status;
const two = ready(world({ size: 2 }));

describe('status/status', () => {
  it('reports the pods in the order of their names, whatever the order in the request', () => {
    const lines = [
      'bestie-app-5d9c7b8f6-0 : Running : quay.io/opdev/bestie:1.3',
      'bestie-app-5d9c7b8f6-1 : Running : quay.io/opdev/bestie:1.3',
    ];
    assert.deepEqual(status(two).podstatus, lines);
    assert.deepEqual(status({ ...two, related: two.related.toReversed() }).podstatus, lines);
  });

  each<World, [replicas: number, ready: number, lines: number]>(
    {
      Two: { reason: 'both are ready', given: two, want: [2, 2, 2] },
      Terminating: {
        reason: 'one is on its way out',
        given: withPods(two, pod('old', 'web', { metadata: { deletionTimestamp: NOW } })),
        want: [2, 2, 2],
      },
      NotReady: { reason: 'one does not serve', given: withPods(two, ailing(waits('ContainerCreating'))), want: [3, 2, 3] },
      Evicted: {
        reason: 'a pod that has ended is no replica, but is reported',
        given: withPods(two, ailing(waits('x'), 'evicted'), pod('failed', 'web', { status: { phase: 'Failed', conditions: [] } })),
        want: [3, 2, 4],
      },
      Migration: {
        reason: 'a pod of a migration is no pod of the application',
        given: withPods(two, pod('job', 'migration')),
        want: [2, 2, 2],
      },
      None: { reason: 'no pod at all', given: { ...two, related: [] }, want: [0, 0, 0] },
    },
    (given, [replicas, readyReplicas, lines]) => {
      const answer = status(given);
      assert.deepEqual([answer.replicas, answer.readyReplicas, answer.podstatus?.length], [replicas, readyReplicas, lines]);
    },
  );

  it('is the same for a Bestie without a status as for one with that which the CRD gives to a new one', () => {
    const fresh = { ...world(), parent: { ...world().parent, status: { observedGeneration: -1 } } };
    assert.deepEqual(syncOf(fresh), syncOf({ ...world(), parent: { ...world().parent, status: undefined } }));
    assert.notEqual(said(syncOf(fresh), 'BackupReady'), undefined);
  });

  it('writes a line for a pod of which nothing is known', () => {
    const blank = pod('blank', 'web', { spec: null, status: null });
    assert.deepEqual(status({ ...two, related: [blank] }).podstatus, ['blank : Unknown : unknown']);
  });

  it('has the selector of the scale subresource', () => {
    assert.equal(status(two).selector, 'app=bestie,app.kubernetes.io/instance=bestie,app.kubernetes.io/component=web');
  });

  describe('appversion and image', () => {
    const upgrading = edited(two, { version: '1.4' });
    each<World, [appversion: string | undefined, image: string | undefined]>(
      {
        Nothing: { reason: 'nothing runs yet', given: usable(), want: [undefined, undefined] },
        NotRolledOut: { reason: 'wanted, but not yet rolled out', given: migrated(), want: [undefined, 'quay.io/opdev/bestie:1.3'] },
        RolledOut: { reason: 'rolled out and available', given: two, want: ['1.3', 'quay.io/opdev/bestie:1.3'] },
        Waiting: { reason: 'a new version waits for its migrations', given: upgrading, want: ['1.3', 'quay.io/opdev/bestie:1.3'] },
        RollingOut: {
          reason: 'kept until the next rollout ends',
          given: patched(two, 'Deployment', { status: rollingOut(2) }),
          want: ['1.3', 'quay.io/opdev/bestie:1.3'],
        },
        SetByHand: {
          reason: 'a manual kubectl set image is drift, not a version',
          given: patched(two, 'Deployment', { spec: { template: { spec: { containers: [{ name: 'bestie', image: 'evil:6' }] } } } }),
          want: ['1.3', 'quay.io/opdev/bestie:1.3'],
        },
        Gone: {
          reason: 'without a Deployment what it ran stays reported: it is created again with that',
          given: without(two, 'Deployment'),
          want: ['1.3', 'quay.io/opdev/bestie:1.3'],
        },
        Null: {
          reason: 'nulls are normal input',
          given: { ...without(two, 'Deployment'), parent: overlaid(two.parent, { status: { appversion: null, image: null } }) },
          want: [undefined, undefined],
        },
      },
      (given, [appversion, image]) => {
        assert.deepEqual([status(given).appversion, status(given).image], [appversion, image]);
      },
    );
  });

  it('reports what the database is and has', () => {
    assert.deepEqual(status(created()).database, { name: 'bestie-pgo', usable: false, migrated: [] });
    assert.deepEqual(status(two).database, { name: 'bestie-pgo', usable: true, migrated: ['quay.io/opdev/bestie:1.3'] });
  });

  describe('ImagePulled and Available', () => {
    const early = withPods(
      usable(),
      overlaid(ailing(waits('ImagePullBackOff')), { metadata: { labels: { 'app.kubernetes.io/component': 'migration' } } }),
    );
    it('ImagePulled is there from the first answer on, and sees the pods of a migration', () => {
      assert.equal(said(syncOf(world()), 'ImagePulled'), 'Unknown NoPods');
      assert.equal(said(syncOf(early), 'ImagePulled'), 'False ImagePullFailed');
      assert.equal(said(syncOf(two), 'ImagePulled'), 'True ImagePulled');
      assert.equal(said(syncOf({ ...two, related: [] }), 'ImagePulled'), 'Unknown NoPods');
    });

    it('Available is False while no pod serves, although the strategy lets all be missing', () => {
      const w = ready(world({ strategy: { maxUnavailable: 1 } }));
      assert.equal(said(syncOf(w), 'Available'), 'True EnoughReplicas');
      assert.equal(said(syncOf(patched(w, 'Deployment', { status: { availableReplicas: null } })), 'Available'), 'False TooFewReplicas');
    });

    it('Available follows the Deployment, from before there is one', () => {
      assert.equal(said(syncOf(usable()), 'Available'), 'False NoDeployment');
      assert.equal(said(syncOf(two), 'Available'), 'True EnoughReplicas');
      assert.equal(said(syncOf(patched(two, 'Deployment', { spec: { replicas: 0 } })), 'Available'), 'False TooFewReplicas', 'stopped');
      assert.equal(said(syncOf(patched(two, 'Deployment', { status: null })), 'Available'), 'False TooFewReplicas');
    });
  });

  it('does not change once the world does not', () => {
    const w = carriedOut(two);
    assert.deepEqual(status(w), status(carriedOut(w)));
  });
});
