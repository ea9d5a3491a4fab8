/**
 * The one change under an unacceptable spec: while the data of the database is replaced, and until its migrations are known again, the
 * application is stopped whatever the spec says. Nothing of the spec is read here.
 */
import { kinds } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import type { KubeObject, Manifest, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { isDatabase } from '../database/index.ts';
import { copyFinding } from '../observed/copyfinding.ts';
import { databaseShown } from '../observed/database.ts';
import { lineage, lineageText, UNKNOWN } from '../observed/lineage.ts';
import { onDatabase } from '../observed/migrations.ts';

/** The record of the migrations of the data, if it differs from what was applied: that nothing is known, or the list that a user has written since. */
function migratedNow(live: KubeObject, o: Observed): string | undefined {
  const said = onDatabase(live, o);
  if (said === UNKNOWN) return UNKNOWN;
  const isCorrected = said !== undefined && o.applied(live)?.metadata.annotations?.[annotations.migrated] === UNKNOWN;
  return isCorrected ? JSON.stringify(said) : undefined;
}

/** Why the application must not run; undefined if it may. */
export function whyHalted(o: Observed): Readiness | undefined {
  const live = o.provider.live(o);
  if (live === undefined) return undefined;
  const stopped = `the application is stopped: ${databaseShown(o)}`;
  const copied = copyFinding(o);
  if (copied !== undefined) return copied;
  if (o.provider.isRestoring(o)) return { status: 'False', reason: 'Restoring', message: `${stopped} is being restored` };
  if (migratedNow(live, o) !== UNKNOWN) return undefined;
  const message = `${stopped} holds other data than was migrated; its migrations run once the spec is acceptable`;
  return { status: 'False', reason: 'MigrationHistoryUnknown', message };
}

/** The same child after a replacement of the data: no pods of the application, and its record on the database. */
export function halted(manifest: Manifest, o: Observed): Manifest {
  const live = o.provider.live(o);
  if (manifest.spec === undefined || live === undefined) return manifest;
  if (manifest.kind === kinds.deployment.kind)
    return whyHalted(o) === undefined ? manifest : { ...manifest, spec: { ...manifest.spec, replicas: 0 } };
  if (!isDatabase(manifest, o) || manifest.metadata.name !== live.metadata.name) return manifest;
  const known = whyHalted(o) === undefined ? undefined : lineage(false, o);
  const said = migratedNow(live, o);
  const notes = {
    ...(said !== undefined && { [annotations.migrated]: said }),
    ...(known && { [annotations.lineage]: lineageText(known) }),
  };
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...notes } } };
}
