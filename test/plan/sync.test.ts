import { strict as assert } from 'node:assert';
import { table } from '../../src/children/index.ts';
import { kindKey } from '../../src/api/kubernetes.ts';
import { created, jobStatus, migrated, migrating, ready, usable } from '../support/stages.ts';
import {
  ago,
  carriedOut,
  childOf,
  edited,
  manifestOf,
  decided,
  overlaid,
  overlays,
  patched,
  said,
  syncOf,
  without,
  world,
  type World,
} from '../support/world.ts';

const kinds = (w: World): string[] => syncOf(w).children.map(({ kind }) => kind);

describe('plan/sync', () => {
  it('goes from nothing to Ready, one gate after the other', () => {
    const early = ['PostgresCluster'];
    assert.deepEqual(kinds(world()), early);
    assert.deepEqual(kinds(created()), early);
    assert.deepEqual(kinds(usable()), ['PostgresCluster', 'Job']);
    assert.deepEqual(kinds(migrated()), ['PostgresCluster', 'Job', 'Deployment', 'Service', 'PodDisruptionBudget', 'Ingress']);
    assert.deepEqual(
      [world(), created(), usable(), migrating(), migrated(), ready()].map((w) => said(syncOf(w), 'Ready')),
      ['False Provisioning', 'False NotReconciled', 'False Migrating', 'False Migrating', 'False RollingOut', 'True AllReady'],
    );
  });

  it('changes nothing in a world that is as it should be', () => {
    const w = carriedOut(ready(world({ size: 2, maxReplicas: 5, networkPolicy: { enabled: true } }, { declared: overlays.monitoring })));
    const answer = syncOf(w);
    assert.deepEqual(carriedOut(w, answer).children, w.children);
    assert.deepEqual(overlaid(answer.status, { observedGeneration: 1 }), w.parent.status);
    assert.equal(answer.resyncAfterSeconds, undefined);
  });

  it('makes fresh objects: no answer holds a part of another, or of the request', () => {
    const body = ready(world({ nodeSelector: { a: 'b' } }));
    const [first, second] = [decided(body), decided(body)];
    for (const child of table.filter((candidate) => candidate.includeWhen(first))) {
      const [one, other] = [child.desired(first), child.desired(second)];
      assert.deepEqual(one, other);
      one.forEach((manifest, index) => {
        assert.notEqual(manifest, other[index], kindKey(child.api));
      });
    }
  });

  it('keeps what exists behind a gate that closes again', () => {
    const w = patched(ready(), 'PostgresCluster', { status: undefined });
    assert.deepEqual(kinds(w), kinds(ready()));
    const pending = patched(usable(), 'PostgresCluster', { status: undefined });
    assert.ok(kinds(pending).includes('Job'), 'a Job that exists stays');
    assert.ok(!kinds(without(pending, 'Job')).includes('Job'), 'a new one waits');
    const failed = edited(patched(pending, 'Job', { status: jobStatus.failed }), { version: '1.4' });
    assert.deepEqual(
      syncOf(failed).children.filter(({ kind }) => kind === 'Job'),
      [{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: childOf(failed, 'Job').metadata.name } }],
      'what is kept for reading stays while the next one waits',
    );
  });

  it('asks to be asked again only for a deadline, the nearest one', () => {
    assert.equal(syncOf(world()).resyncAfterSeconds, 120);
    assert.equal(syncOf(ready()).resyncAfterSeconds, undefined);
    const unseen = patched(created(), 'PostgresCluster', { metadata: { creationTimestamp: '2026-01-01T11:55:01Z' } });
    assert.equal(syncOf(unseen).resyncAfterSeconds, 1);
    const blind = patched(ready(world({ maxReplicas: 5 })), 'HorizontalPodAutoscaler', {
      status: { conditions: [{ type: 'ScalingActive', status: 'False', lastTransitionTime: ago(20) }] },
    });
    assert.equal(syncOf(without(blind, 'Service')).resyncAfterSeconds, 100);
  });

  it('removes what is no longer wanted, and its condition with it', () => {
    const w = ready(world({ networkPolicy: { enabled: true } }));
    assert.equal(said(syncOf(w), 'NetworkPolicyCreated'), 'True Created');
    const off = syncOf(edited(w, { networkPolicy: { enabled: false } }));
    assert.equal(manifestOf(off, 'NetworkPolicy'), undefined);
    assert.equal(said(off, 'NetworkPolicyCreated'), undefined);
  });

  it('works for a Bestie of any name, and for two of them side by side', () => {
    const names = ['b', 'x'.repeat(50) + 'one', 'x'.repeat(50) + 'two', 'y'.repeat(63)];
    const all = names.map((name) =>
      syncOf(ready(world({ maxReplicas: 3 }, { name }))).children.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    );
    assert.equal(new Set(all.flat()).size, all.flat().length);
    for (const name of names) assert.equal(said(syncOf(ready(world({}, { name }))), 'Ready'), 'True AllReady');
  });
});
