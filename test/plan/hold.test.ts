import { strict as assert } from 'node:assert';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { armed, asked, recordOf, requestedId, requestOf, restore } from '../support/restores.ts';
import { ailing, migrating, ready, waits } from '../support/stages.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  overlaid,
  patched,
  said,
  syncOf,
  withPods,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const scaled = ready(world({ size: 2, maxReplicas: 5, monitoring: { enabled: false } }));
/** The same world after an edit that breaks a rule and got past the API server. */
const broken = (w: World = scaled): World => edited(w, { size: 9, maxReplicas: 5, image: 'other' });
const appliedTo = (w: World, kind: string): Loose =>
  JSON.parse(childOf(w, kind).metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '{}') as Loose;

describe('plan/hold', () => {
  it('returns every child as it was last applied, less the label that Metacontroller adds', () => {
    const { children } = syncOf(broken());
    assert.deepEqual(
      children.map(({ kind }) => kind),
      scaled.children.map(({ kind }) => kind),
    );
    for (const child of children) {
      const { metadata, ...rest } = appliedTo(scaled, child.kind) as { metadata: Loose & { labels: Loose } };
      assert.deepEqual(child, { ...rest, metadata: { ...metadata, labels: overlaid(metadata.labels, { 'controller-uid': undefined }) } });
    }
  });

  it('returns children that the spec would not want any more, too', () => {
    assert.ok(manifestOf(syncOf(broken(edited(scaled, { maxReplicas: undefined }))), 'HorizontalPodAutoscaler'));
  });

  it('keeps the replicas that the autoscaler chose, and only those', () => {
    const replicas = (w: World): unknown => (manifestOf(syncOf(w), 'Deployment')?.spec as { replicas: number }).replicas;
    const chosen = patched(broken(), 'Deployment', { spec: { replicas: 4 } });
    assert.equal(replicas(chosen), 4);
    assert.equal(replicas(without(chosen, 'HorizontalPodAutoscaler')), 2);
    assert.equal(replicas(patched(broken(), 'Deployment', { spec: { replicas: null } })), 2);
  });

  it('returns a child without a readable record by its name alone, which takes nothing away', () => {
    const w = patched(broken(), 'Service', { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: '{' } } });
    assert.deepEqual(manifestOf(syncOf(w), 'Service'), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'bestie-service' } });
  });

  it('keeps a restore requested, its record, and the application stopped, however far it is', () => {
    for (const at of ['accepted', 'running', 'failed', 'up'] as const) {
      const w = restore(armed(), at);
      const answer = syncOf(edited(w, { size: 0 }));
      assert.equal(requestedId(answer), requestOf('tuesday'), at);
      assert.equal(recordOf(answer)?.current?.stage, 'Armed');
      assert.equal((manifestOf(answer, 'Deployment')?.spec as { replicas: number }).replicas, 0);
      assert.deepEqual(answer.status.restore, (w.parent.status as Loose).restore);
    }
  });

  it('begins no restore', () => {
    const answer = syncOf(edited(asked(), { size: 0 }));
    assert.deepEqual([answer.status.restore, recordOf(answer), requestedId(answer)], [undefined, undefined, undefined]);
  });

  it('makes nothing', () => {
    assert.equal(manifestOf(syncOf(broken(without(scaled, 'Service'))), 'Service'), undefined);
    assert.deepEqual(syncOf(edited(world(), { size: 0 })).children, []);
  });

  it('says in Ready and Stalled what is wrong, and keeps what it cannot know better', () => {
    const answer = syncOf(broken());
    assert.equal(conditionOf(answer, 'Stalled')?.message, 'maxReplicas must be greater than or equal to size');
    assert.deepEqual(
      ['Ready', 'Reconciling', 'Stalled'].map((type) => said(answer, type)),
      ['False InvalidSpec', 'False Settled', 'True InvalidSpec'],
    );
    assert.equal(said(answer, 'DatabaseReady'), 'True Usable');
    const { appversion, image, url, database, podstatus } = answer.status;
    const before = scaled.parent.status as Loose;
    assert.deepEqual(
      { appversion, image, url, database, podstatus },
      { appversion: before.appversion, image: before.image, url: before.url, database: before.database, podstatus: before.podstatus },
    );
  });

  it('still sees what becomes of the pods', () => {
    const answer = syncOf(withPods(patched(broken(), 'Deployment', { status: { conditions: [] } }), ailing(waits('ErrImagePull'))));
    assert.equal(said(answer, 'ImagePulled'), 'False ImagePullFailed');
    assert.equal(said(answer, 'Available'), 'False TooFewReplicas');
  });

  it('keeps a running migration', () => {
    assert.ok(manifestOf(syncOf(broken(migrating(world({ size: 2, maxReplicas: 5 })))), 'Job'));
  });

  it('takes a status full of nulls', () => {
    const status = {
      appversion: null,
      image: null,
      url: null,
      podstatus: [null],
      database: { name: null, usable: null, migrated: [null, 'i:1'] },
      conditions: [null, { type: 'DatabaseReady', status: 'True', lastTransitionTime: ago(5) }],
    };
    const answer = syncOf({ ...broken(), parent: overlaid(broken().parent, { status }) });
    assert.deepEqual(answer.status.database, { migrated: ['i:1'] });
    assert.equal(answer.status.appversion, undefined);
    assert.equal(syncOf({ ...broken(), parent: overlaid(broken().parent, { status: { database: null } }) }).status.database, undefined);
  });

  it('ends with the mistake', () => {
    const fixed = edited(carriedOut(broken()), { size: 2, image: 'quay.io/opdev/bestie' });
    assert.equal(said(syncOf(fixed), 'Ready'), 'True AllReady');
    assert.equal(said(syncOf(fixed), 'Stalled'), 'False NotStalled');
  });

  it('is no answer where no child has a record although the spec is fine: a condition reports that, and nothing is held back', () => {
    const bare = {
      ...ready(),
      children: ready().children.map((child) => overlaid(child, { metadata: { annotations: { [LAST_APPLIED_ANNOTATION]: undefined } } })),
    };
    assert.equal(said(syncOf(bare), 'Stalled'), 'True UnsupportedApplyStrategy');
    assert.ok(manifestOf(syncOf(bare), 'Deployment')?.spec);
  });
});
