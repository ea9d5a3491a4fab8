/** The laws of drills, which hold at every write: a drill writes nothing but its own copy, goes alone, is shielded, and ends. */
import { annotations } from '../../src/api/names.ts';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { FOREGROUND, type Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { RESTORE_ANNOTATION } from './data.ts';
import { lastMeddled } from './drillevents.ts';
import { copyOf, policyOf } from './drills.ts';
import { shownRestore } from './restoretarget.ts';
import { bestieOf } from './sandbox.ts';
import { applied } from './sourcelaws.ts';
import { isAtWork, isOfDrill, isOwn, NETWORK_POLICY, own } from './whose.ts';

/** Seconds within which what was decided before may still happen. */
const SEEN = 25;
/** Seconds after which Metacontroller asks again, whatever happens, and in which an answer is carried out. */
const RESYNC = 60 + SEEN;

const OURS = /^(pre-upgrade|quiet-upgrade|pre-restore|post-restore|on-demand|final)\./;

const has = (job: Resource, type: string): boolean => conditionsOf(job).some((each) => each.type === type && each.status === 'True');

/** The requests that stand on the object of the database, by what was last applied. */
function requested(database: Resource | undefined): { backup: string | undefined; restore: string | undefined } {
  const { [BACKUP_ANNOTATION]: backup = '', [RESTORE_ANNOTATION]: restore = '' } = applied(database)?.metadata.annotations ?? {};
  return { backup: OURS.test(backup) ? backup : undefined, restore: restore.startsWith('restore.') ? restore : undefined };
}

const isRunning = (job: Resource): boolean => !has(job, 'Complete') && !has(job, 'Failed') && Number(job.status?.active ?? 0) > 0;

interface Known {
  until: number;
  /** Since when, by a clock that stands still where the operator cannot act. */
  since: number;
  /** Seconds that were lost by then. */
  lost: number;
}

/** Watches every write. `lost`: as in lifelaws.ts. `end` returns how many drills have succeeded. */
export function drillLaws(cluster: Cluster, lost = (): number => 0): { broken: string[]; check: () => void; end: () => number } {
  const broken: string[] = [];
  const seconds = (): number => Date.parse(cluster.now()) / 1000;
  const acted = (): number => seconds() - lost();
  const copies = new Map<string, Known>();
  /** The times at which a check has succeeded. */
  const successes = new Set<string>();
  let standing = requested(undefined);
  /** A person who pauses, or whose spec is unacceptable, has what stands as it is. */
  let heldUntil = -Infinity;
  /** The garbage collector takes everything at once then, whatever the operator answers. */
  const isForeground = (): boolean => bestieOf(cluster)?.metadata.finalizers?.includes(FOREGROUND) === true;
  /** Whether a person has taken the policy away, or keeps it from being made. */
  const isMeddled = (): boolean =>
    isForeground() || seconds() - lastMeddled(cluster) / 1000 < RESYNC + 2 * lost() || acted() - heldUntil < SEEN;

  const old = (): Resource | undefined => {
    const copy = copyOf(cluster);
    const since = copies.get(copy?.metadata.uid ?? '')?.since ?? Infinity;
    return isAtWork(copy) && acted() - since > SEEN ? copy : undefined;
  };

  function followCopy(type: string, object: Resource): void {
    const own = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
    if (type === 'ADDED') {
      const { until = '' } = JSON.parse(object.metadata.annotations?.[annotations.drill] ?? '{}') as { until?: string };
      copies.set(object.metadata.uid, { until: Date.parse(until) / 1000, since: acted(), lost: lost() });
      if (Number.isNaN(Date.parse(until))) broken.push('a copy is made without a bound');
      if (policyOf(cluster) === undefined && !isMeddled()) broken.push('a copy is made without its policy');
      const run = fieldsOf(fieldsOf(own?.status?.pgbackrest).manualBackup);
      if (run.finished === false && OURS.test(String(run.id)) && seconds() - Date.parse(String(run.startTime)) / 1000 < 240)
        broken.push('a drill begins beside a backup');
      if (own !== undefined && requested(own).restore !== undefined && shownRestore(own).finished !== true)
        broken.push('a drill begins beside a restore');
      if (migrationsAtWork()) broken.push('a drill begins beside a migration');
    }
  }

  const migrationsAtWork = (): boolean => own(cluster, JOB).some(isRunning);

  function followDatabase(database: Resource): void {
    const next = requested(database);
    if (old() !== undefined) {
      if (next.backup !== undefined && next.backup !== standing.backup) broken.push(`backup ${next.backup} is requested beside a drill`);
      if (next.restore !== undefined && next.restore !== standing.restore) broken.push(`restore ${next.restore} is armed beside a drill`);
    }
    standing = next;
  }

  function followCheck(job: Resource): void {
    const end = conditionsOf(job).find((each) => each.type === 'Complete' && each.status === 'True');
    if (end !== undefined) successes.add(end.lastTransitionTime);
  }

  function followBestie({ status }: Resource): void {
    const { at } = fieldsOf(fieldsOf(status?.backup).verified) as { at?: string };
    if (at !== undefined && !successes.has(at)) broken.push(`a drill is said to have succeeded at ${at}`);
  }

  function followHold(): void {
    const bestie = bestieOf(cluster);
    const isPaused = bestie?.metadata.annotations?.['pets.bestie.com/paused'] === 'true';
    if (isPaused || bestie?.spec?.terminationGracePeriodSeconds === -1) heldUntil = acted();
  }

  cluster.server.watch(({ type, object }) => {
    const key = `${object.kind}.${object.apiVersion}`;
    followHold();
    if (key === BESTIE && type !== 'DELETED' && isOwn(object)) followBestie(object);
    if (key === JOB && isOfDrill(object)) followCheck(object);
    if (key === JOB && isOwn(object) && type === 'ADDED' && old() !== undefined) broken.push('a migration begins beside a drill');
    if (
      key === NETWORK_POLICY &&
      isOfDrill(object) &&
      type === 'DELETED' &&
      copyOf(cluster) !== undefined &&
      !isMeddled() &&
      bestieOf(cluster)
    )
      broken.push('the policy goes before the copy');
    if (key !== POSTGRES_CLUSTER) return;
    if (isOfDrill(object)) followCopy(type, object);
    else if (isOwn(object) && type !== 'DELETED') followDatabase(object);
  });

  return {
    broken,
    check: () => {
      followHold();
      const copy = copyOf(cluster);
      if (copy === undefined) return;
      if (policyOf(cluster) === undefined && !isMeddled() && bestieOf(cluster)) broken.push('a copy is not shielded');
      const known = copies.get(copy.metadata.uid);
      if (isAtWork(copy) && known !== undefined && seconds() > known.until + RESYNC + 2 * (lost() - known.lost))
        broken.push('a drill outlives its bound');
    },
    end: () => {
      const left = cluster.user.everything().filter((each) => each.kind !== 'Event' && isOfDrill(each));
      if (left.length > 0) broken.push(`of a drill is left: ${left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join()}`);
      return successes.size;
    },
  };
}
