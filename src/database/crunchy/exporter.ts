/** PGO's exporter, and what of its series is used. Source: pgMonitor's queries for postgres_exporter, as PGO ≥ 5.8 brings them for Postgres 15 to 17. */
import type { DatabaseExporter, DatabaseMeasures } from '../../api/provider.ts';
import { CLUSTER_LABEL, EXPORTER_LABEL } from './names.ts';

const lines = (...parts: readonly string[]): string => parts.join('\n');

const BY_BESTIE = 'by (namespace, bestie)';
const BY_POD = 'by (namespace, bestie, pod)';
const BY_VOLUME = 'by (namespace, bestie, pod, mount_point)';

const archiver = (count: 'failed' | 'archived', selector: string): string =>
  `max ${BY_POD} (increase(ccp_archive_command_status_${count}_count${selector}}[10m])) > 0`;

/**
 * A replica that is not connected has replayed all that it received, so its lag is 0: then the time since its last transaction counts. It is
 * not connected if the primary, whose state is 2, has fewer connections of replicas than there are instances in recovery, whose state is 1.
 * Without series of a primary nothing is known of them.
 */
const replicationLagSeconds = (selector: string): string =>
  lines(
    '(',
    `  max ${BY_BESTIE} (ccp_replication_lag_received_time${selector}})`,
    `    and count ${BY_BESTIE} (ccp_is_in_recovery_status${selector}} == 1)`,
    '      > (',
    `        count ${BY_BESTIE} (ccp_replication_lag_size_bytes${selector}} >= 0)`,
    `          or 0 * count ${BY_BESTIE} (ccp_is_in_recovery_status${selector}} == 2)`,
    '      )',
    '    or',
    `  max ${BY_BESTIE} (ccp_replication_lag_replay_time${selector}})`,
    ')',
  );

const measures: DatabaseMeasures = {
  replicationLagSeconds,
  diskPercent: (selector) =>
    lines(
      `100 - 100 * min ${BY_VOLUME} (ccp_nodemx_data_disk_available_bytes${selector}})`,
      `  / max ${BY_VOLUME} (ccp_nodemx_data_disk_total_bytes${selector}})`,
    ),
  connectionsPercent: (selector) =>
    lines(
      `max ${BY_BESTIE} (`,
      `  100 * max ${BY_POD} (ccp_connection_stats_total${selector}})`,
      `    / max ${BY_POD} (ccp_connection_stats_max_connections${selector}})`,
      ')',
    ),
  // By pod, for the counts of a former primary no longer change. Not by the time since the last failure, which is 0 on a primary that has never archived.
  archivingFailures: (selector) =>
    lines(`max ${BY_BESTIE} (`, `  ${archiver('failed', selector)}`, `    unless ${archiver('archived', selector)}`, ')'),
};

export const exporter: DatabaseExporter = {
  podLabels: (name) => ({ [CLUSTER_LABEL]: name, [EXPORTER_LABEL]: 'true' }),
  port: 'exporter',
  series: [
    'ccp_archive_command_status_archived_count',
    'ccp_archive_command_status_failed_count',
    'ccp_connection_stats_active',
    'ccp_connection_stats_idle',
    'ccp_connection_stats_idle_in_txn',
    'ccp_connection_stats_max_connections',
    'ccp_connection_stats_total',
    'ccp_database_size_bytes',
    'ccp_is_in_recovery_status',
    'ccp_nodemx_data_disk_available_bytes',
    'ccp_nodemx_data_disk_total_bytes',
    'ccp_replication_lag_received_time',
    'ccp_replication_lag_replay_time',
    'ccp_replication_lag_size_bytes',
    'ccp_stat_database_xact_commit',
    'ccp_stat_database_xact_rollback',
    'ccp_wal_activity_total_size_bytes',
  ],
  measures,
};
