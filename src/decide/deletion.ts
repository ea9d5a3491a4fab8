/** What is done with the database of a Bestie that goes: kept as it is, backed up once more, released, or deleted. */
import type { BackupRequest } from '../api/decisions.ts';
import { hash8 } from '../lib/hash.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Manifest } from '../api/kubernetes.ts';
import { annotations, requests } from '../api/names.ts';
import { ownerReference } from '../api/manifest.ts';
import { namespaceOf } from '../database/guard.ts';
import { databaseManifests } from '../children/database.ts';
import { historyIsMissing, historyIsUnknown, migrated } from '../observed/migrations.ts';
import { operation, type Operation } from './backup.ts';
import { settled } from './contestedfields.ts';
import { decide } from './index.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';

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
  const isUp = o.provider.isRestoring(o) || o.provider.system(o) !== undefined;
  return isUp || migrated(o).length > 0 || historyIsMissing(o) || historyIsUnknown(o);
}

/** Whether the database must not be deleted before it was backed up once more. */
export function wantsFinalBackup(o: Observed): boolean {
  const isSkipped = o.bestie.metadata.annotations?.[requests.skipFinalBackup] === 'true';
  return policyOf(o) === 'BackupThenDelete' && !isSkipped && !isNamespaceGoing(o) && hasData(o);
}

/** The final backup; undefined where no repository could take it. */
export function finalBackup(o: Observed): Operation | undefined {
  const live = o.provider.live(o);
  const repo = live && o.provider.backups.remoteRepository(kept(live, o, {}));
  const { deletionTimestamp } = o.bestie.metadata;
  return repo === undefined
    ? undefined
    : operation({ purpose: 'final', key: hash8(deletionTimestamp), repo, since: deletionTimestamp ?? o.now }, o);
}

/** The database as it shall be meanwhile. An unacceptable spec changes nothing about it. */
export function kept(live: KubeObject, o: Observed, { armed }: Operation): Manifest {
  if (o.invalid.length === 0) {
    const { world } = decide(o);
    const { backup: _, ...decisions } = world.decisions;
    const [wanted] = databaseManifests({ ...world, decisions: { ...decisions, ...(armed && { backup: armed }) } });
    return wanted === undefined ? asLastApplied(live, o) : settled(wanted, live, o);
  }
  return withRequest(asLastApplied(live, o), armed, o);
}

/** The same configuration with that request and no other, or without any. */
function withRequest(manifest: Manifest, request: BackupRequest | undefined, o: Observed): Manifest {
  const asked = o.provider.backups.withRequest(manifest, request);
  const { [annotations.armedAt]: _, ...notes } = asked.metadata.annotations ?? {};
  const since = request !== undefined && asked.spec !== undefined && { [annotations.armedAt]: request.since };
  return { ...asked, metadata: { ...asked.metadata, ...(asked.metadata.annotations && { annotations: { ...notes, ...since } }) } };
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
  const manifest = withRequest(asLastApplied(live, o), undefined, o);
  const { ownerReferences: _, ...metadata } = manifest.metadata;
  const owners = isOwned ? others : [ownerReference(o.bestie), ...others];
  return { ...manifest, metadata: { ...metadata, ...(owners.length > 0 && { ownerReferences: owners }) } };
}
