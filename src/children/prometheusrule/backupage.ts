/** How old the last backup of a managed database may become, by repository: one that works does not hide one that fails. */
import type { Observed } from '../../api/observed.ts';
import type { Repository } from '../../api/backupprovider.ts';
import { reportsBackups } from '../../observed/reportsbackups.ts';
import { isExternal } from '../../observed/migrations.ts';
import { longestGap } from '../../lib/crongap.ts';
import { lately, type Subject } from './subject.ts';

/** Every schedule of every repository. */
export const schedulesOf = (repositories: readonly Repository[]): string[] =>
  repositories.flatMap(({ schedules: { full, differential, incremental } = {} }) =>
    [full, differential, incremental].filter((schedule) => schedule !== undefined),
  );

/** How many times the longest time between two backups may pass: a failed one is retried, and a large one takes a while. */
const GAP_FACTOR = 1.5;

/** Seconds if no schedule ever takes a backup: as for a daily backup. */
const WITHOUT_RUNS = 36 * 3600;

/** Repositories whose last backup may be equally old. */
interface Deadline {
  seconds: number;
  names: string[];
}

/** Seconds; undefined where the spec does not say when a backup into it is due. */
function deadlineOf(repository: Repository, o: Observed): number | undefined {
  const { backupAgeSeconds } = o.bestie.spec.monitoring.thresholds;
  const schedules = schedulesOf([repository]);
  if (backupAgeSeconds !== undefined || schedules.length === 0) return backupAgeSeconds;
  const gap = longestGap(schedules);
  return gap === undefined ? WITHOUT_RUNS : gap * GAP_FACTOR;
}

/** Every deadline that a backup of this Bestie has, in the order of the repositories. */
function deadlines(o: Observed): Deadline[] {
  const found = new Map<number, string[]>();
  for (const repository of o.bestie.spec.database.backups.repos) {
    const seconds = deadlineOf(repository, o);
    if (seconds !== undefined) found.set(seconds, [...(found.get(seconds) ?? []), repository.name]);
  }
  return [...found].map(([seconds, names]) => ({ seconds, names }));
}

/**
 * PromQL: seconds since the last backup into these repositories, of each in which it is too old. Without a known backup it counts from the
 * Bestie's creation. That is joined with a series that the operator exports for every repository, so nothing is reported while the operator
 * itself is down.
 */
function stale({ seconds, names }: Deadline, { o, bestie }: Subject): string {
  const selector = `${bestie},repository${names.length > 1 ? '=~' : '='}"${names.join('|')}"}`;
  const last = lately(`namespace_bestie_repository:bestie_backup_last_success_timestamp_seconds:newest${selector}`);
  const any = lately(`namespace_bestie_repository:bestie_backup_repository_ready:newest${selector}`);
  const created = Math.floor(Date.parse(o.bestie.metadata.creationTimestamp ?? '') / 1000);
  const known = Number.isNaN(created) ? last : ['(', `  ${last}`, `  or 0 * ${any} + ${created}`, ')'].join('\n');
  return `time() - ${known} > ${seconds}`;
}

/** For a Bestie of a former release that has not changed since: its status has no repositories, and a missing backup means nothing. */
function staleInAny({ o, bestie }: Subject): string | undefined {
  const { database, monitoring } = o.bestie.spec;
  const gap = longestGap(schedulesOf(database.backups.repos));
  const seconds = monitoring.thresholds.backupAgeSeconds ?? (gap === undefined ? gap : gap * GAP_FACTOR);
  const last = lately(`namespace_bestie:bestie_last_backup_timestamp_seconds:newest${bestie}}`);
  return seconds === undefined ? undefined : `time() - ${last} > ${seconds}`;
}

/** PromQL: seconds since a backup that is too old; undefined where the spec does not say when one is due. */
export function staleBackups(s: Subject): string | undefined {
  if (isExternal(s.o)) return undefined;
  if (!reportsBackups(s.o)) return staleInAny(s);
  const all = deadlines(s.o).map((deadline) => stale(deadline, s));
  return all.length === 0 ? undefined : all.join('\nor\n');
}

/** The repository of an alert on backups, in the template language of Prometheus; empty if status has none. */
export const inRepository = ({ o }: Subject): string => (reportsBackups(o) ? ' in repository {{ $labels.repository }}' : '');
