/** A restore in place, as a PostgresCluster requests it and as its status shows it. Source: seen on PGO 6.0; the code of 5.8 is the same. */
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Live, Manifest } from '../../api/kubernetes.ts';
import type { RestoreProvider } from '../../api/restoreprovider.ts';
import type { GivenUp, RestoreRequest, RestoreState } from '../../api/restore.ts';
import { differences, valueAt } from '../../lib/fieldpath.ts';
import { kubectl } from '../../observed/commands.ts';
import { givenUpFrom } from './byhand.ts';
import { databaseStatus, endedRestore, isBootstrap, isUsable, postgresCluster } from './cluster.ts';
import { CLUSTER_LABEL, label, RESTORE_ANNOTATION } from './names.ts';
import { instanceSet, restorePod } from './instances.ts';
import { restoreOptions } from './restoreoptions.ts';
import type { PostgresClusterSpec } from './types.ts';

type Block = NonNullable<PostgresClusterSpec['backups']['pgbackrest']['restore']>;

const blockOf = (manifest: { spec?: unknown } | undefined): Live<Block> | undefined =>
  (manifest?.spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest?.restore ?? undefined;

function appliedTo(o: Observed): Manifest | undefined {
  const live = postgresCluster(o);
  return live && o.applied(live);
}

function armed(o: Observed): string | undefined {
  const applied = appliedTo(o);
  return blockOf(applied)?.enabled === true ? applied?.metadata.annotations?.[RESTORE_ANNOTATION] : undefined;
}

/** The block that requests it. One that was sent is sent again as it was, whatever would be rendered now: PGO starts over when it changes. */
export function restoreBlock({ id, repo, target }: RestoreRequest, o: Observed): Block {
  const before = blockOf(appliedTo(o));
  if (before != null && armed(o) === id) return before as Block;
  const pod = restorePod(instanceSet(o.bestie.spec.database, undefined, undefined));
  return { enabled: true, repoName: repo, options: restoreOptions(target), ...pod };
}

const times = (startedAt: string | null | undefined, endedAt: string | null | undefined): Pick<RestoreState, 'startedAt' | 'endedAt'> => ({
  ...(startedAt != null && { startedAt }),
  ...(endedAt != null && { endedAt }),
});

/**
 * How far the restore of a database is. It has succeeded once the instances serve what was restored. The condition of the tear-down, and the
 * conditions and revisions of before, stay for a while, so the id decides first.
 */
export function restoreState(id: string, live: KubeObject | undefined): RestoreState {
  const { restore } = databaseStatus(live)?.pgbackrest ?? {};
  if (restore?.id !== id) return { state: 'waiting' };
  const at = times(restore.startTime, restore.completionTime);
  const hasFailed = (restore.failed ?? 0) > 0;
  // Patroni was there again before the Job had ended: PGO takes the database for bootstrapped, and never ends the restore.
  if (restore.finished !== true && endedRestore(live)?.id === id) return { state: 'brokenOff', ...at };
  if (restore.finished !== true)
    return { state: restore.startTime == null ? 'preparing' : 'running', ...at, ...(hasFailed && { hasFailed }) };
  if ((restore.succeeded ?? 0) === 0) return { state: 'failed', ...at };
  return { state: isUsable(live) ? 'succeeded' : 'running', ...at };
}

const requestPaths = [
  ['metadata', 'annotations', RESTORE_ANNOTATION],
  ['spec', 'backups', 'pgbackrest', 'restore'],
];

/** PGO starts Postgres on what is there once its request is gone, and starts over with another one. */
function isOverwritten(o: Observed): boolean {
  const [live, applied] = [postgresCluster(o), appliedTo(o)];
  if (live === undefined || armed(o) === undefined) return false;
  return requestPaths.some((path) => differences(valueAt(live, path), undefined, valueAt(applied, path)).length > 0);
}

/** One that a person has requested on the PostgresCluster, while it replaces the data. Until then, and once it has failed, another one may take its place. */
function byOthers(o: Observed): string | undefined {
  const live = postgresCluster(o);
  const requested = live?.metadata.annotations?.[RESTORE_ANNOTATION];
  if (live === undefined || requested === undefined || requested === armed(o) || blockOf(live)?.enabled !== true) return undefined;
  const { restore } = databaseStatus(live)?.pgbackrest ?? {};
  return restore?.id === requested && restore.startTime != null && restore.finished !== true ? requested : undefined;
}

/** PGO shows no more of a restore than its id: what was asked for is in the request, which a person leaves there until the data is back. */
function givenUpByOthers(o: Observed): GivenUp | undefined {
  const live = postgresCluster(o);
  const ended = endedRestore(live);
  const requested = live?.metadata.annotations?.[RESTORE_ANNOTATION];
  if (ended?.at === undefined || ended.id !== requested || requested === armed(o)) return undefined;
  const from = givenUpFrom(blockOf(live)?.options);
  return from !== undefined && Date.parse(from) < Date.parse(ended.at) ? { from, until: ended.at } : undefined;
}

type DataSource = Live<{ postgresCluster: unknown; pgbackrest: unknown; volumes: unknown }>;
const sourceOf = (live: { spec?: unknown } | undefined): DataSource | undefined =>
  (live?.spec as { dataSource?: DataSource | null } | null | undefined)?.dataSource ?? undefined;

/** Whether it was, or may have been, made from something that was there before. */
export const mayBeOlder = (live: KubeObject | undefined): boolean =>
  sourceOf(live) !== undefined || isBootstrap(databaseStatus(live)?.pgbackrest?.restore?.id);

/**
 * Once a restore has ended and its request is gone, PGO would make the database anew from a source that the spec still names. The operator removes
 * its own as soon as the copy is made.
 */
function obstacle(o: Observed): string | undefined {
  const live = postgresCluster(o);
  const source = sourceOf(live);
  const isOwn = live !== undefined && sourceOf(o.applied(live)) !== undefined;
  if (live === undefined || isOwn || (source?.postgresCluster == null && source?.pgbackrest == null)) return undefined;
  const { name } = live.metadata;
  const remove = kubectl(o, `patch postgrescluster ${name} --type json -p '[{"op":"remove","path":"/spec/dataSource"}]'`);
  return `PostgresCluster ${name} has a dataSource, from which PGO would make it anew after the restore; remove it first: ${remove}`;
}

const nameOf = (o: Observed): string => postgresCluster(o)?.metadata.name ?? '';

/** pgBackRest runs in the host of a repository on a volume; with buckets alone, beside Postgres. */
function catalogue(o: Observed): string {
  const hasHost = o.bestie.spec.database.backups.repos.some(({ volume }) => volume !== undefined);
  if (hasHost) return kubectl(o, `exec ${nameOf(o)}-repo-host-0 -c pgbackrest -- pgbackrest info`);
  const instances = kubectl(o, `get pods -o name -l ${CLUSTER_LABEL}=${nameOf(o)},${label('data')}=postgres`);
  return kubectl(o, `exec $(${instances} | head -n 1) -c database -- pgbackrest info`);
}

export const crunchyRestores: RestoreProvider<Observed> = {
  armed,
  stateOf: (id, o) => restoreState(id, postgresCluster(o)),
  byOthers,
  givenUpByOthers,
  obstacle,
  mayBeOlder: (o) => mayBeOlder(postgresCluster(o)),
  requestPaths,
  isOverwritten,
  requestAnnotations: ({ id }) => ({ [RESTORE_ANNOTATION]: id }),
  logs: (o) => kubectl(o, `logs job/${nameOf(o)}-pgbackrest-restore`),
  events: (o) => kubectl(o, `describe postgrescluster ${nameOf(o)}`),
  catalogue,
};
