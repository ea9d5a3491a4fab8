/** Every condition type, in the order in which they stand in status. docs/conditions.md is compared with the table. */

/** One sentence per type. The order of this table is the order in status. */
export const conditionTypes = {
  Ready: 'The current spec is running: database, migration, rolled-out Deployment and Service.',
  Reconciling: 'The operator, or the cluster, is still working towards the current spec.',
  Stalled: 'There is no progress without somebody acting; the message says what to do.',
  Available: 'Enough application pods serve, whatever version they run.',
  ImagePulled: 'No pod of the application or of a migration waits for an image that cannot be pulled.',
  DatabaseReady:
    'The database is usable, and nothing about it is other than asked for. Where it serves all the same, nothing waits for this.',
  DatabaseSeeded: 'The migrations of the wanted image were completed on the database.',
  DeploymentReady: 'The Deployment is rolled out and its pods are ready.',
  ServiceCreated: 'The Service exists.',
  HPACreated: 'The HorizontalPodAutoscaler exists.',
  PDBCreated: 'The PodDisruptionBudget exists.',
  RouteCreated: 'The Route exists.',
  IngressCreated: 'The Ingress exists.',
  NetworkPolicyCreated: 'The NetworkPolicy exists.',
  MonitoringReady: 'The ServiceMonitor and the PrometheusRule exist.',
  UpgradeFailed: 'The wanted image was refused or given up, or the backup before it does not come about. Shown once there was an upgrade.',
  RolledBack: 'What ran before a failed upgrade runs again. Shown once there was an upgrade.',
  ConnectionsSufficient: 'The database has connections for as many pods as the spec allows. Shown where it has not.',
  BackupReady: 'Every repository takes backups, and every backup that was due or asked for is there.',
  DatabaseGuarded: 'The database outlives a deletion that asks no hook. Shown where deletionPolicy is not Delete.',
  Paused: 'Nothing but status is changed, because the annotation paused asks for it. Shown once it was asked for.',
  DeletionBlocked: 'The Bestie is being deleted and something keeps it; the message says what, and what to do.',
} as const;

export type ConditionType = keyof typeof conditionTypes;

/** Conditions that must be True for Ready; everything else is what a cluster may not have. */
export const requiredForReady = [
  'DatabaseReady',
  'DatabaseSeeded',
  'DeploymentReady',
  'ServiceCreated',
] as const satisfies readonly ConditionType[];

/** Conditions that are as they should be while they are False; every other one while it is True. */
export const abnormalWhenTrue: ReadonlySet<ConditionType> = new Set<ConditionType>([
  'Reconciling',
  'Stalled',
  'UpgradeFailed',
  'RolledBack',
  'Paused',
  'DeletionBlocked',
]);
