/** The alerts about a database that is monitored: one row each. What they measure is up to its provider. */
import type { DatabaseMeasures } from '../../api/provider.ts';
import { databaseExporter } from '../monitoring.ts';
import type { Alert, AlertName } from './alert.ts';
import type { Subject, Thresholds } from './subject.ts';

/** Where the spec leaves them out. No defaults of the CRD: those would be fields of every Bestie, monitored or not. */
const DEFAULTS = { databaseReplicationLagSeconds: 300, databaseDiskPercent: 85, databaseConnectionsPercent: 80 };
type Limit = keyof typeof DEFAULTS & keyof Thresholds;

const limit = (field: Limit, { limits }: Subject): number => limits[field] ?? DEFAULTS[field];
const measure = (name: keyof DatabaseMeasures, s: Subject): string => databaseExporter(s.o)?.measures[name](s.bestie) ?? '';
const above = (name: keyof DatabaseMeasures, field: Limit, s: Subject): string => `${measure(name, s)}\n  > ${limit(field, s)}`;

const instances = ({ o: { provider }, namespace, name }: Subject): string => {
  const labels = Object.entries(provider.podLabels(provider.nameOf(name))).map(([key, value]) => `${key}=${value}`);
  return `kubectl -n ${namespace} get pods -l ${labels.join(',')} lists its pods.`;
};

type DatabaseAlert = Extract<AlertName, `BestieDatabase${string}`>;

const rows: Record<DatabaseAlert, Omit<Alert, 'includeWhen' | 'severity'>> = {
  BestieDatabaseReplicationLag: {
    for: '5m',
    threshold: 'databaseReplicationLagSeconds',
    expr: (s) => above('replicationLagSeconds', 'databaseReplicationLagSeconds', s),
    summary: 'has a replica of its database that is behind',
    description: (s) =>
      `A replica of the database is {{ $value | humanizeDuration }} behind the primary, or is not connected to it and has replayed nothing for so long; ${limit('databaseReplicationLagSeconds', s)} s are tolerated. A fail-over to it would lose what it does not have. ${instances(s)}`,
  },
  BestieDatabaseDiskFilling: {
    for: '15m',
    threshold: 'databaseDiskPercent',
    expr: (s) => above('diskPercent', 'databaseDiskPercent', s),
    summary: 'has a database volume that is nearly full',
    description: (s) =>
      `{{ $value | humanize }} % of the volume {{ $labels.mount_point }} of pod {{ $labels.pod }} are used; ${limit('databaseDiskPercent', s)} % are tolerated. Postgres stops when it is full.`,
  },
  BestieDatabaseConnectionsHigh: {
    for: '10m',
    threshold: 'databaseConnectionsPercent',
    expr: (s) => above('connectionsPercent', 'databaseConnectionsPercent', s),
    summary: 'has few connections to its database left',
    description: (s) =>
      `{{ $value | humanize }} % of max_connections are used, Postgres' own processes among them; ${limit('databaseConnectionsPercent', s)} % are tolerated. Without a free one, requests fail and pods do not become ready.`,
  },
  BestieDatabaseArchivingFails: {
    for: '10m',
    expr: (s) => measure('archivingFailures', s),
    summary: 'has a database whose WAL is not archived',
    description: (s) =>
      `{{ $value | humanize }} attempts to archive WAL failed in ten minutes, and none succeeded. What is written cannot be restored from a backup, and the volume fills up. ${instances(s)}`,
  },
};

export const databaseAlerts = Object.fromEntries(
  Object.entries(rows).map(([name, row]): [string, Alert] => [
    name,
    { severity: 'warning', includeWhen: ({ o }) => databaseExporter(o) !== undefined, ...row },
  ]),
) as Record<DatabaseAlert, Alert>;
