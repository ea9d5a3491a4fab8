/** Every name, label and annotation that the operator sets. */
import { hash8 } from '../lib/hash.ts';

/** Characters that a label, or the name of most objects, may have. */
const LABEL_LIMIT = 63;
const SUBDOMAIN_LIMIT = 253;

/** `name + suffix`, cut to `prefix-<8 hex of sha256(name)>suffix` where it would exceed the limit. */
export function bounded(name: string, suffix: string, limit: number = LABEL_LIMIT): string {
  if (name.length + suffix.length <= limit) return name + suffix;
  const hash = hash8(name);
  return `${name.slice(0, limit - suffix.length - hash.length - 1)}-${hash}${suffix}`;
}

/** The names of the children of the Bestie with this name. */
export const names = {
  job: (bestie: string, hash: string) => bounded(bestie, `-job-${hash}`),
  deployment: (bestie: string) => bounded(bestie, '-app'),
  service: (bestie: string) => bounded(bestie, '-service'),
  horizontalPodAutoscaler: (bestie: string) => bounded(bestie, '-hpa'),
  podDisruptionBudget: (bestie: string) => bounded(bestie, '-pdb'),
  ingress: (bestie: string) => bounded(bestie, '-ingress'),
  route: (bestie: string) => bounded(bestie, '-route'),
  httpRoute: (bestie: string) => bounded(bestie, '-httproute'),
  networkPolicy: (bestie: string) => bounded(bestie, '-netpol'),
  serviceMonitor: (bestie: string) => bounded(bestie, '-servicemonitor'),
  podMonitor: (bestie: string) => bounded(bestie, '-podmonitor'),
  prometheusRule: (bestie: string) => bounded(bestie, '-rules'),
  drillPolicy: (bestie: string) => bounded(bestie, '-drill'),
  drillJob: (bestie: string) => bounded(bestie, '-drill-check'),
} as const;

/** The name of an Event about a Bestie, cut if the name of the Bestie is too long. */
export const eventName = (bestie: string, hash: string): string => bounded(bestie, `.${hash}`, SUBDOMAIN_LIMIT);

/** The role of a pod. By it neither the Service nor the Deployment selects pods of a Job. */
export type Component = 'web' | 'migration' | 'drill';

export const COMPONENT_LABEL = 'app.kubernetes.io/component';
const MANAGER_LABEL = 'app.kubernetes.io/managed-by';
const MANAGER = 'bestie-operator';

/** What every selector uses. */
export const selector = (bestie: string, component?: Component): Record<string, string> => ({
  app: 'bestie',
  'app.kubernetes.io/instance': bestie,
  ...(component === undefined ? {} : { [COMPONENT_LABEL]: component }),
});

/** What every child and every pod carries. */
export const labels = (bestie: string, component?: Component): Record<string, string> => ({
  app: 'bestie',
  'app.kubernetes.io/instance': bestie,
  ...(component === undefined ? {} : { [COMPONENT_LABEL]: component }),
  'app.kubernetes.io/name': 'bestie',
  'app.kubernetes.io/part-of': 'bestie',
  [MANAGER_LABEL]: MANAGER,
});

/** Whether the operator has created, or at least once written, an object with these labels. */
export const isOurs = (carried: Record<string, string> | null | undefined): boolean => carried?.[MANAGER_LABEL] === MANAGER;

/** Metacontroller's generated selector label, and our durable facts on children. */
export const CONTROLLER_UID_LABEL = 'controller-uid';
export const annotations = {
  /** On the object of the database: JSON list of the image references whose migrations were completed on it; `unknown` after its data was replaced. */
  migrated: 'pets.bestie.com/migrated-images',
  /** On the object of the database: JSON of which state of its data the list is about; see src/observed/lineage.ts. */
  lineage: 'pets.bestie.com/lineage',
  /** On the object of the database: the first 8 characters of the uid of the Bestie that created it. */
  incarnation: 'pets.bestie.com/incarnation',
  /** On the object of the database: when its backup was requested, an RFC 3339 time. */
  armedAt: 'pets.bestie.com/armed-at',
  /** On the object of the database: id of the last backup that a migration was started with. No second migration uses it. */
  usedBackup: 'pets.bestie.com/used-backup',
  /** On the object of the database: the last value of database.backups.onDemand that was carried out. */
  onDemand: 'pets.bestie.com/on-demand',
  /** On the object of the database once a restore was requested: JSON of how requests ended, and of the present one; see src/observed/restorerecord.ts. */
  restores: 'pets.bestie.com/restores',
  /** On the object of the database once drills are wanted: JSON of how the last one ended; see src/observed/drillrecord.ts. */
  drills: 'pets.bestie.com/drills',
  /** On the copy of a drill: JSON of what the drill is about, and of its bound. */
  drill: 'pets.bestie.com/drill',
  /** On the object of a database that was made from backups of another one: JSON of from what, and when; see src/observed/copyrecord.ts. */
  copiedFrom: 'pets.bestie.com/copied-from',
  /** On the object of the database while it has a pooler: what the database operator had last written for poolers before it had one. */
  withoutPooler: 'pets.bestie.com/without-pooler',
  /** On the Deployment: the image reference that it shall run. */
  running: 'pets.bestie.com/running',
  /** On the Deployment: the image reference that was rolled out and available last; left out until the first upgrade. */
  lastGood: 'pets.bestie.com/last-good',
  /** On the Deployment: the image reference that has failed. */
  failedTarget: 'pets.bestie.com/failed-target',
  /** On the Deployment: JSON of when and why it failed. */
  failure: 'pets.bestie.com/failure',
  /** On the Deployment: how many targets have failed so far; left out while there is none. */
  failures: 'pets.bestie.com/failures',
  /** On the Deployment, and on its pods once it has changed: the login and the data of the database that they were started with. */
  revision: 'pets.bestie.com/database-revision',
  /** On the pods of the Deployment, and on a migration Job: the requested image reference, whatever admission makes of it. */
  image: 'pets.bestie.com/image',
  /** On a migration Job: id of the backup that was taken before it. */
  backup: 'pets.bestie.com/backup',
  /** On the pods of a Job, where it cannot be changed: the uid of the object of the database that it migrates, or the Secret of the external one. */
  database: 'pets.bestie.com/database',
  /** On any child: JSON of the fields that another owner changed, by JSON pointer; see src/observed/contestedfields.ts. */
  contested: 'pets.bestie.com/contested-fields',
  /** On the Ingress, Route or HTTPRoute: the Service that it exposes. */
  exposes: 'pets.bestie.com/exposes',
  /** On a Service that has or had annotations of the spec: the Deployment that it leads to. */
  serves: 'pets.bestie.com/serves',
} as const;

/** What a user writes on the Bestie itself. Those that name a version hold for that version alone. */
export const requests = {
  skipUpgradeBackup: 'pets.bestie.com/skip-upgrade-backup',
  skipFinalBackup: 'pets.bestie.com/skip-final-backup',
  retryUpgrade: 'pets.bestie.com/retry-upgrade',
  allowDowngrade: 'pets.bestie.com/allow-downgrade',
  irreversibleMigration: 'pets.bestie.com/irreversible-migration',
  /** A release of the operator: pods of an older shape are replaced by those of that release. */
  adoptRelease: 'pets.bestie.com/adopt-release',
  /** The id of a restore that has not succeeded: its request is taken back, and Postgres is started on what it has left. */
  abandonRestore: 'pets.bestie.com/abandon-restore',
  /** `true`: nothing but status is changed until it is removed. */
  paused: 'pets.bestie.com/paused',
} as const;
