/** The reasons that are about the database: how far it is, and what is not as it was asked for. */
import type { ReasonRow } from './reasonrow.ts';

export const databaseReasons = {
  Usable: { meaning: 'Role and database exist, and every instance is ready and as the spec says.' },
  Provisioning: { meaning: 'The database was asked for and is coming up.' },
  ProvisioningStuck: {
    meaning: 'The database was asked for, or restored, more than 15 minutes ago and has not come up.',
    action:
      'Run the commands in the message: the events of the object of the database and of its pods say what is missing, often a volume or a node.',
    stalls: 'any',
  },
  InstancesMissing: { meaning: 'The database serves, and fewer of its instances are ready than database.replicas asks for.' },
  NoInstanceReady: { meaning: 'The database was up, and none of its instances is ready now.' },
  InstancesStuck: {
    meaning: 'Fewer instances are ready than are asked for, for ten minutes or more; or none, for five.',
    action: 'Run the commands in the message. A pod that no node takes is not replaced when the spec is mended: delete it.',
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
    meaning:
      'The database serves, and a volume cannot have the size that is asked for: its storage class forbids it, or the resizer failed.',
    action: 'Set the size back, or use a storage class that can grow; the events of the object of the database have the words.',
    stalls: 'any',
  },
  DatabaseReadOnly: {
    meaning: 'A person made the database a standby, or read-only. No migration and no backup is begun; the application is left as it is.',
    action: 'Run the command in the message when it is to take writes again.',
    stalls: ['DatabaseReady'],
  },
  NotCarriedOut: {
    meaning: 'The database operator has looked at the last change, and has not got through it for five minutes.',
    action:
      'Read its log: often a command in an instance or a switchover fails. Until then it changes no user, no schedule, and begins no backup.',
    stalls: 'any',
  },
  Restoring: { meaning: 'The database operator is restoring the database; the application is stopped meanwhile.' },
  RestoreFailed: {
    meaning: 'A restore of the database failed, and is still asked for: no instance is started.',
    action: 'Read the log of its Job, and ask for another one under a new id, as the message says. Do not take the request back.',
    stalls: 'any',
  },
  RestoreStuck: {
    meaning: 'A restore was asked for more than ten minutes ago and has not begun.',
    action: 'Run the command in the message: the events say what the database operator refuses.',
    stalls: 'any',
  },
  NotReconciled: {
    meaning: 'The database operator has not acted on the object of the database, or on its last change, for five minutes.',
    action: 'Check that the database operator runs, and the events of the object of the database.',
    stalls: ['DatabaseReady'],
  },
  ExternallyManaged: { meaning: 'Somebody else runs the database; it counts as reachable once the migrations have succeeded.' },
  DatabaseUnreachable: {
    meaning:
      'Pods of the application or of a migration have waited for the database for a minute or more, or none of those that ran reaches it any more.',
    action: 'Run the command in the message; check that the database runs, its host and port, and the NetworkPolicies between.',
  },
  DatabaseRefused: {
    meaning: 'The database answers and refuses the login, in a way that time does not mend.',
    action: 'Mend what the message names: the Secret of the database, or the rights of its user.',
    stalls: 'any',
  },
} as const satisfies Record<string, ReasonRow>;
