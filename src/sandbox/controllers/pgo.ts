/**
 * Crunchy PGO as far as the reader of a PostgresCluster can see it: what the real one was seen to write to status, step by step, one step
 * a second. Annotations on the PostgresCluster: `sandbox/fate: stuck` keeps it unready, `sandbox/backup: fail` lets backups fail, another value of
 * `sandbox/password` is another password in the Secret of the user, and `sandbox/stanza` names repositories whose stanza cannot be created. More of them
 * are in pgofaults.ts.
 */
import { hash8 } from '../../lib/hash.ts';
import { ignoring } from '../apiserver/apierror.ts';
import type { Client } from '../apiserver/client.ts';
import { POSTGRES_CLUSTER } from '../apiserver/discovery.ts';
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { backupStep } from './pgobackup.ts';
import { bootstrapStep, isFilling, type Find } from './pgobootstrap.ts';
import { backupConditions, replicaMissing, withConditions } from './pgoconditions.ts';
import { countedStep, failingStep, instancesDown, instancesUp, switchedStep } from './pgofaults.ts';
import { poolerSeen, poolerStep } from './pgopooler.ts';
import { hasBackups, hostOf, repositories } from './pgorepositories.ts';
import { restoreStep } from './pgorestore.ts';
import { scheduleStep } from './pgoschedules.ts';
import { conditionsOf, fieldsOf, setObject, setStatus } from './objectstatus.ts';

const FINALIZER = 'postgres-operator.crunchydata.com/finalizer';

function seen(cluster: Resource, now: string): Fields {
  return {
    observedGeneration: cluster.metadata.generation,
    postgresVersion: 0,
    conditions: withConditions(cluster, backupConditions(cluster, false), now),
    instances: instancesDown(cluster),
    pgbackrest: hasBackups(cluster) ? { ...hostOf(cluster, false), repos: repositories(cluster, { stanzaCreated: false }) } : {},
  };
}

const podsReady = (cluster: Resource): Fields => ({ ...cluster.status, instances: instancesUp(cluster) });
/** The first leader: what a restore began with is no longer needed. */
const initialised = (cluster: Resource): Fields => ({
  ...omit(fieldsOf(cluster.status), 'startupInstance', 'startupInstanceSet'),
  patroni: { systemIdentifier: '7300000000000000001' },
});

/** Of what was written to the database about its roles; `sandbox/password` is the password in the Secret of the user. */
const usersRevision = ({ metadata, spec }: Resource): string =>
  hash8([spec?.users ?? null, metadata.annotations?.['sandbox/password'] ?? '']);

const backedUp = (cluster: Resource): Fields => ({
  ...fieldsOf(cluster.status?.pgbackrest),
  ...hostOf(cluster, true),
  repos: repositories(cluster, { stanzaCreated: true, replicaCreateBackupComplete: true }),
});

/** Role, database, repository: the patch after which the database is usable; later the same patch follows every change of the spec. */
function usable(cluster: Resource, now: string): Fields {
  return {
    ...cluster.status,
    observedGeneration: cluster.metadata.generation,
    databaseRevision: '5c9966f6bc',
    usersRevision: usersRevision(cluster),
    monitoring: { exporterConfiguration: '559c4c97d6' },
    proxy: poolerSeen(cluster),
    conditions: withConditions(cluster, backupConditions(cluster, true), now),
    instances: instancesUp(cluster),
    pgbackrest: hasBackups(cluster) ? backedUp(cluster) : {},
  };
}

/** PGO tries again every ten seconds. */
function areStanzasBehind(cluster: Resource): boolean {
  const stanzas = (repos: unknown): string[] =>
    (repos as Fields[]).map(({ name, stanzaCreated }) => `${String(name)} ${String(stanzaCreated)}`);
  const wanted = repositories(cluster, { stanzaCreated: true });
  return stanzas(wanted).join() !== stanzas(fieldsOf(cluster.status?.pgbackrest).repos ?? []).join();
}

/** Whether what comes after the users is still at an older generation than the observed one. */
function isUnfinished(cluster: Resource): boolean {
  const isBackingUp = fieldsOf(fieldsOf(cluster.status?.pgbackrest).manualBackup).finished === false;
  const last = conditionsOf(cluster).find(({ type }) => type === replicaMissing.type);
  return hasBackups(cluster) && !isBackingUp && last?.observedGeneration !== cluster.metadata.generation;
}

/** Whether something of the spec was not carried out yet. */
const isBehind = (cluster: Resource): boolean =>
  cluster.status?.observedGeneration !== cluster.metadata.generation ||
  cluster.status?.usersRevision !== usersRevision(cluster) ||
  areStanzasBehind(cluster) ||
  isUnfinished(cluster);

/** Where the data comes from: another database, or a backup of this one. */
function dataStep(cluster: Resource, find: Find, now: string): Fields | undefined | 'none' {
  const bootstrapped = bootstrapStep(cluster, find, now);
  return bootstrapped === 'none' ? restoreStep(cluster, now) : bootstrapped;
}

/** What PGO writes to status next; undefined where there is nothing to do. */
function nextStatus(cluster: Resource, find: Find, now: string): Fields | undefined {
  const { metadata, status = {} } = cluster;
  if (status.observedGeneration === undefined && !isFilling(cluster)) return seen(cluster, now);
  if (metadata.annotations?.['sandbox/fate'] === 'stuck') return undefined;
  const switched = switchedStep(cluster, now);
  if (switched !== 'none') return switched;
  const filled = dataStep(cluster, find, now);
  if (filled !== 'none') return filled;
  if (fieldsOf((status.instances as Fields[] | undefined)?.[0]).readyReplicas === undefined) return podsReady(cluster);
  if (fieldsOf(status.patroni).systemIdentifier === undefined) return initialised(cluster);
  const broken = status.databaseRevision === undefined ? 'none' : failingStep(cluster, now);
  if (broken !== 'none') return broken;
  const backup = backupStep(cluster, now) ?? scheduleStep(cluster, now);
  if (backup) return backup;
  return status.databaseRevision === undefined || isBehind(cluster)
    ? usable(cluster, now)
    : (poolerStep(cluster, now) ?? countedStep(cluster));
}

/** One round over all PostgresClusters: a finalizer first, then a step of status; a deleted one is removed after its pods, one second later. */
export function runPgo(client: Client, now: string): void {
  const find: Find = (namespace, name) => client.get(POSTGRES_CLUSTER, namespace, name);
  for (const cluster of client.list(POSTGRES_CLUSTER)) {
    const { finalizers = [], deletionTimestamp } = cluster.metadata;
    const held = finalizers.includes(FINALIZER);
    if (deletionTimestamp !== undefined) {
      const rest = finalizers.filter((each) => each !== FINALIZER);
      if (held && Date.parse(now) > Date.parse(deletionTimestamp))
        ignoring(['Conflict', 'NotFound'], () => client.update({ ...cluster, metadata: { ...cluster.metadata, finalizers: rest } }));
    } else if (!held) setObject(client, { ...cluster, metadata: { ...cluster.metadata, finalizers: [...finalizers, FINALIZER] } });
    else setStatus(client, cluster, nextStatus(cluster, find, now) ?? cluster.status ?? {});
  }
}
