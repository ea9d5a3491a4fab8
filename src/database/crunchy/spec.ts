/** The spec of a PostgresCluster. */
import type { DatabaseDecisions } from '../../api/decisions.ts';
import type { Observed } from '../../api/observed.ts';
import { roleWrites } from '../../observed/lineage.ts';
import { manualBackup } from './backups.ts';
import { DATABASE_USER } from './names.ts';
import { claim, repositories } from './repositories.ts';
import { INSTANCE_SET, type PostgresClusterSpec } from './types.ts';

/**
 * Options that every role of an application has anyway, alternating: PGO writes a role and its password again only if its statement differs from the
 * last one, and a restore may have brought back a former password. LOGIN is not among them: it would undo a lock-out.
 */
const roleOptions = (writes: number): { options?: string } =>
  writes === 0 ? {} : { options: writes % 2 === 1 ? 'INHERIT' : 'NOBYPASSRLS' };

export function clusterSpec(o: Observed & { decisions: DatabaseDecisions }): PostgresClusterSpec {
  const { postgresVersion, replicas, storage, maxConnections, monitoring } = o.bestie.spec.database;
  const { backup } = o.decisions;
  return {
    postgresVersion,
    instances: [{ name: INSTANCE_SET, replicas, dataVolumeClaimSpec: claim(storage.size, storage.className) }],
    users: [{ name: DATABASE_USER, databases: [DATABASE_USER], password: { type: 'AlphaNumeric' }, ...roleOptions(roleWrites(o)) }],
    ...(maxConnections !== undefined && {
      patroni: { dynamicConfiguration: { postgresql: { parameters: { max_connections: maxConnections } } } },
    }),
    ...(monitoring?.enabled === true && { monitoring: { pgmonitor: { exporter: {} } } }),
    backups: {
      pgbackrest: { ...repositories(o), ...(backup && { manual: manualBackup(backup) }) },
    },
  };
}
