import { strict as assert } from 'node:assert';
import { hasStarted, isOver, podsOf, problems } from '../../src/children/pods.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { ailing, containerStatus, halves, jobPod, pod, podPhase, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { NOW, observe, overlaid, withPods, world, type Loose } from '../support/world.ts';

const troubles = (...pods: readonly KubeObject[]) => problems(podsOf(observe(withPods(world(), ...pods)), 'web'));
const POD = 'container "bestie" of pod "bestie-app-5d9c7b8f6-aaaaa"';
const died = (exitCode: number, reason = 'Error'): Loose => ({ terminated: { exitCode, reason } });

describe('children/pods', () => {
  describe('one trouble reads the same in every half between which kubelets alternate', () => {
    for (const [trouble, statuses] of Object.entries(halves)) {
      it(trouble, () => {
        const told = Object.values(statuses).map((status) => troubles(ailing(status)));
        assert.equal(told[0]?.length, 1);
        for (const other of told.slice(1)) assert.deepEqual(other, told[0]);
      });
    }
  });

  describe('problems', () => {
    each<KubeObject, [reason: string, message: string] | undefined>(
      {
        Well: { reason: 'nothing to tell', given: pod('bestie-app-5d9c7b8f6-aaaaa', 'web'), want: undefined },
        Pulling: { reason: 'an ordinary pull is no trouble', given: ailing(waits('ContainerCreating')), want: undefined },
        NoStatus: { reason: 'a pod that no kubelet has seen', given: pod('p', 'web', { status: undefined }), want: undefined },
        NullStatus: { reason: 'nulls are normal input', given: pod('p', 'web', { status: null }), want: undefined },
        NullParts: {
          reason: 'nulls are normal input',
          given: pod('p', 'web', {
            status: {
              conditions: [null],
              containerStatuses: [null, { name: null, state: null, lastState: null }],
              initContainerStatuses: null,
            },
          }),
          want: undefined,
        },
        ImagePull: {
          reason: 'the message is ours',
          given: ailing(waits('ErrImagePull', 'rpc error')),
          want: [
            'ImagePullFailed',
            `${POD} cannot pull image "quay.io/opdev/bestie:1.3"; check that it exists and that the nodes may pull it`,
          ],
        },
        InvalidImageName: {
          reason: 'a name that cannot be pulled is no better',
          given: ailing(waits('InvalidImageName')),
          want: [
            'ImagePullFailed',
            `${POD} cannot pull image "quay.io/opdev/bestie:1.3"; check that it exists and that the nodes may pull it`,
          ],
        },
        MissingSecret: {
          reason: 'the kubelet names what is missing',
          given: ailing(waits('CreateContainerConfigError', 'secret "bestie-database" not found')),
          want: ['ContainerConfigError', `${POD} cannot be created or started: secret "bestie-database" not found`],
        },
        MissingSomething: {
          reason: 'without a message there is still a sentence',
          given: ailing(waits('CreateContainerConfigError')),
          want: ['ContainerConfigError', `${POD} cannot be created or started: a Secret, a ConfigMap or a key of one is missing`],
        },
        CannotStart: {
          reason: 'messages with ids are not repeated',
          given: ailing(waits('RunContainerError', 'container 4f5e: exec failed')),
          want: ['ContainerConfigError', `${POD} cannot be created or started: see kubectl describe pod`],
        },
        OutOfMemory: {
          reason: 'the first kill, before any restart',
          given: ailing({ ready: false, state: died(137, 'OOMKilled') }),
          want: ['OOMKilled', `${POD} was killed because it used more memory than its limit`],
        },
        Crash: {
          reason: 'the first end, before any restart',
          given: ailing({ ready: false, state: died(2) }),
          want: ['CrashLoop', `${POD} ended with exit code 2; read its log`],
        },
        BackOffWithoutEnd: {
          reason: 'a back-off without a last state',
          given: ailing(waits('CrashLoopBackOff')),
          want: ['CrashLoop', `${POD} ended with exit code unknown; read its log`],
        },
        Recovered: {
          reason: 'a container that was restarted and is ready is well again',
          given: pod('p', 'web', {
            status: { containerStatuses: [containerStatus({ ready: true, restartCount: 3, state: { running: {} }, lastState: died(1) })] },
          }),
          want: undefined,
        },
        FirstEndWell: {
          reason: 'one end with exit code 0 is not yet a loop',
          given: ailing({ ready: false, state: died(0, 'Completed') }),
          want: undefined,
        },
        InitContainer: {
          reason: 'the wait for the database can fail too',
          given: pod('p', 'web', {
            status: {
              phase: 'Pending',
              initContainerStatuses: [containerStatus(waits('ImagePullBackOff'), 'wait-for-database')],
              containerStatuses: [],
            },
          }),
          want: [
            'ImagePullFailed',
            'container "wait-for-database" of pod "p" cannot pull image "quay.io/opdev/bestie:1.3"; check that it exists and that the nodes may pull it',
          ],
        },
        MostTelling: {
          reason: 'a sidecar that crashes does not hide an image that cannot be pulled',
          given: pod('p', 'web', {
            status: {
              containerStatuses: [containerStatus({ ready: false, state: died(1) }, 'a-sidecar'), containerStatus(waits('ErrImagePull'))],
            },
          }),
          want: [
            'ImagePullFailed',
            'container "bestie" of pod "p" cannot pull image "quay.io/opdev/bestie:1.3"; check that it exists and that the nodes may pull it',
          ],
        },
        Unschedulable: {
          reason: 'no kubelet has it',
          given: pod('p', 'web', {
            status: {
              phase: 'Pending',
              conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
              containerStatuses: null,
            },
          }),
          want: ['Unschedulable', 'no node takes pod "p"; see kubectl describe pod'],
        },
        Gated: {
          reason: "a scheduling gate is somebody else's intention",
          given: pod('p', 'web', {
            status: {
              phase: 'Pending',
              conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
              containerStatuses: null,
            },
          }),
          want: undefined,
        },
        Terminating: {
          reason: 'a pod that goes away anyway',
          given: overlaid(ailing(waits('ErrImagePull')), { metadata: { deletionTimestamp: NOW } }),
          want: undefined,
        },
      },
      (given, want) => {
        assert.deepEqual(
          troubles(given).map(({ reason, message }) => [reason, message]),
          want === undefined ? [] : [want],
        );
      },
    );

    it("are told in the order of the pods' names, whatever the order in the request", () => {
      const [a, b] = [ailing(waits('ErrImagePull'), 'a'), ailing({ ready: false, state: died(1) }, 'b')];
      assert.deepEqual(troubles(b, a), troubles(a, b));
      assert.equal(troubles(b, a)[0]?.reason, 'ImagePullFailed');
    });
  });

  it('tells the pods of the application from those of a migration, and from strangers', () => {
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
