/**
 * What the database of a sandbox really holds, which no status says: the images whose migrations have run on its data. A restore brings back what
 * it held at another time.
 */
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { createTimelines, type Backup, type Outcome, type State, type Target, type Timelines } from './timelines.ts';

export const RESTORE_ANNOTATION = 'postgres-operator.crunchydata.com/pgbackrest-restore';

type Template = { spec?: { initContainers?: { name: string }[]; containers?: { image: string; name: string }[] } } | undefined;
const templateOf = ({ spec }: Resource): Template => spec?.template as Template;
export const imageOf = (object: Resource): string => templateOf(object)?.spec?.containers?.[0]?.image ?? '';
const isComplete = (job: Resource): boolean => conditionsOf(job).some(({ type, status }) => type === 'Complete' && status === 'True');
/** Whether the Job loads the sample data. */
export const isSeeding = (job: Resource): boolean => templateOf(job)?.spec?.containers?.some(({ name }) => name === 'seed') ?? false;

export interface Data {
  /** Images whose migrations the data has. */
  migrated: () => readonly string[];
  /** What was there after each migration and each restore, the oldest first; the data begins empty. */
  past: () => readonly State[];
  /** What the data was at that moment, in milliseconds. */
  was: (at: number) => readonly string[];
  backups: () => readonly Backup[];
  /** What the next restore by hand brings back: the data of that moment, in milliseconds. */
  target: (migrated: readonly string[], at?: number) => void;
  /** Seconds, by the clock of the cluster, at which the last restore ended; undefined where there was none. */
  restoredAt: () => number | undefined;
  /** Ids of the restores that ended. */
  restores: () => readonly string[];
  /** Another instance takes over, and begins a history of its own where that of the former one ends. */
  failOver: () => void;
  /** How restores that are possible end: `fail`, `hang`, or empty. */
  meddle: (fate: string) => void;
}

const known = new WeakMap<Cluster, Data>();

/** Follows what is written from the first time that it is called. */
export function dataOf(cluster: Cluster): Data {
  const data = known.get(cluster) ?? follow(cluster);
  known.set(cluster, data);
  return data;
}

/** Whether the operator has requested it. */
export const isOurs = (id: unknown): boolean => String(id).startsWith('restore.');

/** What the options of the request mean. */
export function targetOf(database: Resource): Target {
  const { repoName, options = [] } = fieldsOf(fieldsOf(fieldsOf(database.spec?.backups).pgbackrest).restore) as {
    repoName?: string;
    options?: string[];
  };
  const all = options.join(' ');
  const [, moment] = /--target='([^']*)'/.exec(all) ?? [];
  const [, label] = /--set=(\S+)/.exec(all) ?? [];
  return {
    repo: repoName ?? '',
    ...(moment !== undefined && { at: Date.parse(moment.replace(' ', 'T').replace('+00', 'Z')) }),
    ...(label !== undefined && { label }),
    isImmediate: all.includes('--type=immediate'),
    isOwnHistory: all.includes('timeline=current'),
  };
}

/** What the database operator shows of a restore. */
export const shownRestore = (database: Resource | undefined) =>
  fieldsOf(fieldsOf(database?.status?.pgbackrest).restore) as {
    id?: string;
    finished?: boolean;
    succeeded?: number;
    active?: number;
  };

/** Follows the backups that succeed. */
function followBackups(timelines: Timelines): (database: Resource, now: number) => void {
  const done = new Set<string>();
  const into = new Map<unknown, string>();
  const add = (key: string, backup: Omit<Backup, 'history'>): void => {
    if (!done.has(key)) timelines.backUp(backup);
    done.add(key);
  };
  return (database, now) => {
    const {
      manualBackup,
      scheduledBackups = [],
      repos = [],
    } = fieldsOf(database.status?.pgbackrest) as {
      manualBackup?: { id: string; succeeded?: number; startTime?: string; completionTime?: string };
      scheduledBackups?: { cronJobName: string; repo: string; succeeded?: number; startTime: string; completionTime?: string }[];
      repos?: { name: string; replicaCreateBackupComplete?: boolean }[];
    };
    const { repoName } = fieldsOf(fieldsOf(fieldsOf(database.spec?.backups).pgbackrest).manual) as { repoName?: string };
    if (manualBackup !== undefined && repoName !== undefined && !into.has(manualBackup.id)) into.set(manualBackup.id, repoName);
    const first = repos.find(({ replicaCreateBackupComplete }) => replicaCreateBackupComplete === true);
    if (first !== undefined) add('first', { repo: first.name, startedAt: now, endedAt: now });
    for (const { cronJobName, repo, succeeded, startTime, completionTime } of scheduledBackups)
      if (succeeded !== undefined)
        add(`${cronJobName} ${startTime}`, { repo, startedAt: Date.parse(startTime), endedAt: Date.parse(completionTime ?? '') });
    if (manualBackup?.succeeded !== undefined)
      add(manualBackup.id, {
        repo: into.get(manualBackup.id) ?? '',
        startedAt: Date.parse(manualBackup.startTime ?? ''),
        endedAt: Date.parse(manualBackup.completionTime ?? ''),
      });
  };
}

function follow(cluster: Cluster): Data {
  const time = (): number => Date.parse(cluster.now());
  const timelines = createTimelines(time());
  const backUp = followBackups(timelines);
  let byHand: State | undefined;
  let running: { id: string; outcome: Outcome; isOver: boolean } | undefined;
  let meddled = '';
  let played = '';
  const restores: string[] = [];
  let restoredAt: number | undefined;
  const done = new Set<string>();
  const here = () => timelines.point(time());

  const fates: Readonly<Record<string, string>> = { fails: 'fail', hangs: 'hang' };
  /** Lets the restore that runs end as Postgres would let it end. */
  function play(): void {
    const fate = typeof running?.outcome === 'string' ? (fates[running.outcome] ?? '') : meddled;
    const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
    if (database === undefined || fate === played) return;
    played = fate;
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, annotations: { ...metadata.annotations, 'sandbox/restore': fate } },
    }));
  }

  const resultOf = (database: Resource, id: string): Outcome => {
    if (isOurs(id)) return timelines.outcomeOf(targetOf(database), time());
    if (byHand === undefined) return { held: [], from: here() };
    return { held: byHand.held, from: timelines.point(byHand.at) };
  };

  function followRestore(database: Resource): void {
    const { id, finished, succeeded, active } = shownRestore(database);
    if (id === undefined) return;
    if (finished === false && active === undefined) running = undefined;
    if (finished === false && active !== undefined && running?.id !== id) {
      running = { id, outcome: resultOf(database, id), isOver: false };
      play();
    }
    // Postgres comes up on what is left of one that was broken off, or has failed, once it is requested no more: nothing is known of that.
    const isUp = database.status?.patroni !== undefined && (finished === true || active !== undefined);
    const isOver = succeeded !== undefined || isUp || (finished === true && !isOurs(id));
    if (running?.id !== id || running.isOver || !isOver) return;
    const { outcome } = running;
    running.isOver = true;
    if (succeeded !== undefined && typeof outcome === 'string') throw new Error(`restore ${id} ends although it ${outcome}`);
    const isBack = succeeded !== undefined || !isOurs(id);
    const reached = isBack && typeof outcome !== 'string' ? outcome : { held: [], from: here() };
    restores.push(id);
    timelines.fork(time(), reached.held, reached.from);
    restoredAt = time() / 1000;
  }

  cluster.server.watch(({ type, object }) => {
    const key = `${object.kind}.${object.apiVersion}`;
    if (type !== 'DELETED' && key === JOB && isComplete(object) && !done.has(object.metadata.uid)) {
      done.add(object.metadata.uid);
      timelines.write(time(), [...new Set([...timelines.now(), imageOf(object)])]);
    }
    if (key !== POSTGRES_CLUSTER || type === 'DELETED') return;
    backUp(object, time());
    followRestore(object);
  });

  return {
    migrated: timelines.now,
    past: timelines.states,
    was: timelines.was,
    backups: timelines.backups,
    target: (held, at = time()) => {
      byHand = { held, at };
    },
    restoredAt: () => restoredAt,
    restores: () => restores,
    failOver: () => {
      const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
      if (database?.status?.patroni !== undefined) timelines.fork(time(), timelines.now(), here());
    },
    meddle: (fate) => {
      meddled = fate;
      play();
    },
  };
}

/** What a person does to restore with the means of PGO, to the end or to a moment in milliseconds: the block in the spec, and a new id. */
export function restoreByHand(cluster: Cluster, id: string, at?: number): void {
  const moment = at === undefined ? '' : new Date(at).toISOString().replace('T', ' ').replace('Z', '+00');
  const options = at === undefined ? {} : { options: ['--type=time', `--target='${moment}'`] };
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, spec, ...rest }) => {
    const backups = fieldsOf(spec?.backups);
    const pgbackrest = { ...fieldsOf(backups.pgbackrest), restore: { enabled: true, repoName: 'repo1', ...options } };
    return {
      ...rest,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [RESTORE_ANNOTATION]: id } },
      spec: { ...spec, backups: { ...backups, pgbackrest } },
    };
  });
}

/** Takes the request back, as a person does once the data is there. */
export function disarmByHand(cluster: Cluster): void {
  if (cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo') === undefined) return;
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, spec, ...rest }) => {
    const { [RESTORE_ANNOTATION]: _, ...annotations } = metadata.annotations ?? {};
    const { restore: __, ...pgbackrest } = fieldsOf(fieldsOf(spec?.backups).pgbackrest);
    return { ...rest, metadata: { ...metadata, annotations }, spec: { ...spec, backups: { ...fieldsOf(spec?.backups), pgbackrest } } };
  });
}
