/** The object of the database of a Bestie that is being deleted: kept as it is, backed up once more, or released. */
import type { BackupRequest } from '../api/decisions.ts';
import type { KubeObject, Manifest } from '../api/kubernetes.ts';
import { ownerReference } from '../api/manifest.ts';
import { annotations } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { databaseManifests } from '../children/database.ts';
import { providerOfObject } from '../database/index.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import { settled } from './contestedfields.ts';
import { withoutSource } from './copy.ts';
import { databaseDecisions } from './databasedecisions.ts';

/** The database as it stays meanwhile, with that request for a backup. An unacceptable spec changes nothing about it. */
export function keptDatabase(live: KubeObject, o: Observed, request: BackupRequest | undefined): Manifest {
  if (o.invalid.length > 0) return withRequest(withoutSource(live, asLastApplied(live, o), o), request, o);
  const { backup: _, ...decisions } = databaseDecisions({ type: 'None' }, o);
  const [wanted] = databaseManifests({ ...o, decisions: { ...decisions, ...(request && { backup: request }) } });
  return wanted === undefined ? asLastApplied(live, o) : settled(wanted, live, o);
}

/** The same configuration with that request and no other, or without any. */
function withRequest(manifest: Manifest, request: BackupRequest | undefined, o: Observed): Manifest {
  // A user may have given the Bestie a database of another provider.
  const { backups } = providerOfObject(manifest) ?? o.provider;
  const asked = backups.withRequest(manifest, request);
  const { [annotations.armedAt]: _, ...notes } = asked.metadata.annotations ?? {};
  const since = request !== undefined && asked.spec !== undefined && { [annotations.armedAt]: request.since };
  return { ...asked, metadata: { ...asked.metadata, ...(asked.metadata.annotations && { annotations: { ...notes, ...since } }) } };
}

/**
 * The database without its Bestie: Metacontroller releases an object that was applied with the Bestie as owner and is now applied without it, and
 * no longer shows it. If the Bestie was never applied as owner, that comes first.
 */
export function released(live: KubeObject, o: Observed): Manifest {
  const applied = (o.applied(live)?.metadata.ownerReferences ?? []) as readonly { uid?: string; controller?: boolean }[];
  // The record of an attached database may still name a former Bestie.
  const others = applied.filter(({ controller }) => controller !== true);
  const isOwned = applied.some(({ uid }) => uid === o.bestie.metadata.uid);
  const manifest = withRequest(withoutSource(live, asLastApplied(live, o), o), undefined, o);
  const { ownerReferences: _, ...metadata } = manifest.metadata;
  const owners = isOwned ? others : [ownerReference(o.bestie), ...others];
  return { ...manifest, metadata: { ...metadata, ...(owners.length > 0 && { ownerReferences: owners }) } };
}
