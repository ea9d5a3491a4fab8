import { strict as assert } from 'node:assert';
import { jobChild } from '../../src/children/job.ts';
import { startedJob } from '../../src/observed/migrationjobs.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { annotations } from '../../src/api/names.ts';
import { containerStatus, jobPod, jobStatus, migrated, migrating, pod, podPhase, ready, usable, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { recorded } from '../support/upgrades.ts';
import {
  ago,
  applied,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  NOW,
  decided,
  observe,
  overlaid,
  patched,
  rerecorded,
  said,
  syncOf,
  without,
  withPods,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const jobs = (w: World): string[] =>
  syncOf(w)
    .children.filter(({ kind }) => kind === 'Job')
    .map(({ metadata }) => metadata.name);
const job = (w: World): KubeObject => childOf(w, 'Job');
const jobName = (w: World): string => job(w).metadata.name;

interface PodSpec {
  restartPolicy: string;
  containers: { name: string; image: string; command: string[]; env: { name: string }[] }[];
  initContainers: { name: string; image: string; command: string[]; env: { name: string }[] }[];
}

const template = (w: World): { metadata: { annotations: Loose; labels: Loose }; spec: PodSpec } => {
  const manifest = manifestOf(syncOf(w), 'Job');
  assert.ok(manifest?.spec, 'a Job is requested');
  return (manifest.spec as { template: { metadata: { annotations: Loose; labels: Loose }; spec: PodSpec } }).template;
};
/** What the Job runs once the database lets it in, one command per container. */
const steps = (w: World): string[] => {
  const { initContainers, containers } = template(w).spec;
  return [...initContainers.slice(1), ...containers].map(({ command }) => (command[0] === 'python' ? SEED_ONCE : command.join(' ')));
};
const MIGRATE = 'flask db upgrade';
const SEED_ANEW = '/bin/sh -c flask seed undo && flask seed all';
const SEED_ONCE = 'into empty tables alone';

/** The world in which the Job reports this, with that pod. */
const at = (status: Loose | undefined, pod?: Loose, w = usable()): World =>
  pod === undefined ? patched(w, 'Job', { status }) : withPods(patched(w, 'Job', { status }), jobPod(jobName(w), pod));

/** Another Job of this Bestie, which migrated another image. */
const other = (w: World, name: string, status: Loose, image = 'quay.io/opdev/bestie:1.2'): KubeObject => {
  const { template: original } = job(w).spec as { template: { spec: { containers: Loose[] } } };
  const containers = original.spec.containers.map((container) => ({ ...container, image }));
  const made = rerecorded(job(w), { metadata: { name, annotations: { [annotations.image]: image } } });
  return overlaid(made, {
    metadata: { name, annotations: { [annotations.image]: image } },
    spec: { template: { spec: { containers } } },
    status,
  });
};
const withJob = (w: World, name: string, status: Loose, image?: string): World => ({
  ...w,
  children: [...w.children, other(w, name, status, image)],
});
const ended = (type: 'Complete' | 'Failed', secondsAgo: number): Loose => ({
  conditions: [{ type, status: 'True', reason: 'x', lastTransitionTime: ago(secondsAgo) }],
});

/** The migrations of the Job are done, and what loads the sample data failed for good. */
function seedFails(w: World, message?: string): World {
  const end = { exitCode: 1, reason: 'Error', ...(message !== undefined && { message }) };
  const statuses = {
    initContainerStatuses: [containerStatus({ ready: true, state: { terminated: { exitCode: 0 } } }, 'migrate')],
    containerStatuses: [containerStatus({ ready: false, state: { terminated: end } }, 'seed')],
  };
  return at(jobStatus.failed, { status: { phase: 'Failed', ...statuses } }, w);
}

describe('children/job', () => {
  describe('what it runs', () => {
    it('migrates a new database, then loads the sample data, each step a container of the wanted image', () => {
      const { spec, metadata } = template(usable());
      assert.deepEqual(
        [...spec.initContainers, ...spec.containers].map(({ name, image }) => [name, image]),
        ['wait-for-database', 'migrate', 'seed'].map((name) => [name, 'quay.io/opdev/bestie:1.3']),
      );
      assert.deepEqual(steps(usable()), [MIGRATE, SEED_ANEW]);
      assert.equal(spec.restartPolicy, 'Never');
      assert.equal(spec.initContainers[0]?.image, 'quay.io/opdev/bestie:1.3');
      assert.equal(metadata.labels['app.kubernetes.io/component'], 'migration');
      assert.equal(metadata.annotations[annotations.database], childOf(usable(), 'PostgresCluster').metadata.uid);
    });

    it('does not seed a database that has migrations', () => {
      assert.deepEqual(steps(edited(migrated(), { version: '1.4', upgrade: { backup: 'Skip' } })), [MIGRATE]);
    });

    const incarnated = (w: World, incarnation: string): World =>
      recorded(w, 'PostgresCluster', { metadata: { annotations: { [annotations.incarnation]: incarnation } } });
    const first = (spec: Loose = {}): World => without(usable(world(spec)), 'Job');
    each<World, string[]>(
      {
        Unset: { reason: 'a new managed database gets the sample data', given: first(), want: [MIGRATE, SEED_ANEW] },
        Yes: { reason: 'requested', given: first({ database: { seed: true } }), want: [MIGRATE, SEED_ANEW] },
        No: { reason: 'asked not to', given: first({ database: { seed: false } }), want: [MIGRATE] },
        Attached: { reason: 'what it holds is not known', given: incarnated(first(), 'abcdef01'), want: [MIGRATE, SEED_ONCE] },
        PodsThere: { reason: 'the application has run on it', given: withPods(first(), pod('x', 'web')), want: [MIGRATE, SEED_ONCE] },
        DeploymentThere: {
          reason: 'likewise, although the list of migrations is empty',
          given: recorded(without(ready(), 'Job'), 'PostgresCluster', { metadata: { annotations: { [annotations.migrated]: '[]' } } }),
          want: [MIGRATE, SEED_ONCE],
        },
        StatusSaysSo: {
          reason: 'status names an image that ran, whatever else is lost',
          given: { ...first(), parent: overlaid(first().parent, { status: { image: 'quay.io/opdev/bestie:1.3' } }) },
          want: [MIGRATE, SEED_ONCE],
        },
        VersionInStatus: {
          reason: 'status remembers the version that ran, also when the Deployment, its pods and the record of the migration are gone',
          given: { ...first(), parent: overlaid(first().parent, { status: { appversion: '1.3' } }) },
          want: [MIGRATE, SEED_ONCE],
        },
        Restored: {
          reason: 'the data of a backup was restored into it',
          given: patched(first(), 'PostgresCluster', { status: { pgbackrest: { restore: { id: 'r1', finished: true } } } }),
          want: [MIGRATE, SEED_ONCE],
        },
        Copied: {
          reason: 'it was made from another one',
          given: patched(first(), 'PostgresCluster', {
            spec: { dataSource: { postgresCluster: { clusterName: 'other', repoName: 'repo1' } } },
          }),
          want: [MIGRATE, SEED_ONCE],
        },
        External: {
          reason: 'not made here',
          given: world({ database: { provider: 'External', secretName: 'theirs', seed: true }, sessionSecret: { name: 's' } }),
          want: [MIGRATE, SEED_ONCE],
        },
      },
      (given, want) => {
        assert.deepEqual(steps(given), want);
        // Where nothing is undone, the end of the sample data ends the Job.
        const { podFailurePolicy } = manifestOf(syncOf(given), 'Job')?.spec as { podFailurePolicy: { rules: { action: string }[] } };
        assert.deepEqual(
          podFailurePolicy.rules.map(({ action }) => action),
          want.includes(SEED_ONCE) ? ['Ignore', 'FailJob'] : ['Ignore'],
        );
      },
    );

    it('does not count the end of the container that waits for the database as an attempt', () => {
      const { podFailurePolicy } = manifestOf(syncOf(usable()), 'Job')?.spec as { podFailurePolicy: { rules: unknown[] } };
      assert.deepEqual(podFailurePolicy.rules[0], {
        action: 'Ignore',
        onExitCodes: { containerName: 'wait-for-database', operator: 'NotIn', values: [0] },
      });
    });

    it('is named after everything that it would run', () => {
      const names = [
        {},
        { version: '1.4' },
        { env: [{ name: 'A', value: 'x' }] },
        { database: { seed: false } },
        { nodeSelector: { a: 'b' } },
      ].map((spec) => jobName(usable(world(spec))));
      assert.equal(new Set(names).size, names.length);
      assert.equal(jobName(usable(world({ size: 7, serviceType: 'NodePort' }))), names[0]);
    });
  });

  it('waits until the database is usable', () => {
    const waiting = carriedOut(world());
    assert.deepEqual(jobs(waiting), []);
    assert.equal(said(syncOf(waiting), 'DatabaseSeeded'), 'False DependencyNotReady');
  });

  describe('conditions', () => {
    const madeAt = (seconds: number): World => patched(at(undefined), 'Job', { metadata: { creationTimestamp: ago(seconds) } });
    each<World, string>(
      {
        Absent: { reason: 'requested in this answer', given: without(usable(), 'Job'), want: 'False Migrating' },
        Created: { reason: 'no status yet', given: madeAt(60), want: 'False Migrating' },
        NoPod: { reason: 'it has had two minutes for its first pod', given: madeAt(120), want: 'False PodsNotCreated' },
        PodGone: {
          reason: 'it counts from its start, not from its creation',
          given: at({ startTime: ago(60), ready: 0 }),
          want: 'False Migrating',
        },
        Suspended: {
          reason: 'a queue holds it',
          given: patched(at({ conditions: [] }), 'Job', { spec: { suspend: true } }),
          want: 'False Suspended',
        },
        Active: { reason: 'at work', given: at(jobStatus.active, podPhase.running), want: 'False Migrating' },
        Retrying: { reason: 'a try failed, another one follows', given: at(jobStatus.retrying), want: 'False Migrating' },
        CannotPull: {
          reason: 'the trouble of its pod is reported',
          given: at(jobStatus.active, {
            status: { phase: 'Pending', containerStatuses: [containerStatus(waits('ErrImagePull'), 'migrate')] },
          }),
          want: 'False ImagePullFailed',
        },
        Failed: { reason: 'a user has to act', given: at(jobStatus.failed, podPhase.failed), want: 'False MigrationFailed' },
        SeedFailed: { reason: 'the sample data failed, not the migrations', given: seedFails(usable()), want: 'False SeedFailed' },
        Complete: { reason: 'it is done', given: at(jobStatus.complete, podPhase.succeeded), want: 'True MigrationCompleted' },
        NullStatus: {
          reason: 'nulls are normal input',
          given: at({ conditions: [null, { type: null }], active: null, startTime: ago(60) }),
          want: 'False Migrating',
        },
        Deleting: {
          reason: 'it is created again once it is gone',
          given: patched(at(jobStatus.failed), 'Job', { metadata: { deletionTimestamp: NOW } }),
          want: 'False Deleting',
        },
      },
      (given, want) => {
        assert.equal(said(syncOf(given), 'DatabaseSeeded'), want);
      },
    );

    it('says of a failed one why it failed, and how it runs again', () => {
      const w = at(jobStatus.failed, podPhase.failed);
      const name = jobName(w);
      assert.equal(
        conditionOf(syncOf(w), 'DatabaseSeeded')?.message,
        `migration Job ${name} failed: container "migrate" of pod "${name}-x7k2p" ended with exit code 3; read its log; ` +
          `change the spec, or delete the Job to run it again: kubectl -n pets delete job ${name}`,
      );
      assert.match(
        conditionOf(syncOf(at(jobStatus.failed)), 'DatabaseSeeded')?.message ?? '',
        /failed: the Job reports BackoffLimitExceeded;/,
      );
      assert.equal(said(syncOf(w), 'Stalled'), 'True MigrationFailed');
      assert.equal(said(syncOf(w), 'Reconciling'), 'False Settled');
    });
  });

  describe('sample data that failed', () => {
    const external = world({ database: { provider: 'External', secretName: 'theirs', seed: true }, sessionSecret: { name: 's' } });
    const rows = 'the tables of the database hold rows already, so no sample data is loaded';
    const message = (w: World): string => conditionOf(syncOf(w), 'DatabaseSeeded')?.message ?? '';

    it('starts from the first step on a database of our own', () => {
      const w = seedFails(usable());
      const name = jobName(w);
      assert.equal(
        message(w),
        `the sample data was not loaded: it ended with exit code 1; see its log: kubectl -n pets logs job/${name} -c seed; ` +
          `to try again from the beginning: kubectl -n pets delete job ${name}; to continue without: set spec.database.seed to false`,
      );
    });

    it('is never undone elsewhere, and the way out is said, with the sentence of the container', () => {
      const w = seedFails(carriedOut(external), rows);
      const name = jobName(w);
      assert.equal(
        message(w),
        `the sample data was not loaded: ${rows}; nothing is undone on a database that this Bestie did not create; ` +
          'to continue with what it holds: set spec.database.seed to false; to try again, empty the tables of the application first ' +
          `(flask seed undo deletes all of their rows), then: kubectl -n pets delete job ${name}`,
      );
      assert.deepEqual(steps(without(edited(w, { database: { seed: false } }), 'Job')), [MIGRATE]);
      assert.equal(said(syncOf(w), 'Stalled'), 'True SeedFailed');
    });

    it('is no failure of the migrations, which are explained where they end without a word', () => {
      const bare = at(jobStatus.failed, {
        status: {
          phase: 'Failed',
          initContainerStatuses: [containerStatus({ ready: false, state: { terminated: { exitCode: 1 } } }, 'migrate')],
          containerStatuses: [containerStatus(waits('PodInitializing'), 'seed')],
        },
      });
      assert.equal(said(syncOf(bare), 'DatabaseSeeded'), 'False MigrationFailed');
      assert.match(
        message(bare),
        /ended with exit code 1; read its log; if its log has no error, .* older than the version that migrated it last/,
      );
      assert.doesNotMatch(message(at(jobStatus.failed, podPhase.failed)), /older/);
    });
  });

  describe('never again once it succeeded', () => {
    each<World, string>(
      {
        Recorded: { reason: 'the record is on the database', given: ready(), want: 'True MigrationCompleted' },
        Deleted: { reason: 'a person deletes the Job', given: without(ready(), 'Job'), want: 'True MigrationCompleted' },
        BeforeTheRecord: {
          reason: 'the Job is the proof until the record is written',
          given: patched(migrating(), 'Job', { status: jobStatus.complete }),
          want: 'True MigrationCompleted',
        },
        Rollback: {
          reason: 'a former image is on the list',
          given: edited(
            carriedOut(edited(withJob(ready(), 'bestie-job-new', jobStatus.complete, 'quay.io/opdev/bestie:1.4'), { version: '1.4' })),
            { version: '1.3' },
          ),
          want: 'True MigrationCompleted',
        },
        LostAnnotation: {
          reason: 'removed by hand, it is read from what was applied',
          given: patched(without(ready(), 'Job'), 'PostgresCluster', { metadata: { annotations: { [annotations.migrated]: undefined } } }),
          want: 'True MigrationCompleted',
        },
      },
      (given, want) => {
        assert.equal(said(syncOf(given), 'DatabaseSeeded'), want);
        assert.ok(!jobs(given).some((name) => !given.children.some(({ metadata }) => metadata.name === name)), 'no new Job');
      },
    );

    it('but again for a database that was deleted and created again, although the Job of the old one is still there', () => {
      const w = ready();
      const fresh = overlaid(manifestWith(w), { metadata: { annotations: { [annotations.migrated]: '[]' } } });
      const database = applied(fresh, w, { metadata: { uid: 'another' }, status: childOf(w, 'PostgresCluster').status });
      const anew = { ...w, children: [...without(w, 'PostgresCluster').children, database] };
      const names = jobs(anew);
      assert.equal(names.length, 2);
      assert.notEqual(names[0], jobName(w));
      assert.deepEqual(steps(anew), [MIGRATE, SEED_ONCE]);
      assert.equal(template(anew).metadata.annotations[annotations.database], 'another');
    });
  });

  describe('a Job whose migration has started', () => {
    each<World, boolean>(
      {
        NoStatus: { reason: 'nothing is known of it', given: at(undefined), want: false },
        ActivePodPending: { reason: 'its pod only waits for the database', given: at(jobStatus.active, podPhase.pending), want: false },
        ActivePodUnseen: { reason: 'the cache of pods may lag behind: no guess', given: at(jobStatus.active), want: true },
        PodRunning: { reason: 'at work', given: at(jobStatus.active, podPhase.running), want: true },
        StaleJob: { reason: 'the cache of Jobs may lag behind its pod', given: at(undefined, podPhase.running), want: true },
        BetweenTries: { reason: 'no pod at the moment, another one follows', given: at({ failed: 1 }), want: true },
        Succeeding: { reason: 'the pod is counted, the Job is not yet complete', given: at({ succeeded: 1 }), want: true },
        Complete: { reason: 'it is over', given: at(jobStatus.complete, podPhase.succeeded), want: false },
        Failed: { reason: 'it is over', given: at(jobStatus.failed, podPhase.failed), want: false },
      },
      (given, want) => {
        assert.equal(startedJob(observe(given)) !== undefined, want);
        // Another version is wanted: what has started stays, alone; what has not is taken back before the next one is made.
        const names = jobs(edited(given, { version: '1.4' }));
        if (want) assert.deepEqual(names, [jobName(given)]);
        else if (job(given).status === undefined || (job(given).status as Loose).active !== undefined) assert.deepEqual(names, []);
      },
    );

    it('is found by the label of older clusters too', () => {
      const w = withPods(
        patched(usable(), 'Job', { status: jobStatus.active }),
        overlaid(jobPod(jobName(usable())), { metadata: { labels: { 'batch.kubernetes.io/job-name': undefined } } }),
      );
      assert.ok(startedJob(observe(w)));
    });

    it('is not kept for a database that has taken the name of its own: its next attempt would load the sample data there', () => {
      const w = at(jobStatus.retrying, podPhase.failed);
      const swapped = patched(w, 'PostgresCluster', { metadata: { uid: 'another' } });
      assert.ok(jobs(w).includes(jobName(w)));
      assert.ok(!jobs(swapped).includes(jobName(w)));
    });

    it('is kept beside another one that started, whatever the spec says', () => {
      const w = withJob(at(jobStatus.active, podPhase.running), 'bestie-job-other', jobStatus.active);
      assert.deepEqual(jobs(w).sort(), ['bestie-job-other', jobName(w)].sort());
    });

    it('is sent by its name alone where the spec wants another, and whole where it is the one', () => {
      const w = at(jobStatus.active, podPhase.running, migrating());
      assert.ok(manifestOf(syncOf(w), 'Job')?.spec);
      assert.deepEqual(manifestOf(syncOf(edited(w, { version: '1.4' })), 'Job'), {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: jobName(w) },
      });
      assert.equal(
        conditionOf(syncOf(edited(w, { version: '1.4' })), 'DatabaseSeeded')?.message,
        `migration Job ${jobName(w)} has not ended yet`,
      );
    });
  });

  describe('the next Job', () => {
    const next = edited(usable(), { version: '1.4' });
    each<World, number>(
      {
        PendingJob: { reason: 'the one before is taken back first', given: next, want: 0 },
        PodLeft: {
          reason: 'the Job is gone, its pod is not',
          given: withPods(without(next, 'Job'), jobPod('gone', podPhase.pending)),
          want: 0,
        },
        PodLeftTerminating: {
          reason: 'the same while it terminates',
          given: withPods(without(next, 'Job'), jobPod('gone', { metadata: { deletionTimestamp: NOW } })),
          want: 0,
        },
        PodOver: {
          reason: 'a finished pod migrates nothing any more',
          given: withPods(without(next, 'Job'), jobPod('gone', podPhase.failed)),
          want: 1,
        },
        Free: { reason: 'nothing stands in the way', given: without(next, 'Job'), want: 1 },
      },
      (given, want) => {
        assert.equal(jobs(given).length, want);
        if (want === 0) assert.match(conditionOf(syncOf(given), 'DatabaseSeeded')?.message ?? '', /being deleted/);
      },
    );

    it('runs when the spec changes after a failure, and the failed one stays for reading', () => {
      const failed = patched(usable(), 'Job', { status: jobStatus.failed });
      const names = jobs(edited(failed, { env: [{ name: 'A', value: 'x' }] }));
      assert.equal(names.length, 2);
      assert.equal(names[1], jobName(failed));
      assert.deepEqual(jobs(edited(failed, { size: 5 })), [jobName(failed)]);
    });
  });

  describe('Jobs that ended', () => {
    const many = (w: World, type: 'Complete' | 'Failed', count: number): World =>
      Array.from({ length: count }, (_, index) => index).reduce(
        (sum, index) =>
          withJob(sum, `bestie-job-${type.toLowerCase()}${index}`, ended(type, 1000 - index), `quay.io/opdev/bestie:0.${index}`),
        w,
      );

    it('are kept, the latest first, as many as the spec says', () => {
      const w = carriedOut(many(ready(world({ successfulJobsHistoryLimit: 2, failedJobsHistoryLimit: 1 })), 'Complete', 4));
      assert.deepEqual(jobs(many(w, 'Failed', 3)), [jobName(w), 'bestie-job-complete3', 'bestie-job-failed2']);
    });

    it('are not kept where the limit is 0, but a completed one is until its image is on record', () => {
      const none = { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 };
      const two = edited(many(many(ready(), 'Complete', 1), 'Failed', 1), none);
      assert.deepEqual(jobs(two), ['bestie-job-complete0']);
      assert.deepEqual(jobs(carriedOut(two)), []);
    });

    it('that a user deletes do not make the database unseeded', () => {
      const w = patched(ready(), 'Job', { metadata: { deletionTimestamp: NOW, finalizers: ['foregroundDeletion'] } });
      assert.equal(said(syncOf(w), 'DatabaseSeeded'), 'True MigrationCompleted');
      assert.equal(said(syncOf(w), 'Ready'), 'True AllReady');
    });
  });

  it('takes nothing from a live object: everything follows from what is observed', () => {
    const o = decided(usable());
    assert.deepEqual(jobChild.readyWhen(undefined, o), jobChild.readyWhen(job(usable()), o));
  });
});

function manifestWith(w: World) {
  const manifest = manifestOf(syncOf(w), 'PostgresCluster');
  assert.ok(manifest);
  return manifest;
}
