/** What is done with the database of a Bestie that goes: kept as it is, backed up once more, released, or deleted. */
import { hash8 } from '../api/hash.ts';
import type { KubeObject, Live, Manifest, Observed } from '../api/kubernetes.ts';
import { annotations, PGO_BACKUP_ANNOTATION, requests } from '../api/names.ts';
import type { PostgresClusterSpec } from '../api/postgrescluster.ts';
import { demand } from '../children/backups.ts';
import { ownerReference } from '../children/child.ts';
import { databaseStatus, isRestoring, postgresCluster } from '../children/database.ts';
import { namespaceOf } from '../children/guard.ts';
import { postgresClusterChild } from '../children/postgrescluster.ts';
import { historyIsMissing, historyIsUnknown, migrated } from '../children/release.ts';
import { operation, type Operation } from './backup.ts';
import { settled } from './contested.ts';
import { decide } from './decide.ts';
import { echo } from './held.ts';

type Policy = 'Delete' | 'BackupThenDelete' | 'Retain';

const readable: readonly Policy[] = ['Delete', 'BackupThenDelete', 'Retain'];

/** What the spec says, acceptable or not. A policy that cannot be read must not cost the data. */
export function policyOf({ bestie }: Observed): Policy {
  const said: unknown = (bestie.spec as { deletionPolicy?: unknown } | null)?.deletionPolicy;
  return readable.find((policy) => policy === said) ?? 'Retain';
}

/** The Namespace takes everything in it: no backup can run there any more, and nothing can be kept. */
export const isNamespaceGoing = (o: Observed): boolean => namespaceOf(o)?.metadata.deletionTimestamp != null;

export const isProtected = (o: Observed): boolean =>
  (o.bestie.spec as Partial<typeof o.bestie.spec> | null)?.deletionProtection === true && !isNamespaceGoing(o);

/** Nothing was ever written into a database that never came up. While it is restored it is down, and has what is restored. */
function hasData(o: Observed): boolean {
  const live = postgresCluster(o);
  const isUp = live !== undefined && (isRestoring(live) || !!databaseStatus(live)?.patroni?.systemIdentifier);
  return isUp || migrated(o).length > 0 || historyIsMissing(o) || historyIsUnknown(o);
}

/** Whether the database must not be deleted before it was backed up once more. */
export function wantsFinalBackup(o: Observed): boolean {
  const isSkipped = o.bestie.metadata.annotations?.[requests.skipFinalBackup] === 'true';
  return policyOf(o) === 'BackupThenDelete' && !isSkipped && !isNamespaceGoing(o) && hasData(o);
}

type Backups = Live<PostgresClusterSpec['backups']['pgbackrest']>;
const backupsOf = (manifest: Manifest): Backups | null | undefined =>
  (manifest.spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest;

/** A repository that outlives the database. */
const remoteRepository = (manifest: Manifest): string | undefined =>
  backupsOf(manifest)?.repos?.find((repository) => repository?.volume == null)?.name ?? undefined;

/** The final backup; undefined where no repository could take it. */
export function finalBackup(o: Observed): Operation | undefined {
  const live = postgresCluster(o);
  const repo = live && remoteRepository(kept(live, o, {}));
  const { deletionTimestamp } = o.bestie.metadata;
  return repo === undefined
    ? undefined
    : operation({ purpose: 'final', key: hash8(deletionTimestamp), repo, since: deletionTimestamp ?? o.now }, o);
}

/** The database as it shall be meanwhile. An unacceptable spec changes nothing about it. */
export function kept(live: KubeObject, o: Observed, { armed }: Operation): Manifest {
  if (o.invalid.length === 0) {
    const { world } = decide(o);
    const { backup: _, ...decided } = world.decided;
    const [wanted] = postgresClusterChild.desired({ ...world, decided: { ...decided, ...(armed && { backup: armed }) } });
    return wanted === undefined ? echo(live, o) : settled(wanted, live, o);
  }
  const manifest = disarmed(echo(live, o));
  if (armed === undefined || manifest.spec === undefined) return manifest;
  const { annotations: asked, manual } = demand(armed);
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...asked } },
    spec: withBackups(manifest, { ...backupsOf(manifest), manual }),
  };
}

const withBackups = ({ spec }: Manifest, pgbackrest: object): object => ({
  ...spec,
  backups: { ...(spec as Live<PostgresClusterSpec>).backups, pgbackrest },
});

/** The same configuration, without a backup that is asked for. */
function disarmed(manifest: Manifest): Manifest {
  const { annotations: all, ...metadata } = manifest.metadata;
  const { [PGO_BACKUP_ANNOTATION]: _, [annotations.armedAt]: __, ...notes } = all ?? {};
  const { manual: ___, ...rest } = backupsOf(manifest) ?? {};
  return {
    ...manifest,
    metadata: { ...metadata, ...(all && { annotations: notes }) },
    ...(backupsOf(manifest) != null && { spec: withBackups(manifest, rest) }),
  };
}

/**
 * The database without its Bestie: what was applied with the Bestie as owner and is applied without it is let go by Metacontroller, and
 * no longer shown. Where the Bestie was never applied as owner, that comes first.
 */
export function released(live: KubeObject, o: Observed): Manifest {
  const applied = (o.applied(live)?.metadata.ownerReferences ?? []) as readonly { uid?: string; controller?: boolean }[];
  // A former Bestie may still stand in the record of an attached database.
  const others = applied.filter(({ controller }) => controller !== true);
  const isOwned = applied.some(({ uid }) => uid === o.bestie.metadata.uid);
  const manifest = disarmed(echo(live, o));
  const { ownerReferences: _, ...metadata } = manifest.metadata;
  const owners = isOwned ? others : [ownerReference(o.bestie), ...others];
  return { ...manifest, metadata: { ...metadata, ...(owners.length > 0 && { ownerReferences: owners }) } };
}
