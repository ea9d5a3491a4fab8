import { strict as assert } from 'node:assert';
import { containerStatus, pod, ready, rolledOut, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { A, B, newAiling, newPod, onTrial, reporting, surging, desiredImage, upgradeOf, withRelated } from '../support/upgrades.ts';
import { ago, childOf, conditionOf, edited, overlaid, patched, said, syncOf, type Loose, type World } from '../support/world.ts';

/** Not given up: undefined; given up: the reason. And when to look again. */
type Verdict = [failed: string | undefined, recheck?: number];

function verdict(w: World): Verdict {
  const answer = syncOf(w);
  const { status, reason } = conditionOf(answer, 'UpgradeFailed') ?? {};
  const { resyncAfterSeconds } = answer;
  return [status === 'True' ? reason : undefined, ...(resyncAfterSeconds === undefined ? [] : [resyncAfterSeconds])] as Verdict;
}

const crashes = (restartCount: number, reason = 'Error', exitCode = 1): Loose => ({
  ready: false,
  restartCount,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode, reason } },
});

const late = surging(onTrial(), 'ProgressDeadlineExceeded');
const unschedulable = newPod({
  containerStatuses: [],
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
});

describe('decide/giveup of a rollout', () => {
  describe('of a rollout without progress', () => {
    each<World, Verdict>(
      {
        Exceeded: { reason: 'the Deployment itself says so', given: late, want: ['ProgressDeadlineExceeded'] },
        NotObserved: {
          reason: 'it says so of an earlier generation',
          given: patched(late, 'Deployment', { metadata: { generation: 9 } }),
          want: [undefined],
        },
        BeingChanged: {
          reason: 'this very answer changes the pods',
          given: edited(late, { env: [{ name: 'A', value: 'x' }] }),
          want: [undefined],
        },
        Unschedulable: {
          reason: 'reported at once, given up at the deadline',
          given: withRelated(onTrial(), unschedulable),
          want: [undefined],
        },
        StillUnschedulable: {
          reason: 'the reason of the pod says more',
          given: withRelated(late, unschedulable),
          want: ['Unschedulable'],
        },
        Crashing: { reason: 'the same', given: withRelated(late, newAiling(crashes(1), 5)), want: ['CrashLoop'] },
        AllUp: { reason: 'it is up', given: reporting(late, 'Deployment', { ...rolledOut(1, 2) }), want: [undefined] },
        NoStatus: { reason: 'nothing is known', given: reporting(late, 'Deployment', undefined), want: [undefined] },
        NullStatus: {
          reason: 'nulls are normal input',
          given: reporting(late, 'Deployment', { conditions: [null, { type: null }] }),
          want: [undefined],
        },
      },
      (given, want) => {
        assert.deepEqual(verdict(given), want);
        assert.equal(desiredImage(given), want[0] === undefined ? B : A);
      },
    );

    it('reports a pod that no node takes at once', () => {
      assert.equal(said(syncOf(withRelated(onTrial(), unschedulable)), 'DeploymentReady'), 'False Unschedulable');
    });
  });

  describe('is not proved by', () => {
    const bad = newAiling(waits('ErrImagePull'), 600);
    const other = (name: string, patch: Loose) =>
      overlaid(bad, overlaid({ metadata: { name, labels: { 'pod-template-hash': 'other' } } }, patch));
    each<World, Verdict>(
      {
        Former: {
          reason: 'a pod of the former version',
          given: withRelated(onTrial(), other('former', { metadata: { annotations: { 'pets.bestie.com/image': A } } })),
          want: [undefined],
        },
        OlderTemplate: {
          reason: 'a pod of an earlier template of the same image, which was fixed since',
          given: withRelated(onTrial(), other('older', {}), newPod({ phase: 'Running' }, 20)),
          want: [undefined],
        },
        NoneYet: {
          reason: 'a pod of an earlier template while the latest has none',
          given: withRelated(patched(onTrial(), 'Deployment', { status: { updatedReplicas: 0 } }), bad),
          want: [undefined],
        },
        NotObserved: {
          reason: 'pods of an earlier template while the Deployment has not seen the latest',
          given: withRelated(patched(onTrial(), 'Deployment', { status: { observedGeneration: 1 } }), bad),
          want: [undefined],
        },
        Terminating: {
          reason: 'a pod that goes',
          given: withRelated(onTrial(), overlaid(bad, { metadata: { deletionTimestamp: ago(1) } })),
          want: [undefined],
        },
        Ended: {
          reason: 'a pod that was evicted',
          given: withRelated(onTrial(), overlaid(bad, { status: { phase: 'Failed' } })),
          want: [undefined],
        },
        Another: {
          reason: 'a pod of another Bestie',
          given: withRelated(
            onTrial(),
            pod(
              'stranger',
              'migration',
              { status: { phase: 'Pending', containerStatuses: [containerStatus(waits('ErrImagePull'))] } },
              'x',
            ),
          ),
          want: [undefined],
        },
        Young: {
          reason: 'a young pod, where another template has an old one',
          given: withRelated(onTrial(), other('older', {}), overlaid(bad, { metadata: { creationTimestamp: ago(30) } })),
          want: [undefined, 90],
        },
        NoAge: {
          reason: 'a pod without a time: the clock begins now',
          given: withRelated(onTrial(), overlaid(bad, { metadata: { creationTimestamp: null } })),
          want: [undefined, 120],
        },
        Nulls: {
          reason: 'nulls',
          given: withRelated(onTrial(), overlaid(bad, { status: { containerStatuses: [null, { state: null }] } })),
          want: [undefined],
        },
      },
      (given, want) => {
        assert.deepEqual(verdict(given), want);
        assert.equal(desiredImage(given), B);
      },
    );

    it('a crash of a version that has arrived', () => {
      const w = withRelated(surging(ready()), overlaid(newAiling(crashes(9)), { spec: { containers: [{ name: 'bestie', image: A }] } }));
      assert.deepEqual([upgradeOf(w), desiredImage(w), childOf(w, 'Deployment').metadata.name], [undefined, A, 'bestie-app']);
    });
  });
});
