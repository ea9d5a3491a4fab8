/** Every Event that the operator makes, by reason. docs/events.md is compared with the table. */
import type { Reason } from './reason.ts';

interface EventRow {
  type: 'Normal' | 'Warning';
  /** What was tried, in one word. */
  action: string;
  /** One sentence: when the Event is made. */
  meaning: string;
}

/** Reasons for which a condition needs an action of a user; each becomes an Event of the same reason. */
const troubles = {
  CrashLoop: { action: 'RollOut', meaning: 'A container ends again and again.' },
  OOMKilled: { action: 'RollOut', meaning: 'A container used more memory than its limit.' },
  ContainerConfigError: { action: 'RollOut', meaning: 'A container cannot be created from its configuration.' },
  Unschedulable: { action: 'RollOut', meaning: 'A pod cannot be scheduled.' },
  PodsNotCreated: { action: 'RollOut', meaning: 'The pods of the Deployment or of a migration are not created.' },
  ContainersNotCreated: { action: 'RollOut', meaning: 'A pod has neither sandbox nor volumes for two minutes or more.' },
  SidecarRunning: { action: 'Migrate', meaning: 'A migration is done, and an injected container keeps its Job from ending.' },
  ProgressDeadlineExceeded: { action: 'RollOut', meaning: 'The rollout made no progress within its deadline.' },
  MigrationFailed: { action: 'Migrate', meaning: 'A migration failed.' },
  SeedFailed: { action: 'Migrate', meaning: 'Loading the sample data failed.' },
  DatabaseUnreachable: { action: 'Reconcile', meaning: 'Pods have not reached the database for a minute or more.' },
  DatabaseRefused: { action: 'Reconcile', meaning: 'The database refuses the login.' },
  MigrationHistoryMissing: { action: 'Migrate', meaning: 'The database has no record of its migrations.' },
  DatabaseNotAttached: { action: 'Attach', meaning: 'A database of that name exists and has no owner.' },
  DatabaseDiffers: { action: 'Attach', meaning: 'A database of that name exists and does not fit.' },
  DatabaseTaken: { action: 'Attach', meaning: 'A database of that name belongs to another object.' },
  NotReconciled: { action: 'ProvisionDatabase', meaning: 'The database operator does not act on the database, or on its last change.' },
  NotCarriedOut: { action: 'Reconcile', meaning: 'The database operator does not finish a change of the database.' },
  ProvisioningStuck: { action: 'ProvisionDatabase', meaning: 'A database that was requested does not start.' },
  InstancesStuck: { action: 'Reconcile', meaning: 'Instances of the database have not been ready for five or ten minutes.' },
  RolloutStuck: { action: 'Reconcile', meaning: 'A change of the database does not reach all of its instances.' },
  VolumeNotResized: { action: 'Reconcile', meaning: 'A volume of the database cannot have the requested size.' },
  PriorityClassMissing: { action: 'Reconcile', meaning: 'The priority class for the database does not exist, and is not applied.' },
  PriorityClassGone: { action: 'Reconcile', meaning: 'The priority class of the pods of the database does not exist any more.' },
  DatabaseReadOnly: { action: 'Reconcile', meaning: 'A user made the database a standby, or read-only.' },
  RestoreFailed: { action: 'Restore', meaning: 'A restore of the database failed.' },
  RestoreStuck: { action: 'Restore', meaning: 'A requested restore of the database has made no progress for a while.' },
  RestoreRefused: { action: 'Restore', meaning: 'A requested restore is known to be impossible.' },
  SourceMissing: { action: 'Copy', meaning: 'What the database is to be copied from does not exist.' },
  SourceDiffers: { action: 'Copy', meaning: 'What the database is to be copied from is of another version of Postgres.' },
  CopyFailed: { action: 'Copy', meaning: 'The copy of the database that the spec names has failed.' },
  CopyStuck: { action: 'Copy', meaning: 'The copy of the database has not begun, or Postgres does not start on it.' },
  DrillOverdue: { action: 'Verify', meaning: 'The last drill that succeeded is older than two periods of its schedule.' },
  HeldByFinalizer: { action: 'Reconcile', meaning: 'A finalizer of another controller keeps a child that is being deleted.' },
  NotApplied: { action: 'Apply', meaning: 'A child, or a change of it, was requested more than two resyncs ago and does not exist.' },
  APINotInstalled: { action: 'Apply', meaning: 'The spec requests a kind that is not installed.' },
  InvalidSpec: { action: 'Reconcile', meaning: 'The spec breaks a rule of the API; nothing is changed.' },
  UnsupportedApplyStrategy: { action: 'Reconcile', meaning: 'Metacontroller does not run with dynamic-apply.' },
} as const satisfies Partial<Record<Reason, { action: string; meaning: string }>>;

const happenings = {
  ImagePullFailed: { type: 'Warning', action: 'PullImage', meaning: 'A container cannot pull its image.' },
  ImagePulled: { type: 'Normal', action: 'PullImage', meaning: 'No container waits for an image that cannot be pulled any more.' },
  Ready: { type: 'Normal', action: 'Reconcile', meaning: 'The current spec is running.' },
  DatabaseNotReady: {
    type: 'Warning',
    action: 'Reconcile',
    meaning: 'The database is no longer as requested, and that does not pass by itself.',
  },
  MigrationCompleted: { type: 'Normal', action: 'Migrate', meaning: 'The migrations of the requested image were completed.' },
  UpgradeStarted: { type: 'Normal', action: 'Upgrade', meaning: 'An upgrade started.' },
  UpgradeSucceeded: { type: 'Normal', action: 'Upgrade', meaning: 'The new version is rolled out and available.' },
  UpgradeAborted: { type: 'Normal', action: 'Upgrade', meaning: 'The version was set back before an upgrade had ended.' },
  UpgradeFailed: {
    type: 'Warning',
    action: 'Upgrade',
    meaning: 'The requested image was refused or has failed, or the backup before it failed or is late.',
  },
  RolledBack: { type: 'Warning', action: 'RollBack', meaning: 'What ran before a failed upgrade runs again.' },
  BackupSucceeded: { type: 'Normal', action: 'BackUp', meaning: 'A backup is known to have succeeded.' },
  BackupFailed: {
    type: 'Warning',
    action: 'BackUp',
    meaning: 'A requested backup failed, or takes longer than upgrade.backupTimeoutSeconds.',
  },
  Copied: { type: 'Normal', action: 'Copy', meaning: 'The database was made from the backups that the spec names.' },
  BackupVerified: { type: 'Normal', action: 'Verify', meaning: 'A drill has succeeded: a copy was made from the backups, and checked.' },
  DrillFailed: { type: 'Warning', action: 'Verify', meaning: 'A drill has failed. Each one that fails makes an Event.' },
  RestoreStarted: { type: 'Normal', action: 'Restore', meaning: 'A restore on request was begun.' },
  RestoreSucceeded: {
    type: 'Normal',
    action: 'Restore',
    meaning: 'The application runs on the data that a restore on request has brought back.',
  },
  RestorePassedOver: {
    type: 'Normal',
    action: 'Restore',
    meaning: 'A requested restore is not carried out, because it was requested before the Bestie had its database.',
  },
  RestoreCalledOff: { type: 'Normal', action: 'Restore', meaning: 'A requested restore was removed, or replaced by another one.' },
  RestoreAbandoned: {
    type: 'Warning',
    action: 'Restore',
    meaning: 'A user has taken back a restore that had not succeeded: Postgres was started on what it has left.',
  },
  Paused: { type: 'Normal', action: 'Pause', meaning: 'A user has paused the Bestie: nothing but status is changed.' },
  Resumed: { type: 'Normal', action: 'Resume', meaning: 'The Bestie is no longer paused.' },
  Scaled: {
    type: 'Normal',
    action: 'Scale',
    meaning: 'The spec requests another number of pods. What an autoscaler does makes no Event.',
  },
  ChildRecreated: { type: 'Normal', action: 'Apply', meaning: 'A child that existed is missing and is created again.' },
  DeletionBlocked: { type: 'Warning', action: 'Delete', meaning: 'Something blocks the deletion of a Bestie.' },
} as const satisfies Record<string, EventRow>;

export type Trouble = keyof typeof troubles;
export type EventReason = keyof typeof happenings | Trouble;

export const events: Readonly<Record<EventReason, EventRow>> = {
  ...happenings,
  ...(Object.fromEntries(Object.entries(troubles).map(([reason, row]) => [reason, { type: 'Warning', ...row }])) as Record<
    Trouble,
    EventRow
  >),
};

export const isTrouble = (reason: Reason): reason is Reason & Trouble => Object.hasOwn(troubles, reason);
