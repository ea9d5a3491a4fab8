/** Pods that have neither sandbox nor volumes: what is said, from when on, and that it does not depend on the clock of a replica. */
import { strict as assert } from 'node:assert';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { creationTrouble } from '../../src/observed/podcreation.ts';
import { podsOf, type Pod } from '../../src/observed/pods.ts';
import { containerStatus, jobPod, migrating, pod, podPhase, ready, withoutSandbox, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { later, surging } from '../support/upgrades.ts';
import { ago, carriedOut, childOf, observe, overlaid, said, syncOf, withPods, world, type Loose, type World } from '../support/world.ts';

const bare = (seconds: number, patch: Loose = {}): KubeObject =>
  pod('p', 'web', {
    status: {
      phase: 'Pending',
      conditions: [withoutSandbox(seconds)],
      initContainerStatuses: [containerStatus(waits('PodInitializing'), 'wait-for-database')],
      containerStatuses: [containerStatus(waits('PodInitializing'))],
      ...patch,
    },
  });
const look = (given: KubeObject) => {
  const o = observe(withPods(world(), given));
  return creationTrouble(podsOf(o, 'web').find(({ metadata }) => metadata.name === given.metadata.name) as unknown as Pod, o);
};

describe('observed/podcreation', () => {
  each<KubeObject, 'reported' | number | undefined>(
    {
      JustBegun: { reason: 'most sandboxes are there sooner', given: bare(20), want: 100 },
      TwoMinutes: { reason: 'long enough', given: bare(120), want: 'reported' },
      NoStatus: { reason: 'no kubelet has seen it', given: pod('p', 'web', { status: null }), want: undefined },
      NoCondition: { reason: 'an old kubelet does not say so', given: bare(0, { conditions: [null] }), want: undefined },
      SinceUnknown: {
        reason: 'then the pod is as old as it says itself',
        given: bare(0, { conditions: [{ type: 'PodReadyToStartContainers', status: 'False' }] }),
        want: 'reported',
      },
      Pulling: {
        reason: 'an ordinary pull, however long, has its sandbox',
        given: bare(0, { conditions: [{ ...withoutSandbox(600), status: 'True' }] }),
        want: undefined,
      },
      SandboxLost: {
        reason: 'its containers have run',
        given: bare(600, {
          containerStatuses: [containerStatus({ ...waits('ContainerCreating'), lastState: { terminated: { exitCode: 0 } } })],
        }),
        want: undefined,
      },
      Over: { reason: 'the sandbox of a pod that has ended goes', given: bare(600, { phase: 'Succeeded' }), want: undefined },
      Terminating: { reason: 'it goes anyway', given: overlaid(bare(600), { metadata: { deletionTimestamp: ago(1) } }), want: undefined },
    },
    (given, want) => {
      const { trouble, recheckAfterSeconds } = look(given);
      assert.deepEqual(trouble === undefined ? recheckAfterSeconds : 'reported', want);
    },
  );

  it('is said of a rollout with the command that shows why', () => {
    assert.equal(
      look(bare(120)).trouble?.message,
      'pod "p" has neither its sandbox nor its volumes, so its containers are not created; see why: kubectl -n pets describe pod p',
    );
    assert.equal(said(syncOf(withPods(surging(ready()), bare(120))), 'DeploymentReady'), 'False ContainersNotCreated');
    assert.equal(syncOf(withPods(surging(ready()), bare(100))).resyncAfterSeconds, 20);
  });

  it('is said of a migration, and from then on whatever a clock says', () => {
    const w = migrating();
    const given = (seconds: number): World =>
      withPods(
        w,
        jobPod(childOf(w, 'Job').metadata.name, overlaid({ ...podPhase.pending }, { status: { conditions: [withoutSandbox(seconds)] } })),
      );
    assert.equal(said(syncOf(given(100)), 'DatabaseSeeded'), 'False Migrating');
    const reported = carriedOut(given(130));
    assert.equal(said(syncOf(reported), 'DatabaseSeeded'), 'False ContainersNotCreated');
    assert.equal(said(syncOf(later(reported, -30)), 'DatabaseSeeded'), 'False ContainersNotCreated');
  });
});
