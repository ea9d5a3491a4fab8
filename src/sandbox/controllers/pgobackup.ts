/** What Crunchy PGO was seen to write to status while a manual backup runs. */
import { omit, type Fields, type Resource } from '../apiserver/object.ts';
import { withConditions } from './pgoconditions.ts';
import { isFirstPrepared } from './pgorepositories.ts';
import { conditionsOf, fieldsOf, secondsBetween } from './objectstatus.ts';

const BACKUP = 'postgres-operator.crunchydata.com/pgbackrest-backup';
/** How long a backup takes, in seconds. */
const TAKES = 3;

const armed = ({ metadata }: Resource, annotation: string): string | undefined => metadata.annotations?.[annotation];
const pgbackrest = ({ spec }: Resource): Fields => fieldsOf(fieldsOf(spec?.backups).pgbackrest);

function backupEnd(cluster: Resource, backup: Fields, now: string): Fields {
  const failed = armed(cluster, 'sandbox/backup') === 'fail';
  const kept = omit(backup, 'active');
  const condition = failed
    ? {
        type: 'PGBackRestManualBackupSuccessful',
        status: 'False' as const,
        reason: 'ManualBackupFailed',
        message: 'Manual backup did not complete successfully',
      }
    : {
        type: 'PGBackRestManualBackupSuccessful',
        status: 'True' as const,
        reason: 'ManualBackupComplete',
        message: 'Manual backup completed successfully',
      };
  const manualBackup = failed ? { ...kept, finished: true, failed: 7 } : { ...kept, finished: true, succeeded: 1, completionTime: now };
  return {
    ...cluster.status,
    conditions: withConditions(cluster, [condition], now),
    pgbackrest: { ...fieldsOf(cluster.status?.pgbackrest), manualBackup },
  };
}

/** The next step of the manual backup that is armed, if any: accepted, started, then ended together with its condition. */
export function backupStep(cluster: Resource, now: string): Fields | undefined {
  const state = fieldsOf(cluster.status?.pgbackrest);
  const backup = fieldsOf(state.manualBackup);
  const id = armed(cluster, BACKUP);
  const isAsked = id !== undefined && pgbackrest(cluster).manual !== undefined;
  if (isAsked && backup.id !== id)
    return {
      ...cluster.status,
      observedGeneration: cluster.metadata.generation,
      conditions: conditionsOf(cluster).filter(({ type }) => type !== 'PGBackRestManualBackupSuccessful'),
      pgbackrest: { ...state, manualBackup: { id, finished: false } },
    };
  if (backup.finished !== false) return undefined;
  // An accepted backup is started only while it is requested; a started one continues.
  const repos = (state.repos ?? []) as { name: string; stanzaCreated?: boolean }[];
  const into = fieldsOf(pgbackrest(cluster).manual).repoName;
  const isPrepared = isFirstPrepared(cluster) && repos.some(({ name, stanzaCreated }) => name === into && stanzaCreated === true);
  if (backup.active === undefined)
    return isAsked && isPrepared
      ? { ...cluster.status, pgbackrest: { ...state, manualBackup: { ...backup, active: 1, startTime: now } } }
      : undefined;
  return secondsBetween(String(backup.startTime), now) >= TAKES ? backupEnd(cluster, backup, now) : undefined;
}
