/** What one PostgresCluster of a sandbox holds, from its creation on: followed from what is written, for no status says it. */
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { isBootstrap, isOurs, shownRestore, targetOf } from './restoretarget.ts';
import { createTimelines, type Backup, type Outcome, type State, type Timelines } from './timelines.ts';

/** A copy that was made into a database. */
export interface Fill {
  at: number;
  /** The Postgres system that was copied. */
  system: string;
  /** Whether the database had been up before: its data is lost then. */
  wasUp: boolean;
}

/** What all databases of one name share, one after the other. */
export interface Named {
  name: string;
  /** How restores that are possible end: `fail`, `hang`, or empty. */
  meddled: string;
  /** What the next restore by hand brings back. */
  byHand?: State;
}

/** What a copy finds at its source. */
export interface Copied {
  outcome: Outcome;
  system: string;
}

export interface OneDatabase {
  timelines: () => Timelines;
  /** The identifier that Postgres gives its data when it is made, and keeps through restores and copies. */
  system: () => string;
  fills: readonly Fill[];
  restores: readonly string[];
  restoredAt: () => number | undefined;
  /** Lets the restore that runs end as it must. */
  play: () => void;
  see: (database: Resource) => void;
}

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

interface Running extends Copied {
  id: string;
  isOver: boolean;
}

const fates: Readonly<Record<string, string>> = { fails: 'fail', hangs: 'hang' };

/** Follows a database; `copied` knows what its source holds. */
export function followOne(cluster: Cluster, named: Named, own: string, copied: (database: Resource) => Copied): OneDatabase {
  const time = (): number => Date.parse(cluster.now());
  const fills: Fill[] = [];
  const restores: string[] = [];
  let [timelines, system] = [createTimelines(time()), own];
  let backUp = followBackups(timelines);
  let running: Running | undefined;
  let played = '';
  let restoredAt: number | undefined;
  let wasUp = false;
  const here = () => timelines.point(time());

  function play(): void {
    const fate = typeof running?.outcome === 'string' ? (fates[running.outcome] ?? '') : named.meddled;
    const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', named.name);
    if (database === undefined || fate === played) return;
    played = fate;
    cluster.edit(POSTGRES_CLUSTER, 'shop', named.name, ({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, annotations: { ...metadata.annotations, 'sandbox/restore': fate } },
    }));
  }

  const resultOf = (database: Resource, id: string): Copied => {
    if (isBootstrap(id)) return copied(database);
    if (isOurs(id)) return { outcome: timelines.outcomeOf(targetOf(database), time()), system };
    if (named.byHand === undefined) return { outcome: { held: [], from: here() }, system };
    return { outcome: { held: named.byHand.held, from: timelines.point(named.byHand.at) }, system };
  };

  function end({ id, outcome }: Running, isBack: boolean): void {
    const reached = isBack && typeof outcome !== 'string' ? outcome : { held: [], from: here() };
    restores.push(id);
    timelines.fork(time(), reached.held, reached.from);
    restoredAt = time() / 1000;
  }

  /** A copy brings the identifier along, and none of the history: its backups are those of the source. */
  function fill({ outcome, system: theirs }: Running): void {
    const held = typeof outcome === 'string' ? [] : outcome.held;
    timelines = createTimelines(time(), held);
    backUp = followBackups(timelines);
    system = theirs;
    fills.push({ at: time(), system, wasUp });
  }

  function followRestore(database: Resource): void {
    const { id, finished, succeeded, active } = shownRestore(database);
    if (id === undefined) return;
    if (finished === false && active === undefined) running = undefined;
    if (finished === false && active !== undefined && running?.id !== id) {
      running = { id, ...resultOf(database, id), isOver: false };
      play();
    }
    // Postgres comes up on what is left of one that was broken off, or has failed, once it is requested no more: nothing is known of that.
    const isUp = database.status?.patroni !== undefined && (finished === true || active !== undefined);
    const isOver = succeeded !== undefined || isUp || (finished === true && !isOurs(id) && !isBootstrap(id));
    if (running?.id !== id || running.isOver || !isOver) return;
    running.isOver = true;
    if (succeeded !== undefined && typeof running.outcome === 'string')
      throw new Error(`restore ${id} ends although it ${running.outcome}`);
    if (!isBootstrap(id)) end(running, succeeded !== undefined || !isOurs(id));
    else if (succeeded !== undefined) fill(running);
  }

  return {
    timelines: () => timelines,
    system: () => system,
    fills,
    restores,
    restoredAt: () => restoredAt,
    play,
    see: (database) => {
      backUp(database, time());
      followRestore(database);
      wasUp ||= database.status?.patroni !== undefined;
    },
  };
}
