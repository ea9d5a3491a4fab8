/**
 * What an unacceptable spec does not keep as it was: while the data of the database is replaced, and until its migrations are known again, the
 * application is stopped whatever the spec says. Nothing of the spec is read here.
 */
import { kinds } from '../api/kinds.ts';
import type { KubeObject, Manifest, Observed, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { isRestoring, postgresCluster } from '../children/database.ts';
import { lineage, lineageChange, lineageText, UNKNOWN } from '../children/lineage.ts';

/** Whether nothing says which migrations the data has, by the word of the operator that no person has corrected. */
const isUnknown = (live: KubeObject, o: Observed): boolean =>
  lineageChange(o) !== undefined ||
  (o.applied(live)?.metadata.annotations?.[annotations.migrated] === UNKNOWN &&
    live.metadata.annotations?.[annotations.migrated] === UNKNOWN);

/** Why the application must not run; undefined where it may. */
export function whyHalted(o: Observed): Readiness | undefined {
  const live = postgresCluster(o);
  if (live === undefined) return undefined;
  const stopped = `the application is stopped: PostgresCluster ${live.metadata.name}`;
  if (isRestoring(live)) return { status: 'False', reason: 'Restoring', message: `${stopped} is being restored` };
  if (!isUnknown(live, o)) return undefined;
  const message = `${stopped} holds other data than was migrated; its migrations run once the spec is acceptable`;
  return { status: 'False', reason: 'MigrationHistoryUnknown', message };
}

/** The same child with what a replacement of the data makes of it: no pods of the application, and its record on the database. */
export function halted(manifest: Manifest, o: Observed): Manifest {
  if (manifest.spec === undefined || whyHalted(o) === undefined) return manifest;
  if (manifest.kind === kinds.deployment.kind) return { ...manifest, spec: { ...manifest.spec, replicas: 0 } };
  const known =
    manifest.metadata.name === postgresCluster(o)?.metadata.name && manifest.kind === kinds.postgresCluster.kind
      ? lineage(false, o)
      : undefined;
  if (known === undefined) return manifest;
  const notes = { ...(lineageChange(o) !== undefined && { [annotations.migrated]: UNKNOWN }), [annotations.lineage]: lineageText(known) };
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { ...manifest.metadata.annotations, ...notes } } };
}
