/** A child as it was last applied. */
import { kinds } from '../api/kinds.ts';
import { kindKey, type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { ownerReference } from '../api/manifest.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { contestsOf, withLiveValues } from './contestedfields.ts';
import { rollout } from './deployment.ts';

/** The configuration that leaves an observed child as it is. Without a record, the name alone removes nothing. */
export function asLastApplied(live: KubeObject, o: Observed): Manifest {
  const { apiVersion, kind, metadata } = live;
  const applied = o.record(live);
  if (applied === undefined) return { apiVersion, kind, metadata: { name: metadata.name } };
  // Metacontroller adds its label by itself, and refuses an answer with another value of it.
  const labels = Object.fromEntries(Object.entries(applied.metadata.labels ?? {}).filter(([key]) => key !== CONTROLLER_UID_LABEL));
  // The record of an adopted child names its previous owner, and the garbage collector deletes the children of an owner that is gone.
  const { ownerReferences } = applied.metadata;
  const others = (ownerReferences ?? []).filter((owner) => (owner as { controller?: boolean }).controller !== true);
  const owned = ownerReferences !== undefined && { ownerReferences: [ownerReference(o.bestie), ...others] };
  const { labels: _, ...rest } = applied.metadata;
  const whole: Manifest = { ...applied, metadata: { ...rest, ...(Object.keys(labels).length > 0 && { labels }), ...owned } };
  // Fields that are left to others keep their live value.
  const copy = withLiveValues(whole, live, contestsOf(applied.metadata.annotations));
  const { asked } = rollout(live);
  const autoscaled = kind === kinds.deployment.kind && (o.children.get(kindKey(kinds.horizontalPodAutoscaler))?.size ?? 0) > 0;
  return autoscaled && asked !== undefined ? { ...copy, spec: { ...copy.spec, replicas: asked } } : copy;
}
