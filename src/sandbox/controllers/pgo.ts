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
import type { Fields, Resource } from '../apiserver/object.ts';
import { backupStep } from './pgobackup.ts';
import { repoHost, replicaMissing, repositoriesDown, repositoriesUp, withConditions } from './pgoconditions.ts';
import { countedStep, failingStep, instancesDown, instancesUp, switchedStep } from './pgofaults.ts';
import { poolerSeen, poolerStep } from './pgopooler.ts';
import { hasVolumeRepository, isFirstPrepared, repositories } from './pgorepositories.ts';
import { restoreStep } from './pgorestore.ts';
import { scheduleStep } from './pgoschedules.ts';
import { conditionsOf, fieldsOf, setObject, setStatus } from './objectstatus.ts';

const FINALIZER = 'postgres-operator.crunchydata.com/finalizer';

function seen(cluster: Resource, now: string): Fields {
  const host = hasVolumeRepository(cluster);
  return {
    observedGeneration: cluster.metadata.generation,
    postgresVersion: 0,
    conditions: withConditions(cluster, [...(host ? [repoHost(false)] : []), ...repositoriesDown], now),
    instances: instancesDown(cluster),
    pgbackrest: {
      ...(host && { repoHost: { apiVersion: 'apps/v1', kind: 'StatefulSet', ready: false } }),
      repos: repositories(cluster, { stanzaCreated: false }),
    },
  };
}

const podsReady = (cluster: Resource): Fields => ({ ...cluster.status, instances: instancesUp(cluster) });
const initialised = (cluster: Resource): Fields => ({ ...cluster.status, patroni: { systemIdentifier: '7300000000000000001' } });

/** Of what was written to the database about its roles; `sandbox/password` is the password in the Secret of the user. */
const usersRevision = ({ metadata, spec }: Resource): string =>
  hash8([spec?.users ?? null, metadata.annotations?.['sandbox/password'] ?? '']);

/** Role, database, repository: the patch after which the database is usable; later the same patch follows every change of the spec. */
function usable(cluster: Resource, now: string): Fields {
  const host = hasVolumeRepository(cluster);
  return {
    ...cluster.status,
    observedGeneration: cluster.metadata.generation,
    databaseRevision: '5c9966f6bc',
    usersRevision: usersRevision(cluster),
    monitoring: { exporterConfiguration: '559c4c97d6' },
    proxy: poolerSeen(cluster),
    conditions: withConditions(
      cluster,
      [...(host ? [repoHost(true)] : []), ...(isFirstPrepared(cluster) ? repositoriesUp : repositoriesDown)],
      now,
    ),
    instances: instancesUp(cluster),
    pgbackrest: {
      ...fieldsOf(cluster.status?.pgbackrest),
      ...(host && { repoHost: { apiVersion: 'apps/v1', kind: 'StatefulSet', ready: true } }),
      repos: repositories(cluster, { stanzaCreated: true, replicaCreateBackupComplete: true }),
    },
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
  return !isBackingUp && last?.observedGeneration !== cluster.metadata.generation;
}

/** What PGO writes to status next; undefined where there is nothing to do. */
function nextStatus(cluster: Resource, now: string): Fields | undefined {
  const { metadata, status } = cluster;
  if (status?.observedGeneration === undefined) return seen(cluster, now);
  if (metadata.annotations?.['sandbox/fate'] === 'stuck') return undefined;
  const switched = switchedStep(cluster, now);
  if (switched !== 'none') return switched;
  const restored = restoreStep(cluster, now);
  if (restored !== 'none') return restored;
  if (fieldsOf((status.instances as Fields[] | undefined)?.[0]).readyReplicas === undefined) return podsReady(cluster);
  if (fieldsOf(status.patroni).systemIdentifier === undefined) return initialised(cluster);
  const broken = status.databaseRevision === undefined ? 'none' : failingStep(cluster, now);
  if (broken !== 'none') return broken;
  const backup = backupStep(cluster, now) ?? scheduleStep(cluster, now);
  if (backup) return backup;
  const isBehind =
    status.observedGeneration !== metadata.generation ||
    status.usersRevision !== usersRevision(cluster) ||
    areStanzasBehind(cluster) ||
    isUnfinished(cluster);
  return status.databaseRevision === undefined || isBehind ? usable(cluster, now) : (poolerStep(cluster, now) ?? countedStep(cluster));
}

/** One round over all PostgresClusters: a finalizer first, then a step of status; a deleted one is removed after its pods, one second later. */
export function runPgo(client: Client, now: string): void {
  for (const cluster of client.list(POSTGRES_CLUSTER)) {
    const { finalizers = [], deletionTimestamp } = cluster.metadata;
    const held = finalizers.includes(FINALIZER);
    if (deletionTimestamp !== undefined) {
      const rest = finalizers.filter((each) => each !== FINALIZER);
      if (held && Date.parse(now) > Date.parse(deletionTimestamp))
        ignoring(['Conflict', 'NotFound'], () => client.update({ ...cluster, metadata: { ...cluster.metadata, finalizers: rest } }));
    } else if (!held) setObject(client, { ...cluster, metadata: { ...cluster.metadata, finalizers: [...finalizers, FINALIZER] } });
    else setStatus(client, cluster, nextStatus(cluster, now) ?? cluster.status ?? {});
  }
}
