/** Pods that no scheduler has looked at: from when on that is reported, and that it does not depend on the clock of a replica. */
import { strict as assert } from 'node:assert';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { podsOf } from '../../src/observed/pods.ts';
import { schedulingTrouble } from '../../src/observed/podscheduling.ts';
import { pod, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { later, surging } from '../support/upgrades.ts';
import { ago, observe, overlaid, said, syncOf, withPods, world, type Loose, type World } from '../support/world.ts';

const SPEC = { schedulerName: 'packing' };
const waiting = (seconds: number, patch: Loose = {}): KubeObject =>
  pod(
    'p',
    'web',
    overlaid(
      {
        metadata: { creationTimestamp: ago(seconds) },
        spec: { schedulerName: 'packing' },
        status: { phase: 'Pending', conditions: null, initContainerStatuses: null, containerStatuses: null },
      },
      patch,
    ),
  );
const look = (given: KubeObject, spec: Loose = SPEC) => {
  const o = observe(withPods(world(spec), given));
  const [only] = podsOf(o, 'web');
  assert.ok(only);
  const { trouble, recheckAfterSeconds } = schedulingTrouble(only, o) ?? {};
  return trouble === undefined ? recheckAfterSeconds : trouble.message;
};

describe('observed/podscheduling', () => {
  each<[pod: KubeObject, spec?: Loose], 'reported' | number | undefined>(
    {
      JustCreated: { reason: 'a scheduler takes a moment', given: [waiting(20)], want: 100 },
      TwoMinutes: { reason: 'long enough', given: [waiting(120)], want: 'reported' },
      Looked: {
        reason: 'a scheduler says why it does not fit',
        given: [waiting(600, { status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] } })],
        want: undefined,
      },
      Placed: { reason: 'it is on a node', given: [waiting(600, { spec: { nodeName: 'a' } })], want: undefined },
      Going: { reason: 'it is deleted', given: [waiting(600, { metadata: { deletionTimestamp: ago(1) } })], want: undefined },
      Over: { reason: 'it has ended', given: [waiting(600, { status: { phase: 'Failed' } })], want: undefined },
      OfAnotherScheduler: {
        reason: 'a pod from before the field was set',
        given: [waiting(600, { spec: { schedulerName: 'default-scheduler' } })],
        want: undefined,
      },
      NotRequested: { reason: 'the scheduler of the cluster', given: [waiting(600), {}], want: undefined },
      NullStatus: { reason: 'nulls are normal input', given: [waiting(600, { status: null })], want: 'reported' },
    },
    ([given, spec], want) => {
      const found = look(given, spec);
      if (want !== 'reported') assert.equal(found, want);
      else
        assert.equal(
          found,
          'no scheduler has looked at pod "p"; check that scheduler "packing" of spec.schedulerName exists and runs; see its events: kubectl -n pets describe pod p',
        );
    },
  );

  it('is checked again in time, is the reason of DeploymentReady, and stays said whatever a clock says', () => {
    const at = (seconds: number): World => surging(withPods(ready(world(SPEC)), waiting(seconds)));
    const young = syncOf(at(30));
    assert.equal(said(young, 'DeploymentReady'), 'False RollingOut');
    assert.equal(young.resyncAfterSeconds, 90);
    const old = syncOf(at(130));
    assert.equal(said(old, 'DeploymentReady'), 'False Unschedulable');
    const behind = later(at(130), -60);
    const again = syncOf({ ...behind, parent: { ...behind.parent, status: old.status } });
    assert.equal(said(again, 'DeploymentReady'), 'False Unschedulable');
  });
});
