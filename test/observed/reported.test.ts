/** What status reports already: entries as they are found, and that every replica stays with what one of them has reported, whatever its clock says. */
import { strict as assert } from 'node:assert';
import { kinds } from '../../src/api/kinds.ts';
import type { Report } from '../../src/api/kubernetes.ts';
import { aboutDatabase, isReported, reportedBefore } from '../../src/observed/reported.ts';
import {
  backingUp,
  backup,
  besideSidecar,
  containerStatus,
  created,
  jobPod,
  migrating,
  pgoStatus,
  pod,
  podPhase,
  ready,
  withoutSandbox,
  waits,
} from '../support/stages.ts';
import { each } from '../support/table.ts';
import { deleted, later, namespace, onlyDatabase, reporting, surging, withRelated } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  finalizeOf,
  observe,
  overlaid,
  patched,
  said,
  syncOf,
  withPods,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const report: Report = { reason: 'SidecarRunning', kind: 'Pod', name: 'a' };
const withReported = (reported: unknown, w: World = world()): World => ({ ...w, parent: overlaid(w.parent, { status: { reported } }) });

const jobName = childOf(migrating(), 'Job').metadata.name;
const jobPodWith = (patch: Loose): World => withPods(migrating(), jobPod(jobName, patch));
const waiting = { ready: false, state: { running: { startedAt: ago(60) } } };
const held = {
  status: {
    phase: 'Pending',
    initContainerStatuses: [containerStatus(waiting, 'wait-for-database')],
    containerStatuses: [containerStatus(waits('PodInitializing'))],
  },
};
const bare = { status: { ...held.status, conditions: [withoutSandbox(120)], initContainerStatuses: [] } };
/** The pods of the application were let in one day, and have failed their probes for a minute. */
const silent = (w: World): World => ({
  ...w,
  related: w.related.map((each) =>
    overlaid(each, {
      spec: { containers: [{ name: 'bestie', image: 'bestie', readinessProbe: { exec: { command: ['python3'] } } }] },
      status: {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(60) }],
        containerStatuses: [containerStatus({ ready: false, state: { running: { startedAt: ago(500) } } }, 'bestie')],
      },
    }),
  ),
});
const instances = (counts: Loose): World =>
  patched(ready(world({ database: { replicas: 3 } })), 'PostgresCluster', {
    status: { ...pgoStatus.usable, instances: [{ name: 'pg', replicas: 3, readyReplicas: 3, updatedReplicas: 3, ...counts }] },
  });
/** The state of the database has lasted for so many seconds. */
const lasting = (reason: string, seconds: number, w: World): World =>
  withReported([{ reason, kind: 'PostgresCluster', name: 'bestie-pgo', since: ago(seconds) }], w);
const changed = (status: Loose): World =>
  patched(ready(), 'PostgresCluster', {
    metadata: { generation: 2, managedFields: [{ manager: 'metacontroller', operation: 'Update', time: ago(300) }] },
    status,
  });
const scheduled = (full: string, scheduledBackups: Loose[] = []): World =>
  patched(ready(world({ database: { backups: { repos: [{ name: 'repo1', volume: {}, schedules: { full } }] } } })), 'PostgresCluster', {
    metadata: { creationTimestamp: ago(86_400), managedFields: [{ manager: 'metacontroller', time: ago(86_400) }] },
    status: { pgbackrest: { scheduledBackups } },
  });
const blind = patched(ready(world({ maxReplicas: 3 })), 'HorizontalPodAutoscaler', {
  status: { conditions: [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', lastTransitionTime: ago(120) }] },
});
const withKeeper = (seconds: number): World =>
  patched(ready(), 'Service', { metadata: { deletionTimestamp: ago(seconds), finalizers: ['example.com/dns'] } });
const s3 = { bucket: 'backups', endpoint: 's3.example', region: 'eu' };
/** A Bestie that is being deleted, with a database whose final backup has been waited for for so many seconds. */
const goingWith = (seconds: number, status: Loose = pgoStatus.usable): World => {
  const spec = { deletionPolicy: 'BackupThenDelete', database: { backups: { repos: [{ name: 'repo1', s3 }] } } };
  const alone = { ...onlyDatabase(ready(withRelated(world(spec), namespace()))), related: [namespace()] };
  const going = deleted(reporting(alone, 'PostgresCluster', status));
  return later(carriedOut(going, finalizeOf(going)), seconds);
};
/** The creation of the Service was requested in the answer before, and it is not seen. */
const unseen = without(carriedOut(without(ready(), 'Service')), 'Service');
const busy = { cronJobName: 'bestie-pgo-repo1-full', repo: 'repo1', type: 'full', startTime: ago(60), active: 1 };

describe('observed/reported', () => {
  each<unknown, boolean>(
    {
      Nothing: { reason: 'status is new', given: undefined, want: false },
      Null: { reason: 'nulls are normal input', given: null, want: false },
      NullEntry: { reason: 'the same', given: [null, {}], want: false },
      Same: { reason: 'reason and object', given: [null, report], want: true },
      NullDetail: { reason: 'a null is no detail', given: [{ ...report, detail: null }], want: true },
      OtherDetail: { reason: 'another finding about the object', given: [{ ...report, detail: 'b' }], want: false },
      OtherReason: { reason: 'another reason', given: [{ ...report, reason: 'ContainersNotCreated' }], want: false },
      OtherKind: { reason: 'another object', given: [{ ...report, kind: 'Job' }], want: false },
      OtherName: { reason: 'another object', given: [{ ...report, name: 'b' }], want: false },
      Since: { reason: 'a time does not distinguish', given: [{ ...report, since: ago(1) }], want: true },
    },
    (reported, want) => {
      assert.equal(isReported(report, observe(withReported(reported))), want);
    },
  );

  it('finds the entry with its time', () => {
    const entry = { ...report, since: ago(90) };
    assert.deepEqual(reportedBefore(report, observe(withReported([{ ...entry, name: 'b' }, entry]))), entry);
  });

  it('names the object of the database as its provider does', () => {
    assert.deepEqual(aboutDatabase(observe(world()), { reason: 'RestoreStuck', detail: 'Restoring' }), {
      reason: 'RestoreStuck',
      detail: 'Restoring',
      kind: kinds.postgresCluster.kind,
      name: 'bestie-pgo',
    });
  });

  describe('once one replica has reported it, two whose clocks are 90 s apart write nothing', () => {
    each<[w: World, type: string, hook?: 'finalize'], string>(
      {
        SidecarRunning: {
          reason: 'counted from the end of our container',
          given: [jobPodWith(besideSidecar(60)), 'DatabaseSeeded'],
          want: 'False SidecarRunning',
        },
        ContainersOfAJob: {
          reason: 'counted from a condition of the pod',
          given: [jobPodWith(overlaid({ ...podPhase.pending }, { status: { conditions: [withoutSandbox(120)] } })), 'DatabaseSeeded'],
          want: 'False ContainersNotCreated',
        },
        ContainersOfTheDeployment: {
          reason: 'the same of another condition',
          given: [withPods(surging(ready()), pod('p', 'web', bare)), 'DeploymentReady'],
          want: 'False ContainersNotCreated',
        },
        UnreachableByAJob: {
          reason: 'counted from the start of a container',
          given: [jobPodWith(held), 'DatabaseSeeded'],
          want: 'False DatabaseUnreachable',
        },
        UnreachableByTheApplication: {
          reason: 'the same of another condition',
          given: [withPods(surging(ready()), pod('p', 'web', held)), 'DeploymentReady'],
          want: 'False DatabaseUnreachable',
        },
        LostByTheApplication: {
          reason: 'counted from the last pod that was ready',
          given: [silent(ready()), 'DatabaseReady'],
          want: 'False DatabaseUnreachable',
        },
        PodsOfAJob: {
          reason: 'counted from the creation of the Job',
          given: [
            patched(migrating(), 'Job', { metadata: { creationTimestamp: ago(120) }, status: { active: undefined, startTime: ago(120) } }),
            'DatabaseSeeded',
          ],
          want: 'False PodsNotCreated',
        },
        ScalingInactive: { reason: 'counted from a condition', given: [blind, 'HPACreated'], want: 'True ScalingInactive' },
        HeldByFinalizer: {
          reason: 'counted from the deletion of a child',
          given: [withKeeper(300), 'ServiceCreated'],
          want: 'False HeldByFinalizer',
        },
        HeldByFinalizerInADeletion: {
          reason: 'finalize, too',
          given: [deleted(withKeeper(300), ago(300)), 'DeletionBlocked', 'finalize'],
          want: 'True HeldByFinalizer',
        },
        NewNotReconciled: {
          reason: 'counted from the creation of the database',
          given: [patched(created(), 'PostgresCluster', { metadata: { creationTimestamp: ago(300) } }), 'DatabaseReady'],
          want: 'False NotReconciled',
        },
        ChangeNotReconciled: {
          reason: 'counted from the last change',
          given: [changed(pgoStatus.usable), 'DatabaseReady'],
          want: 'False NotReconciled',
        },
        NotCarriedOut: {
          reason: 'the same',
          given: [changed({ ...pgoStatus.usable, observedGeneration: 2 }), 'DatabaseReady'],
          want: 'False NotCarriedOut',
        },
        ProvisioningStuck: {
          reason: 'counted from the creation of the database',
          given: [
            patched(created(), 'PostgresCluster', { metadata: { creationTimestamp: ago(900) }, status: pgoStatus.seen }),
            'DatabaseReady',
          ],
          want: 'False ProvisioningStuck',
        },
        InstancesStuck: {
          reason: 'counted by status alone',
          given: [lasting('InstancesMissing', 600, instances({ readyReplicas: 2 })), 'DatabaseReady'],
          want: 'False InstancesStuck',
        },
        RolloutStuck: {
          reason: 'the same',
          given: [lasting('InstancesOutdated', 900, instances({ updatedReplicas: 2 })), 'DatabaseReady'],
          want: 'False RolloutStuck',
        },
        ScheduledBackupMissed: {
          reason: 'counted from the time that was planned',
          given: [scheduled('45 11 * * *'), 'BackupReady'],
          want: 'False ScheduledBackupMissed',
        },
        ScheduledBackupOverdue: {
          reason: 'counted from the start of the run',
          given: [scheduled('*/5 * * * *', [{ ...busy, startTime: ago(3601) }]), 'BackupReady'],
          want: 'False ScheduledBackupOverdue',
        },
        BackupTimeout: {
          reason: 'counted from the request',
          given: [later(backup(backingUp(), 'running'), 3600), 'UpgradeFailed'],
          want: 'True BackupTimeout',
        },
        BackupTimeoutNotBegun: {
          reason: 'a database operator that is down',
          given: [later(backingUp(), 3600), 'UpgradeFailed'],
          want: 'True BackupTimeout',
        },
        BackupTimeoutNotRequested: {
          reason: 'something else is in the way',
          given: [
            later(backingUp(patched(ready(), 'PostgresCluster', { status: { pgbackrest: { scheduledBackups: [busy] } } })), 3600),
            'UpgradeFailed',
          ],
          want: 'True BackupTimeout',
        },
        FinalBackupTimeout: {
          reason: 'before the database is deleted',
          given: [goingWith(3600), 'DeletionBlocked', 'finalize'],
          want: 'True BackupTimeout',
        },
        FinalBackupTimeoutNotRequested: {
          reason: 'the database is down',
          given: [goingWith(3600, {}), 'DeletionBlocked', 'finalize'],
          want: 'True BackupTimeout',
        },
        Requested: { reason: 'a child that is not seen yet', given: [unseen, 'ServiceCreated'], want: 'False Creating' },
        NotApplied: { reason: 'counted from the request', given: [later(unseen, 180), 'ServiceCreated'], want: 'False NotApplied' },
        NoLongerYoung: {
          reason: 'a child that was called new until now',
          given: [patched(migrating(), 'Job', { metadata: { creationTimestamp: ago(180) } }), 'DatabaseSeeded'],
          want: 'False Migrating',
        },
      },
      ([w, type, hook], want) => {
        const answerOf = hook === 'finalize' ? finalizeOf : syncOf;
        const first = answerOf(w);
        assert.equal(said(first, type), want);
        const next: World = { ...w, parent: { ...w.parent, status: first.status } };
        for (const seconds of [-90, 0, -90]) assert.deepEqual(answerOf(later(next, seconds)).status, first.status);
      },
    );
  });
});
