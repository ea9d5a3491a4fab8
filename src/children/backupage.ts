/** How old the last backup of a managed database may become. */
import type { Observed } from '../api/kubernetes.ts';
import { isTelling } from './backups.ts';
import { isExternal } from './release.ts';
import { longestGap, schedulesOf } from './schedules.ts';
import { lately, type Subject } from './subject.ts';

/** How many times the longest time between two backups may pass: one that fails is tried again, and a large one takes a while. */
const LENIENCE = 1.5;

/** Seconds; undefined where nobody says when a backup is due. */
export function backupDeadline(o: Observed): number | undefined {
  const { database, monitoring } = o.bestie.spec;
  if (isExternal(o)) return undefined;
  if (monitoring.thresholds.backupAgeSeconds !== undefined) return monitoring.thresholds.backupAgeSeconds;
  const gap = longestGap(schedulesOf(database.backups.repos));
  return gap === undefined ? undefined : gap * LENIENCE;
}

/**
 * PromQL: unix time of the last backup that is known; where there is none, of the Bestie's creation. That stands beside a series that the
 * operator exports of every Bestie, so that nothing is said while the operator itself is away; nor of a Bestie whose backups nobody tells of.
 */
export function knownBackup({ o, bestie }: Subject): string {
  const last = lately(`namespace_bestie:bestie_last_backup_timestamp_seconds:newest${bestie}}`);
  const created = Math.floor(Date.parse(o.bestie.metadata.creationTimestamp ?? '') / 1000);
  if (Number.isNaN(created) || !isTelling(o)) return last;
  return ['(', `  ${last}`, `  or 0 * ${lately(`namespace_bestie:bestie_spec_replicas:newest${bestie}}`)} + ${created}`, ')'].join('\n');
}
