import { strict as assert } from 'node:assert';
import { hasStarted, isOver, podsOf } from '../../src/observed/pods.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { containerStatus, jobPod, pod, podPhase } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { observe, withPods, world } from '../support/world.ts';

describe('observed/pods', () => {
  it('distinguishes the pods of the application from those of a migration, and from foreign pods', () => {
    const o = observe(
      withPods(
        world(),
        pod('web', 'web'),
        jobPod('job'),
        pod('stranger', 'web', { metadata: { labels: { 'app.kubernetes.io/component': undefined } } }),
      ),
    );
    assert.deepEqual(
      podsOf(o, 'web').map(({ metadata }) => metadata.name),
      ['web'],
    );
    assert.deepEqual(
      podsOf(o, 'migration').map(({ metadata }) => metadata.name),
      ['job-x7k2p'],
    );
  });

  describe('hasStarted', () => {
    each<KubeObject, boolean>(
      {
        Pending: { reason: 'only the init container runs: nothing was migrated', given: jobPod('j', podPhase.pending), want: false },
        NoStatus: { reason: 'no kubelet has seen it', given: jobPod('j', { status: null }), want: false },
        Running: { reason: 'at work', given: jobPod('j', podPhase.running), want: true },
        Failed: { reason: 'it was at work', given: jobPod('j', podPhase.failed), want: true },
        Succeeded: { reason: 'it was at work', given: jobPod('j', podPhase.succeeded), want: true },
        Injected: {
          reason: 'a sidecar that runs, before ours or beside it, is no work of ours',
          given: jobPod('j', {
            status: {
              initContainerStatuses: [containerStatus({ ready: true, state: { running: {} } }, 'istio-proxy')],
              containerStatuses: [
                containerStatus({ ready: false, state: { waiting: { reason: 'PodInitializing' } } }, 'migrate'),
                containerStatus({ ready: false, restartCount: 3, lastState: { terminated: { exitCode: 1 } } }, 'vault-agent'),
              ],
            },
          }),
          want: false,
        },
        Seeding: {
          reason: 'the step after the migration',
          given: jobPod('j', { status: { containerStatuses: [containerStatus({ state: { running: {} } }, 'seed')] } }),
          want: true,
        },
        Restarted: {
          reason: 'it was at work',
          given: jobPod('j', {
            status: { containerStatuses: [containerStatus({ restartCount: 1, state: null, lastState: null }, 'migrate')] },
          }),
          want: true,
        },
      },
      (given, want) => {
        assert.equal(hasStarted(given as Parameters<typeof hasStarted>[0]), want);
      },
    );
  });

  it('isOver: in the phases from which no pod comes back', () => {
    const phases = ['Pending', 'Running', 'Unknown', 'Succeeded', 'Failed', null];
    assert.deepEqual(
      phases.filter((phase) => isOver(pod('p', 'web', { status: { phase } }) as Parameters<typeof isOver>[0])),
      ['Succeeded', 'Failed'],
    );
  });
});
