import type { Observed } from '../api/observed.ts';

/** Whether status reports backups, or is empty: a release that did not report backups may have written it. */
function hasReported({ bestie: { status } }: Observed): boolean {
  const conditions = status.conditions ?? [];
  return conditions.length === 0 || status.backup != null || conditions.some((condition) => condition?.type === 'BackupReady');
}

/**
 * Whether status reports backups: from the first answer on, but for a Bestie of a release that did not report them, only once its spec has
 * changed. While replicas of both releases answer in turn, one would write what the other removes.
 */
export const reportsBackups = (o: Observed): boolean =>
  hasReported(o) || o.bestie.status.observedGeneration !== o.bestie.metadata.generation;
