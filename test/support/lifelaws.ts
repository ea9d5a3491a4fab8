/** The laws that hold at every write of a life of a Bestie. */
import assert from 'node:assert/strict';
import { WAITING_CONTAINER } from '../../src/api/containers.ts';
import { annotations } from '../../src/api/names.ts';
import type { Write } from '../../src/sandbox/apiserver/client.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { DEPLOYMENT, JOB, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { compareVersions, namedVersion } from '../../src/lib/version.ts';
import { cloneLaws } from './clonelaws.ts';
import { dataOf } from './data.ts';
import { drillLaws } from './drilllaws.ts';
import { isSeeding } from './jobs.ts';
import { isOurs, shownRestore } from './restoretarget.ts';
import { sourceLaws } from './sourcelaws.ts';
import { isOwn, own } from './whose.ts';
import { poolerLaws } from './pooler.ts';
import { restoreLaws } from './restorelaws.ts';
import { bestieOf } from './sandbox.ts';

const databaseOf = (cluster: Cluster): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
const manualBackup = (database: Resource | undefined) => fieldsOf(fieldsOf(database?.status?.pgbackrest).manualBackup);
const imageOf = (object: Resource): string =>
  ((object.spec?.template as { spec?: { containers?: { image: string }[] } } | undefined)?.spec?.containers ?? [])[0]?.image ?? '';
/** What is on record; nothing once the data was replaced, which the answer knows that writes it. */
function migratedOf(database: Resource | undefined, restored: string | undefined): string[] {
  const { [annotations.migrated]: text = '[]', [annotations.lineage]: lineage = '{}' } = database?.metadata.annotations ?? {};
  const { restore: recorded } = JSON.parse(lineage) as { restore?: string };
  // One that was taken back before it began counts, too: PGO shows it as it shows one that was broken off.
  const { id: shown } = shownRestore(database);
  const isOfOtherData = [restored, shown].some((id) => id !== undefined && id !== recorded);
  return text === 'unknown' || isOfOtherData ? [] : (JSON.parse(text) as string[]);
}

const isServing = ({ metadata, status }: Resource): boolean =>
  metadata.labels?.['app.kubernetes.io/component'] === 'web' &&
  conditionsOf({ metadata, status } as Resource).some((each) => each.type === 'Ready' && each.status === 'True');

/** The database has the migrations of that image, or those of a later version. */
const hasSchemaOf = (image: string, migrated: readonly string[]): boolean => {
  const [wanted] = namedVersion(image);
  const isOlder = migrated.flatMap(namedVersion).some((version) => wanted !== undefined && compareVersions(wanted, version) < 0);
  return migrated.includes(image) || isOlder;
};

/** Migrations that run: pods of Jobs that have started and not ended. */
const migrations = (cluster: Cluster): Resource[] =>
  own(cluster, POD).filter(
    ({ metadata, status }) => metadata.labels?.['app.kubernetes.io/component'] === 'migration' && status?.phase === 'Running',
  );

/** Seconds after a restore within which what was decided before may still happen, and within which pods may still be on their way out. */
const SEEN = 25;
const GONE = 60;
const isOfWeb = ({ metadata }: Resource): boolean => metadata.labels?.['app.kubernetes.io/component'] === 'web';
const podImage = ({ spec }: Resource): string => (spec?.containers as { image: string }[] | undefined)?.[0]?.image ?? '';

/** Whether the pod waits for the database, once its sidecars run. */
function isInOrder({ spec }: Resource): boolean {
  const containers = (spec?.initContainers ?? []) as { name: string; restartPolicy?: string }[];
  const waiting = containers.findIndex(({ name }) => name === WAITING_CONTAINER);
  return waiting !== -1 && containers.every(({ restartPolicy }, index) => (restartPolicy === 'Always') === index < waiting);
}

/** How many restores by the spec and how many drills have succeeded, and how many clones were made. */
export interface Ended {
  restores: number;
  drills: number;
  clones: number;
}

/**
 * Watches every write for what must never be. `lost`: seconds so far in which the operator, Metacontroller or PGO did nothing; these excuse, and others
 * do not. `end` checks what is said in the end, and returns how many there were of each. */
export function lawful(cluster: Cluster, lost = (): number => 0): { check: () => void; end: () => Ended } {
  const data = dataOf(cluster);
  const restores = restoreLaws(cluster, lost);
  const drills = drillLaws(cluster, lost);
  const clones = cloneLaws(cluster, lost);
  const sources = sourceLaws(cluster, lost);
  const broken = poolerLaws(cluster);
  const waived = (): boolean => {
    const { spec, metadata } = bestieOf(cluster) ?? {};
    return fieldsOf(spec?.upgrade).backup === 'Skip' || metadata?.annotations?.['pets.bestie.com/skip-upgrade-backup'] === spec?.version;
  };
  // What changed while an answer was under way, or while the cache was held back, is an excuse; what was so long before is none.
  let lastWaived = -Infinity;
  // A Job that is deleted before the operator has seen it is made again with the backup of that moment, and with none that is older.
  const used = new Map<string, number>();
  /** Uids of the databases that the application has served users from. */
  const served = new Set<string>();
  const seconds = (): number => Date.parse(cluster.now()) / 1000 - lost();
  /** When the last restore ended, by that clock. */
  let ended: { at: number | undefined; seconds: number } = { at: undefined, seconds: Infinity };
  const restoredAt = (): number => {
    if (ended.at !== data.restoredAt()) ended = { at: data.restoredAt(), seconds: seconds() };
    return ended.seconds;
  };
  /** A pause changes nothing: who restores by hand meanwhile has the application on what that brings back. */
  let pausedUntil = -Infinity;
  const followPause = (): void => {
    if (bestieOf(cluster)?.metadata.annotations?.['pets.bestie.com/paused'] === 'true') pausedUntil = seconds();
  };
  /** Whether a restore has ended so long ago that every replica has seen it, whatever was held back. */
  const isRestored = (since: number): boolean => {
    const resumed = isOurs(data.restores().at(-1)) ? -Infinity : pausedUntil;
    return seconds() - Math.max(restoredAt(), resumed) > since;
  };
  /** The restore that the database operator shows, and since when: the answer that stops the application for it may be under way. */
  let shown: { id: string | undefined; since: number } = { id: undefined, since: -Infinity };
  const followShown = (): void => {
    const { id } = shownRestore(databaseOf(cluster));
    if (id !== shown.id) shown = { id, since: seconds() };
  };
  const isSeen = (): boolean => {
    const resumed = shown.id === undefined || isOurs(shown.id) ? -Infinity : pausedUntil;
    return data.restoredAt() === undefined ? seconds() - Math.max(shown.since, resumed) > SEEN : isRestored(SEEN);
  };
  cluster.server.watch(({ type, object }) => {
    followShown();
    restoredAt();
    if (waived()) lastWaived = seconds();
    followPause();
    if (!isOwn(object)) return;
    const key = `${object.kind}.${object.apiVersion}`;
    const database = databaseOf(cluster);
    if (type !== 'DELETED' && key === POD && isServing(object)) served.add(database?.metadata.uid ?? '');
    if (type === 'ADDED' && key === JOB && JSON.stringify(object.spec).includes('seed undo') && served.has(database?.metadata.uid ?? ''))
      broken.push('what users wrote is undone');
    if (type === 'ADDED' && key === JOB && isRestored(SEEN) && isSeeding(object)) broken.push('what was restored is seeded');
    if (type === 'ADDED' && key === POD && isRestored(SEEN) && isOfWeb(object) && !hasSchemaOf(podImage(object), data.migrated()))
      broken.push(`a pod of ${podImage(object)} is made for data without its migrations`);
    if (type === 'DELETED' && key === POSTGRES_CLUSTER) broken.push('the database was deleted');
    if (type === 'ADDED' && key === POD && !isInOrder(object))
      broken.push('a pod does not wait for the database, or before its sidecar runs');
    if (type === 'ADDED' && key === JOB) {
      const past = migratedOf(database, data.restores().at(-1));
      const run = manualBackup(database);
      const id = object.metadata.annotations?.[annotations.backup] ?? '';
      const proven =
        run.id === id && run.finished === true && Number(run.succeeded ?? 0) > 0 && seconds() - (used.get(id) ?? seconds()) <= 20;
      if (!used.has(id)) used.set(id, seconds());
      if (past.length > 0 && !past.includes(imageOf(object)) && !proven && seconds() - lastWaived > 15)
        broken.push(`${imageOf(object)} is migrated without a backup of its own`);
      if (migrations(cluster).length > 0) broken.push('a second migration begins');
    }
    if (type !== 'DELETED' && key === DEPLOYMENT && !hasSchemaOf(imageOf(object), migratedOf(database, data.restores().at(-1)))) {
      const jobs = own(cluster, JOB).filter((job) => imageOf(job) === imageOf(object) && Number(job.status?.succeeded ?? 0) > 0);
      if (jobs.length === 0 && Number(object.spec?.replicas) > 0 && isSeen())
        broken.push(`${imageOf(object)} runs on a database without its migrations`);
    }
  });
  return {
    check: () => {
      followPause();
      const run = manualBackup(databaseOf(cluster));
      // One that has hung for five minutes, by some clock, is waited for no more.
      const isRecent = Date.parse(cluster.now()) - Date.parse(String(run.startTime)) < 240_000;
      const backups =
        run.finished === false && isRecent && /^(pre-upgrade|quiet-upgrade|pre-restore|post-restore|on-demand|final)\./.test(String(run.id))
          ? 1
          : 0;
      const strange = own(cluster, POD).filter((pod) => isServing(pod) && !hasSchemaOf(podImage(pod), data.migrated()));
      if (isRestored(GONE) && strange.length > 0) broken.push('the application serves from data without its migrations');
      if (backups + migrations(cluster).length > 1) broken.push('two operations on the database at once');
      restores.check();
      drills.check();
      clones.check();
      sources.check();
      assert.deepEqual([...broken, ...restores.broken, ...drills.broken, ...clones.broken, ...sources.broken], []);
    },
    end: () => {
      const count = { restores: restores.end(), drills: drills.end(), clones: clones.end() };
      assert.deepEqual([...restores.broken, ...drills.broken, ...clones.broken], []);
      return count;
    },
  };
}

/** What was written, one line each. */
export const shown = (writes: readonly Write[]): string[] =>
  writes.map(({ by, verb, kind, name, outcome }) => `${by} ${verb} ${kind} ${name} ${outcome}`);
