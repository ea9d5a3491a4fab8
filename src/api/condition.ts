/** Every condition type, in the order in which they stand in status. docs/conditions.md is compared with the table. */

/** One sentence per type. The order of this table is the order in status. */
export const conditionTypes = {
  Ready: 'The current spec is running: database, migration, rolled-out Deployment and Service.',
  Reconciling: 'The operator, or the cluster, is still working towards the current spec.',
  Stalled: 'Nothing progresses without an action of a user or administrator; the message says which.',
  Available: 'Enough application pods serve, whatever version they run.',
  ImagePulled: 'No pod of the application or of a migration waits for an image that cannot be pulled.',
  DatabaseReady:
    'The database is usable and as the spec requests, but for a priority class that the cluster does not have. A database that differs from the spec and still serves delays nothing.',
  DatabaseSeeded: 'The migrations of the requested image were completed on the database.',
  DeploymentReady: 'The Deployment is rolled out and its pods are ready.',
  ServiceCreated: 'The Service exists.',
  HPACreated: 'The HorizontalPodAutoscaler exists.',
  PDBCreated: 'The PodDisruptionBudget exists.',
  RouteCreated: 'The Route exists.',
  IngressCreated: 'The Ingress exists.',
  HTTPRouteCreated: 'The HTTPRoute exists, and no Gateway controller refuses it.',
  NetworkPolicyCreated: 'The NetworkPolicy exists.',
  MonitoringReady: 'The ServiceMonitor, the PodMonitor of a database that is monitored, and the PrometheusRule exist.',
  UpgradeFailed:
    'The requested image was refused or has failed, or the backup before it failed or is late. Shown once there was an upgrade.',
  RolledBack: 'What ran before a failed upgrade runs again. Shown once there was an upgrade.',
  ConnectionsSufficient: 'The database has connections for as many pods as the spec allows. Shown only while it has too few.',
  BackupReady: 'Every repository takes backups, and every scheduled or requested backup succeeded.',
  BackupVerified: 'The last drill has proven that the backups can be restored, and is not too old. Shown if drills are wanted.',
  Restored: 'The last restore on request has brought the data back, and the application runs on it. Shown once a restore was requested.',
  Copied: 'The database was made from the backups that database.dataSource names. Shown only where that is set.',
  DatabaseGuarded: 'The database survives a deletion that calls no hook. Shown if deletionPolicy is not Delete.',
  Paused: 'Nothing but status is changed, because the annotation paused is set. Shown once the Bestie was paused.',
  DeletionBlocked: 'The Bestie is being deleted and something blocks that; the message says what, and what to do.',
} as const;

export type ConditionType = keyof typeof conditionTypes;

/** Conditions that must be True for Ready. The others are about what a cluster may not have. */
export const requiredForReady = [
  'DatabaseReady',
  'DatabaseSeeded',
  'DeploymentReady',
  'ServiceCreated',
] as const satisfies readonly ConditionType[];

/** Conditions that are healthy while they are False; every other one is healthy while it is True. */
export const abnormalWhenTrue: ReadonlySet<ConditionType> = new Set<ConditionType>([
  'Reconciling',
  'Stalled',
  'UpgradeFailed',
  'RolledBack',
  'Paused',
  'DeletionBlocked',
]);
