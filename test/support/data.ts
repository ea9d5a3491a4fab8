/**
 * What the database of a sandbox really holds, which no status says: the images whose migrations have run on its data. A restore brings back what
 * it held at another time.
 */
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { createRegistry, type Registry } from './databases.ts';
import type { Fill, OneDatabase } from './onedatabase.ts';
import type { Backup, State } from './timelines.ts';

export const RESTORE_ANNOTATION = 'postgres-operator.crunchydata.com/pgbackrest-restore';

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
  /** How restores, and copies into it, that are possible end: `fail`, `hang`, or empty. */
  meddle: (fate: string) => void;
  /** The identifier that Postgres gave the data when it was made: a copy has that of its source. */
  system: () => string;
  /** Copies that were made into it. */
  fills: () => readonly Fill[];
  /** Paths in buckets into which more than one database has archived, whichever. */
  shared: () => readonly string[];
}

const known = new WeakMap<Cluster, Registry>();

/** The data of the database of that name, of the newest where there were several; follows what is written from the first time that it is called. */
export function dataOf(cluster: Cluster, name = 'bestie-pgo'): Data {
  const registry = known.get(cluster) ?? createRegistry(cluster);
  known.set(cluster, registry);
  const one = (): OneDatabase => registry.latest(name);
  const time = (): number => Date.parse(cluster.now());
  const named = registry.named(name);
  return {
    migrated: () => one().timelines().now(),
    past: () => one().timelines().states(),
    was: (at) => one().timelines().was(at),
    backups: () => one().timelines().backups(),
    target: (held, at = time()) => {
      named.byHand = { held, at };
    },
    restoredAt: () => one().restoredAt(),
    restores: () => one().restores,
    failOver: () => {
      const timelines = one().timelines();
      const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', name);
      if (database?.status?.patroni !== undefined) timelines.fork(time(), timelines.now(), timelines.point(time()));
    },
    meddle: (fate) => {
      named.meddled = fate;
      one().play();
    },
    system: () => one().system(),
    fills: () => one().fills,
    shared: registry.shared,
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
