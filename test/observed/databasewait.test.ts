/** Pods that do not reach their database: what is said, when, and that it says nothing about the version. */
import { strict as assert } from 'node:assert';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { containerStatus, jobPod, jobStatus, migrating, pod, ready, usable, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { surging } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  overlaid,
  patched,
  said,
  syncOf,
  withPods,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const waitsSince = (seconds: number): Loose => ({ ready: false, state: { running: { startedAt: ago(seconds) } } });
const SENTENCE = 'the login is refused: the user or the password in the Secret is wrong';
const end = (exitCode: number, message?: string): Loose => ({ terminated: { exitCode, reason: 'Error', ...(message && { message }) } });
const ended = (exitCode: number, message?: string): Loose => ({ ready: false, state: end(exitCode, message) });
/** The halves between which a kubelet alternates while it starts the container again and again. */
const backOff = (exitCode: number, message?: string): Loose => ({
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: end(exitCode, message),
});
const again = (exitCode: number, message?: string): Loose => ({ ...backOff(exitCode, message), state: { running: { startedAt: ago(2) } } });

const held = (container: Loose): Loose => ({
  status: {
    phase: 'Pending',
    initContainerStatuses: [containerStatus(container, 'wait-for-database')],
    containerStatuses: [containerStatus(waits('PodInitializing'), 'migrate')],
  },
});

const external = (): World =>
  carriedOut(world({ database: { provider: 'External', secretName: 'theirs' }, sessionSecret: { name: 'session' } }));
const jobName = (w: World): string => childOf(w, 'Job').metadata.name;
const migration = (container: Loose, w = usable(), patch: Loose = {}): World =>
  withPods(patched(w, 'Job', { status: jobStatus.active }), jobPod(jobName(w), { ...held(container), ...patch }));
const NEW = 'bestie-app-7c4d5e6f70-0';
const webPod = (container: Loose): KubeObject => pod(NEW, 'web', held(container));
const rollout = (container: Loose): World => withPods(surging(ready()), webPod(container));

/** No pod of the application answers its probe. */
const unready = (w: World): World => ({
  ...w,
  related: w.related.map((each) =>
    each.kind === 'Pod' ? overlaid(each, { status: { conditions: [{ type: 'Ready', status: 'False' }] } }) : each,
  ),
});

const where = (w: World): string => `container "wait-for-database" of migration Job ${jobName(w)}`;

/** The pods of the application were ready, and have failed their probes for so many seconds; `container` and `probe` change what is seen of theirs. */
const silent = (w: World, seconds: number, container: Loose = {}, probe: Loose = { exec: { command: ['python3'] } }): World => ({
  ...w,
  related: w.related.map((each) =>
    each.kind === 'Pod'
      ? overlaid(each, {
          spec: { containers: [{ name: 'bestie', image: 'bestie', readinessProbe: probe }] },
          status: {
            conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }],
            containerStatuses: [containerStatus({ ready: false, state: { running: { startedAt: ago(500) } }, ...container }, 'bestie')],
          },
        })
      : each,
  ),
});

describe('observed/databasewait', () => {
  each<[w: World, type: string], [said: string, recheck: number | undefined]>(
    {
      JustBegun: {
        reason: 'most databases that come up answer soon; it is looked at again in time',
        given: [migration(waitsSince(5)), 'DatabaseSeeded'],
        want: ['False Migrating', 55],
      },
      Minute: {
        reason: 'long enough',
        given: [migration(waitsSince(60)), 'DatabaseSeeded'],
        want: ['False DatabaseUnreachable', undefined],
      },
      Refused: {
        reason: 'time does not fix it',
        given: [migration(ended(77, SENTENCE)), 'DatabaseSeeded'],
        want: ['False DatabaseRefused', undefined],
      },
      RefusedWithoutWords: {
        reason: 'a message that was lost is not made up',
        given: [migration(ended(77)), 'DatabaseSeeded'],
        want: ['False DatabaseUnreachable', undefined],
      },
      EndedOtherwise: {
        reason: 'whatever ends it',
        given: [migration(ended(1)), 'DatabaseSeeded'],
        want: ['False DatabaseUnreachable', undefined],
      },
      External: {
        reason: 'the database is not ready then',
        given: [migration(waitsSince(60), external()), 'DatabaseReady'],
        want: ['False DatabaseUnreachable', undefined],
      },
      ExternalRefused: {
        reason: 'nor then',
        given: [migration(ended(77, SENTENCE), external()), 'DatabaseReady'],
        want: ['False DatabaseRefused', undefined],
      },
      ExternalBegun: {
        reason: 'not known yet',
        given: [migration(waitsSince(5), external()), 'DatabaseReady'],
        want: ['Unknown ExternallyManaged', 55],
      },
      Managed: {
        reason: 'no status of the database operator reports that no primary answers',
        given: [migration(waitsSince(60)), 'DatabaseReady'],
        want: ['False DatabaseUnreachable', undefined],
      },
      ManagedBegun: {
        reason: 'not known yet',
        given: [migration(waitsSince(5)), 'DatabaseReady'],
        want: ['True Usable', 55],
      },
      ManagedEnded: {
        reason: 'why a container ended may be up to its image',
        given: [migration(ended(1)), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedRefused: {
        reason: 'the database answers, and what refuses is said elsewhere',
        given: [migration(ended(77, SENTENCE)), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedAnswers: {
        reason: 'other pods reach it',
        given: [withPods(rollout(waitsSince(60)), pod('bestie-app-old', 'web')), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedRollout: {
        reason: 'the probe of the former pods fails, too',
        given: [unready(rollout(waitsSince(60))), 'DatabaseReady'],
        want: ['False DatabaseUnreachable', undefined],
      },
      ManagedPaused: {
        reason: 'what a person has switched explains more',
        given: [patched(migration(waitsSince(60)), 'PostgresCluster', { spec: { paused: true } }), 'DatabaseReady'],
        want: ['False Suspended', undefined],
      },
      ManagedLost: {
        reason: 'the pods ran before, wait nowhere, and their probes fail',
        given: [silent(ready(), 60), 'DatabaseReady'],
        want: ['False DatabaseUnreachable', undefined],
      },
      ManagedJustLost: {
        reason: 'another instance takes over within a minute',
        given: [silent(ready(), 59), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedOneAnswers: {
        reason: 'another pod reaches it',
        given: [withPods(silent(ready(), 300), pod('bestie-app-other', 'web')), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedNeverReady: {
        reason: 'it may be the version',
        given: [silent(ready(), 501), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedStartedAgain: {
        reason: 'so may it be here',
        given: [silent(ready(), 300, { state: { running: { startedAt: ago(100) } } }), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedNodeLost: {
        reason: 'the kubelet does not probe the pod any more; its probe has not failed',
        given: [silent(ready(), 300, { ready: true }), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedProbedByHTTP: {
        reason: 'the probe of a former release covers the application as well',
        given: [silent(ready(), 300, {}, { httpGet: { path: '/api/listings/', port: 'http' } }), 'DatabaseReady'],
        want: ['True Usable', undefined],
      },
      ManagedLostAndPaused: {
        reason: 'what a person has switched explains more',
        given: [patched(silent(ready(), 300), 'PostgresCluster', { spec: { paused: true } }), 'DatabaseReady'],
        want: ['False Suspended', undefined],
      },
      ExternalLost: {
        reason: 'nothing else reports it',
        given: [silent(ready(external()), 60), 'DatabaseReady'],
        want: ['False DatabaseUnreachable', undefined],
      },
      Rollout: { reason: 'a new pod', given: [rollout(waitsSince(60)), 'DeploymentReady'], want: ['False DatabaseUnreachable', undefined] },
      RolloutRefused: {
        reason: 'a new pod',
        given: [rollout(backOff(77, SENTENCE)), 'DeploymentReady'],
        want: ['False DatabaseRefused', undefined],
      },
      Terminating: {
        reason: 'a pod that goes says nothing',
        given: [
          migration(waitsSince(600), usable(), { metadata: { deletionTimestamp: ago(1), labels: { 'job-name': jobName(usable()) } } }),
          'DatabaseSeeded',
        ],
        want: ['False Migrating', undefined],
      },
    },
    ([given, type], want) => {
      const answer = syncOf(given);
      assert.deepEqual([said(answer, type), answer.resyncAfterSeconds], want);
      assert.notEqual(said(answer, 'UpgradeFailed')?.split(' ')[0], 'True');
    },
  );

  describe('says', () => {
    const message = (w: World, type = 'DatabaseSeeded'): string => conditionOf(syncOf(w), type)?.message ?? '';

    it('what waits, since when, and how to see why', () => {
      const w = migration(waitsSince(90));
      assert.equal(
        message(w),
        `${where(w)} has waited for the database since ${ago(90)}; see why: kubectl -n pets logs job/${jobName(w)} -c wait-for-database`,
      );
      assert.match(message(rollout(waitsSince(90)), 'DeploymentReady'), new RegExp(`of pod "${NEW}" .* logs ${NEW} -c wait-for-database$`));
    });

    it("the container's own sentence, on one line and bounded", () => {
      assert.equal(message(migration(ended(77, SENTENCE))), `${where(usable())} ended: ${SENTENCE}`);
      assert.equal(message(migration(ended(77, ` a\n b ${'c'.repeat(300)}`))).length, `${where(usable())} ended: `.length + 200);
    });

    it('the exit code where it has none', () => {
      assert.match(message(migration(ended(1))), /ended with exit code 1 before it reached the database; see why: kubectl/);
    });

    it('the same for each half between which a kubelet alternates, and for each pod of a Job', () => {
      const halves = [backOff, again, ended].map((half) => syncOf(rollout(half(77, SENTENCE))).status);
      for (const half of halves) assert.deepEqual(half, halves[0]);
      const [job, refused] = [jobName(usable()), held(ended(77, SENTENCE))];
      const next = overlaidName(jobPod(job, held(waitsSince(3))), 'aaaa');
      assert.equal(message(withPods(migration(ended(77, SENTENCE)), next)), message(migration(ended(77, SENTENCE))));
      assert.equal(
        message(withPods(migration(ended(77, SENTENCE)), overlaidName(jobPod(job, refused), 'zzzz'))),
        message(migration(ended(77, SENTENCE))),
      );
    });

    it('it also where the clock of another replica is behind', () => {
      const reported = carriedOut(migration(waitsSince(61)));
      assert.equal(said(syncOf({ ...reported, now: ago(30) }), 'DatabaseSeeded'), 'False DatabaseUnreachable');
    });
  });

  it('stalls only what time does not fix', () => {
    assert.equal(said(syncOf(migration(ended(77, SENTENCE))), 'Stalled'), 'True DatabaseRefused');
    assert.equal(said(syncOf(migration(waitsSince(600))), 'Stalled'), 'False NotStalled');
    assert.equal(said(syncOf(migration(waitsSince(600))), 'Reconciling'), 'True Progressing');
  });

  it('is over for a Job once a later attempt is in, although the pod of the former one is still there', () => {
    const job = jobName(usable());
    const refused = overlaidName(
      jobPod(job, overlaid(held(ended(77, SENTENCE)), { status: { phase: 'Failed' }, metadata: { creationTimestamp: ago(900) } })),
      'zzzz',
    );
    const next = jobPod(job, { metadata: { creationTimestamp: ago(300) } });
    const w = patched(usable(), 'Job', { status: jobStatus.active });
    assert.equal(said(syncOf(withPods(w, refused)), 'DatabaseSeeded'), 'False DatabaseRefused');
    assert.equal(said(syncOf(withPods(w, refused, next)), 'DatabaseSeeded'), 'False Migrating');
  });

  it('is over as soon as the pods are in', () => {
    const reached = withPods(migrating(external()), pod('x', 'migration', { metadata: { labels: { 'job-name': jobName(external()) } } }));
    assert.equal(said(syncOf(reached), 'DatabaseReady'), 'Unknown ExternallyManaged');
    assert.equal(said(syncOf(edited(ready(), {})), 'DeploymentReady'), 'True RolledOut');
  });
});

const overlaidName = (object: KubeObject, name: string): KubeObject => ({ ...object, metadata: { ...object.metadata, name } });
