/** The spec of a PostgresCluster. */
import type { BestieSpec } from '../../api/bestie.ts';
import type { DatabaseDecisions } from '../../api/decisions.ts';
import type { Observed } from '../../api/observed.ts';
import { isEqual } from '../../lib/equal.ts';
import { roleWrites } from '../../observed/lineage.ts';
import { manualBackup } from './backups.ts';
import { postgresCluster } from './cluster.ts';
import { DATABASE_USER } from './names.ts';
import { sentSource } from './datasource.ts';
import { instanceSet } from './instances.ts';
import { ownParameters } from './parameters.ts';
import { proxyOf } from './pooler.ts';
import { isPriorityGone, priorityToSend } from './priority.ts';
import { repositories } from './repositories.ts';
import { restoreBlock } from './restore.ts';
import { INSTANCE_SET, type PostgresClusterSpec } from './types.ts';

/**
 * Options that every role of an application has anyway, alternating: PGO writes a role and its password again only if its statement differs from the
 * last one, and a restore may have brought back a former password. LOGIN is not among them: it would undo a lock-out.
 */
const roleOptions = (writes: number): { options?: string } =>
  writes === 0 ? {} : { options: writes % 2 === 1 ? 'INHERIT' : 'NOBYPASSRLS' };

/**
 * Once parameters were sent, an empty map takes the place of the last one: to leave the field out would remove it as a whole, with the settings of
 * Patroni and the parameters that others have made in it, such as synchronous replication.
 */
const parametersFor = (
  database: BestieSpec['database'],
  { patroni }: Partial<PostgresClusterSpec>,
): Record<string, string | number> | undefined => ownParameters(database) ?? (patroni === undefined ? undefined : {});

/** The spec that was applied last. */
function appliedSpec(o: Observed): Partial<PostgresClusterSpec> {
  const live = postgresCluster(o);
  return (live && (o.applied(live)?.spec as Partial<PostgresClusterSpec> | undefined)) ?? {};
}

/** What PGO makes the pods of Postgres of, but for their priority class. To change any of it may replace them. */
function podParts({ postgresVersion, instances = [], monitoring, backups }: Partial<PostgresClusterSpec>): unknown {
  const { manual: _backup, restore: _restore, ...pgbackrest } = { ...backups?.pgbackrest };
  return { postgresVersion, monitoring, pgbackrest, instances: instances.map(({ priorityClassName: _name, ...rest }) => rest) };
}

export function clusterSpec(o: Observed & { decisions: DatabaseDecisions }): PostgresClusterSpec {
  const { database } = o.bestie.spec;
  const { backup, restore } = o.decisions;
  const applied = appliedSpec(o);
  const parameters = parametersFor(database, applied);
  const set = applied.instances?.find(({ name }) => name === INSTANCE_SET);
  const source = sentSource(o);
  const withClass = (priorityClassName: string | undefined): PostgresClusterSpec => ({
    postgresVersion: database.postgresVersion,
    ...(source && { dataSource: source }),
    instances: [instanceSet(database, priorityClassName, set)],
    users: [{ name: DATABASE_USER, databases: [DATABASE_USER], password: { type: 'AlphaNumeric' }, ...roleOptions(roleWrites(o)) }],
    ...(parameters && { patroni: { dynamicConfiguration: { postgresql: { parameters } } } }),
    ...(database.monitoring?.enabled === true && { monitoring: { pgmonitor: { exporter: {} } } }),
    ...(o.decisions.pooler && { proxy: proxyOf(o.decisions.pooler) }),
    backups: {
      pgbackrest: {
        ...repositories(o),
        ...(backup && { manual: manualBackup(backup) }),
        ...(restore && { restore: restoreBlock(restore, o) }),
      },
    },
  });
  const spec = withClass(priorityToSend(o, set));
  return isPriorityGone(o) && !isEqual(podParts(spec), podParts(applied)) ? withClass(undefined) : spec;
}
