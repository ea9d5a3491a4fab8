/** The reasons about the database: how far it is, and what differs from the spec. */
import type { ReasonRow } from './reasonrow.ts';

export const databaseReasons = {
  Usable: { meaning: 'Role and database exist, and every instance is ready and as the spec says.' },
  PriorityClassMissing: {
    meaning:
      'The database serves. The cluster does not have the priority class that the spec asks for, so the pods of Postgres are left without it.',
    action: 'Create the priority class that the message names, or change database.priorityClassName.',
  },
  PriorityClassGone: {
    meaning:
      'The database serves. The priority class of its pods does not exist any more: the pods that run stay, and no other one is created.',
    action: 'Create the priority class that the message names, or change database.priorityClassName, which restarts Postgres.',
  },
  PriorityClassUnknown: {
    meaning:
      'The database serves. Metacontroller does not show whether the priority class that the spec asks for exists, so the pods of Postgres are left without it.',
    action: 'None in the first 20 minutes after an upgrade of the operator. Otherwise install the CompositeController of this release.',
  },
  Provisioning: { meaning: 'The database was requested and is starting.' },
  ProvisioningStuck: {
    meaning: 'The database was requested, or restored, more than 15 minutes ago and does not run yet.',
    action:
      'Run the commands in the message: the events of the object of the database and of its pods say what is missing, often a volume or a node.',
    stalls: 'any',
  },
  InstancesMissing: { meaning: 'The database serves, and fewer of its instances are ready than database.replicas requests.' },
  NoInstanceReady: { meaning: 'The database was up, and none of its instances is ready now.' },
  InstancesStuck: {
    meaning: 'Fewer instances are ready than requested, for ten minutes or more; or none, for five.',
    action: 'Run the commands in the message. A pod that cannot be scheduled is not replaced when the spec is corrected: delete it.',
    stalls: 'any',
  },
  InstancesOutdated: { meaning: 'The database serves, and a change of its spec is being rolled out over its instances.' },
  RolloutStuck: {
    meaning: 'A change of the spec of the database has not reached all of its instances for 15 minutes; it serves.',
    action: 'Run the commands in the message; the log of the database operator says what Postgres refuses.',
    stalls: 'any',
  },
  VolumeResizing: { meaning: 'The database serves, and one of its volumes is changing its size.' },
  VolumeNotResized: {
    meaning: 'The database serves, and a volume cannot have the requested size: its storage class forbids it, or the resizer failed.',
    action: 'Set the size back, or use a storage class whose volumes can grow; the events of the object of the database have the error.',
    stalls: 'any',
  },
  PoolerNotReady: {
    meaning: 'The database serves, and a pod of its pooler takes no connections, or not yet. The application connects as it did before.',
  },
  PoolerStuck: {
    meaning: 'A pod of the pooler of the database has taken no connections for ten minutes; the database serves.',
    action:
      'Run the commands in the message: the events of the pods and of the object of the database say what is missing, often an image.',
    stalls: 'any',
  },
  DatabaseReadOnly: {
    meaning: 'A user made the database a standby, or read-only. No migration and no backup is started; the application is left as it is.',
    action: 'Run the command in the message to let it take writes again.',
    stalls: ['DatabaseReady'],
  },
  NotCarriedOut: {
    meaning: 'The database operator has seen the last change, and has not finished it for five minutes.',
    action:
      'Read its log: often a command in an instance or a switchover fails. Until then it changes no user and no schedule, and starts no backup.',
    stalls: 'any',
  },
  Restoring: { meaning: 'The database is being restored; the application is stopped meanwhile.' },
  Restored: { meaning: 'The data is as the last restore was to bring it back, and the application runs on it.' },
  RestorePending: {
    meaning: 'A restore is requested and nothing is changed yet: another operation ends first, or what is there is backed up.',
  },
  RestoreRefused: {
    meaning: 'The requested restore is known to be impossible; nothing was changed.',
    action: 'Read the message; request what is possible under a new id, or remove spec.restore.',
    stalls: ['Restored'],
  },
  RestorePassedOver: {
    meaning: 'The id was in the spec when the Bestie got its database, so it is not carried out: it was meant for other data.',
    action: 'None. A restore of this database needs a new id.',
  },
  RestoreCalledOff: { meaning: 'The request was removed before anything was changed.' },
  RestoreAbandoned: {
    meaning:
      'A user has taken back a restore that had not succeeded: Postgres was started on what it has left, which may be neither the former data nor that of the target.',
    action: 'Check the data, and restore it under a new id where it is not right.',
  },
  Stopping: { meaning: 'The application is stopped before an operation on its database that replaces the data, or may have to be undone.' },
  RestoreFailed: {
    meaning:
      'A restore of the database failed, or was broken off, and is still requested: the application is stopped, and no instance is started by itself.',
    action: 'Read the log of its Job, and request another restore under a new id, as the message says.',
    stalls: 'any',
  },
  RestoreStuck: {
    meaning:
      'A restore has made no progress for half an hour, or has not started ten minutes after it was requested on the object of the database.',
    action: 'Run the command in the message: it shows what is waited for, or what the database operator refuses.',
    stalls: 'any',
  },
  Copied: { meaning: 'The database was made from the backups that the spec names.' },
  Copying: { meaning: 'The database is being made from the backups of another one. The application starts once it is there.' },
  SourceMissing: {
    meaning: 'What the database is to be copied from does not exist, or is going. Nothing was created.',
    action: 'Read the message: create the source, or create this Bestie again with another one.',
    stalls: 'any',
  },
  SourceNotReady: {
    meaning:
      'What the database is to be copied from holds no backup yet, or cannot be read now. The copy begins by itself once that has changed.',
  },
  SourceDiffers: {
    meaning: 'What the database is to be copied from is of another major version of Postgres.',
    action: 'Delete the Bestie, and create it with the version of the source.',
    stalls: 'any',
  },
  SourceIgnored: {
    meaning: 'The database existed before, so it was not copied: it has the data that it had.',
    action: 'None, if that data is the right one. Otherwise create the copy under another name.',
  },
  CopyFailed: {
    meaning: 'The copy of the database has failed. There is no data in it that could be lost.',
    action:
      'Read the log that the message names. Then delete the object of the database to try again, or the Bestie to copy something else.',
    stalls: 'any',
  },
  CopyStuck: {
    meaning:
      'The database operator has not begun to copy the database ten minutes after it was requested, or Postgres has not started on the copied data for 15 minutes.',
    action: 'Run the command in the message: it shows what is waited for, or what the database operator refuses.',
    stalls: 'any',
  },
  Verified: { meaning: 'The last drill succeeded: a copy of the database was made from its backups, and checked.' },
  NotYetVerified: { meaning: 'Drills are wanted, and none has ended yet.' },
  DrillFailed: {
    meaning: 'The last drill failed, so it is not certain that the backups can be restored.',
    action:
      'Read the message; docs/runbooks/BestieBackupNotVerified.md goes through the causes. Then request another drill with a new backups.verify.onDemand.',
  },
  DrillOverdue: {
    meaning: 'The last drill that succeeded is older than two periods of the schedule.',
    action: 'Read the message of BackupVerified: it names what the next drill waits for.',
  },
  NotReconciled: {
    meaning: 'The database operator has not acted on the object of the database, or on its last change, for five minutes.',
    action: 'Check that the database operator runs; read the events of the object of the database.',
    stalls: ['DatabaseReady'],
  },
  ExternallyManaged: {
    meaning: 'The database is managed outside of this operator; it counts as reachable once the migrations have succeeded.',
  },
  DatabaseUnreachable: {
    meaning:
      'Pods of the application or of a migration have waited for the database for a minute or more, or no pod that ran before reaches it any more.',
    action: 'Run the command in the message; check that the database runs, its host and port, and the NetworkPolicies between.',
  },
  DatabaseRefused: {
    meaning: 'The database answers and refuses the login; another try would not help.',
    action: 'Correct what the message names: the Secret of the database, or the rights of its user.',
    stalls: 'any',
  },
} as const satisfies Record<string, ReasonRow>;
