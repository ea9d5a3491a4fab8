/**
 * The rules of the API as data: what is requested, what it was before, and what the refusal says. The unit tests put them through the
 * hook, the end-to-end tests through the API server.
 */
import { copyChangeCases, copyRuleCases } from './copyrules.ts';
import type { Case } from './table.ts';
import type { Loose } from './world.ts';

export interface RuleGiven {
  /** Name of the Bestie, where the rule is about it. */
  name?: string;
  spec: Loose;
  /** The spec that was accepted before, where the rule is about a change. */
  before?: Loose;
}

/** `want` is the message of the rule that is broken, undefined where the spec is acceptable. */
export type RuleCases = Record<string, Case<RuleGiven, string | undefined>>;

const NAME = 'metadata.name must be a DNS label that begins with a letter, at most 63 characters long';
const REPLICAS = 'maxReplicas must be greater than or equal to size';
const SESSION = 'sessionSecret is required with an external database';
const REQUESTS = 'each request must be less than or equal to its limit';
const LARGEST = 'a request or limit must be less than 1000E';
const VALUES = 'value and valueFrom exclude each other';
const RESERVED = 'this variable is set by the operator; use database.secretName or sessionSecret';
const SECRET_NAME = 'secretName is required with provider External and refused with any other';
const KEEP =
  'exposure.keep names ways in beside a Gateway, and there is no exposure.gateway; remove exposure.keep in the same edit, or set exposure.gateway';
const MONITORED_EXTERNAL =
  'database.monitoring is refused with an external database: the operator does not run it and cannot give it an exporter; leave database.monitoring out, and scrape an exporter of your own';
const MONITORED_VERSION =
  'database.monitoring is refused with Postgres 18 and later: the exporter of Crunchy PGO supports Postgres up to 17; leave database.monitoring out, or create another Bestie with postgresVersion 17';
const PROVIDER = 'a managed database cannot become an external one, nor the other way round; create another Bestie and move the data';
const POOLER =
  'an external database gets no pooler, because the operator does not run it; leave database.pooler out, and name the host of a pooler of yours in the Secret';
const POSTGRES = 'the major version of Postgres cannot be changed';
const STORAGE_CLASS = 'the storage class of a database cannot be changed';
const VOLUME = 'the volume of a database cannot shrink';
const VOLUME_SIZE = 'the volume of a database must be greater than 0 and less than 1000E';
const REPOSITORY_SIZE = 'the volume of a repository must be greater than 0 and less than 1000E';
const FINAL =
  'deletionPolicy BackupThenDelete needs an S3, GCS or Azure repository in database.backups.repos: a volume is deleted with the database';
const RESTORED =
  'restore is refused with an external database: the operator has no backups of it; leave restore out, and restore the database where it is run';
const UNDONE =
  'upgrade.onFailure Restore is impossible with an external database: the operator has no backups of it; choose Rollback or Halt';
const REQUIRED = 'upgrade.backup Required is impossible with an external database: back it up yourself and choose Auto or Skip';
const ONE_KIND = 'a repository has exactly one of volume, s3, gcs and azure';
const CREDENTIALS = 'a repository on a volume has no credentialsSecret';
const FIRST = 'the first repository stays the first, and a repository on a volume can neither be removed nor become another kind';
const OTHER_KIND = 'a repository cannot become another kind; add one under another name';
const WAL_CLASS =
  'the storage class of the write-ahead log cannot be changed; remove walStorage, and add it again once its volumes are gone';
const WAL_VOLUME = 'the volume of the write-ahead log cannot shrink';
const REPOSITORY_VOLUME = 'the volume of a repository cannot shrink';

const schedule = (kind: string): string =>
  `schedules.${kind} must be a schedule that a CronJob takes: minute 0-59, hour 0-23, day 1-31, month 1-12 or jan-dec, weekday 0-6 (0 is Sunday) or sun-sat, ranges upwards, steps of at least 1, no time zone; or a macro such as @daily, or @every 12h`;

const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const gcs = { bucket: 'pets' };
const scheduled = (full: string, other: Loose = {}): Loose => repos({ name: 'repo1', volume: {}, schedules: { full, ...other } });
const repos = (...all: Loose[]): Loose => ({ size: 1, database: { backups: { repos: all } } });

const external = { size: 1, sessionSecret: { name: 'session' }, database: { provider: 'External', secretName: 'database' } };
const monitored = (monitoring: Loose, database: Loose = {}): Loose => ({ size: 1, database: { ...database, monitoring } });
const reserved = (name: string): Case<RuleGiven, string> => ({
  reason: 'the operator sets it',
  given: { spec: { size: 1, env: [{ name, value: 'x' }] } },
  want: RESERVED,
});
const storage = (size: string, className?: string): Loose => ({
  size: 1,
  database: { storage: { size, ...(className !== undefined && { className }) } },
});

const wal = (size: string, className?: string, storageClass?: string): Loose => ({
  size: 1,
  database: {
    ...(storageClass !== undefined && { storage: { className: storageClass } }),
    walStorage: { size, ...(className !== undefined && { className }) },
  },
});

const keys = (path: string): string =>
  `each key of ${path} must be a name of at most 63 characters, with or without a DNS name and a slash before it`;

const BALANCER_CLASS =
  'service.loadBalancerClass cannot be added, changed or removed while the Service is of type LoadBalancer: Kubernetes refuses that; set service.type to ClusterIP first, and to LoadBalancer again once the Service has changed';
const FIRST_FAMILY = 'the first of service.ipFamilies cannot be changed: the Service keeps its first address; leave it the first';
const balanced = (loadBalancerClass?: string): Loose => ({
  size: 1,
  service: { type: 'LoadBalancer', ...(loadBalancerClass !== undefined && { loadBalancerClass }) },
});
const families = (...ipFamilies: string[]): Loose => ({ size: 1, service: { ipFamilies, ipFamilyPolicy: 'PreferDualStack' } });

/** Changes of fields of which the operator keeps no record: the API server alone compares them, the hook takes either side. */
export const changeCases: RuleCases = {
  ...copyChangeCases,
  BalancerClassAdded: { reason: 'refused by the Service', given: { before: balanced(), spec: balanced('a') }, want: BALANCER_CLASS },
  BalancerClassAddedByOldField: {
    reason: 'it means the same',
    given: { before: { size: 1, serviceType: 'LoadBalancer' }, spec: balanced('a') },
    want: BALANCER_CLASS,
  },
  BalancerClassChanged: { reason: 'refused by the Service', given: { before: balanced('a'), spec: balanced('b') }, want: BALANCER_CLASS },
  BalancerClassRemoved: {
    reason: 'refused by the Service',
    given: { before: balanced('a'), spec: { size: 1, serviceType: 'LoadBalancer' } },
    want: BALANCER_CLASS,
  },
  BalancerClassKept: { reason: 'no change', given: { before: balanced('a'), spec: { ...balanced('a'), size: 2 } }, want: undefined },
  BalancerGone: { reason: 'with its class', given: { before: balanced('a'), spec: { size: 1 } }, want: undefined },
  BalancerNew: { reason: 'with its class', given: { before: { size: 1 }, spec: balanced('a') }, want: undefined },
  FirstFamilyChanged: {
    reason: 'the address stays',
    given: { before: families('IPv4'), spec: families('IPv6', 'IPv4') },
    want: FIRST_FAMILY,
  },
  SecondFamilyAdded: { reason: 'one more', given: { before: families('IPv4'), spec: families('IPv4', 'IPv6') }, want: undefined },
  FamiliesRemoved: { reason: 'the Service keeps them', given: { before: families('IPv6'), spec: { size: 1 } }, want: undefined },
};

export const ruleCases: RuleCases = {
  ...copyRuleCases,
  ServiceTypes: {
    reason: 'which one?',
    given: { spec: { size: 1, serviceType: 'NodePort', service: { type: 'LoadBalancer' } } },
    want: 'serviceType and service.type name two types of the Service; leave serviceType out',
  },
  ServiceTypesBack: {
    reason: 'which one?',
    given: { spec: { size: 1, serviceType: 'NodePort', service: { type: 'ClusterIP' } } },
    want: 'serviceType and service.type name two types of the Service; leave serviceType out',
  },
  ExtraEgressExternal: {
    reason: 'it would restrict nothing',
    given: { spec: { ...external, networkPolicy: { enabled: true, extraEgress: [{}] } } },
    want: 'networkPolicy.extraEgress is refused with an external database: the operator does not know its address, so that everything is let out; leave it out, and restrict the pods by a NetworkPolicy of your own',
  },
  ExtraIngressExternal: {
    reason: 'what comes in is restricted',
    given: { spec: { ...external, networkPolicy: { enabled: true, extraIngress: [{ ports: [{ port: 9000 }] }] } } },
    want: undefined,
  },
  PodLabels: {
    reason: 'keys as Kubernetes takes them',
    given: {
      spec: { size: 1, podLabels: { team: 'pets', 'example.com/Cost_Centre.1': '', [`${'a'.repeat(253)}/${'k'.repeat(63)}`]: 'x' } },
    },
    want: undefined,
  },
  PodLabelWithBlank: { reason: 'no key', given: { spec: { size: 1, podLabels: { 'my team': 'pets' } } }, want: keys('podLabels') },
  PodLabelTooLong: { reason: '64 characters', given: { spec: { size: 1, podLabels: { ['k'.repeat(64)]: '' } } }, want: keys('podLabels') },
  PodAnnotationPrefix: {
    reason: 'no DNS name',
    given: { spec: { size: 1, podAnnotations: { '-a.example/key': 'x' } } },
    want: keys('podAnnotations'),
  },
  PodAnnotationPrefixTooLong: {
    reason: '254 characters',
    given: { spec: { size: 1, podAnnotations: { [`${'a'.repeat(254)}/key`]: 'x' } } },
    want: keys('podAnnotations'),
  },
  PodAnnotationTwoSlashes: {
    reason: 'one is too many',
    given: { spec: { size: 1, podAnnotations: { 'a.example/b/c': 'x' } } },
    want: keys('podAnnotations'),
  },
  PodAnnotationsLong: {
    reason: 'as long as they may be, counted in characters',
    given: { spec: { size: 1, podAnnotations: { a: '\u00fc'.repeat(4095) } } },
    want: undefined,
  },
  PodAnnotationsTooLong: {
    reason: 'the record of the pods has to fit into an annotation',
    given: { spec: { size: 1, podAnnotations: { a: 'x'.repeat(2048), b: 'x'.repeat(2047) } } },
    want: 'podAnnotations must be shorter, 4096 characters with their keys',
  },
  MigrationPodAnnotationsTooLong: {
    reason: 'the same of the Job',
    given: { spec: { size: 1, migration: { podAnnotations: { a: 'x'.repeat(4096) } } } },
    want: 'migration.podAnnotations must be shorter, 4096 characters with their keys',
  },
  MigrationPodLabelEmpty: {
    reason: 'a name is needed',
    given: { spec: { size: 1, migration: { podLabels: { 'a.example/': 'x' } } } },
    want: keys('migration.podLabels'),
  },
  MigrationPodAnnotations: {
    reason: 'values of annotations are free',
    given: { spec: { size: 1, migration: { podAnnotations: { 'sidecar.istio.io/inject': 'false', a: '{"b": "c d"}' } } } },
    want: undefined,
  },
  MigrationPodAnnotationEndsWithDot: {
    reason: 'no name',
    given: { spec: { size: 1, migration: { podAnnotations: { 'a.': 'x' } } } },
    want: keys('migration.podAnnotations'),
  },
  FinalBackup: {
    reason: 'the bucket outlives the database',
    given: { spec: { ...repos({ name: 'repo1', volume: {} }, { name: 'repo2', s3 }), deletionPolicy: 'BackupThenDelete' } },
    want: undefined,
  },
  FinalBackupOnVolume: {
    reason: 'the volume is deleted with the database',
    given: { spec: { size: 1, deletionPolicy: 'BackupThenDelete' } },
    want: FINAL,
  },
  FinalBackupExternal: {
    reason: 'no pod could have it',
    given: { spec: { ...external, deletionPolicy: 'BackupThenDelete' } },
    want: FINAL,
  },
  RequiredBackup: { reason: 'the operator can take one', given: { spec: { size: 1, upgrade: { backup: 'Required' } } }, want: undefined },
  RequiredBackupExternal: {
    reason: 'no pod could have it',
    given: { spec: { ...external, upgrade: { backup: 'Required' } } },
    want: REQUIRED,
  },
  RestoreManaged: {
    reason: 'the operator has backups of it',
    given: { spec: { size: 1, restore: { id: 'a', target: { latest: true } }, upgrade: { onFailure: 'Restore' } } },
    want: undefined,
  },
  RestoreExternal: {
    reason: 'it has none of it',
    given: { spec: { ...external, restore: { id: 'a', target: { latest: true } } } },
    want: RESTORED,
  },
  UndoExternal: {
    reason: 'the same',
    given: { spec: { ...external, upgrade: { onFailure: 'Restore' } } },
    want: UNDONE,
  },
  HaltExternal: {
    reason: 'needs no backup',
    given: { spec: { ...external, upgrade: { onFailure: 'Halt' } } },
    want: undefined,
  },
  RepositoryOfTwoKinds: { reason: 'one place for each', given: { spec: repos({ name: 'repo1', volume: {}, s3 }) }, want: ONE_KIND },
  RepositoryOfNoKind: { reason: 'a place is needed', given: { spec: repos({ name: 'repo1' }) }, want: ONE_KIND },
  VolumeWithCredentials: {
    reason: 'a volume has no keys',
    given: { spec: repos({ name: 'repo1', volume: {}, credentialsSecret: 'keys' }) },
    want: CREDENTIALS,
  },
  BucketWithCredentials: {
    reason: 'a bucket has',
    given: { spec: repos({ name: 'repo1', gcs, credentialsSecret: 'keys' }) },
    want: undefined,
  },
  RepositoryAdded: {
    reason: 'nothing is lost',
    given: { spec: repos({ name: 'repo1', volume: {} }, { name: 'repo2', s3 }), before: { size: 1 } },
    want: undefined,
  },
  BucketRemoved: {
    reason: 'what is in the bucket stays there',
    given: { spec: repos({ name: 'repo1', volume: {} }), before: repos({ name: 'repo1', volume: {} }, { name: 'repo2', s3 }) },
    want: undefined,
  },
  VolumeRemoved: {
    reason: 'the database operator would delete it',
    given: { spec: repos({ name: 'repo1', gcs }), before: repos({ name: 'repo1', gcs }, { name: 'repo2', volume: {} }) },
    want: FIRST,
  },
  FirstReplaced: {
    reason: 'replicas are made from it',
    given: {
      spec: repos({ name: 'repo2', s3 }, { name: 'repo1', volume: {} }),
      before: repos({ name: 'repo1', volume: {} }, { name: 'repo2', s3 }),
    },
    want: FIRST,
  },
  BucketOfAnotherKind: {
    reason: 'its backups would not be found',
    given: { spec: repos({ name: 'repo1', gcs }), before: repos({ name: 'repo1', s3 }) },
    want: OTHER_KIND,
  },
  RepositoryGrown: {
    reason: 'where the storage class allows it',
    given: { spec: repos({ name: 'repo1', volume: { size: '20Gi' } }), before: { size: 1 } },
    want: undefined,
  },
  RepositoryShrunk: {
    reason: 'no volume can',
    given: { spec: repos({ name: 'repo1', volume: { size: '1Gi' } }), before: { size: 1 } },
    want: REPOSITORY_VOLUME,
  },
  Schedules: {
    reason: 'one of each kind',
    given: { spec: scheduled('0 1 * * 0', { differential: '0 1 * * MON-fri', incremental: '@every 6h' }) },
    want: undefined,
  },
  ScheduleWithBlanks: { reason: 'as many as there are, and tabs', given: { spec: scheduled(' 0  1\t* * 0 ') }, want: undefined },
  ScheduleWithCommas: { reason: 'what is empty is left out', given: { spec: scheduled('0,30, 1 ,1,,15 * *') }, want: undefined },
  ScheduleOfMarks: { reason: 'as good as stars', given: { spec: scheduled('0 1 ? * ?/2') }, want: undefined },
  ScheduleOfStarAndMore: { reason: 'what follows the star counts for nothing', given: { spec: scheduled('*-5 1 * * *') }, want: undefined },
  ScheduleOfBoundaries: {
    reason: 'the least and the greatest',
    given: { spec: scheduled('0-59/59 00-23 1,31 +1-012 0-6') },
    want: undefined,
  },
  ScheduleOfNoDay: {
    reason: 'a CronJob takes it; a condition says that it never runs',
    given: { spec: scheduled('0 1 31 2 *') },
    want: undefined,
  },
  ScheduleOfNoMinute: { reason: 'the same', given: { spec: scheduled(', 1 * * *') }, want: undefined },
  ScheduleOnSeven: { reason: 'Sunday is 0', given: { spec: scheduled('0 1 * * 7') }, want: schedule('full') },
  ScheduleAtMinute60: { reason: 'the last is 59', given: { spec: scheduled('60 1 * * *') }, want: schedule('full') },
  ScheduleOnSunday: { reason: 'names have three letters', given: { spec: scheduled('0 1 * * Sunday') }, want: schedule('full') },
  ScheduleOfNameElsewhere: { reason: 'days of a month have none', given: { spec: scheduled('0 1 mon * *') }, want: schedule('full') },
  ScheduleDownwards: { reason: 'a range goes upwards', given: { spec: scheduled('0 1 * * fri-mon') }, want: schedule('full') },
  ScheduleDownwardsByNumbers: {
    reason: 'of two differential ones, one is wrong',
    given: {
      spec: repos(
        { name: 'repo1', volume: {}, schedules: { differential: '0 5-9 * * *' } },
        { name: 'repo2', gcs, schedules: { differential: '0 9-05 * * *' } },
      ),
    },
    want: schedule('differential'),
  },
  ScheduleWithoutStep: { reason: 'it would never advance', given: { spec: scheduled('*/0 1 * * *') }, want: schedule('full') },
  ScheduleOfGiantStep: {
    reason: 'no int64 holds it',
    given: { spec: scheduled('*/9223372036854775808 1 * * *') },
    want: schedule('full'),
  },
  ScheduleOfGreatestStep: { reason: 'an int64', given: { spec: scheduled('*/9223372036854775807 1 * * *') }, want: undefined },
  ScheduleInZone: { reason: 'a CronJob has a field for it', given: { spec: scheduled('TZ=UTC 0 1 * *') }, want: schedule('full') },
  ScheduleEveryDay: {
    reason: 'Go has no unit for it',
    given: { spec: scheduled('0 1 * * 0', { incremental: '@every 1d' }) },
    want: schedule('incremental'),
  },
  ScheduleEveryTooLong: { reason: 'no int64 holds the nanoseconds', given: { spec: scheduled('@every 2562048h') }, want: schedule('full') },
  Sample: {
    reason: 'the original sample is acceptable',
    given: { spec: { size: 3, image: 'quay.io/opdev/bestie', maxReplicas: 10, version: '1.3' } },
    want: undefined,
  },
  Minimal: { reason: 'only the size has no default', given: { spec: { size: 1 } }, want: undefined },
  NameOf63: { reason: 'the longest name that fits a label', given: { name: `a${'b'.repeat(62)}`, spec: { size: 1 } }, want: undefined },
  NameOf64: {
    reason: 'a longer one would not fit the labels of the pods',
    given: { name: `a${'b'.repeat(63)}`, spec: { size: 1 } },
    want: NAME,
  },
  NameWithDot: { reason: 'a Service could not be called after it', given: { name: 'my.bestie', spec: { size: 1 } }, want: NAME },
  NameWithDigitFirst: { reason: 'a Service could not be called after it', given: { name: '1bestie', spec: { size: 1 } }, want: NAME },
  NameOfOneLetter: { reason: 'the shortest', given: { name: 'b', spec: { size: 1 } }, want: undefined },
  MaxReplicasEqual: { reason: 'autoscaling may be fixed to one number', given: { spec: { size: 3, maxReplicas: 3 } }, want: undefined },
  MaxReplicasLess: { reason: 'the autoscaler would be refused', given: { spec: { size: 3, maxReplicas: 2 } }, want: REPLICAS },
  External: { reason: 'both Secrets are named', given: { spec: external }, want: undefined },
  ExternalWithoutSession: {
    reason: 'there is no Secret of a database operator to take a session key from',
    given: { spec: { size: 1, database: external.database } },
    want: SESSION,
  },
  ExternalWithoutSecret: {
    reason: 'nothing else says where the database is',
    given: { spec: { size: 1, sessionSecret: { name: 'session' }, database: { provider: 'External' } } },
    want: SECRET_NAME,
  },
  ManagedWithSecret: {
    reason: 'it would be ignored in silence',
    given: { spec: { size: 1, database: { secretName: 'database' } } },
    want: SECRET_NAME,
  },
  CrunchyWithSecret: {
    reason: 'the same with the provider spelled out',
    given: { spec: { size: 1, database: { provider: 'Crunchy', secretName: 'database' } } },
    want: SECRET_NAME,
  },
  RequestAboveLimit: {
    reason: 'pods would be refused',
    given: { spec: { size: 1, resources: { requests: { cpu: '600m' } } } },
    want: REQUESTS,
  },
  RequestAboveLimitInAnotherUnit: {
    reason: 'compared by value, not by letters',
    given: { spec: { size: 1, resources: { requests: { memory: '1Gi' }, limits: { memory: '1000Mi' } } } },
    want: REQUESTS,
  },
  RequestEqualsLimit: {
    reason: 'equal in value is enough',
    given: { spec: { size: 1, resources: { requests: { memory: '1024Mi', cpu: 1 }, limits: { memory: '1Gi', cpu: '1000m' } } } },
    want: undefined,
  },
  RequestWithoutLimit: {
    reason: 'what has no limit is not limited',
    given: { spec: { size: 1, resources: { requests: { 'ephemeral-storage': '5Gi' }, limits: { cpu: '1' } } } },
    want: undefined,
  },
  RequestTooLarge: {
    reason: 'Kubernetes would store it as 1',
    given: { spec: { size: 1, resources: { requests: { memory: '1000E' }, limits: {} } } },
    want: LARGEST,
  },
  LimitTooLarge: {
    reason: 'in whatever unit',
    given: { spec: { size: 1, resources: { requests: {}, limits: { memory: '1e21' } } } },
    want: LARGEST,
  },
  LargestLimit: {
    reason: 'less is kept, and a binary one capped',
    given: { spec: { size: 1, resources: { requests: { cpu: 1 }, limits: { memory: '999E', 'ephemeral-storage': '10Ei' } } } },
    want: undefined,
  },
  VolumeOfNothing: { reason: 'no such volume can be claimed', given: { spec: storage('0Gi') }, want: VOLUME_SIZE },
  VolumeTooLarge: { reason: 'Kubernetes would claim 1 byte', given: { spec: storage('1000E') }, want: VOLUME_SIZE },
  VolumeOfAFraction: { reason: 'rounded up, it is something', given: { spec: storage('0.5') }, want: undefined },
  RepositoryOfNothing: {
    reason: 'no such volume can be claimed',
    given: { spec: repos({ name: 'repo1', volume: { size: '0' } }) },
    want: REPOSITORY_SIZE,
  },
  NoRequests: {
    reason: 'an empty map switches the defaults off',
    given: { spec: { size: 1, resources: { requests: {}, limits: {} } } },
    want: undefined,
  },
  ValueAndValueFrom: {
    reason: 'the pods would be refused',
    given: { spec: { size: 1, env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] } },
    want: VALUES,
  },
  ValueFrom: {
    reason: 'each alone is fine',
    given: {
      spec: {
        size: 1,
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
      },
    },
    want: undefined,
  },
  OwnOptions: {
    reason: 'options of the operator may be overridden',
    given: { spec: { size: 1, env: [{ name: 'FLASK_ENV', value: 'development' }] } },
    want: undefined,
  },
  ReservedUrl: reserved('DATABASE_URL'),
  ReservedAddress: reserved('DB_ADDR'),
  ReservedPort: reserved('DB_PORT'),
  ReservedDatabase: reserved('DB_DATABASE'),
  ReservedUser: reserved('DB_USER'),
  ReservedPassword: reserved('DB_PASSWORD'),
  ReservedSession: reserved('SECRET_KEY'),
  Monitored: { reason: 'the default version has an exporter', given: { spec: monitored({ enabled: true }) }, want: undefined },
  MonitoredOldest: {
    reason: 'so has each before it',
    given: { spec: monitored({ enabled: true }, { postgresVersion: 15 }) },
    want: undefined,
  },
  MonitoredVersion: {
    reason: 'PGO would run an exporter without queries',
    given: { spec: monitored({ enabled: true }, { postgresVersion: 18 }) },
    want: MONITORED_VERSION,
  },
  UnmonitoredVersion: { reason: 'it is off', given: { spec: monitored({ enabled: false }, { postgresVersion: 18 }) }, want: undefined },
  MonitoredLater: {
    reason: 'a database may be monitored at any time, and no longer',
    given: { spec: monitored({ enabled: true }), before: monitored({ enabled: false }) },
    want: undefined,
  },
  MonitoredVersionLater: {
    reason: 'its version is what it is',
    given: { spec: monitored({ enabled: true }, { postgresVersion: 18 }), before: monitored({ enabled: false }, { postgresVersion: 18 }) },
    want: MONITORED_VERSION,
  },
  KeepWithoutGateway: {
    reason: 'it would have no effect',
    given: {
      spec: { size: 1, exposure: { keep: ['Ingress'] } },
      before: { size: 1, exposure: { gateway: { name: 'a' }, keep: ['Ingress'] } },
    },
    want: KEEP,
  },
  KeepBesideGateway: {
    reason: 'a move in one edit',
    given: {
      spec: { size: 1, exposure: { className: 'nginx', gateway: { name: 'a' }, keep: ['Ingress'] } },
      before: { size: 1, exposure: { className: 'nginx' } },
    },
    want: undefined,
  },
  GatewayWithoutKeep: {
    reason: 'the end of the move, and the start of the way back, leave class and certificate alone',
    given: {
      spec: { size: 1, exposure: { className: 'nginx', tlsSecretName: 'tls', gateway: { name: 'a' } } },
      before: { size: 1, exposure: { className: 'nginx', tlsSecretName: 'tls', gateway: { name: 'a' }, keep: ['Ingress'] } },
    },
    want: undefined,
  },
  MonitoredExternal: {
    reason: 'no exporter would be there',
    given: { spec: { ...external, database: { ...external.database, monitoring: { enabled: true } } } },
    want: MONITORED_EXTERNAL,
  },
  UnmonitoredExternal: {
    reason: 'it is off',
    given: { spec: { ...external, database: { ...external.database, monitoring: { enabled: false } } } },
    want: undefined,
  },
  PoolerOfExternal: {
    reason: 'the operator does not run that database',
    given: { spec: { ...external, database: { ...external.database, pooler: { enabled: true } } } },
    want: POOLER,
  },
  NoPoolerOfExternal: {
    reason: 'none is what it gets',
    given: { spec: { ...external, database: { ...external.database, pooler: { enabled: false } } } },
    want: undefined,
  },
  Pooler: { reason: 'of a managed database', given: { spec: { size: 1, database: { pooler: { enabled: true } } } }, want: undefined },
  PoolerByName: {
    reason: 'the provider spelled out',
    given: { spec: { size: 1, database: { provider: 'Crunchy', pooler: { enabled: true, replicas: 9 } } } },
    want: undefined,
  },
  ManagedToExternal: { reason: 'the data would stay behind', given: { spec: external, before: { size: 1 } }, want: PROVIDER },
  PostgresVersionChanged: {
    reason: 'the data files of another major version cannot be read',
    given: { spec: { size: 1, database: { postgresVersion: 18 } }, before: { size: 1 } },
    want: POSTGRES,
  },
  PostgresVersionKept: {
    reason: 'the default spelled out is no change',
    given: { spec: { size: 2, database: { postgresVersion: 17 } }, before: { size: 1 } },
    want: undefined,
  },
  StorageClassSet: {
    reason: 'the class of a volume is for ever',
    given: { spec: storage('5Gi', 'fast'), before: { size: 1 } },
    want: STORAGE_CLASS,
  },
  StorageClassChanged: {
    reason: 'the same from one to another',
    given: { spec: storage('5Gi', 'fast'), before: storage('5Gi', 'slow') },
    want: STORAGE_CLASS,
  },
  StorageClassRemoved: {
    reason: 'the same to the default',
    given: { spec: storage('5Gi'), before: storage('5Gi', 'slow') },
    want: STORAGE_CLASS,
  },
  StorageClassKept: { reason: 'no change', given: { spec: storage('5Gi', 'slow'), before: storage('5Gi', 'slow') }, want: undefined },
  VolumeGrows: { reason: 'where the class allows it', given: { spec: storage('10Gi'), before: storage('9Gi') }, want: undefined },
  VolumeInAnotherUnit: { reason: 'equal in value', given: { spec: storage('5120Mi'), before: { size: 1 } }, want: undefined },
  VolumeShrinks: { reason: 'no storage can do that', given: { spec: storage('4.9Gi'), before: { size: 1 } }, want: VOLUME },
  WalAdded: { reason: 'the log is moved', given: { spec: wal('1Gi', 'fast'), before: { size: 1 } }, want: undefined },
  WalRemoved: {
    reason: 'the log is moved back before the volume goes',
    given: { spec: { size: 1 }, before: wal('1Gi', 'fast') },
    want: undefined,
  },
  WalGrows: { reason: 'where the class allows it', given: { spec: wal('2Gi'), before: wal('1.5Gi') }, want: undefined },
  WalInAnotherUnit: { reason: 'equal in value', given: { spec: wal('1024Mi'), before: wal('1Gi') }, want: undefined },
  WalShrinks: { reason: 'no storage can do that', given: { spec: wal('1Gi'), before: wal('1.5Gi') }, want: WAL_VOLUME },
  WalClassKept: { reason: 'no change', given: { spec: wal('2Gi', 'fast'), before: wal('1Gi', 'fast') }, want: undefined },
  WalClassChanged: { reason: 'a volume has one', given: { spec: wal('1Gi', 'fast'), before: wal('1Gi', 'slow') }, want: WAL_CLASS },
  WalClassSet: { reason: 'the default may be another', given: { spec: wal('1Gi', 'fast'), before: wal('1Gi') }, want: WAL_CLASS },
  WalClassRemoved: { reason: 'the default may be another', given: { spec: wal('1Gi'), before: wal('1Gi', 'fast') }, want: WAL_CLASS },
  WalClassSpelledOut: {
    reason: 'it is that of the data',
    given: { spec: wal('1Gi', 'slow', 'slow'), before: wal('1Gi', undefined, 'slow') },
    want: undefined,
  },
  WalClassLeftOut: {
    reason: 'it still is that of the data',
    given: { spec: wal('1Gi', undefined, 'slow'), before: wal('1Gi', 'slow', 'slow') },
    want: undefined,
  },
  WalClassNotThatOfTheData: {
    reason: 'it was that of the data',
    given: { spec: wal('1Gi', 'fast', 'slow'), before: wal('1Gi', undefined, 'slow') },
    want: WAL_CLASS,
  },
  WalClassThatOfTheDataAgain: {
    reason: 'it was another one',
    given: { spec: wal('1Gi', undefined, 'slow'), before: wal('1Gi', 'fast', 'slow') },
    want: WAL_CLASS,
  },
};

/** What only the API server can refuse: it alone remembers that the database was an external one. */
export const admissionOnlyCases: RuleCases = {
  ExternalToManaged: { reason: 'the data would stay behind', given: { spec: { size: 1 }, before: external }, want: PROVIDER },
};

/** No rule but a list type: the message is the hook's, the API server says "Duplicate value". */
export const duplicateCases: RuleCases = {
  TwiceTheSameVariable: {
    reason: 'Metacontroller would merge both into one',
    given: {
      spec: {
        size: 1,
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
    },
    want: 'env must not have two items with the same name',
  },
  TwiceTheSameRepository: {
    reason: 'Metacontroller would merge both into one',
    given: { spec: repos({ name: 'repo1', volume: {} }, { name: 'repo1', volume: {} }) },
    want: 'database.backups.repos must not have two items with the same name',
  },
  TwiceTheSamePullSecret: {
    reason: 'Metacontroller would merge both into one',
    given: { spec: { size: 1, imagePullSecrets: [{ name: 'a' }, { name: 'a' }] } },
    want: 'imagePullSecrets must not have two items with the same name',
  },
  TwiceTheSameAlias: {
    reason: 'Metacontroller would merge both into one',
    given: {
      spec: {
        size: 1,
        hostAliases: [
          { ip: '10.0.0.1', hostnames: ['a'] },
          { ip: '10.0.0.1', hostnames: ['b'] },
        ],
      },
    },
    want: 'hostAliases must not have two items with the same ip',
  },
  TwiceTheSameResolverOption: {
    reason: 'Metacontroller would merge both into one',
    given: { spec: { size: 1, dnsConfig: { options: [{ name: 'ndots', value: '1' }, { name: 'ndots' }] } } },
    want: 'dnsConfig.options must not have two items with the same name',
  },
};
