/** Containers that a mesh or a policy put beside ours: what they mean for a migration and for a new version. */
import { strict as assert } from 'node:assert';
import { startedJob } from '../../src/observed/migrationjobs.ts';
import { besideSidecar, containerStatus, jobPod, migrating, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { later, newPod, onTrial, withRelated } from '../support/upgrades.ts';
import { carriedOut, childOf, conditionOf, observe, said, syncOf, withPods, type Loose, type World } from '../support/world.ts';

const jobName = (w: World): string => childOf(w, 'Job').metadata.name;
const at = (pod: Loose, w = migrating()): World => withPods(w, jobPod(jobName(w), pod));
const native: Loose = {
  status: {
    phase: 'Running',
    initContainerStatuses: [
      containerStatus({ ready: true, state: { running: {} } }, 'istio-proxy'),
      containerStatus({ ready: true, state: { terminated: { exitCode: 0 } } }, 'wait-for-database'),
    ],
    containerStatuses: [containerStatus({ ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } }, 'migrate')],
  },
};
const imageMissing: Loose = {
  status: {
    phase: 'Pending',
    initContainerStatuses: [
      containerStatus(waits('ImagePullBackOff'), 'istio-proxy'),
      containerStatus(waits('PodInitializing'), 'wait-for-database'),
    ],
    containerStatuses: [containerStatus(waits('PodInitializing'), 'migrate')],
  },
};

describe('observed/sidecar', () => {
  each<World, [said: string, recheck: number | undefined]>(
    {
      JustEnded: { reason: 'it may end by itself', given: at(besideSidecar(10)), want: ['False Migrating', 50] },
      RunsOn: { reason: 'it does not', given: at(besideSidecar(60)), want: ['False SidecarRunning', undefined] },
      AtWork: {
        reason: 'the migration is not done',
        given: at({
          status: {
            containerStatuses: [
              containerStatus({ ready: true, state: { running: {} } }, 'migrate'),
              containerStatus({ ready: true, state: { running: {} } }, 'istio-proxy'),
            ],
          },
        }),
        want: ['False Migrating', undefined],
      },
      Failed: { reason: 'a migration that failed says that', given: at(besideSidecar(60, 1)), want: ['False CrashLoop', undefined] },
      Seeded: {
        reason: 'the last step is the one that loads the sample data',
        given: at(besideSidecar(60, 0, 'seed')),
        want: ['False SidecarRunning', undefined],
      },
      Native: { reason: 'the kubelet ends it when ours has ended', given: at(native), want: ['False Migrating', undefined] },
      ImageMissing: {
        reason: 'its image keeps the pod from beginning',
        given: at(imageMissing),
        want: ['False ImagePullFailed', undefined],
      },
    },
    (given, want) => {
      const answer = syncOf(given);
      assert.deepEqual([said(answer, 'DatabaseSeeded'), answer.resyncAfterSeconds], want);
    },
  );

  it('is named, with the way out, and stays said whatever a clock says', () => {
    const reported = carriedOut(at(besideSidecar(70)));
    const { message } = conditionOf(syncOf(reported), 'DatabaseSeeded') ?? {};
    assert.match(
      message ?? '',
      /container "istio-proxy" of pod ".*" keeps running.*sidecar\.istio\.io\/inject: "false".*delete job bestie-job-/,
    );
    assert.equal(said(syncOf(reported), 'Stalled'), 'True SidecarRunning');
    assert.equal(said(syncOf(later(reported, -30)), 'DatabaseSeeded'), 'False SidecarRunning');
  });

  it('keeps a migration that is done as it is: it counts as started, and its Job stays', () => {
    const w = at(besideSidecar(600));
    assert.equal(startedJob(observe(w))?.name, jobName(w));
    assert.ok(syncOf(w).children.some(({ kind, metadata }) => kind === 'Job' && metadata.name === jobName(w)));
  });

  it('is no beginning of a migration while ours has not started', () => {
    assert.equal(startedJob(observe(at(imageMissing))), undefined);
    const before: Loose = {
      status: {
        ...(imageMissing.status as Loose),
        initContainerStatuses: [containerStatus({ ready: true, state: { running: {} } }, 'istio-proxy')],
      },
    };
    assert.equal(startedJob(observe(at(before))), undefined);
  });

  it('gives up no version: an image of its own is said, and the deadline of the Deployment counts', () => {
    const w = withRelated(
      onTrial(),
      newPod(
        {
          phase: 'Pending',
          containerStatuses: [
            containerStatus({ ready: true, state: { running: {} } }),
            containerStatus(waits('ErrImagePull'), 'istio-proxy'),
          ],
        },
        600,
      ),
    );
    const answer = syncOf(w);
    assert.equal(said(answer, 'ImagePulled'), 'False ImagePullFailed');
    assert.equal(said(answer, 'DeploymentReady'), 'False ImagePullFailed');
    assert.notEqual(conditionOf(answer, 'UpgradeFailed')?.status, 'True');
  });
});
