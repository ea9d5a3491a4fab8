/** Every reason that a condition can have. A test compares docs/conditions.md with this table. */
import { databaseReasons } from './databasereason.ts';
import { exposureReasons } from './exposurereason.ts';
import { podReasons } from './podreason.ts';
import type { ReasonRow } from './reasonrow.ts';

export const reasons = {
  AllReady: { meaning: 'Database, migration, Deployment and Service are as the current spec wants them.' },
  Progressing: { meaning: 'Something is not finished yet; the message names the condition that Ready waits for.' },
  Settled: { meaning: 'Everything is in place, or an action is needed first: see Stalled.' },
  NotStalled: { meaning: 'No action is needed.' },
  Deleting: { meaning: 'The object is being deleted; on Ready and Reconciling, the Bestie itself.' },
  Paused: {
    meaning: 'The annotation pets.bestie.com/paused is "true": nothing but status is changed, and changes of the spec wait.',
    action: 'To resume, run the command in the message of Ready or Paused.',
  },
  Resumed: { meaning: 'The Bestie was paused and is no longer.' },
  HeldByFinalizer: {
    meaning: 'An object has been terminating for more than five minutes, and a finalizer of another controller keeps it.',
    action: 'Run the command in the message; see why the controller of that finalizer does not remove it.',
    stalls: 'any',
  },
  Created: { meaning: 'The object exists.' },
  SelectorChanged: {
    meaning: 'A user or another controller changed the selector of the object, so that it does not select all that it should.',
    action: 'Run the command in the message; see who changes selectors.',
    stalls: 'any',
  },
  Creating: { meaning: 'The object was requested and has not been observed yet.' },
  NoFailure: { meaning: 'The last upgrade has not failed.' },
  UpgradeFailed: {
    meaning: 'The requested image does not run, because it was refused or has failed; UpgradeFailed says why.',
    action: 'Read the message of UpgradeFailed.',
  },
  BackingUp: { meaning: 'The migrations wait for a backup, or for another operation on the database.' },
  BackupFailed: {
    meaning: 'A requested backup failed. One that the operator requested is retried after 5, 15 and then every 30 minutes.',
    action: 'Read the log of its Job; fix the repository or its credentials.',
  },
  BackupTimeout: {
    meaning: 'A requested backup has not ended within upgrade.backupTimeoutSeconds. The operator still waits for it.',
    action: 'Check that the database operator runs; read the events of the object of the database.',
  },
  RepositoryNotReady: {
    meaning: 'A repository takes no backups, or not yet; the message names it and what is missing.',
    action:
      'None in the first minutes of a database. Otherwise run the command in the message; check the credentials, bucket or volume of the repository.',
  },
  RepositoryReady: { meaning: 'Every repository takes backups, and every backup that was due succeeded.' },
  ScheduledBackupFailed: {
    meaning: 'The newest run of a schedule has failed. It is not repeated before the next planned run.',
    action:
      'Run the command in the message; fix the repository. The next run that succeeds ends it: docs/tasks/back-up.md starts one at once.',
  },
  ScheduledBackupOverdue: {
    meaning: 'A run of a schedule has not ended although the next one was due. No other run of that schedule starts meanwhile.',
    action: 'See what its Job waits for; delete the Job if it hangs.',
  },
  ScheduledBackupMissed: {
    meaning: 'A planned run of a schedule was not started within 15 minutes.',
    action: 'Run the command in the message; check that the database operator and the CronJob controller run.',
  },
  InvalidSchedule: {
    meaning: 'Kubernetes refuses a schedule, so no backup is taken by it, or backups follow the schedule before it.',
    action: 'Correct the schedule that the message names.',
  },
  ScheduleNeverRuns: { meaning: 'Kubernetes accepts a schedule that fits no day.', action: 'Correct the schedule that the message names.' },
  DowngradeRefused: {
    meaning: 'The requested version is lower than one whose migrations the database has.',
    action:
      'Run a command of the message: the first sets the version back; the second allows the lower version, if it can run on the schema.',
  },
  MajorSkipRefused: {
    meaning: 'The requested version is more than one major version above what the database was migrated to.',
    action: 'Upgrade to the versions between, one after the other; the command in the message sets the version back.',
  },
  RollingBack: { meaning: 'What ran before the failed upgrade is being rolled out again.' },
  RolledBack: { meaning: 'What ran before the failed upgrade runs again, on the migrated schema.' },
  NotRolledBack: { meaning: 'The last upgrade was not rolled back.' },
  DatabaseNotAttached: {
    meaning: 'A database of that name exists and has no owner; it may hold data.',
    action: 'Run the command in the message to attach it, or rename the Bestie.',
    stalls: 'any',
  },
  DatabaseDiffers: {
    meaning: 'A database of that name exists and cannot be changed to what the spec requests.',
    action: 'Change the spec to what the message names, then attach it.',
    stalls: 'any',
  },
  DatabaseTaken: {
    meaning: 'A database of that name exists and belongs to another object.',
    action: 'Create the Bestie under another name.',
    stalls: 'any',
  },
  Guarded: { meaning: 'The Namespace is a second owner of the database.' },
  Guarding: { meaning: 'The Namespace is about to become a second owner of the database.' },
  NamespaceUnknown: { meaning: 'Metacontroller does not show the Namespace yet; the second owner needs its uid.' },
  NameEqualsNamespace: {
    meaning: 'Bestie and Namespace have the same name, so the Namespace cannot be a second owner of the database.',
    action: 'Create the Bestie under another name, or never delete it in the foreground.',
  },
  DeletionProtected: {
    meaning: 'The Bestie is being deleted while deletionProtection is on; everything is kept.',
    action: 'Set spec.deletionProtection to false to allow the deletion.',
  },
  FinalBackupPending: { meaning: 'The database is not deleted before its final backup has succeeded.' },
  NoRemoteRepository: {
    meaning: 'A final backup needs an S3, GCS or Azure repository, and the spec names none.',
    action: 'Add one, choose another deletionPolicy, or skip the backup with the annotation in the message.',
  },
  NothingBlocks: {
    meaning: 'The deletion continues by itself, or has waited less than five minutes for a finalizer of another controller.',
  },
  DependencyNotReady: { meaning: 'The object is not created before another condition is True; the message names it.' },
  NotApplied: {
    meaning:
      'The object, or a change of it, was requested more than two resyncs ago and does not exist: the API server or an admission policy refuses it, another object has its name, or its controller-uid label was changed.',
    action: 'Run the commands in the message: read the error of the API server, hand the object over, or rename one of the two.',
    stalls: 'any',
  },
  APINotInstalled: {
    meaning: 'The spec requests an object whose kind the installed CompositeController does not declare.',
    action: 'Install the component that the message names, or leave the field out.',
    stalls: ['DatabaseReady'],
  },
  InvalidSpec: {
    meaning: 'The spec breaks a rule of the API and got past the API server; every child is kept as it was last applied.',
    action: 'Correct the field that the message names.',
    stalls: 'any',
  },
  UnsupportedApplyStrategy: {
    meaning: 'No child carries a last-applied configuration, so Metacontroller does not run with dynamic-apply.',
    action: 'Run Metacontroller with its default --apply-strategy=dynamic-apply.',
    stalls: 'any',
  },
  ...databaseReasons,
  MigrationCompleted: { meaning: 'The migrations of the requested image are recorded for this database.' },
  Migrating: { meaning: 'A migration Job has not ended yet; all else waits for it.' },
  MigrationFailed: {
    meaning: 'The migration Job failed.',
    action: 'Read its log; then change the spec. On a first install, deleting the Job runs it again; in an upgrade, see UpgradeFailed.',
    stalls: 'any',
  },
  SeedFailed: {
    meaning: 'The migrations are done, and loading the sample data failed.',
    action: 'Read its log. The message says how to continue: without sample data, or with another try.',
    stalls: 'any',
  },
  MigrationHistoryMissing: {
    meaning: 'The database has no record of its migrations, so none is run.',
    action: 'Annotate the object of the database with pets.bestie.com/migrated-images, a JSON list of image references.',
    stalls: 'any',
  },
  MigrationHistoryUnknown: {
    meaning:
      'The data of the database was replaced, by a restore or otherwise, so its migrations are unknown. The application is stopped, and the migrations of its image run again; no sample data is loaded.',
    action:
      'None, if the migrations succeed. Otherwise read the log of their Job; the command in the message records that the data has them.',
  },
  RolledOut: { meaning: 'Every pod runs the current template and enough of them are ready.' },
  RollingOut: { meaning: 'Pods of the current template are being started.' },
  EnvironmentOutOfOrder: {
    meaning:
      'A variable of spec.env refers to another one, and the Deployment has the two in another order, so the pods get another value.',
    action: 'Run the command in the message while no upgrade is in progress.',
    stalls: 'any',
  },
  ProgressDeadlineExceeded: {
    meaning: 'The rollout made no progress within its deadline.',
    action: 'Read the events and logs of the pods.',
    stalls: 'any',
  },
  ...podReasons,
  EnoughReplicas: { meaning: 'The Deployment has the replicas that its strategy demands.' },
  NoDeployment: { meaning: 'There is no Deployment, so nothing serves.' },
  TooFewReplicas: { meaning: 'Fewer pods are ready than the Deployment demands.' },
  ScalingInactive: {
    meaning: 'The HorizontalPodAutoscaler exists but cannot scale; the message has its own reason.',
    action: 'FailedGetResourceMetric: install a metrics API (metrics-server), and give the pods a CPU request. Or leave maxReplicas out.',
  },
  TooFewConnections: {
    meaning:
      'The Bestie may run more pods than its database has connections for; the pods beyond that would not become ready. With a pooler: it has too few connections, or takes too few clients.',
    action: 'Set the field that the message names.',
  },
  ...exposureReasons,
} as const satisfies Record<string, ReasonRow>;

export type Reason = keyof typeof reasons;

export const isReason = (value: unknown): value is Reason => typeof value === 'string' && Object.hasOwn(reasons, value);
