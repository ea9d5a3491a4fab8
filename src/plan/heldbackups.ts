/** Backups while the spec is unacceptable: they continue as they were last applied, and so does their status. */
import type { Bestie, Observed, Status } from '../api/observed.ts';
import type { Live, Readiness } from '../api/kubernetes.ts';
import { DEFAULT_BACKUP_TIMEOUT_SECONDS } from '../decide/backup.ts';
import { reportsBackups } from '../observed/reportsbackups.ts';
import { backupStatus } from '../status/backupstatus.ts';
import { lateBackup, repositoryReadiness } from '../status/upgradeconditions.ts';

/** The same world with the repositories that were last applied in place of those of the spec; undefined without a record of them. */
function asApplied(o: Observed): Observed | undefined {
  const repos = o.provider.backups.applied(o);
  const { database, upgrade } = (o.bestie.spec as Live<Bestie['spec']> | null) ?? {};
  if (repos.length === 0 || database?.provider === 'External') return undefined;
  const given: unknown = upgrade?.backupTimeoutSeconds;
  const spec = {
    database: { backups: { repos } },
    upgrade: { backupTimeoutSeconds: Number.isSafeInteger(given) ? given : DEFAULT_BACKUP_TIMEOUT_SECONDS },
  };
  return { ...o, facts: new Map(), bestie: { ...o.bestie, spec: spec as Bestie['spec'] } };
}

/** BackupReady and `status.backup`; undefined if there is no managed database, or if status has no backups yet. */
export function heldBackups(o: Observed): { readiness: Readiness; status: Status['backup'] } | undefined {
  const world = asApplied(o);
  if (world === undefined || !reportsBackups(o)) return undefined;
  const now = repositoryReadiness(world);
  return { readiness: (now.status === 'True' ? lateBackup(o) : undefined) ?? now, status: backupStatus(world) };
}
