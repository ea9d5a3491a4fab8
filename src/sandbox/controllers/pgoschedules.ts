/**
 * Backups by schedule as PGO's status reports them: one entry for each Job, of each schedule the last three that succeeded, the last that failed and
 * the one that runs. `sandbox/scheduled` on the PostgresCluster lets those into the repositories that it names fail, `sandbox/scheduled-hang` lets
 * them never end. Seen on PGO 6.0.3: six retries take 644 s, during which status reports one failed try.
 */
import { parseCron } from '../../lib/cron.ts';
import { lastRunBefore } from '../../lib/cronruns.ts';
import type { Fields, Resource } from '../apiserver/object.ts';
import { conditionsOf, fieldsOf, secondsBetween } from './objectstatus.ts';

const TAKES = 3;
const RETRIES_TAKE = 644;
const KEPT = { succeeded: 3, failed: 1 } as const;
const types = { full: 'full', differential: 'diff', incremental: 'incr' } as const;

interface Scheduled {
  cronJobName: string;
  repo: string;
  type: string;
  text: string;
}

const names = (cluster: Resource, annotation: string): readonly string[] =>
  (cluster.metadata.annotations?.[`sandbox/${annotation}`] ?? '').split(',');

function schedulesOf({ metadata, spec }: Resource): Scheduled[] {
  const repos = (fieldsOf(fieldsOf(spec?.backups).pgbackrest).repos ?? []) as { name: string; schedules?: Record<string, string> }[];
  return repos.flatMap(({ name, schedules = {} }) =>
    (Object.keys(types) as (keyof typeof types)[]).flatMap((key) => {
      const text = schedules[key];
      const type = types[key];
      return text === undefined ? [] : [{ cronJobName: `${metadata.name}-${name}-${type}`, repo: name, type, text }];
    }),
  );
}

/** The last time, now at the latest, for which a run is planned, RFC 3339; undefined where Kubernetes refuses the schedule. */
function planned({ text }: Scheduled, now: string): string | undefined {
  const schedule = parseCron(text);
  return 'problem' in schedule ? undefined : lastRunBefore(schedule, new Date(now))?.toISOString().replace('.000Z', 'Z');
}

const isSettled = ({ succeeded, failed }: Fields): boolean => Number(succeeded ?? 0) > 0 || Number(failed ?? 0) > 6;

/** The next state of a run; the same where nothing happens. */
function later(entry: Fields, cluster: Resource, now: string): Fields {
  const { active, failed, ...rest } = entry;
  const age = secondsBetween(String(entry.startTime), now);
  const isHeld = names(cluster, 'scheduled-hang').includes(String(entry.repo));
  if (isSettled(entry) || isHeld || age < TAKES) return entry;
  if (active === undefined) return age >= RETRIES_TAKE ? { ...rest, failed: 7 } : { ...rest, failed };
  return names(cluster, 'scheduled').includes(String(entry.repo)) ? { ...rest, failed: 1 } : { ...rest, completionTime: now, succeeded: 1 };
}

/** The newest of each schedule that succeeded and failed, as the CronJob controller keeps their Jobs. */
function kept(entries: readonly Fields[]): Fields[] {
  const isKept = (entry: Fields): boolean => {
    const alike = entries.filter(
      ({ cronJobName, succeeded }) => cronJobName === entry.cronJobName && (succeeded === undefined) === (entry.succeeded === undefined),
    );
    const later = alike.filter(({ startTime }) => String(startTime) > String(entry.startTime)).length;
    return !isSettled(entry) || later < (entry.succeeded === undefined ? KEPT.failed : KEPT.succeeded);
  };
  return entries.filter(isKept);
}

/** The next status of schedules; undefined where nothing of them changes. */
export function scheduleStep(cluster: Resource, now: string): Fields | undefined {
  const { metadata, spec, status } = cluster;
  const pgbackrest = fieldsOf(status?.pgbackrest);
  const before = (pgbackrest.scheduledBackups ?? []) as Fields[];
  const ready = conditionsOf(cluster).find(({ type }) => type === 'PGBackRestReplicaCreate');
  const isSuspended = spec?.shutdown === true || fieldsOf(spec?.standby).enabled === true;
  const since = [metadata.creationTimestamp, ready?.lastTransitionTime ?? now].sort().at(-1) ?? now;
  const stanzas = (pgbackrest.repos ?? []) as { name: string; stanzaCreated?: boolean }[];
  const started = schedulesOf(cluster).flatMap((scheduled): Fields[] => {
    const { text: _, ...named } = scheduled;
    const at = planned(scheduled, now);
    const own = before.filter(({ cronJobName }) => cronJobName === scheduled.cronJobName);
    const isDue = at !== undefined && at > since && own.every((entry) => String(entry.startTime) < at && isSettled(entry));
    const isMade =
      ready?.status === 'True' && !isSuspended && stanzas.some(({ name, stanzaCreated }) => name === scheduled.repo && stanzaCreated);
    return isDue && isMade ? [{ active: 1, ...named, startTime: at }] : [];
  });
  const after = kept([...before.map((entry) => later(entry, cluster, now)), ...started]);
  return JSON.stringify(after) === JSON.stringify(before)
    ? undefined
    : { ...status, pgbackrest: { ...pgbackrest, scheduledBackups: after } };
}
