import { strict as assert } from 'node:assert';
import { reasons } from '../../src/api/reason.ts';
import { events, isTrouble, type EventReason } from '../../src/api/event.ts';
import type { KubeObject, Manifest } from '../../src/api/kubernetes.ts';
import { answers } from '../../src/controllers.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import { folders, read } from '../support/cases.ts';
import { validateChild } from '../support/schemas.ts';
import {
  ailing,
  backedUp,
  backingUp,
  backup,
  containerStatus,
  created,
  halves,
  jobPod,
  jobStatus,
  migrated,
  migrating,
  besideSidecar,
  pgoStatus,
  pod,
  podPhase,
  withoutSandbox,
  ready,
  rolling,
  rollingOut,
  waits,
  upgraded,
  usable,
} from '../support/stages.ts';
import {
  armed,
  asked,
  back,
  backedUp as backedUpForRestore,
  backingUp as backingUpForRestore,
  failed as failedRestore,
  restore,
  serving,
  stopped as stoppedForRestore,
  succeeded,
  TUESDAY,
  wanting,
} from '../support/restores.ts';
import { checking, copying, found, over, passed, copyFailed, verifying } from '../support/drillworlds.ts';
import { at as copyAt, made as madeCopy, requested as requestedCopy, wanting as copyWanted } from '../support/copies.ts';
import { each, type Cases } from '../support/table.ts';
import {
  A,
  annotated,
  B,
  deleted,
  gaveUp,
  jobReports,
  later,
  namespace,
  newAiling,
  onTrial,
  recorded,
  reporting,
  rolledBack,
  settled,
  statusLost,
  up,
  withRelated,
} from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  edited,
  eventsOf,
  NAMESPACE,
  NOW,
  overlaid,
  patched,
  request,
  syncOf,
  UID,
  withPods,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const reasonsOf = (w: World, hook?: 'finalize'): unknown[] => eventsOf(w, hook).map(({ reason }) => reason);
const namesOf = (w: World, hook?: 'finalize'): string[] => eventsOf(w, hook).map(({ metadata }) => metadata.name);

const half = (trouble: string, which: string): Loose => halves[trouble]?.[which] ?? assert.fail(`${trouble} ${which}`);
/** The first rollout, one of whose pods reports that. */
const rollingWith = (...pods: Parameters<typeof withPods>[1][]): World =>
  withPods(reporting(migrated(), 'Deployment', rollingOut(1)), ...pods);
const imageMissing = (): World => withPods(ready(), ailing(half('ImagePull', 'ErrImagePull')));
const unschedulable = pod('bestie-app-x', 'web', {
  status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }], containerStatuses: [] },
});
const deploymentSays = (...conditions: Loose[]): World =>
  reporting(migrated(), 'Deployment', {
    observedGeneration: 1,
    replicas: 1,
    conditions: [{ type: 'Available', status: 'False' }, ...conditions],
  });
const external = (): World =>
  ready(world({ database: { provider: 'External', secretName: 'theirs' }, sessionSecret: { name: 's', key: 'k' } }));
/** The Bestie without any record of what was applied. */
const unrecorded = (w: World): World => ({
  ...w,
  children: w.children.map((child) =>
    overlaid(child, { metadata: { annotations: { 'metacontroller.k8s.io/last-applied-configuration': undefined } } }),
  ),
});
const nameless = { metadata: { annotations: { 'pets.bestie.com/migrated-images': undefined } } };
const refused = (): World => edited(ready(), { version: '1.2' });
const allowed = (): World => annotated(carriedOut(refused()), { 'pets.bestie.com/allow-downgrade': '1.2' });
const stopped = (w: World): World => annotated(w, { 'pets.bestie.com/paused': 'true' });
const guarded = (): World => ready(world({ deletionProtection: true }));
/** The Service is being deleted for so long, and another one's finalizer keeps it. */
const goingService = (seconds: number): World =>
  patched(ready(), 'Service', { metadata: { deletionTimestamp: ago(seconds), finalizers: ['example.com/dns'] } });
/** The autoscaler requested more pods. */
const autoscaled = (): World => patched(ready(world({ size: 2, maxReplicas: 9 })), 'Deployment', { spec: { replicas: 5 } });
const golden = (folder: string): World => read(folder).world;

const instances = (counts: Loose): Loose => ({ ...pgoStatus.usable, instances: [{ name: 'pg', ...counts }] });
/** The last status says that of the database, for so many minutes. */
const databaseSaid = (w: World, reason: string, minutes: number): World => {
  const since = ago(minutes * 60);
  const conditions = [{ type: 'DatabaseReady', status: 'False', reason, message: 'as it was', lastTransitionTime: since }];
  const reported = [{ reason, kind: 'PostgresCluster', name: 'bestie-pgo', since }];
  return { ...w, parent: overlaid(w.parent, { status: { conditions, reported } }) };
};
const outdated = (minutes: number): World =>
  databaseSaid(
    reporting(
      ready(world({ database: { replicas: 2 } })),
      'PostgresCluster',
      instances({ readyReplicas: 2, replicas: 2, updatedReplicas: 1 }),
    ),
    'InstancesOutdated',
    minutes,
  );
const stuckRestore = (): World =>
  databaseSaid(
    patched(ready(), 'PostgresCluster', {
      status: {
        conditions: [{ type: 'PGBackRestoreProgressing', status: 'True', reason: 'ReadyForRestore' }],
        patroni: undefined,
        pgbackrest: { restore: { id: 'hand1', finished: false } },
      },
    }),
    'Restoring',
    10,
  );

/** Which Events an answer makes, by reason and in order. */
const jobName = (w: World): string => childOf(w, 'Job').metadata.name;
/** A pod of the migration whose first container reports that. */
const jobWaits = (container: Loose): KubeObject =>
  jobPod(jobName(migrating()), {
    status: {
      phase: 'Pending',
      initContainerStatuses: [containerStatus(container, 'wait-for-database')],
      containerStatuses: [containerStatus(waits('PodInitializing'), 'migrate')],
    },
  });
/** A drill is wanted each day, and none has been possible for two days. */
const overdue = (): World => later(carriedOut(verifying({ schedule: '0 3 * * *' })), 2 * 86_400);
const seedFailed = (): World =>
  withPods(
    patched(migrating(), 'Job', { status: jobStatus.failed }),
    jobPod(jobName(migrating()), {
      status: { phase: 'Failed', containerStatuses: [containerStatus({ state: { terminated: { exitCode: 1 } } }, 'seed')] },
    }),
  );

const cases: Cases<() => World, readonly EventReason[]> = {
  New: { reason: 'that it begins is no news', given: world, want: [] },
  Usable: {
    reason: 'a part that is ready is no news',
    given: () => patched(created(), 'PostgresCluster', { status: pgoStatus.usable }),
    want: [],
  },
  Migrated: {
    reason: 'the schema was changed',
    given: () => patched(migrating(), 'Job', { status: jobStatus.complete }),
    want: ['MigrationCompleted'],
  },
  RolledOut: { reason: 'what was requested is there', given: () => golden('36-upgrade-history'), want: ['Ready', 'UpgradeSucceeded'] },
  Rest: { reason: 'nothing happens', given: ready, want: [] },
  Scaled: { reason: 'the spec says so', given: () => edited(ready(), { size: 3 }), want: ['Scaled'] },
  ScaledByAutoscaler: { reason: 'the autoscaler did it', given: () => autoscaled(), want: [] },
  ScaledByHand: { reason: 'it is put back', given: () => patched(ready(), 'Deployment', { spec: { replicas: 7 } }), want: [] },
  ScaledAbove: {
    reason: 'the spec asks for more than the autoscaler chose',
    given: () => edited(autoscaled(), { size: 8, maxReplicas: 9 }),
    want: ['Scaled'],
  },
  ScaledWithin: { reason: 'what the autoscaler chose stays', given: () => edited(autoscaled(), { size: 3 }), want: [] },
  Recreated: { reason: 'the Service was deleted', given: () => without(ready(), 'Service'), want: ['ChildRecreated'] },
  RecreatedDuringRollout: {
    reason: 'the Deployment was deleted while it rolled out',
    given: () => without(onTrial(), 'Deployment'),
    want: ['ChildRecreated'],
  },
  RecreatedDatabase: {
    reason: 'the database was deleted',
    given: () => without(ready(), 'PostgresCluster'),
    want: ['ChildRecreated', 'DatabaseNotReady'],
  },
  RecreatedAfterDeletion: {
    reason: 'it went slowly, for its finalizer',
    given: () => without(carriedOut(goingService(60)), 'Service'),
    want: ['ChildRecreated'],
  },
  NewlyWanted: { reason: 'it was not there before', given: () => edited(ready(), { networkPolicy: { enabled: true } }), want: [] },
  NotSeenYet: { reason: 'it was requested, and the cache lags', given: () => without(carriedOut(usable()), 'Job'), want: [] },
  HeldByFinalizer: { reason: 'it does not go', given: () => goingService(300), want: ['HeldByFinalizer'] },

  ImageMissing: { reason: 'the image is not there', given: imageMissing, want: ['ImagePullFailed'] },
  FirstImageMissing: {
    reason: 'on a first install, too',
    given: () => withPods(usable(), ailing(half('ImagePull', 'ImagePullBackOff'))),
    want: ['ImagePullFailed'],
  },
  Pulled: { reason: 'it is fixed', given: () => ({ ...carriedOut(imageMissing()), related: ready().related }), want: ['ImagePulled'] },

  Crash: { reason: 'it keeps ending', given: () => rollingWith(ailing(half('Crash', 'Terminated'))), want: ['CrashLoop'] },
  Memory: { reason: 'it is killed', given: () => rollingWith(ailing(half('OutOfMemory', 'Terminated'))), want: ['OOMKilled'] },
  Configuration: {
    reason: 'it is not even created',
    given: () => rollingWith(ailing(half('CannotCreate', 'Reserved'))),
    want: ['ContainerConfigError'],
  },
  NoNode: { reason: 'no node takes it', given: () => rollingWith(unschedulable), want: ['Unschedulable'] },
  NoPods: {
    reason: 'a quota',
    given: () => deploymentSays({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }),
    want: ['PodsNotCreated'],
  },
  NoProgress: {
    reason: 'the Deployment says so',
    given: () => deploymentSays({ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }),
    want: ['ProgressDeadlineExceeded'],
  },
  MigrationFailed: {
    reason: 'the first migration',
    given: () => patched(migrating(), 'Job', { status: jobStatus.failed }),
    want: ['MigrationFailed'],
  },
  SeedFailed: {
    reason: 'the sample data, not the migrations',
    given: () => seedFailed(),
    want: ['SeedFailed'],
  },
  DatabaseUnreachable: {
    reason: 'a migration has waited for a minute',
    given: () => withPods(migrating(), jobWaits({ state: { running: { startedAt: ago(60) } } })),
    want: ['DatabaseUnreachable'],
  },
  ContainersNotCreated: {
    reason: 'a migration whose pod has no sandbox',
    given: () =>
      withPods(
        migrating(),
        jobPod(
          childOf(migrating(), 'Job').metadata.name,
          overlaid({ ...podPhase.pending }, { status: { conditions: [withoutSandbox(180)] } }),
        ),
      ),
    want: ['ContainersNotCreated'],
  },
  SidecarRunning: {
    reason: 'a migration that a sidecar keeps from ending',
    given: () => withPods(migrating(), jobPod(childOf(migrating(), 'Job').metadata.name, besideSidecar(90))),
    want: ['SidecarRunning'],
  },
  DatabaseRefused: {
    reason: 'its login is refused',
    given: () => withPods(migrating(), jobWaits({ state: { terminated: { exitCode: 77, message: 'the login is refused' } } })),
    want: ['DatabaseRefused'],
  },
  DatabaseRefusedTwice: {
    reason: 'two conditions of an external database say the same: one Event',
    given: () => {
      const w = carriedOut(world({ database: { provider: 'External', secretName: 'theirs' }, sessionSecret: { name: 's' } }));
      const end = { exitCode: 77, message: 'the login is refused' };
      const status = { phase: 'Pending', initContainerStatuses: [containerStatus({ state: { terminated: end } }, 'wait-for-database')] };
      return withPods(w, jobPod(jobName(w), { status }));
    },
    want: ['DatabaseRefused'],
  },
  NoHistory: {
    reason: 'no record says what it has',
    given: () => recorded(patched(ready(), 'PostgresCluster', nameless), 'PostgresCluster', nameless),
    want: ['MigrationHistoryMissing'],
  },

  NotAttached: { reason: 'a database of that name', given: () => golden('70-database-not-attached'), want: ['DatabaseNotAttached'] },
  Differs: { reason: 'a database of that name', given: () => golden('71-database-differs'), want: ['DatabaseDiffers'] },
  Taken: { reason: 'a database of that name', given: () => golden('72-database-taken'), want: ['DatabaseTaken'] },
  NotReconciled: { reason: 'the database operator is down', given: created, want: ['NotReconciled'] },
  InstancesMissing: {
    reason: 'a database that serves with less is no loss, yet',
    given: () => reporting(ready(world({ database: { replicas: 2 } })), 'PostgresCluster', instances({ readyReplicas: 1, replicas: 2 })),
    want: [],
  },
  InstancesStuck: {
    reason: 'for ten minutes',
    given: () => golden('110-instances-missing-2-fault'),
    want: ['InstancesStuck'],
  },
  RolloutStuck: { reason: 'a change of the spec stays where it is', given: () => outdated(15), want: ['RolloutStuck'] },
  VolumeNotResized: { reason: 'its storage class forbids it', given: () => golden('115-resize-forbidden'), want: ['VolumeNotResized'] },
  PriorityClassMissing: {
    reason: 'it is not applied, although the database serves',
    given: () => golden('132-priority-class-3-held-back'),
    want: ['PriorityClassMissing'],
  },
  PriorityClassGone: {
    reason: 'pods that are lost are not created again',
    given: () => golden('132-priority-class-5-gone'),
    want: ['PriorityClassGone'],
  },
  DatabaseReadOnly: { reason: 'a person made it a standby', given: () => golden('113-standby'), want: ['DatabaseReadOnly'] },
  ChangeNotReconciled: {
    reason: 'the database operator is down',
    given: () => golden('114-change-not-observed'),
    want: ['NotReconciled'],
  },
  NotCarriedOut: {
    reason: 'the database operator fails before the backups',
    given: () => patched(ready(), 'PostgresCluster', { metadata: { generation: 2 }, status: { observedGeneration: 2 } }),
    want: ['NotCarriedOut'],
  },
  ProvisioningStuck: {
    reason: 'half an hour is too long',
    given: () => reporting(created(), 'PostgresCluster', pgoStatus.seen),
    want: ['ProvisioningStuck'],
  },
  RestoreFailed: { reason: 'by hand', given: () => golden('116-restore-failed'), want: ['RestoreFailed'] },
  SourceMissing: { reason: 'a person has to act', given: () => copyWanted({}, {}, null), want: ['SourceMissing'] },
  SourceNotReady: {
    reason: 'that passes',
    given: () => copyWanted({}, {}, { status: { conditions: [] } }),
    want: [],
  },
  SourceDiffers: {
    reason: 'a person has to act',
    given: () => copyWanted({}, {}, { spec: { postgresVersion: 16 } }),
    want: ['SourceDiffers'],
  },
  CopyBegins: { reason: 'it takes its time', given: () => copyWanted(), want: [] },
  CopyFailed: { reason: 'a person has to act', given: () => copyAt('failed'), want: ['CopyFailed'] },
  CopyNotBegun: { reason: 'PGO may be down', given: () => later(requestedCopy(), 600), want: ['CopyStuck'] },
  Copied: { reason: 'from now on it is a database like others', given: () => copyAt('there'), want: ['Copied'] },
  CopiedAndStatusLost: { reason: 'the copy is long ago', given: () => statusLost(madeCopy()), want: ['PodsNotCreated'] },
  RestoreStuck: { reason: 'by hand', given: () => stuckRestore(), want: ['RestoreStuck'] },
  DatabaseLost: {
    reason: 'it was usable',
    given: () => reporting(ready(), 'PostgresCluster', { ...pgoStatus.usable, instances: [{ name: 'pg' }] }),
    want: ['DatabaseNotReady'],
  },
  DatabaseOfOthers: {
    reason: 'what cannot be known is no trouble',
    given: () => edited(external(), { version: '1.4' }),
    want: ['UpgradeStarted'],
  },

  NotApplied: { reason: 'a name is taken', given: () => golden('26-name-taken'), want: ['NotApplied'] },
  NotInstalled: { reason: 'a kind is missing', given: () => edited(ready(), { monitoring: { enabled: true } }), want: ['APINotInstalled'] },
  Invalid: { reason: 'it got past the API server', given: () => edited(ready(), { size: 0 }), want: ['InvalidSpec'] },
  Strategy: { reason: 'Metacontroller runs otherwise', given: () => unrecorded(ready()), want: ['UnsupportedApplyStrategy'] },

  Upgrade: { reason: 'it begins', given: () => edited(ready(), { version: '1.4' }), want: ['UpgradeStarted'] },
  BackedUp: { reason: 'the backup before it', given: () => backup(backingUp(), 'succeeded'), want: ['BackupSucceeded'] },
  BackupFailed: { reason: 'it does not continue', given: () => backup(backingUp(), 'failed'), want: ['UpgradeFailed', 'BackupFailed'] },
  BackupLate: { reason: 'it takes too long', given: () => golden('38-backup-late-1-not-begun'), want: ['UpgradeFailed', 'BackupFailed'] },
  MigratedForUpgrade: {
    reason: 'the next step is no beginning',
    given: () => patched(backedUp(), 'Job', { status: jobStatus.complete }),
    want: ['MigrationCompleted'],
  },
  Rolling: { reason: 'reported already', given: rolling, want: [] },
  Upgraded: { reason: 'it is up', given: () => up(rolling()), want: ['Ready', 'UpgradeSucceeded'] },
  AtRest: { reason: 'reported already', given: upgraded, want: [] },
  Aborted: {
    reason: 'the spec went back; no migration was run',
    given: () => edited(backingUp(), { version: '1.3' }),
    want: ['Ready', 'UpgradeAborted'],
  },
  Retargeted: { reason: 'another upgrade', given: () => edited(backingUp(), { version: '1.5' }), want: ['UpgradeStarted'] },
  Refused: { reason: 'it does not begin', given: refused, want: ['UpgradeFailed'] },
  RefusedAnew: {
    reason: 'another target, of which the condition says the same',
    given: () => edited(carriedOut(refused()), { version: '1.1' }),
    want: ['UpgradeFailed'],
  },
  RefusedOtherwise: {
    reason: 'another target, for another reason: reported once',
    given: () => edited(carriedOut(refused()), { version: '7.0' }),
    want: ['UpgradeFailed'],
  },
  NeverBegun: {
    reason: 'what was refused is not called off',
    given: () => edited(carriedOut(refused()), { version: '1.3' }),
    want: ['Ready'],
  },
  Allowed: { reason: 'now it begins', given: allowed, want: ['UpgradeStarted'] },
  GivenUp: {
    reason: 'why, and that it is over',
    given: () => withRelated(onTrial(), newAiling({ ready: false, state: { waiting: { reason: 'ErrImagePull' } } })),
    want: ['ImagePullFailed', 'UpgradeFailed'],
  },
  RollingBack: { reason: 'not back yet', given: gaveUp, want: ['ImagePulled'] },
  RolledBack: { reason: 'back', given: () => up(gaveUp()), want: ['ImagePulled', 'RolledBack'] },
  AtRestAgain: { reason: 'reported already', given: rolledBack, want: [] },
  Remigration: {
    reason: 'the next migration fails',
    given: () => jobReports(carriedOut(backup(backingUp(), 'succeeded')), B, jobStatus.failed),
    want: ['UpgradeFailed'],
  },
  Paused: { reason: 'a person did it, and others may wonder', given: () => stopped(ready()), want: ['Paused'] },
  PausedStill: { reason: 'reported already', given: () => carriedOut(stopped(ready())), want: [] },
  PausedWhileFailing: {
    reason: 'no step is taken, so none is reported',
    given: () => stopped(jobReports(carriedOut(backup(backingUp(), 'succeeded')), B, jobStatus.failed)),
    want: ['Paused'],
  },
  Resumed: {
    reason: 'it continues',
    given: () => annotated(carriedOut(stopped(ready())), { 'pets.bestie.com/paused': undefined }),
    want: ['Resumed'],
  },
  RestoreAsked: { reason: 'it begins', given: () => asked(), want: ['RestoreStarted'] },
  RestoreGoesOn: { reason: 'that is reported', given: () => stoppedForRestore(backedUpForRestore()), want: [] },
  RestoreRefused: {
    reason: 'a person has to act',
    given: () => asked(ready(), { id: 'tuesday', target: { time: ago(-60) } }),
    want: ['RestoreRefused'],
  },
  RestorePassedOver: { reason: 'it was meant for other data', given: () => world({ restore: TUESDAY }), want: ['RestorePassedOver'] },
  RestoreCalledOff: {
    reason: 'a person has removed it',
    given: () => wanting(backingUpForRestore(), undefined),
    want: ['Ready', 'RestoreCalledOff'],
  },
  RestoreReplaced: {
    reason: 'another one is wanted',
    given: () => wanting(armed(), { id: 'wednesday', target: { time: ago(1200) } }),
    want: ['RestoreStarted', 'RestoreCalledOff'],
  },
  RestoreFailedOfOurs: {
    reason: 'the log says why',
    given: () => restore(armed(), 'failed'),
    want: ['RestoreFailed'],
  },
  RestoreBrokenOff: { reason: 'it never ends', given: () => restore(armed(), 'brokenOff'), want: ['RestoreFailed'] },
  RestoreAbandoned: {
    reason: 'Postgres is started on what is there',
    given: () => annotated(failedRestore(), { 'pets.bestie.com/abandon-restore': 'tuesday' }),
    want: ['RestoreAbandoned'],
  },
  RestoreBack: { reason: 'the application runs on its data', given: back, want: ['Ready', 'RestoreSucceeded'] },
  RestoreBackedUp: {
    reason: 'a backup of the new history',
    given: () => backup(carriedOut(serving()), 'succeeded', ago(5)),
    want: ['BackupSucceeded'],
  },
  RestoreOver: { reason: 'that was reported', given: succeeded, want: [] },
  DrillDue: { reason: 'that it begins is no news', given: () => verifying({ onDemand: 'first' }), want: [] },
  DrillCopies: { reason: 'it takes its time', given: copying, want: [] },
  DrillChecks: { reason: 'it takes its time', given: checking, want: [] },
  DrillSucceeded: { reason: 'the backups can be restored', given: passed, want: ['BackupVerified'] },
  DrillFoundDamage: {
    reason: 'the check names it',
    given: () => found('table pets cannot be read: SQLSTATE XX001'),
    want: ['DrillFailed'],
  },
  DrillWithoutCopy: { reason: 'the repository may be empty', given: copyFailed, want: ['DrillFailed'] },
  DrillPaused: { reason: 'its result is put on record after the pause', given: () => stopped(passed()), want: ['Paused'] },
  DrillOver: { reason: 'that was reported', given: () => over(passed()), want: [] },
  DrillOverdue: { reason: 'none has succeeded for two periods', given: () => overdue(), want: ['DrillOverdue'] },
  RestoreNotAccepted: { reason: 'PGO may be down', given: () => later(settled(armed()), 1800), want: ['RestoreStuck'] },
};

const finalizing: Cases<() => World, readonly EventReason[]> = {
  Protected: { reason: 'a person has to act', given: () => deleted(guarded()), want: ['DeletionBlocked'] },
  Held: { reason: 'a finalizer of another', given: () => deleted(goingService(300)), want: ['DeletionBlocked'] },
  HeldNotForLong: { reason: 'it may still go', given: () => deleted(goingService(299)), want: [] },
  FinalBackup: { reason: 'it takes its time', given: () => golden('77-final-backup-3-asked-for'), want: ['DeletionBlocked'] },
  FinalBackupFailed: { reason: 'a person has to act', given: () => golden('77-final-backup-5-failed'), want: ['DeletionBlocked'] },
  Deleting: { reason: 'nothing keeps it', given: () => deleted(ready()), want: [] },
  Gone: { reason: 'a Bestie that may go leaves nothing to read', given: () => deleted({ ...imageMissing(), children: [] }), want: [] },
  LetGo: { reason: 'it belongs to another controller now', given: imageMissing, want: [] },
};

describe('status/events: the catalogue', () => {
  each(cases, (given, want) => {
    assert.deepEqual(reasonsOf(given()), want);
  });

  describe('in finalize', () => {
    each(finalizing, (given, want) => {
      assert.deepEqual(reasonsOf(given(), 'finalize'), want);
    });
  });

  it('has no reason that no case makes, and none that makes nothing', () => {
    const made = new Set([...Object.values(cases), ...Object.values(finalizing)].flatMap(({ want }) => want));
    assert.deepEqual(new Set(Object.keys(events)), made);
  });

  it('takes a trouble for one where its condition says it, whatever the part', () => {
    assert.ok(isTrouble('CrashLoop'));
    for (const reason of ['Ready', 'AllReady', 'Creating', 'ImagePullFailed', 'constructor'] as never[])
      assert.ok(!isTrouble(reason), reason);
  });

  it('is made of words that a reader can look up', () => {
    for (const [reason, { type, action, meaning }] of Object.entries(events)) {
      assert.match(reason, /^[A-Z][A-Za-z]{1,127}$/);
      assert.match(action, /^[A-Z][A-Za-z]{1,127}$/);
      assert.ok(meaning.endsWith('.') && !meaning.includes('|'), meaning);
      assert.ok(['Normal', 'Warning'].includes(type));
      if (isTrouble(reason as never)) assert.ok(Object.hasOwn(reasons, reason), reason);
    }
  });
});

/** What the API server takes at most, in bytes, as https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go has it. */
const LONGEST = { action: 128, reason: 128, note: 1024, reportingInstance: 128 };
const fields = [
  'apiVersion',
  'kind',
  'metadata',
  'eventTime',
  'type',
  'reason',
  'action',
  'note',
  'regarding',
  'reportingController',
  'reportingInstance',
];

async function checkEvent(event: Manifest, w: World): Promise<void> {
  const { name, namespace: home, uid } = w.parent.metadata;
  assert.deepEqual(Object.keys(event), fields);
  await validateChild(event);
  assert.equal(event.apiVersion, 'events.k8s.io/v1');
  assert.deepEqual(Object.keys(event.metadata).sort(), ['name', 'namespace']);
  assert.match(event.metadata.name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\.[0-9a-f]{8}$/);
  assert.ok(event.metadata.name.startsWith(`${name}.`) && event.metadata.name.length <= 253);
  assert.equal(event.metadata.namespace, home);
  assert.deepEqual(event.regarding, { apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name, namespace: home, uid });
  assert.match(String(event.eventTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  assert.equal(Date.parse(String(event.eventTime)), Date.parse(w.now));
  assert.match(String(event.reportingController), /^[a-z0-9.]+\/[a-zA-Z0-9]([\w.-]{0,61}[a-zA-Z0-9])?$/);
  for (const [field, most] of Object.entries(LONGEST)) {
    const size = Buffer.byteLength(String(event[field]));
    assert.ok(size > 0 && size <= most, `${field} has ${size} bytes`);
  }
  const row = events[event.reason as EventReason];
  assert.deepEqual([event.type, event.action], [row.type, row.action]);
}

describe('status/events: what the API server takes', () => {
  it('every Event of every case', async () => {
    let count = 0;
    for (const [given, hook] of [
      ...Object.values(cases).map(({ given }) => [given, 'sync'] as const),
      ...Object.values(finalizing).map(({ given }) => [given, 'finalize'] as const),
    ]) {
      const w = given();
      for (const event of eventsOf(w, hook)) await checkEvent(event, w);
      count += eventsOf(w, hook).length;
    }
    assert.ok(count >= Object.keys(events).length);
  });

  describe('every Event of every golden case', () => {
    for (const folder of folders)
      it(folder, async () => {
        const { hook, world: w } = read(folder);
        const { children } = answers[hook](request(w, 'v2', hook === 'finalize'), w.now).response as SyncResponse;
        for (const event of children.filter(({ kind }) => kind === 'Event')) await checkEvent(event, w);
      });
  });

  it('the schema says no to a wrong one', async () => {
    const [event] = eventsOf(edited(ready(), { size: 0 }));
    assert.ok(event);
    await assert.rejects(() => validateChild({ ...event, eventTime: 12 }));
    await assert.rejects(() => validateChild({ ...event, regarding: 'bestie' }));
  });

  it('the longest name of a Bestie', async () => {
    const w = edited(ready(world({}, { name: 'a'.repeat(63) })), { size: 0 });
    const [event] = eventsOf(w);
    assert.ok(event);
    await checkEvent(event, w);
  });

  each<string, number>(
    {
      Long: { reason: 'it is cut', given: 'a'.repeat(3000), want: 1024 },
      Umlauts: { reason: 'two bytes each', given: 'ä'.repeat(1000), want: 1024 },
      Odd: { reason: 'no half character', given: `b${'ä'.repeat(1000)}`, want: 1024 },
      Emoji: { reason: 'four bytes each, two units each', given: '😀'.repeat(500), want: 1024 },
    },
    (given, want) => {
      // The key of a map is what a person writes, and stands in the message.
      const [event] = eventsOf(edited(ready(), { nodeSelector: { [given]: 1 } }));
      assert.ok(event);
      const note = String(event.note);
      assert.ok(note.startsWith('spec/nodeSelector/'), note);
      assert.ok(Buffer.byteLength(note) <= want && Buffer.byteLength(note) > want - 4, `${Buffer.byteLength(note)} bytes`);
      assert.ok(!/\p{Surrogate}|\uFFFD/u.test(note), 'half a character');
    },
  );
});

describe('status/events: one per happening', () => {
  const happenings = Object.entries(cases).filter(([, { want }]) => want.length > 0);

  for (const [name, { given }] of happenings) {
    it(`${name}: an answer that is repeated, later, has the same names and none twice`, () => {
      const w = given();
      const names = namesOf(w);
      assert.equal(new Set(names).size, names.length);
      assert.deepEqual(namesOf(later(w, 1)), names);
      assert.deepEqual(namesOf(structuredClone(w)), names);
    });

    it(`${name}: once it is in the status, no Event is sent`, () => {
      const w = carriedOut(given());
      // What was carried out may be seen to have an effect, which is another happening.
      const again = reasonsOf(w).filter((reason) => cases[name]?.want.includes(reason as EventReason));
      assert.deepEqual(again, []);
    });
  }

  /** The world whose status says that this condition has been as it is since then. */
  const since = (w: World, type: string, time: string, change: Loose = {}): World => {
    const { conditions } = w.parent.status as { conditions: Loose[] };
    const dated = conditions.map((condition) =>
      condition.type === type ? { ...condition, ...change, lastTransitionTime: time } : condition,
    );
    return { ...w, parent: overlaid(w.parent, { status: { conditions: dated } }) };
  };

  it('what recurs has another name: its condition was otherwise in between', () => {
    const w = imageMissing();
    assert.deepEqual(namesOf(since(w, 'ImagePulled', ago(60))), namesOf(since(w, 'ImagePulled', ago(60))));
    assert.notDeepEqual(namesOf(since(w, 'ImagePulled', ago(60))), namesOf(since(w, 'ImagePulled', ago(10))));
  });

  it('a trouble that comes and goes while its condition stays False is one', () => {
    const w = rollingWith(ailing(half('Crash', 'Terminated')));
    const [before, between] = (['Creating', 'RollingOut'] as const).map((reason) =>
      since(w, 'DeploymentReady', ago(60), { status: 'False', reason }),
    );
    assert.ok(before && between);
    assert.deepEqual(reasonsOf(before), ['CrashLoop']);
    assert.deepEqual(namesOf(before), namesOf(between));
  });

  it('what goes wrong in another way has another name, and so has another Bestie of that name', () => {
    const [first] = namesOf(rollingWith(ailing(half('Crash', 'Terminated'))));
    const [second] = namesOf(rollingWith(unschedulable));
    assert.notEqual(first, second);
    const w = imageMissing();
    assert.notDeepEqual(namesOf({ ...w, parent: overlaid(w.parent, { metadata: { uid: UID.replace('b1', 'b2') } }) }), namesOf(w));
  });

  it('an upgrade that begins is one Event, although the status of its first phases is lost', () => {
    // Nothing of the upgrade reaches the status until it rolls out.
    const lost = (w: World): World => ({ ...w, parent: { ...w.parent, status: ready().parent.status } });
    const starts = [edited(ready(), { version: '1.4' }), lost(backedUp()), lost(rolling())].map((w) =>
      eventsOf(w).filter(({ reason }) => reason === 'UpgradeStarted'),
    );
    assert.deepEqual(
      starts.map((found) => found.length),
      [1, 1, 1],
    );
    assert.equal(new Set(starts.flat().map(({ metadata }) => metadata.name)).size, 1);
  });

  it('an upgrade that succeeds is one Event, although some answers see a status that is some phases old', () => {
    const arrived = up(rolling());
    const phases = ['BackingUp', 'Migrating', 'RollingOut'].map((phase, minutes) => {
      const { upgrade } = arrived.parent.status as { upgrade: object };
      const old = { ...upgrade, phase, since: ago(600 - 60 * minutes) };
      return { ...arrived, parent: overlaid(arrived.parent, { status: { upgrade: old } }) };
    });
    const names = phases.flatMap((w) =>
      eventsOf(w).flatMap(({ reason, metadata }) => (reason === 'UpgradeSucceeded' ? metadata.name : [])),
    );
    assert.equal(names.length, 3);
    assert.equal(new Set(names).size, 1);
  });

  it('a second try of the same version is another upgrade', () => {
    const first = edited(ready(), { version: '1.4' });
    const back = carriedOut(edited(carriedOut(first), { version: '1.3' }));
    const again = later(edited(back, { version: '1.4' }), 60);
    const nameOf = (w: World): string | undefined => eventsOf(w).find(({ reason }) => reason === 'UpgradeStarted')?.metadata.name;
    assert.ok(nameOf(first) !== undefined && nameOf(again) !== undefined);
    assert.notEqual(nameOf(first), nameOf({ ...again, parent: overlaid(again.parent, { status: { upgrade: { since: ago(5) } } }) }));
  });

  it('after the status was lost as a whole, an Event says that it runs; no migration was run', () => {
    assert.deepEqual(reasonsOf(statusLost(ready())), ['Ready']);
  });

  it('a message that names what happened stands in the note', () => {
    const noteOf = (w: World, reason: string): unknown => eventsOf(w).find((event) => event.reason === reason)?.note;
    assert.equal(noteOf(edited(ready(), { version: '1.4' }), 'UpgradeStarted'), `from ${A} to ${B}`);
    assert.match(String(noteOf(backup(backingUp(), 'succeeded'), 'BackupSucceeded')), /^pre-upgrade\.\S+ was completed at 20\d\d-/);
    assert.equal(
      noteOf(imageMissing(), 'ImagePullFailed'),
      syncOf(imageMissing()).status.conditions.find(({ type }) => type === 'ImagePulled')?.message,
    );
  });
});

describe('status/events: restores', () => {
  const named = (w: World, reason: string): string[] =>
    eventsOf(w).flatMap((event) => (event.reason === reason ? [event.metadata.name] : []));

  it('that begins, or is back, is one Event, although the status of those answers is lost', () => {
    const lost = (w: World): World => ({ ...w, parent: { ...w.parent, status: ready().parent.status } });
    const starts = [asked(), lost(backup(backingUpForRestore(), 'succeeded')), lost(restore(armed(), 'running'))].flatMap((w) =>
      named(w, 'RestoreStarted'),
    );
    assert.deepEqual([starts.length, new Set(starts).size], [3, 1]);
    const ends = [back(), lost(back()), lost(serving())].flatMap((w) => named(w, 'RestoreSucceeded'));
    assert.deepEqual([ends.length, new Set(ends).size], [3, 1]);
  });

  it('that is over makes none again, although all of the status is lost a day later', () => {
    for (const w of [
      succeeded(),
      carriedOut(asked(ready(), { id: 'tuesday', target: { time: ago(-60) } })),
      carriedOut(wanting(backingUpForRestore(), undefined)),
    ])
      assert.deepEqual(
        reasonsOf(later(statusLost(w), 86_400)).filter((reason) => String(reason).startsWith('Restore')),
        [],
      );
  });

  it('names the target, and, where it was refused, why', () => {
    const noteOf = (w: World, reason: string): unknown => eventsOf(w).find((event) => event.reason === reason)?.note;
    assert.equal(noteOf(asked(), 'RestoreStarted'), 'restore tuesday to 2026-01-01T11:50:00Z');
    assert.match(
      String(noteOf(asked(ready(), { id: 'tuesday', target: { time: ago(-60) } }), 'RestoreRefused')),
      /is refused, and nothing was changed: that moment has not come yet/,
    );
  });
});

describe('status/events: drills', () => {
  const damage = 'table pets cannot be read: SQLSTATE XX001';
  const drillEvents = (w: World): { reason: unknown; name: string; note: string }[] =>
    eventsOf(w).flatMap(({ reason, metadata, note }) =>
      reason === 'BackupVerified' || reason === 'DrillFailed' ? [{ reason, name: metadata.name, note: String(note) }] : [],
    );

  it('each that ends is one, although the condition stays as it is', () => {
    const second = verifying({ onDemand: 'second' }, over(found(damage)));
    const [first, again] = [drillEvents(found(damage)), drillEvents(found(damage, second))];
    assert.deepEqual(
      [...first, ...again].map(({ reason }) => reason),
      ['DrillFailed', 'DrillFailed'],
    );
    assert.notEqual(first[0]?.name, again[0]?.name);
    assert.deepEqual(drillEvents(passed(verifying({ onDemand: 'third' }, over(passed())))).length, 1);
  });

  it('a token that is used again later is another drill', () => {
    const between = over(passed(verifying({ onDemand: 'second' }, over(passed()))));
    const again = passed(verifying({ onDemand: 'first' }, later(between, 7200)));
    assert.notEqual(drillEvents(passed())[0]?.name, drillEvents(again)[0]?.name);
  });

  it('is made again until its result is on record, and never after that, although all of the status is lost', () => {
    const [once, lost] = [drillEvents(passed()), drillEvents(statusLost(passed()))];
    assert.deepEqual([once.length, lost], [1, once]);
    assert.deepEqual(drillEvents(statusLost(carriedOut(passed()))), []);
    assert.deepEqual(drillEvents(later(statusLost(over(passed())), 60)), []);
  });

  it('a result that a pause keeps from the record is none, however long that lasts', () => {
    assert.deepEqual(drillEvents(later(stopped(passed()), 7000)), []);
    assert.equal(drillEvents(passed()).length, 1);
  });

  it('says what was found, or why it failed', () => {
    assert.match(
      drillEvents(passed())[0]?.note ?? '',
      /^a copy was made from repo1 and checked at .*: revision 2c1d; rows: pets 12, users 3;/,
    );
    assert.match(drillEvents(found(damage))[0]?.note ?? '', /^the drill of repo1 failed at .*: table pets cannot be read: SQLSTATE XX001;/);
    assert.match(drillEvents(copyFailed())[0]?.note ?? '', /repo1 could not be restored/);
  });
});

describe('status/events: where none can be made', () => {
  it('a Namespace that is going takes no new objects', () => {
    const going = namespace({ metadata: { deletionTimestamp: NOW } });
    for (const { given, want } of Object.values(cases).filter((each) => each.want.length > 0)) {
      const w = given();
      const related = [...w.related.filter(({ kind }) => kind !== 'Namespace'), going];
      assert.deepEqual(reasonsOf({ ...w, related }), [], want.join());
    }
    assert.notDeepEqual(reasonsOf({ ...imageMissing(), related: [...imageMissing().related, namespace()] }), []);
  });

  it('an Event is no child: no condition counts it, and is never sent twice', () => {
    const w = imageMissing();
    assert.deepEqual(eventsOf(carriedOut(w)), []);
    assert.ok(!carriedOut(w).children.some(({ kind }) => kind === 'Event'));
    assert.equal(eventsOf(w)[0]?.metadata.namespace, NAMESPACE);
  });
});
