import { strict as assert } from 'node:assert';
import { backedUp, containerStatus, halves, jobPod, jobStatus, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  B,
  imageOf,
  jobReports,
  migrates,
  newAiling,
  newPod,
  onTrial,
  surging,
  desiredImage,
  upgradeOf,
  withRelated,
} from '../support/upgrades.ts';
import { ago, conditionOf, said, syncOf, withPods, type Loose, type World } from '../support/world.ts';

/** Not given up: undefined; given up: the reason. And when to look again. */
type Verdict = [failed: string | undefined, recheck?: number];

function verdict(w: World): Verdict {
  const answer = syncOf(w);
  const { status, reason } = conditionOf(answer, 'UpgradeFailed') ?? {};
  const { resyncAfterSeconds } = answer;
  return [status === 'True' ? reason : undefined, ...(resyncAfterSeconds === undefined ? [] : [resyncAfterSeconds])] as Verdict;
}

const config = waits('CreateContainerConfigError', 'secret "keys" not found');
const crashes = (restartCount: number, reason = 'Error', exitCode = 1): Loose => ({
  ready: false,
  restartCount,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode, reason } },
});
/** A container that could not even be started: it leaves an exit code behind, and is tried again. */
const cannotStart = crashes(1, 'StartError', 128);

const app = (container: Loose, seconds: number): World => withRelated(onTrial(), newAiling(container, seconds));
const init = (container: Loose, seconds: number): World =>
  withRelated(
    onTrial(),
    newPod(
      {
        initContainerStatuses: [containerStatus(container, 'wait-for-database')],
        containerStatuses: [containerStatus(waits('PodInitializing'))],
      },
      seconds,
    ),
  );

/** The Deployment says that its deadline has passed; the container that waits for the database reports that, or is done. */
const late = (waiting?: Loose, letInSecondsAgo?: number): World => {
  const statuses =
    waiting === undefined
      ? {
          ...(letInSecondsAgo !== undefined && {
            initContainerStatuses: [
              containerStatus(
                { ready: true, state: { terminated: { exitCode: 0, finishedAt: ago(letInSecondsAgo) } } },
                'wait-for-database',
              ),
            ],
          }),
          containerStatuses: [containerStatus({ state: { running: {} } })],
        }
      : {
          initContainerStatuses: [containerStatus(waiting, 'wait-for-database')],
          containerStatuses: [containerStatus(waits('PodInitializing'))],
        };
  return withRelated(surging(onTrial(), 'ProgressDeadlineExceeded'), newPod(statuses, 700));
};

const nextJob = (w: World): string => w.children.find((child) => child.kind === 'Job' && imageOf(child) === B)?.metadata.name ?? '';
const migration = (
  container: Loose,
  seconds: number,
  where: 'containerStatuses' | 'initContainerStatuses' = 'containerStatuses',
): World => {
  const w = jobReports(backedUp(), B, jobStatus.active);
  const statuses = {
    initContainerStatuses: [],
    containerStatuses: [containerStatus(waits('PodInitializing'), 'migrate')],
    [where]: [containerStatus(container, where === 'containerStatuses' ? 'migrate' : 'wait-for-database')],
  };
  return withPods(
    w,
    jobPod(nextJob(w), { metadata: { creationTimestamp: ago(seconds) }, status: { phase: 'Pending', conditions: [], ...statuses } }),
  );
};

describe('decide/giveup', () => {
  for (const [place, at] of Object.entries({ Container: app, InitContainer: init })) {
    describe(`of a pod of the new version, in its ${place}`, () => {
      each<World, Verdict>(
        {
          Pulled: { reason: 'an ordinary start', given: at(waits('ContainerCreating'), 9000), want: [undefined] },
          ErrImagePull119: { reason: 'the image may turn up', given: at(waits('ErrImagePull'), 119), want: [undefined, 1] },
          ErrImagePull: { reason: 'two minutes', given: at(waits('ErrImagePull'), 120), want: ['ImagePullFailed'] },
          BackOffYoung: { reason: 'the other half', given: at(waits('ImagePullBackOff'), 5), want: [undefined, 115] },
          BackOff: { reason: 'the other half', given: at(waits('ImagePullBackOff'), 120), want: ['ImagePullFailed'] },
          InvalidImageName: { reason: 'it never will', given: at(waits('InvalidImageName'), 0), want: ['ImagePullFailed'] },
          Config119: { reason: 'the Secret may turn up', given: at(config, 119), want: [undefined, 1] },
          Config: { reason: 'two minutes', given: at(config, 120), want: ['ContainerConfigError'] },
          CannotStart119: { reason: 'the same wait', given: at(cannotStart, 119), want: [undefined, 1] },
          CannotStart: { reason: 'it never began', given: at(cannotStart, 120), want: ['ContainerConfigError'] },
        },
        (given, want) => {
          assert.deepEqual(verdict(given), want);
          assert.equal(desiredImage(given), want[0] === undefined ? B : A);
          assert.equal(said(syncOf(given), 'Available'), 'True EnoughReplicas');
        },
      );
    });
  }

  describe('of a pod of the new version that ends', () => {
    each<World, Verdict>(
      {
        CrashTwice: { reason: 'it may recover', given: app(crashes(2), 9000), want: [undefined] },
        CrashThrice: { reason: 'three restarts', given: app(crashes(3), 1), want: ['CrashLoop'] },
        MemoryTwice: { reason: 'it may recover', given: app(crashes(2, 'OOMKilled', 137), 9000), want: [undefined] },
        Memory: { reason: 'three restarts', given: app(crashes(3, 'OOMKilled', 137), 1), want: ['OOMKilled'] },
        Waiting: { reason: 'the database is no fault of the version', given: init(crashes(30), 9000), want: [undefined] },
        WaitingRefused: { reason: 'nor is a login that is refused', given: init(crashes(30, 'Error', 77), 9000), want: [undefined] },
        WaitingMemory: {
          reason: 'nor any other end of that container',
          given: init(crashes(30, 'OOMKilled', 137), 9000),
          want: [undefined],
        },
        WaitingLate: { reason: 'nor a deadline', given: late(crashes(30)), want: [undefined] },
        StillWaiting: {
          reason: 'nor a deadline while it waits',
          given: late({ state: { running: { startedAt: ago(900) } } }),
          want: [undefined],
        },
        LetInLately: {
          reason: 'it has had half a minute since the database came back',
          given: late(undefined, 30),
          want: [undefined, 570],
        },
        LetInLongAgo: { reason: 'it has had its time since then', given: late(undefined, 600), want: ['ProgressDeadlineExceeded'] },
        Late: { reason: 'the deadline of what has started', given: late(), want: ['ProgressDeadlineExceeded'] },
      },
      (given, want) => {
        assert.deepEqual(verdict(given), want);
        assert.equal(desiredImage(given), want[0] === undefined ? B : A);
      },
    );
  });

  it('says of which container of which pod, as the kubelet does', () => {
    assert.match(
      upgradeOf(app(config, 120))?.message ?? '',
      /^container "bestie" of pod "bestie-app-7c4d5e6f70-0" .* secret "keys" not found$/,
    );
    assert.match(upgradeOf(init(waits('ErrImagePull'), 120))?.message ?? '', /^container "wait-for-database" of pod/);
  });

  describe('of the halves between which a kubelet alternates', () => {
    for (const [name, alternating] of Object.entries(halves)) {
      it(`${name}: is the same for each`, () => {
        // An init container that ends well is over: it is not started again.
        for (const at of name === 'CleanExit' ? [app] : [app, init]) {
          for (const seconds of [30, 119, 120, 600]) {
            const [first, ...others] = Object.values(alternating).map((container) => syncOf(at(container, seconds)));
            for (const other of others) assert.deepEqual(other, first);
          }
        }
      });
    }

    it('is the same for each in the pods of a Job', () => {
      for (const seconds of [30, 119, 120, 600]) {
        const [first, other] = Object.values(halves.ImagePull ?? {}).map((container) => syncOf(migration(container, seconds)));
        assert.deepEqual(other, first);
      }
    });
  });

  describe('of a migration', () => {
    const failed = (pods: Loose | undefined): World => {
      const w = jobReports(backedUp(), B, jobStatus.failed);
      return pods === undefined ? w : withPods(w, jobPod(nextJob(w), pods));
    };
    each<World, Verdict>(
      {
        ErrImagePull119: { reason: 'the image may turn up', given: migration(waits('ErrImagePull'), 119), want: [undefined, 1] },
        ErrImagePull: { reason: 'two minutes', given: migration(waits('ErrImagePull'), 120), want: ['ImagePullFailed'] },
        InitPull: {
          reason: 'in an init container',
          given: migration(waits('ImagePullBackOff'), 120, 'initContainerStatuses'),
          want: ['ImagePullFailed'],
        },
        InvalidImageName: { reason: 'it never will', given: migration(waits('InvalidImageName'), 0), want: ['ImagePullFailed'] },
        Config119: { reason: 'the Secret may turn up', given: migration(config, 119), want: [undefined, 1] },
        Config: { reason: 'two minutes', given: migration(config, 120), want: ['ContainerConfigError'] },
        Retrying: { reason: 'a try failed, another one follows', given: jobReports(backedUp(), B, jobStatus.retrying), want: [undefined] },
        Started: {
          reason: 'one that has started is waited for',
          given: withPods(
            jobReports(backedUp(), B, { active: 1, failed: 1 }),
            jobPod(nextJob(backedUp()), { status: { containerStatuses: [containerStatus(waits('ErrImagePull'), 'migrate')] } }),
          ),
          want: [undefined],
        },
        Failed: { reason: 'all tries failed', given: failed(undefined), want: ['MigrationFailed'] },
      },
      (given, want) => {
        assert.deepEqual(verdict(given), want);
        assert.equal(desiredImage(given), A);
        if (want[0] !== undefined) assert.equal(upgradeOf(given)?.phase, 'Failed');
      },
    );

    it('reports what the pods of the Job say, and otherwise what the Job says', () => {
      const status = {
        phase: 'Failed',
        containerStatuses: [containerStatus({ ready: false, state: { terminated: { exitCode: 3 } } }, 'migrate')],
      };
      const name = nextJob(backedUp());
      assert.equal(
        upgradeOf(failed({ status }))?.message,
        `migration Job ${name} failed: container "migrate" of pod "${name}-x7k2p" ended with exit code 3; read its log`,
      );
      assert.equal(upgradeOf(failed(undefined))?.message, `migration Job ${name} failed: the Job reports BackoffLimitExceeded`);
    });

    it('takes a Job that has not started with it, or it would migrate under the former version later; a failed one is kept', () => {
      assert.equal(migrates(migration(waits('ErrImagePull'), 119), B), true);
      assert.equal(migrates(migration(waits('ErrImagePull'), 120), B), false);
      assert.equal(migrates(failed(undefined), B), true);
    });
  });
});
