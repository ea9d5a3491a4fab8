/** The laws of what databases are made from, which hold at every write of any of them: a source is sent once, and a living database is never filled anew. */
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf } from './data.ts';
import { isBootstrap, shownRestore } from './restoretarget.ts';
import { isOfDrill } from './whose.ts';

/** Seconds within which the end of a copy is seen. */
const SEEN = 25;

/** What was last applied. */
export function applied(object: Resource | undefined): Resource | undefined {
  const text = object?.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  return text === undefined ? undefined : (JSON.parse(text) as Resource);
}

/** Where the repositories of a database are: the bucket and the path, or the volume of that object. */
export function places({ metadata, spec }: Resource): string[] {
  const { global = {}, repos = [] } = fieldsOf(fieldsOf(spec?.backups).pgbackrest) as {
    global?: Record<string, string>;
    repos?: ({ name: string } & Record<string, unknown>)[];
  };
  return repos.map(({ name, volume, s3, gcs, azure }) => {
    const place = volume === undefined ? JSON.stringify(s3 ?? gcs ?? azure) : metadata.name;
    return `${place} ${global[`${name}-path`] ?? `/pgbackrest/${name}`}`;
  });
}

interface Known {
  /** Whether a source was last applied. */
  isSent: boolean;
  /** Since when the copy is there, by a clock that stands still where the operator cannot act. */
  madeAt?: number;
}

const isMade = (database: Resource): boolean => {
  const { id, succeeded } = shownRestore(database);
  return isBootstrap(id) && succeeded !== undefined && database.status?.databaseRevision !== undefined;
};

/** Watches every write of every database. `lost`: as in lifelaws.ts. */
export function sourceLaws(cluster: Cluster, lost = (): number => 0): { broken: string[]; check: () => void } {
  const broken: string[] = [];
  const acted = (): number => Date.parse(cluster.now()) / 1000 - lost();
  const known = new Map<string, Known>();
  /** By place: every database that has archived there. */
  const archived = new Map<string, Set<string>>();

  function followSource(type: string, object: Resource): void {
    const { uid, name } = object.metadata;
    const record = applied(object);
    const before = known.get(uid);
    // A record that a person has taken away is written again with the next answer.
    const isSent = record === undefined ? (before?.isSent ?? false) : record.spec?.dataSource !== undefined;
    if (type !== 'ADDED' && isSent && before?.isSent !== true) broken.push(`a source is sent to ${name}, which lives`);
    const madeAt = before?.madeAt ?? (isMade(object) ? acted() : undefined);
    known.set(uid, { isSent, ...(madeAt !== undefined && { madeAt }) });
  }

  function followPlaces(object: Resource): void {
    for (const place of places(object)) {
      const names = (archived.get(place) ?? new Set()).add(object.metadata.name);
      archived.set(place, names);
      if (names.size > 1) broken.push(`${[...names].join(' and ')} archive into ${place}`);
    }
  }

  cluster.server.watch(({ type, object }) => {
    if (`${object.kind}.${object.apiVersion}` !== POSTGRES_CLUSTER || type === 'DELETED') return;
    followSource(type, object);
    followPlaces(object);
  });

  return {
    broken,
    check: () => {
      // What was orphaned stays as it is, and so does the copy of a drill in a pause, which has a bound.
      const besties = new Set(cluster.user.list(BESTIE).map(({ metadata }) => metadata.uid));
      for (const { metadata } of cluster.user.list(POSTGRES_CLUSTER)) {
        const isOwned = metadata.ownerReferences?.some(({ uid }) => besties.has(uid)) === true && metadata.deletionTimestamp === undefined;
        const { isSent, madeAt = Infinity } = known.get(metadata.uid) ?? {};
        if (isSent === true && isOwned && !isOfDrill({ metadata } as Resource) && acted() - madeAt > SEEN)
          broken.push(`the source of ${metadata.name} is still sent`);
        if (
          dataOf(cluster, metadata.name)
            .fills()
            .some(({ wasUp }) => wasUp)
        )
          broken.push(`the data of ${metadata.name} is lost: it was filled anew`);
      }
    },
  };
}
