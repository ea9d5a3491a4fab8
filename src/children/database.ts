/** The object of the database: what all providers have in common, around the provider's own part. */
import type { Child, Context } from '../api/child.ts';
import type { DatabaseDecisions } from '../api/decisions.ts';
import type { Observed, Provider } from '../api/observed.ts';
import type { ChildKind } from '../api/kinds.ts';
import { head } from '../api/manifest.ts';
import type { Manifest, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { attachment } from '../database/adoption.ts';
import { guardReadiness, isUnguardable, owners } from '../database/guard.ts';
import { incarnation } from '../database/incarnation.ts';
import { durable } from '../observed/lastapplied.ts';
import { copiedLineage, lineage, lineageText, UNKNOWN } from '../observed/lineage.ts';
import { historyIsMissing, historyIsUnknown, isExternal, migrated } from '../observed/migrations.ts';

/** What was observed, and what is decided about the database. */
type Planned = Observed & { decisions: DatabaseDecisions };

/** Of a database that is to be a copy: with which data it begins, so that this is no replacement of it, and that its migrations are not known. */
const recordsOfCopy = (o: Planned): Record<string, string> => ({
  [annotations.migrated]: UNKNOWN,
  [annotations.lineage]: lineageText(copiedLineage(o)),
});

/** What the object records about its migrations, and about the data that they were run on. */
function records(o: Planned): Record<string, string> {
  const live = o.provider.live(o);
  if (live === undefined && o.decisions.copy !== undefined) return recordsOfCopy(o);
  const list = historyIsUnknown(o) ? UNKNOWN : JSON.stringify(migrated(o));
  const isWritten =
    (live && durable(o, live, annotations.migrated)) !== list || o.decisions.backup !== undefined || o.decisions.restore !== undefined;
  const known = lineage(isWritten, o);
  return {
    ...(!historyIsMissing(o) && { [annotations.migrated]: list }),
    ...(known && { [annotations.lineage]: lineageText(known) }),
  };
}

function notes(o: Planned, theirs: Record<string, string>): Record<string, string> {
  const { backup, onDemand, usedBackup, restore, restores, copiedFrom, drills } = o.decisions;
  return {
    ...theirs,
    [annotations.incarnation]: incarnation(o),
    ...records(o),
    ...(backup && { ...o.provider.requestAnnotations(backup), [annotations.armedAt]: backup.since }),
    ...(restore && o.provider.restores.requestAnnotations(restore)),
    ...(restores !== undefined && { [annotations.restores]: restores }),
    ...(drills !== undefined && { [annotations.drills]: drills }),
    ...(copiedFrom !== undefined && { [annotations.copiedFrom]: copiedFrom }),
    ...(onDemand !== undefined && { [annotations.onDemand]: onDemand }),
    ...(usedBackup !== undefined && { [annotations.usedBackup]: usedBackup }),
  };
}

/**
 * Why a database is not created: one of that name waits to be attached, or the Namespace, its second owner, is not known yet, or what it is to be
 * copied from is not fit.
 */
function precondition(o: Context): Readiness | undefined {
  return attachment(o) ?? (isUnguardable(o) ? guardReadiness(o) : o.decisions.notCopied);
}

function desired(kind: ChildKind, o: Planned): Manifest {
  const { annotations: theirs, spec } = o.provider.desired(o);
  const manifest = head(kind, o.provider.nameOf(o.bestie.metadata.name), o, notes(o, theirs));
  return { ...manifest, metadata: { ...manifest.metadata, ownerReferences: owners(o) }, spec };
}

/** The desired object of the database of a Bestie; none if the database has no object. */
export const databaseManifests = (o: Planned): Manifest[] => (o.provider.kind === undefined ? [] : [desired(o.provider.kind, o)]);

/** The child of that provider. */
export const databaseChild = (provider: Provider, kind: ChildKind): Child => ({
  api: kind,
  condition: 'DatabaseReady',
  dependsOn: () => [],
  includeWhen: (o) => o.provider === provider && !isExternal(o),
  desired: (o) => [desired(kind, o)],
  precondition,
  pendingReadiness: provider.pendingReadiness,
  readyWhen: provider.readiness,
});
