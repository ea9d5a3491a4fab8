/** The laws of restores by the spec, which hold at every write. */
import { hash8 } from '../../src/lib/hash.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { BESTIE, JOB, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf, RESTORE_ANNOTATION } from './data.ts';
import { imageOf } from './jobs.ts';
import { isOurs, shownRestore, targetOf } from './restoretarget.ts';
import { isOwn, own } from './whose.ts';
import { labelOf } from './timelines.ts';
import { bestieOf } from './sandbox.ts';

/** Milliseconds within which what was decided before may still happen. */
const SEEN = 25_000;

interface Wanted {
  time?: string;
  backup?: string;
  latest?: boolean;
}

const component = ({ metadata }: Resource): string | undefined => metadata.labels?.['app.kubernetes.io/component'];
const isRunning = (pod: Resource): boolean => pod.status?.phase === 'Running';
const writes = (pod: Resource): boolean => isRunning(pod) && ['web', 'migration'].includes(component(pod) ?? '');
const hashOf = (id: string): string => id.split('.').at(-1) ?? '';

/** The request as the operator has sent it last. */
function sent(database: Resource): { id: string; block: string; database: Resource } | undefined {
  const record = database.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  if (record === undefined) return undefined;
  const applied = JSON.parse(record) as Resource;
  const { restore } = fieldsOf(fieldsOf(applied.spec?.backups).pgbackrest);
  const id = applied.metadata.annotations?.[RESTORE_ANNOTATION];
  return restore === undefined || id === undefined ? undefined : { id, block: JSON.stringify(restore), database: applied };
}

/** A backup that runs, and has not hung for minutes. */
function backsUp(database: Resource | undefined, now: number): boolean {
  const { manualBackup, scheduledBackups = [] } = fieldsOf(database?.status?.pgbackrest) as {
    manualBackup?: { finished?: boolean; startTime?: string };
    scheduledBackups?: { active?: number; startTime?: string }[];
  };
  const isRecent = (at: string | undefined): boolean => now - Date.parse(at ?? '') < 240_000;
  const isManual = manualBackup?.finished === false && isRecent(manualBackup.startTime);
  return isManual || scheduledBackups.some(({ active, startTime }) => (active ?? 0) > 0 && isRecent(startTime));
}

/** Watches every write for what must never be. `lost`: as in lifelaws.ts. */
export function restoreLaws(cluster: Cluster, lost = (): number => 0): { broken: string[]; check: () => void; end: () => number } {
  const broken: string[] = [];
  const data = dataOf(cluster);
  const now = (): number => Date.parse(cluster.now());
  /** Milliseconds of a clock that stands still where the operator cannot act. */
  const acted = (): number => now() - lost() * 1000;
  /** By the hash of the id: every target that the spec has had under it. */
  const wanted = new Map<string, Wanted[]>();
  /** Hashes of ids that a user has given up, now and ever, and of the backups before migrations that failed under `onFailure: Restore`. */
  const abandoned = new Set<string>();
  let givenUp = { hash: '', since: 0 };
  const undone = new Map<string, { startTime: string; dirty: boolean }>();
  const failing = new Set<string>();
  let restoresOnFailure = -Infinity;
  let armed: ReturnType<typeof sent>;
  const succeeded = new Set<string>();
  const accepted: string[] = [];

  function followSpec(bestie: Resource): void {
    const { restore, upgrade } = bestie.spec ?? {};
    const { id, target } = fieldsOf(restore) as { id?: string; target?: Wanted };
    if (id !== undefined && target !== undefined) wanted.set(hash8(id), [...(wanted.get(hash8(id)) ?? []), target]);
    const given = bestie.metadata.annotations?.['pets.bestie.com/abandon-restore'];
    if (hash8(given ?? '') !== givenUp.hash) givenUp = { hash: hash8(given ?? ''), since: acted() };
    abandoned.add(givenUp.hash);
    if (fieldsOf(upgrade).onFailure === 'Restore') restoresOnFailure = acted();
  }

  const asked = (id: string, object: Resource): boolean => {
    const { at, label, isImmediate } = targetOf(object);
    if (undone.has(hashOf(id))) return isImmediate && label === undefined && failing.has(hashOf(id));
    const fits = ({ time, backup, latest }: Wanted): boolean => {
      if (latest === true) return at === undefined && !isImmediate;
      return backup === undefined ? at === Date.parse(time ?? '') : label === backup;
    };
    return wanted.get(hashOf(id))?.some(fits) ?? false;
  };

  /** What the operator requests. */
  function followRequest(object: Resource): void {
    const [before, next] = [armed, sent(object)];
    armed = next;
    if (next !== undefined && next.id === before?.id) {
      if (next.block !== before.block) broken.push(`the request of restore ${next.id} changes while it stands`);
      return;
    }
    const isOver = before === undefined || succeeded.has(before.id) || abandoned.has(hashOf(before.id));
    if (next === undefined) {
      if (!isOver) broken.push('Postgres is started on half a restore');
      return;
    }
    if (givenUp.hash === hashOf(next.id) && acted() - givenUp.since > SEEN)
      broken.push(`restore ${next.id} is carried out although it was given up`);
    if (!asked(next.id, next.database)) broken.push(`restore ${next.id} is not what was requested`);
    if (own(cluster, POD).some(writes)) broken.push('data is replaced while a pod may write');
    if (backsUp(object, now())) broken.push('data is replaced while a backup runs');
  }

  /** What the database operator makes of it. */
  function followRestore(object: Resource): void {
    const { id, succeeded: count } = shownRestore(object);
    if (id === undefined) return;
    if (id !== accepted.at(-1)) {
      // A person who requests one in between takes the operator's request away, which it puts back.
      if (accepted.includes(id) && isOurs(id) && isOurs(accepted.at(-1))) broken.push(`restore ${id} is carried out twice`);
      if (isOurs(id) && undone.get(hashOf(id))?.dirty === true) broken.push('what users wrote since the backup is lost');
      accepted.push(id);
    }
    if (count === undefined || succeeded.has(id)) return;
    succeeded.add(id);
    if (isOurs(id)) checkData(id, object);
  }

  function checkData(id: string, object: Resource): void {
    const { at, label, isImmediate } = targetOf(armed?.id === id ? armed.database : object);
    const backup = label === undefined ? data.backups().at(-1) : data.backups().find((each) => labelOf(each) === label);
    const expected = data.was(at ?? (isImmediate ? (backup?.endedAt ?? 0) : now() - 1));
    const [held, want] = [data.migrated(), expected].map((each) => each.join());
    if (held !== want) broken.push(`restore ${id} brings back ${held ?? ''} instead of ${want ?? ''}`);
  }

  /** The backups before migrations that are undone where these fail. One is taken anew whose failure others have made the database operator forget. */
  function followQuiet(object: Resource): void {
    const { id, startTime } = fieldsOf(fieldsOf(object.status?.pgbackrest).manualBackup) as { id?: string; startTime?: string };
    if (id?.startsWith('quiet-upgrade.') !== true || startTime === undefined || undone.get(hash8(id))?.startTime === startTime) return;
    undone.set(hash8(id), { startTime, dirty: own(cluster, POD).some((pod) => writes(pod) && component(pod) === 'web') });
  }

  /** From the request to the success of a restore of ours the data is none that anything may run on. */
  const isHalf = (): boolean => armed !== undefined && !abandoned.has(hashOf(armed.id)) && !succeeded.has(armed.id);

  cluster.server.watch(({ type, object }) => {
    if (!isOwn(object)) return;
    const key = `${object.kind}.${object.apiVersion}`;
    if (key === BESTIE) followSpec(object);
    if (key === POSTGRES_CLUSTER && type !== 'DELETED') {
      followQuiet(object);
      followRestore(object);
      followRequest(object);
    }
    if (key === POD && isRunning(object) && component(object) === 'web') undone.forEach((each) => (each.dirty = true));
    if (key === JOB && type === 'ADDED' && isHalf()) broken.push(`${imageOf(object)} is migrated on half a restore`);
    if (key === JOB && conditionsOf(object).some((each) => each.type === 'Failed' && each.status === 'True')) {
      const backup = object.metadata.annotations?.['pets.bestie.com/backup'] ?? '';
      if (acted() - restoresOnFailure < 60_000 || fieldsOf(bestieOf(cluster)?.spec?.upgrade).onFailure === 'Restore')
        failing.add(hash8(backup));
    }
  });

  return {
    broken,
    check: () => {
      const pods = own(cluster, POD).filter(writes);
      if (isHalf() && pods.length > 0) broken.push('the application serves from half a restore');
    },
    end: () => {
      const bestie = bestieOf(cluster);
      const { id } = fieldsOf(bestie?.spec?.restore) as { id?: string };
      const {
        id: shown,
        phase,
        message,
        history = [],
      } = fieldsOf(bestie?.status?.restore) as {
        id?: string;
        phase?: string;
        message?: string;
        history?: { id: string }[];
      };
      const restored = bestie && conditionsOf(bestie).find(({ type }) => type === 'Restored');
      if (shown !== undefined && restored === undefined) broken.push('no condition says what became of a restore');
      if (id !== undefined && ![shown, ...history.map((each) => each.id)].includes(id)) broken.push(`nothing says what became of ${id}`);
      const own = accepted.filter(isOurs).filter((each) => hashOf(each) === hash8(shown ?? ''));
      if (phase === 'Succeeded' && !own.some((each) => succeeded.has(each))) broken.push(`${shown ?? ''} is said to have succeeded`);
      if (phase !== 'Succeeded' && phase !== undefined && message === undefined) broken.push(`${phase} without a word`);
      return [...succeeded].filter(isOurs).length;
    },
  };
}
