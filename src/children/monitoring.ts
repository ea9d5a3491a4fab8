import { kinds } from '../api/kinds.ts';
import { kindKey, type Manifest, type Observed } from '../api/kubernetes.ts';
import type { ChildKind } from '../api/kinds.ts';
import { head } from './child.ts';

/** Wanted where the spec says so; where it says nothing, wherever the operator was installed with monitoring. */
export const monitoringIsWanted = (o: Observed): boolean => o.bestie.spec.monitoring.enabled ?? o.manages(kindKey(kinds.serviceMonitor));

/** As `head`, with the labels by which the user's Prometheus selects. Ours win: the selectors rely on them. */
export function monitoringHead(kind: ChildKind, name: string, o: Observed): Manifest {
  const manifest = head(kind, name, o);
  return { ...manifest, metadata: { ...manifest.metadata, labels: { ...o.bestie.spec.monitoring.labels, ...manifest.metadata.labels } } };
}
