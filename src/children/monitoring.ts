import type { DatabaseExporter } from '../api/provider.ts';
import { kinds, type ChildKind } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey, type Manifest } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { head } from '../api/manifest.ts';

/** Whether the spec requests monitoring; by default it follows whether the operator was installed with monitoring. */
export const monitoringIsWanted = (o: Observed): boolean => o.bestie.spec.monitoring.enabled ?? o.manages(kindKey(kinds.serviceMonitor));

/** The exporter of the database, where the spec requests one. */
export const databaseExporter = ({ bestie, provider }: Observed): DatabaseExporter | undefined =>
  bestie.spec.database.monitoring?.enabled === true ? provider.exporter : undefined;

/** As `head`, with the labels by which the user's Prometheus selects. The operator's own labels win: its selectors need them. */
export function monitoringHead(kind: ChildKind, name: string, o: Observed): Manifest {
  const manifest = head(kind, name, o);
  const { [CONTROLLER_UID_LABEL]: _reserved, ...theirs } = o.bestie.spec.monitoring.labels ?? {};
  return { ...manifest, metadata: { ...manifest.metadata, labels: { ...theirs, ...manifest.metadata.labels } } };
}
