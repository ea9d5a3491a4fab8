/** Every Event that the operator makes, by reason. docs/events.md is compared with the table. */
import type { Reason } from './reason.ts';

interface EventRow {
  type: 'Normal' | 'Warning';
  /** What was tried, in one word. */
  action: string;
  /** One sentence that says when it is made. */
  meaning: string;
}

/** What a condition of a part, or of the whole, says when it needs a person; each becomes an Event of the same reason. */
const troubles = {
  CrashLoop: { action: 'RollOut', meaning: 'A container keeps ending.' },
  OOMKilled: { action: 'RollOut', meaning: 'A container used more memory than its limit.' },
  ContainerConfigError: { action: 'RollOut', meaning: 'A container cannot be created from its configuration.' },
  Unschedulable: { action: 'RollOut', meaning: 'No node takes a pod.' },
  PodsNotCreated: { action: 'RollOut', meaning: 'The pods of the Deployment or of a migration are not created.' },
  ContainersNotCreated: { action: 'RollOut', meaning: 'A pod has neither sandbox nor volumes for two minutes or more.' },
  SidecarRunning: { action: 'Migrate', meaning: 'A migration is done, and an injected container keeps its Job from ending.' },
  ProgressDeadlineExceeded: { action: 'RollOut', meaning: 'The rollout made no progress within its deadline.' },
  MigrationFailed: { action: 'Migrate', meaning: 'A migration failed.' },
  SeedFailed: { action: 'Migrate', meaning: 'Loading the sample data failed.' },
  DatabaseUnreachable: { action: 'Reconcile', meaning: 'Pods have not reached the database for a minute or more.' },
  DatabaseRefused: { action: 'Reconcile', meaning: 'The database refuses the login.' },
  MigrationHistoryMissing: { action: 'Migrate', meaning: 'The database does not say which migrations it has.' },
  DatabaseNotAttached: { action: 'Attach', meaning: 'A database of that name exists and belongs to nobody.' },
  DatabaseDiffers: { action: 'Attach', meaning: 'A database of that name exists and does not fit.' },
  DatabaseTaken: { action: 'Attach', meaning: 'A database of that name belongs to another object.' },
  NotReconciled: { action: 'ProvisionDatabase', meaning: 'The database operator does not act on the database, or on its last change.' },
  NotCarriedOut: { action: 'Reconcile', meaning: 'The database operator does not get through a change of the database.' },
  ProvisioningStuck: { action: 'ProvisionDatabase', meaning: 'The database does not come up.' },
  InstancesStuck: { action: 'Reconcile', meaning: 'Instances of the database have not been ready for five or ten minutes.' },
  RolloutStuck: { action: 'Reconcile', meaning: 'A change of the database does not reach all of its instances.' },
  VolumeNotResized: { action: 'Reconcile', meaning: 'A volume of the database cannot have the size that is asked for.' },
  DatabaseReadOnly: { action: 'Reconcile', meaning: 'A person made the database a standby, or read-only.' },
  RestoreFailed: { action: 'Restore', meaning: 'A restore of the database failed.' },
  RestoreStuck: { action: 'Restore', meaning: 'A restore of the database that was asked for has not begun for ten minutes.' },
  HeldByFinalizer: { action: 'Reconcile', meaning: 'A finalizer of another controller keeps a child that is being deleted.' },
  NotApplied: { action: 'Apply', meaning: 'A child that is wanted, or a change of it, is not there after more than two resyncs.' },
  APINotInstalled: { action: 'Apply', meaning: 'The spec asks for a kind that is not installed.' },
  InvalidSpec: { action: 'Reconcile', meaning: 'The spec breaks a rule of the API; nothing is changed.' },
  UnsupportedApplyStrategy: { action: 'Reconcile', meaning: 'Metacontroller does not run with dynamic-apply.' },
} as const satisfies Partial<Record<Reason, { action: string; meaning: string }>>;

const happenings = {
  ImagePullFailed: { type: 'Warning', action: 'PullImage', meaning: 'A container cannot pull its image.' },
  ImagePulled: { type: 'Normal', action: 'PullImage', meaning: 'No container waits any more for an image that could not be pulled.' },
  Ready: { type: 'Normal', action: 'Reconcile', meaning: 'The current spec is running.' },
  DatabaseNotReady: {
    type: 'Warning',
    action: 'Reconcile',
    meaning: 'The database was as asked for and is not any more, and that is not about to pass.',
  },
  MigrationCompleted: { type: 'Normal', action: 'Migrate', meaning: 'The migrations of the wanted image were completed.' },
  UpgradeStarted: { type: 'Normal', action: 'Upgrade', meaning: 'An upgrade began.' },
  UpgradeSucceeded: { type: 'Normal', action: 'Upgrade', meaning: 'The new version is rolled out and available.' },
  UpgradeAborted: { type: 'Normal', action: 'Upgrade', meaning: 'The spec went back before an upgrade that had begun was over.' },
  UpgradeFailed: {
    type: 'Warning',
    action: 'Upgrade',
    meaning: 'The wanted image was refused or given up, or the backup before it does not come about.',
  },
  RolledBack: { type: 'Warning', action: 'RollBack', meaning: 'What ran before a failed upgrade runs again.' },
  BackupSucceeded: { type: 'Normal', action: 'BackUp', meaning: 'A backup is known to have succeeded.' },
  BackupFailed: { type: 'Warning', action: 'BackUp', meaning: 'A backup that was asked for failed, or takes longer than it may.' },
  Paused: { type: 'Normal', action: 'Pause', meaning: 'Nothing but status is changed from now on: a person has paused the Bestie.' },
  Resumed: { type: 'Normal', action: 'Resume', meaning: 'The Bestie is paused no more.' },
  Scaled: {
    type: 'Normal',
    action: 'Scale',
    meaning: 'The spec asks the Deployment for another number of pods; not what an autoscaler does.',
  },
  ChildRecreated: { type: 'Normal', action: 'Apply', meaning: 'A child that was there is missing and is created again.' },
  DeletionBlocked: { type: 'Warning', action: 'Delete', meaning: 'Something keeps a Bestie that is being deleted.' },
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
