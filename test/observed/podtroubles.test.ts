import { strict as assert } from 'node:assert';
import { podsOf } from '../../src/observed/pods.ts';
import { problems } from '../../src/observed/podtroubles.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { ailing, containerStatus, halves, pod, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { NOW, observe, overlaid, syncOf, withPods, world, type Loose, type World } from '../support/world.ts';

const troublesOf = (w: World) => {
  const o = observe(w);
  return problems(podsOf(o, 'web'), o);
};
const troubles = (...pods: readonly KubeObject[]) => troublesOf(withPods(world(), ...pods));
const POD = 'container "bestie" of pod "bestie-app-5d9c7b8f6-aaaaa"';
const died = (exitCode: number, reason = 'Error'): Loose => ({ terminated: { exitCode, reason } });

describe('observed/podtroubles', () => {
  describe('one trouble reads the same in every half between which kubelets alternate', () => {
    for (const [trouble, statuses] of Object.entries(halves)) {
      it(trouble, () => {
        const found = Object.values(statuses).map((status) => troubles(ailing(status)));
        assert.equal(found[0]?.length, 1);
        for (const other of found.slice(1)) assert.deepEqual(other, found[0]);
      });
    }
  });

  describe('problems', () => {
    each<KubeObject, [reason: string, message: string] | undefined>(
      {
        Well: { reason: 'nothing to report', given: pod('bestie-app-5d9c7b8f6-aaaaa', 'web'), want: undefined },
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
        MostSpecific: {
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
        NeverPull: {
          reason: 'an image that its node may not pull cannot be had',
          given: ailing(waits('ErrImageNeverPull')),
          want: [
            'ImagePullFailed',
            `${POD} cannot pull image "quay.io/opdev/bestie:1.3"; check that it exists and that the nodes may pull it`,
          ],
        },
        ImageOfVolume: {
          reason: 'the kubelet reports the image of a volume of the container that mounts it',
          given: overlaid(ailing(waits('ErrImagePull')), {
            spec: { volumes: [{ name: 'a' }, { name: 'm', image: { reference: 'models:1' } }] },
          }),
          want: [
            'ImagePullFailed',
            `${POD} cannot pull image "quay.io/opdev/bestie:1.3" or that of a volume ("models:1"); check that it exists and that the nodes may pull it`,
          ],
        },
        InjectedImage: {
          reason: 'an image is an image: the pod does not become ready without it',
          given: pod('p', 'web', { status: { containerStatuses: [containerStatus(waits('ImagePullBackOff'), 'istio-proxy')] } }),
          want: [
            'ImagePullFailed',
            'container "istio-proxy" of pod "p" cannot pull image "quay.io/opdev/bestie:1.3"; check that it exists and that the nodes may pull it',
          ],
        },
        InjectedCrash: {
          reason: 'by its name: it keeps the pod from being ready',
          given: pod('p', 'web', {
            status: { containerStatuses: [containerStatus({}), containerStatus({ ready: false, state: died(2) }, 'istio-proxy')] },
          }),
          want: ['CrashLoop', 'container "istio-proxy" of pod "p" ended with exit code 2; read its log'],
        },
        Future: {
          reason: 'a reason of a release to come, before any container has run',
          given: ailing(waits('DeviceNotPrepared')),
          want: ['ContainerConfigError', `${POD} cannot be created or started: see kubectl describe pod`],
        },
        OwnPropertyOfObjects: {
          reason: 'no reason is looked up in a prototype',
          given: ailing(waits('constructor')),
          want: ['ContainerConfigError', `${POD} cannot be created or started: see kubectl describe pod`],
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
          reason: 'a scheduling gate is the intention of another controller',
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

    it("are reported in the order of the pods' names, whatever the order in the request", () => {
      const [a, b] = [ailing(waits('ErrImagePull'), 'a'), ailing({ ready: false, state: died(1) }, 'b')];
      assert.deepEqual(troubles(b, a), troubles(a, b));
      assert.equal(troubles(b, a)[0]?.reason, 'ImagePullFailed');
    });
  });

  it('takes a reason that is not known for what status says of the container: it alternates with a back-off that is', () => {
    const unknown = ailing(waits('ArtifactRejected'));
    const found = troublesOf(withPods(world(), ailing(waits('ImagePullBackOff'))))[0];
    const w = withPods(world(), unknown);
    assert.equal(troublesOf(w)[0]?.reason, 'ContainerConfigError');
    assert.deepEqual(troublesOf({ ...w, parent: { ...w.parent, status: { reported: found?.reports } } })[0], found);
    const { status } = syncOf(withPods(world(), ailing(waits('ImagePullBackOff'))));
    assert.deepEqual(status.reported, found?.reports, 'status keeps it');
    assert.deepEqual(troublesOf({ ...w, parent: { ...w.parent, status } })[0], found);
  });
});
