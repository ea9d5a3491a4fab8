/** Which image is wanted, and which migrations the database has. */
import { imageReference } from '../api/image.ts';
import { compareVersions, namedVersion, type NamedVersion } from '../api/version.ts';
import { kinds } from '../api/kinds.ts';
import { kindKey, type KubeObject, type Observed } from '../api/kubernetes.ts';
import { durable } from '../api/lastapplied.ts';
import { annotations, names } from '../api/names.ts';
import { databaseStatus } from './database.ts';
import { completedImages, unrecordedJobs } from './jobs.ts';
import { once } from './once.ts';
import { podsOf } from './pods.ts';
import { deployment } from './rollout.ts';

/**
 * Entries that the list of migrations keeps; the oldest go first. More than the completed Jobs that a spec can keep: an image that left
 * the list while its Job is there would come back at the next sync, and another one leave.
 */
export const MIGRATED_LIMIT = 128;

export const isExternal = (o: Observed): boolean => o.bestie.spec.database.provider === 'External';
export const target = (o: Observed): string => imageReference(o.bestie.spec);

export const postgresCluster = (o: Observed): KubeObject | undefined =>
  o.child(kindKey(kinds.postgresCluster), names.postgresCluster(o.bestie.metadata.name));

function parseList(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : undefined;
  } catch {
    return undefined; // unreadable counts as missing: nothing is migrated on a guess
  }
}

/** What tells one database from the next: the uid of the PostgresCluster, undefined while there is none, or the Secret of an external one. */
export const databaseId = (o: Observed): string | undefined =>
  isExternal(o) ? o.bestie.spec.database.secretName : (postgresCluster(o)?.metadata.uid ?? undefined);

const inStatus = (o: Observed): string[] => [...new Set((o.bestie.status.database?.migrated ?? []).filter((entry) => entry !== null))];

/** The list as it was recorded: on the database, for an external one in status. Undefined where a database exists and does not say. */
export function recorded(o: Observed): readonly string[] | undefined {
  if (isExternal(o)) return o.bestie.status.database?.name === databaseId(o) ? inStatus(o) : [];
  const live = postgresCluster(o);
  return live === undefined ? [] : parseList(durable(o, live, annotations.migrated));
}

/**
 * Whether it is unknown which migrations the database has: then it is neither migrated nor seeded. A managed one has to say it; and while no
 * migration is on record, a completed Job that has lost every record may have made the schema.
 */
export const historyIsMissing = (o: Observed): boolean =>
  recorded(o) === undefined || (migrated(o).length === 0 && unrecordedJobs(o).length > 0);

/** Image references whose migrations were completed on this database, the latest last: the record and the completed Jobs. */
export const migrated = once((o): readonly string[] =>
  [...new Set([...(recorded(o) ?? []), ...completedImages(o, databaseId(o))])].slice(-MIGRATED_LIMIT),
);

/** Whether the first migration also loads the sample data: into an external database only on request, and never after its Secret was exchanged. */
export function seeds(o: Observed): boolean {
  const { seed = !isExternal(o) } = o.bestie.spec.database;
  const isNew = migrated(o).length === 0 && (!isExternal(o) || inStatus(o).length === 0);
  return seed && isNew;
}

/** Whether anything of this Bestie has run, by every trace that it leaves: status keeps the version when the Deployment and its pods are gone. */
function hasRun(o: Observed): boolean {
  const { image, appversion, upgrade } = o.bestie.status;
  return deployment(o) !== undefined || podsOf(o, 'web').length > 0 || [image, appversion, upgrade].some((trace) => trace != null);
}

/** Whether the data of another database was, or may have been, copied into it. */
const isCopied = (live: KubeObject | undefined): boolean =>
  databaseStatus(live)?.pgbackrest?.restore != null || (live?.spec as { dataSource?: unknown } | null | undefined)?.dataSource != null;

/** Whether this Bestie created the database, which says so itself, and nothing has ever written to it: then it holds no data of users. */
export function isUntouched(o: Observed): boolean {
  const live = postgresCluster(o);
  const creator = live && durable(o, live, annotations.incarnation);
  const isOwn = !isExternal(o) && creator === o.bestie.metadata.uid.slice(0, 8);
  return isOwn && migrated(o).length === 0 && !hasRun(o) && !isCopied(live);
}

/** The highest version among those images; undefined where none of them is a version. */
export function highestVersion(images: readonly string[]): NamedVersion | undefined {
  return images.flatMap(namedVersion).sort((a, b) => compareVersions(b, a))[0];
}

/**
 * Whether the database lacks the migrations of the wanted image. An older version than the highest that was migrated has none that the
 * database lacks, and does not know the newest: its own `flask db upgrade` would end with exit code 1 and no error.
 */
export const needsMigration = once((o): boolean => {
  if (migrated(o).includes(target(o))) return false;
  const [wanted] = namedVersion(target(o));
  const highest = highestVersion(migrated(o));
  return wanted === undefined || highest === undefined || compareVersions(wanted, highest) >= 0;
});

/**
 * What status says of the database. An external one is named once its migrations are done: until then its predecessor stays on record,
 * so that a database whose Secret was exchanged is never taken for a new one.
 */
export function record(o: Observed): { name: string; migrated: string[] } {
  const name = isExternal(o) ? o.bestie.spec.database.secretName : names.postgresCluster(o.bestie.metadata.name);
  const list = [...migrated(o)];
  const before = o.bestie.status.database?.name;
  const exchanged = isExternal(o) && list.length === 0 && inStatus(o).length > 0 && before != null;
  return exchanged ? { name: before, migrated: inStatus(o) } : { name: name ?? '', migrated: list };
}
