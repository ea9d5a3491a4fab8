/** What a restore in place and a copy of another database have in common: how PGO tears a cluster down, and how the Job that fills its volume ends. */
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { withConditions } from './pgoconditions.ts';
import { instancesDown } from './pgofaults.ts';
import { conditionsOf, fieldsOf, secondsBetween } from './objectstatus.ts';

const RESTORE = 'postgres-operator.crunchydata.com/pgbackrest-restore';
/** PGO's own id for the restore that fills a new cluster. */
const BOOTSTRAP = '~pgo-bootstrap-';
/** How long a restore takes, in seconds. */
const TAKES = 3;

const note = ({ metadata }: Resource): string | undefined => metadata.annotations?.['sandbox/restore'];

const without = (cluster: Resource, types: readonly string[]): Resource => ({
  ...cluster,
  status: { ...cluster.status, conditions: conditionsOf(cluster).filter(({ type }) => !types.includes(type)) },
});

const progressing = (reason: string, message: string) => ({ type: 'PGBackRestoreProgressing', status: 'True' as const, reason, message });
/** The words are those of a restore in place, also for a cluster that is new. */
const ready = progressing('ReadyForRestore', 'Restoring cluster in-place');

/** The restore as status shows it. */
export const restoreOf = ({ status }: Resource): Fields => fieldsOf(fieldsOf(status?.pgbackrest).restore);

/** The id of the restore in place that is requested; it counts where restores are enabled. */
export const requestedRestore = ({ metadata }: Resource): string | undefined => metadata.annotations?.[RESTORE];
export const isRestoreEnabled = ({ spec }: Resource): boolean =>
  fieldsOf(fieldsOf(fieldsOf(spec?.backups).pgbackrest).restore).enabled === true;

/** Whether a restore in place is requested, which goes before a source of data. */
export const isRestoreAsked = (cluster: Resource): boolean => requestedRestore(cluster) !== undefined && isRestoreEnabled(cluster);

export const bootstrapId = ({ metadata }: Resource): string => `${BOOTSTRAP}${metadata.name}`;
/** Whether it is the id of a restore that filled a new cluster, whichever. */
export const isBootstrap = (id: unknown): boolean => String(id).startsWith(BOOTSTRAP);

/** The instances of a cluster that runs are being removed: everything but the backups still says what it said. */
export function tornDown(cluster: Resource, id: string, now: string): Fields {
  const condition = progressing('RestoreInPlaceRequested', 'Preparing cluster to restore in-place: removing runners');
  return {
    ...cluster.status,
    startupInstance: 'restored',
    startupInstanceSet: 'pg',
    conditions: withConditions(cluster, [condition], now),
    pgbackrest: { restore: { id, finished: false } },
  };
}

/** No instance is there any more. */
export function emptied(cluster: Resource, conditions: Parameters<typeof withConditions>[1], pgbackrest: Fields, now: string): Fields {
  return {
    ...omit(fieldsOf(cluster.status), 'patroni', 'proxy', 'monitoring'),
    instances: instancesDown(cluster),
    conditions: withConditions(without(cluster, ['PostgresDataInitialized']), [...conditions, ready], now),
    pgbackrest,
  };
}

/** Whether the Job has had its time; one that hangs never has. */
export const isOver = (cluster: Resource, restore: Fields, now: string): boolean =>
  note(cluster) !== 'hang' && secondsBetween(String(restore.startTime), now) >= TAKES;

/** Whether the Job is to fail. */
export const isFailing = (cluster: Resource): boolean => note(cluster) === 'fail';

/** A restore whose Job failed: no instance is started for as long as it is requested, and its conditions stay for ever. */
export function failed(cluster: Resource, now: string): Fields {
  const condition = {
    type: 'PostgresDataInitialized',
    status: 'False' as const,
    reason: 'PGBackRestRestoreFailed',
    message: 'pgBackRest restore failed',
  };
  return {
    ...cluster.status,
    conditions: withConditions(cluster, [condition], now),
    pgbackrest: { ...fieldsOf(cluster.status?.pgbackrest), restore: { ...omit(restoreOf(cluster), 'active'), finished: true, failed: 7 } },
  };
}

/** A restore whose Job succeeded; no instance runs yet. */
export function succeeded(cluster: Resource, now: string): Fields {
  const condition = {
    type: 'PostgresDataInitialized',
    status: 'True' as const,
    reason: 'PGBackRestRestoreComplete',
    message: 'pgBackRest restore completed successfully',
  };
  const restore = { ...omit(restoreOf(cluster), 'active'), finished: true, succeeded: 1, completionTime: now };
  return {
    ...cluster.status,
    observedGeneration: cluster.metadata.generation,
    conditions: withConditions(without(cluster, ['PGBackRestoreProgressing']), [condition], now),
    pgbackrest: { ...fieldsOf(cluster.status?.pgbackrest), restore },
  };
}
