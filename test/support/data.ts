/**
 * What the database of a sandbox really holds, which no status says: the images whose migrations have run on its data. A restore brings back what
 * it held at another time.
 */
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';

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
  /** What was there after each migration, the oldest first; the data begins empty. */
  past: () => readonly (readonly string[])[];
  /** What the next restore brings back. */
  target: (migrated: readonly string[]) => void;
  /** Seconds, by the clock of the cluster, at which the last restore ended; undefined where there was none. */
  restoredAt: () => number | undefined;
  /** Ids of the restores that ended. */
  restores: () => readonly string[];
}

const known = new WeakMap<Cluster, Data>();

/** Follows what is written from the first time that it is called. */
export function dataOf(cluster: Cluster): Data {
  const data = known.get(cluster) ?? follow(cluster);
  known.set(cluster, data);
  return data;
}

function follow(cluster: Cluster): Data {
  let held: readonly string[] = [];
  let next: readonly string[] = [];
  const restores: string[] = [];
  let restoredAt: number | undefined;
  const past: (readonly string[])[] = [held];
  const done = new Set<string>();
  cluster.server.watch(({ type, object }) => {
    const key = `${object.kind}.${object.apiVersion}`;
    if (type !== 'DELETED' && key === JOB && isComplete(object) && !done.has(object.metadata.uid)) {
      done.add(object.metadata.uid);
      held = [...new Set([...held, imageOf(object)])];
      past.push(held);
    }
    if (key !== POSTGRES_CLUSTER) return;
    const { id, finished, active } = fieldsOf(fieldsOf(object.status?.pgbackrest).restore);
    // One that was broken off has no end; the database comes up with something all the same.
    const isOver = finished === true || (active !== undefined && object.status?.patroni !== undefined);
    if (!isOver || restores.at(-1) === id) return;
    restores.push(String(id));
    held = next;
    restoredAt = Date.parse(cluster.now()) / 1000;
  });
  return {
    migrated: () => held,
    past: () => past,
    target: (migrated) => {
      next = migrated;
    },
    restoredAt: () => restoredAt,
    restores: () => restores,
  };
}

/** What a person does to restore with the means of PGO: the block in the spec, and a new id. */
export function restoreByHand(cluster: Cluster, id: string): void {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', ({ metadata, spec, ...rest }) => {
    const backups = fieldsOf(spec?.backups);
    const pgbackrest = { ...fieldsOf(backups.pgbackrest), restore: { enabled: true, repoName: 'repo1' } };
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
