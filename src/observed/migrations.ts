/** Which image is requested, and which migrations the database has. */
import { imageReference } from '../lib/image.ts';
import { compareVersions, namedVersion, type NamedVersion } from '../lib/version.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject } from '../api/kubernetes.ts';
import { copyRecord } from './copyrecord.ts';
import { durable } from './lastapplied.ts';
import { annotations } from '../api/names.ts';
import { completedImages, unrecordedJobs } from './migrationjobs.ts';
import { dataChanges, lineageChange, UNKNOWN } from './lineage.ts';
import { memo } from './memo.ts';
import { podsOf } from './pods.ts';
import { restoreRecord } from './restorerecord.ts';
import { deployment } from './deployment.ts';

/**
 * Entries that the list of migrations keeps; the oldest are removed first. More than the completed Jobs that a spec can keep: an image that left
 * the list while its Job exists would come back at the next sync, and another one would leave.
 */
export const MIGRATED_LIMIT = 128;

export const isExternal = (o: Observed): boolean => o.bestie.spec.database.provider === 'External';
export const target = (o: Observed): string => imageReference(o.bestie.spec);

function parseList(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : undefined;
  } catch {
    return undefined; // unreadable counts as missing: nothing is migrated on a guess
  }
}

/**
 * Identifies the data of a database: the uid of its object, and how often its data was replaced, undefined while there
 * is none; or the Secret of an external one. A migration of other data proves nothing.
 */
export function databaseId(o: Observed): string | undefined {
  if (isExternal(o)) return o.bestie.spec.database.secretName;
  const uid = o.provider.live(o)?.metadata.uid ?? undefined;
  return uid === undefined || dataChanges(o) === 0 ? uid : `${uid}/${dataChanges(o)}`;
}

/** The list in status. One without the name of a database is no record: the next status does not repeat it. */
function inStatus({ bestie }: Observed): string[] {
  const { name, migrated: list } = bestie.status.database ?? {};
  return name == null ? [] : [...new Set((list ?? []).filter((entry) => entry !== null))];
}

/**
 * Whether the data was set back to the backup before migrations that failed: it has the migrations that are on record, because nothing else was
 * written since. A restore that was broken off proves nothing.
 */
function isUndone(o: Observed): boolean {
  const current = restoreRecord(o)?.current;
  if (lineageChange(o) !== 'restored' || current?.target.type !== 'newest') return false;
  const { state } = o.provider.restores.stateOf(current.request, o);
  return o.provider.endedRestore(o)?.id === current.request && (state === 'running' || state === 'succeeded');
}

/**
 * The list on the database; UNKNOWN once its data was replaced, until a migration has succeeded or a user writes another list over it;
 * undefined if there is no record.
 */
export function onDatabase(live: KubeObject, o: Observed): readonly string[] | typeof UNKNOWN | undefined {
  if (lineageChange(o) !== undefined && !isUndone(o)) return UNKNOWN;
  const [sent, current] = [
    o.applied(live)?.metadata.annotations?.[annotations.migrated],
    live.metadata.annotations?.[annotations.migrated],
  ];
  const said = sent === undefined || sent === UNKNOWN ? current : sent;
  const list = parseList(said);
  // An empty list over it adds no information.
  if (sent === UNKNOWN && (list ?? []).length === 0) return UNKNOWN;
  return list ?? (said === UNKNOWN ? UNKNOWN : undefined);
}

/** The list as it was recorded: on the database, for an external one in status. Undefined if a database exists without a record. */
export function recorded(o: Observed): readonly string[] | undefined {
  if (isExternal(o)) return o.bestie.status.database?.name === databaseId(o) ? inStatus(o) : [];
  const live = o.provider.live(o);
  const said = live === undefined ? [] : onDatabase(live, o);
  return said === UNKNOWN ? [] : said;
}

/**
 * Whether the data was replaced, and its migrations are not known yet. It is still data of users: nothing is seeded, and the
 * application stays stopped until the migrations of its image have run.
 */
export const historyIsUnknown = memo((o): boolean => {
  const live = isExternal(o) ? undefined : o.provider.live(o);
  return live !== undefined && onDatabase(live, o) === UNKNOWN && migrated(o).length === 0;
});

/**
 * Whether the migrations of the database are not recorded: then it is neither migrated nor seeded. A managed one needs a record; and while
 * no migration is recorded, a completed Job that has lost every record may have created the schema.
 */
export const historyIsMissing = (o: Observed): boolean =>
  recorded(o) === undefined || (migrated(o).length === 0 && unrecordedJobs(o).length > 0);

/** Image references whose migrations were completed on this database, the latest last: the record and the completed Jobs. */
export const migrated = memo((o): readonly string[] =>
  [...new Set([...(recorded(o) ?? []), ...completedImages(o, databaseId(o))])].slice(-MIGRATED_LIMIT),
);

/** Whether the database holds other data than it was created with, or was created with data. */
const isReplaced = (o: Observed): boolean => !isExternal(o) && (dataChanges(o) > 0 || historyIsUnknown(o) || copyRecord(o) !== undefined);

/**
 * Whether the first migration also loads the sample data: into an external database only on request, never after
 * its Secret was exchanged, never once the data of a managed one was replaced, and never where it is to have that of another one.
 */
export function seeds(o: Observed): boolean {
  const { seed = !isExternal(o), dataSource } = o.bestie.spec.database;
  const isNew = migrated(o).length === 0 && (!isExternal(o) || inStatus(o).length === 0);
  return seed && dataSource === undefined && isNew && !isReplaced(o);
}

/** Whether anything of this Bestie has run, by every trace of it: status keeps the version when the Deployment and its pods are gone. */
export function hasRun(o: Observed): boolean {
  const { image, appversion, upgrade } = o.bestie.status;
  return deployment(o) !== undefined || podsOf(o, 'web').length > 0 || [image, appversion, upgrade].some((trace) => trace != null);
}

/** Whether this Bestie created the database, by a record on it, and nothing has ever written to it: then it holds no data of users. */
export function isUntouched(o: Observed): boolean {
  const live = o.provider.live(o);
  const creator = live && durable(o, live, annotations.incarnation);
  const isOwn = !isExternal(o) && creator === o.bestie.metadata.uid.slice(0, 8);
  return isOwn && migrated(o).length === 0 && !hasRun(o) && !o.provider.isCopied(o) && !isReplaced(o);
}

/** The highest version among those images; undefined if none of them has a version. */
export function highestVersion(images: readonly string[]): NamedVersion | undefined {
  return images.flatMap(namedVersion).sort((a, b) => compareVersions(b, a))[0];
}

/**
 * The database in status. An external one is named once its migrations are done: until then its predecessor stays recorded,
 * so that a database whose Secret was exchanged is never mistaken for a new one.
 */
export function record(o: Observed): { name: string; migrated: string[] } {
  const name = isExternal(o) ? o.bestie.spec.database.secretName : o.provider.nameOf(o.bestie.metadata.name);
  const list = [...migrated(o)];
  const before = o.bestie.status.database?.name;
  const exchanged = isExternal(o) && list.length === 0 && inStatus(o).length > 0 && before != null;
  return exchanged ? { name: before, migrated: inStatus(o) } : { name: name ?? '', migrated: list };
}
