/** Rows of test/support/fields.ts about the fields of a managed database: its own ones, and those that it shares with the pods of the application. */
import type { Loose } from './world.ts';

/** The reason, the spec, what the refusal says, and the child that the API server refuses; null if it refuses none. */
type Row = readonly [reason: string, spec: Loose, want: string, child?: string | null];

const ALLOWED =
  'database.parameters takes the parameters that the user guide lists, in lower case: those for archiving, replication, logins, files and libraries are set by the database operator, and those that could lose data are refused; leave the others out';
const CONNECTIONS = 'database.parameters: max_connections is the field database.maxConnections; set it there';
const WORKERS =
  'database.parameters: max_worker_processes is a whole number from 2 to 99999: Patroni takes 8 instead of anything less, and Postgres does not start with more than 262143';
const LOCKS =
  'database.parameters: max_locks_per_transaction is a whole number from 32 to 99999: Patroni takes 64 instead of anything less, and Postgres does not start where its locks do not fit into memory';
const LATER_VERSION =
  'database.parameters names a parameter that this postgresVersion does not have: vacuum_buffer_usage_limit came with 16, io_combine_limit with 17, autovacuum_vacuum_max_threshold, autovacuum_worker_slots, io_workers, log_lock_failures, track_cost_delay_timing with 18; leave it out';
const WAL_SIZE = 'the volume of the write-ahead log must be greater than 0 and less than 1000E';
const ANNOTATION_KEY =
  'each key of database.podAnnotations must be a name of at most 63 characters, with or without a DNS name and a slash before it';
const ANNOTATION_CHECKED =
  'database.podAnnotations must not hold the annotations that Kubernetes checks in a pod: pod-deletion-cost, config.mirror, and the former ones for seccomp, AppArmor and tolerations';
const ANNOTATION_KEPT =
  'database.podAnnotations must not hold the annotations that the database operator and Kubernetes keep of these pods and volumes: status, suggested-pgdata-pvc-size, suggested-pgwal-pvc-size, those of crunchydata.com, volume.kubernetes.io, volume.beta.kubernetes.io and pv.kubernetes.io, and kubectl.kubernetes.io/default-container';
const ANNOTATION_SIZE = 'database.podAnnotations must be shorter, 4096 characters with their keys';
const MANAGED =
  'database: parameters, resources, walStorage, affinity, tolerations, priorityClassName and podAnnotations are of a managed database; leave them out with provider External, and set them where that database is run';

/** What the pods of Postgres have in common with those of the application. */
const shared: ReadonlySet<string> = new Set(['resources', 'affinity', 'tolerations']);
const isShared = (spec: Loose): boolean => Object.keys(spec).every((field) => shared.has(field));

function movedMessage(want: string): string {
  if (want.startsWith('spec.')) return want.replace('spec.', 'spec.database.');
  return /^(each|a) request/.test(want) ? `database.resources: ${want}` : `database.${want}`;
}

/** The rows about fields that the database has, too, once more about those. No API server refuses a PostgresCluster for them: its pods would be. */
export const refusedOfDatabase = (rows: Readonly<Record<string, Row>>): Record<string, Row> =>
  Object.fromEntries(
    Object.entries(rows).flatMap(([name, [reason, spec, want]]) =>
      isShared(spec) ? [[`Database${name}`, [reason, { database: spec }, movedMessage(want), null] as const]] : [],
    ),
  );
export const acceptedOfDatabase = <R extends readonly [string, Loose]>(
  rows: Readonly<Record<string, R>>,
): Record<string, [string, Loose]> =>
  Object.fromEntries(
    Object.entries(rows).flatMap(([name, [reason, spec]]): [string, [string, Loose]][] =>
      isShared(spec) ? [[`Database${name}`, [reason, { database: spec }]]] : [],
    ),
  );

const parameter = (name: string, value: unknown = 'on', rest: Loose = {}): Loose => ({
  database: { ...rest, parameters: { [name]: value } },
});
const noted = (key: string, value = 'x'): Loose => ({ database: { podAnnotations: { [key]: value } } });
const camel = (name: string): string =>
  name.replace(/(?:^|[._-])(\w)/g, (_all, letter: string) => letter.toUpperCase()).replaceAll(/\W/g, '');

/** Why each of these parameters is refused. */
const forbidden: Readonly<Record<string, string>> = {
  no_such_parameter: 'Postgres has none of that name',
  enable_hashjion: 'misspelled',
  Work_Mem: 'one spelling for each: Postgres ignores case, a map does not',
  'work_mem ': 'no name has a blank',
  archive_mode: 'backups need it',
  archive_command: 'the database operator archives',
  archive_timeout: 'it bounds what a restore may lose',
  restore_command: 'the database operator restores',
  recovery_target_time: 'the same',
  wal_level: 'replication and backups need it',
  wal_log_hints: 'a former primary could not be rewound',
  max_wal_senders: 'replicas need them',
  max_replication_slots: 'the same',
  hot_standby: 'the database operator looks into its replicas',
  primary_conninfo: 'replication is the database operator’s',
  synchronous_standby_names: 'the same',
  cluster_name: 'it names the cluster',
  listen_addresses: 'the application connects there',
  port: 'the same',
  unix_socket_directories: 'the database operator connects there',
  superuser_reserved_connections: 'connections are counted with three',
  ssl: 'it is always on',
  ssl_min_protocol_version: 'the same',
  password_encryption: 'the password is stored in one form',
  data_directory: 'a path is the database operator’s',
  hba_file: 'the same',
  log_directory: 'the same, and a full volume stops Postgres',
  log_rotation_size: 'a full volume stops Postgres',
  logging_collector: 'no log would be kept',
  shared_preload_libraries: 'one that the image lacks keeps Postgres from starting',
  session_preload_libraries: 'one that the image lacks refuses every login',
  huge_pages: 'it follows database.resources',
  fsync: 'a crash would damage the data',
  full_page_writes: 'the same',
  wal_sync_method: 'the same',
  data_sync_retry: 'the same',
  zero_damaged_pages: 'it deletes data',
  ignore_checksum_failure: 'it spreads damage',
  synchronous_commit: 'commits that were confirmed would be lost',
  autovacuum: 'the database would fill up',
  track_counts: 'autovacuum needs it',
  default_transaction_read_only: 'the operator would take the database for read-only',
  search_path: 'tables would lie in another schema',
  session_replication_role: 'foreign keys would not be checked',
  idle_session_timeout: 'it cuts the connections that the application keeps',
  statement_timeout: 'it cuts backups and migrations',
  transaction_timeout: 'the same',
  timezone: 'Patroni drops no unknown name, with which Postgres does not start again',
  datestyle: 'the same',
  lc_messages: 'refusals are recognised by their English words',
};

const parameters = { work_mem: '8MB' };
const fieldsOfDatabase: Readonly<Record<string, unknown>> = {
  parameters,
  resources: { limits: { memory: '1Gi' } },
  walStorage: { size: '1Gi' },
  affinity: { nodeAffinity: {} },
  tolerations: [{ operator: 'Exists' }],
  priorityClassName: 'high',
  podAnnotations: { a: 'b' },
};
const external = (field: string, value: unknown): Loose => ({
  sessionSecret: { name: 's' },
  database: { provider: 'External', secretName: 'd', [field]: value },
});

const threshold = (name: string, value: unknown): Loose => ({
  database: { monitoring: { enabled: true } },
  monitoring: { thresholds: { [name]: value } },
});
/** The thresholds of the alerts on a monitored database: the least and the greatest value, and one on either side that is none. */
const thresholds = [
  ['databaseReplicationLagSeconds', 10, 86_400],
  ['databaseDiskPercent', 1, 99],
  ['databaseConnectionsPercent', 1, 99],
] as const;
const refusedThresholds = thresholds.flatMap(([name, least, greatest]): [string, Row][] => {
  const place = `spec.monitoring.thresholds.${name}`;
  return [
    [`${camel(name)}TooSmall`, ['below the least', threshold(name, least - 1), place, null]],
    [`${camel(name)}TooLarge`, ['above the greatest', threshold(name, greatest + 1), place, null]],
    [`${camel(name)}AsText`, ['a whole number', threshold(name, String(least)), place, null]],
  ];
});
const acceptedThresholds = thresholds.flatMap(([name, least, greatest]): [string, readonly [string, Loose]][] => [
  [`${camel(name)}Least`, ['a bound is within', threshold(name, least)]],
  [`${camel(name)}Greatest`, ['the same', threshold(name, greatest)]],
]);

export const refusedRowsOfDatabase: Record<string, Row> = {
  ...Object.fromEntries(
    Object.entries(forbidden).map(([name, reason]) => [`Parameter${camel(name)}`, [reason, parameter(name), ALLOWED, null] as const]),
  ),
  ParameterMaxConnections: ['it has a field', parameter('max_connections', 200), CONNECTIONS, null],
  ParameterOf18: ['this one has no workers', parameter('io_workers', 4), LATER_VERSION, null],
  ParameterOf17: ['nor this one', parameter('io_combine_limit', '128kB', { postgresVersion: 16 }), LATER_VERSION, null],
  ParameterOf16: ['nor this one', parameter('vacuum_buffer_usage_limit', '4MB', { postgresVersion: 15 }), LATER_VERSION, null],
  ...Object.fromEntries(
    ['1', 1, '100000', '-8', '0x8', '8.5', 'eight'].map((value) => [
      `ParameterWorkers${camel(typeof value)}${value}`,
      [
        'Patroni takes 8 for less than 2, and Postgres does not start with too many',
        parameter('max_worker_processes', value),
        WORKERS,
        null,
      ],
    ]),
  ),
  ...Object.fromEntries(
    [31, '31', 100_000, '064'].map((value) => [
      `ParameterLocks${camel(typeof value)}${value}`,
      ['Patroni takes 64 for less than 32', parameter('max_locks_per_transaction', value), LOCKS, null],
    ]),
  ),
  ParameterEmpty: ['no value', parameter('work_mem', ''), 'spec.database.parameters', null],
  ParameterOfTwoLines: ['a file has a line for each', parameter('log_line_prefix', 'a\nb'), 'spec.database.parameters', null],
  ParameterTooLong: ['at most 256', parameter('log_line_prefix', 'x'.repeat(257)), 'spec.database.parameters', null],
  ParameterTrue: ['words are quoted', parameter('jit', true), 'spec.database.parameters', null],
  ParameterOfAFraction: ['fractions are quoted', parameter('random_page_cost', 1.1), 'spec.database.parameters', null],
  DatabaseLimitTooLarge: [
    'Kubernetes would store it as 1',
    { database: { resources: { limits: { memory: '1000E' } } } },
    'database.resources: a request or limit must be less than 1000E',
    null,
  ],
  WalWithoutSize: ['how large?', { database: { walStorage: { className: 'fast' } } }, 'spec.database.walStorage', null],
  WalSize: ['no quantity', { database: { walStorage: { size: 'big' } } }, 'spec.database.walStorage.size', 'PostgresCluster'],
  WalOfNothing: ['no such volume can be claimed', { database: { walStorage: { size: '0' } } }, WAL_SIZE, null],
  WalTooLarge: ['Kubernetes would claim 1 byte', { database: { walStorage: { size: '1000E' } } }, WAL_SIZE, null],
  WalClass: [
    'PGO would request a volume that it cannot get',
    { database: { walStorage: { size: '1Gi', className: 'Fast SSD' } } },
    'spec.database.walStorage.className',
    null,
  ],
  DatabasePriority: ['no object can have it', { database: { priorityClassName: 'High_Up' } }, 'spec.database.priorityClassName', null],
  DatabasePriorityEmpty: ['a class has a name', { database: { priorityClassName: '' } }, 'spec.database.priorityClassName', null],
  DatabaseAnnotationKey: ['no key', noted('a b'), ANNOTATION_KEY, null],
  DatabaseAnnotationChecked: ['the kubelet makes those', noted('kubernetes.io/config.mirror'), ANNOTATION_CHECKED, null],
  DatabaseAnnotationOfPGO: ['a request', noted('postgres-operator.crunchydata.com/pgbackrest-restore'), ANNOTATION_KEPT, null],
  DatabaseAnnotationOfMember: ['its members keep their state there', noted('status'), ANNOTATION_KEPT, null],
  DatabaseAnnotationOfSize: ['it would grow the volume', noted('suggested-pgwal-pvc-size'), ANNOTATION_KEPT, null],
  DatabaseAnnotationOfVolume: ['a claim has one class', noted('volume.beta.kubernetes.io/storage-class'), ANNOTATION_KEPT, null],
  DatabaseAnnotationOfKubectl: ['PGO sets it', noted('kubectl.kubernetes.io/default-container'), ANNOTATION_KEPT, null],
  DatabaseAnnotationsTooLong: ['bounded', noted('a', 'x'.repeat(4096)), ANNOTATION_SIZE, null],
  ...Object.fromEntries(refusedThresholds),
  ...Object.fromEntries(
    Object.entries(fieldsOfDatabase).map(([field, value]) => [
      `External${camel(field)}`,
      ['the operator does not run it', external(field, value), MANAGED, null] as const,
    ]),
  ),
};

export const acceptedRowsOfDatabase: Record<string, readonly [reason: string, spec: Loose]> = {
  Parameters: [
    'texts and whole numbers',
    {
      database: {
        parameters: {
          shared_buffers: '256MB',
          random_page_cost: '1.1',
          jit: 'on',
          log_min_duration_statement: 500,
          log_line_prefix: "%m 'quoted' \\ [%p] \u00fc",
          'pgaudit.log': 'ddl, role',
          'pg_stat_statements.max': 1000,
          wal_buffers: -1,
        },
      },
    },
  ],
  ParametersNone: ['nothing requested', { database: { parameters: {} } }],
  ParameterLarge: ['as large as a number is exact', parameter('log_min_duration_sample', 9_007_199_254_740_991)],
  ParametersBesideConnections: ['each in its place', { database: { parameters, maxConnections: 200 } }],
  ...Object.fromEntries(
    [2, '99999'].map((value) => [`ParameterWorkers${value}`, ['Patroni takes it', parameter('max_worker_processes', value)] as const]),
  ),
  ...Object.fromEntries(
    ['32', 99_999].map((value) => [`ParameterLocks${value}`, ['the same', parameter('max_locks_per_transaction', value)] as const]),
  ),
  ParametersOf18: ['known there', parameter('io_workers', 4, { postgresVersion: 18 })],
  ParametersOf17: ['known there', parameter('io_combine_limit', '128kB')],
  WalVolume: ['a class of its own', { database: { walStorage: { size: '0.5Gi', className: 'fast.ssd' } } }],
  DatabasePriorityOfTheSystem: ['any class', { database: { priorityClassName: 'system-cluster-critical' } }],
  DatabaseAnnotations: [
    'of a mesh, and to restart',
    { database: { podAnnotations: { 'sidecar.istio.io/inject': 'false', 'kubectl.kubernetes.io/restartedAt': '' } } },
  ],
  ...Object.fromEntries(acceptedThresholds),
};
