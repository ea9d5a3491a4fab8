/** The last check before an answer that the API server would refuse for its size: a spec that got past admission, or annotations of others on a child. */
import { type Observed } from '../api/observed.ts';
import { kindKey, type KubeObject, type Manifest } from '../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../api/names.ts';
import { emptyRecord, lacksRecords } from '../observed/lastapplied.ts';
import { annotationBytes, jsonBytes } from '../lib/size.ts';

/**
 * Bytes that all annotations of an object, keys and values, may have together.
 * Source: TotalAnnotationSizeLimitB, k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
const ANNOTATIONS_LIMIT = 262_144;
/** Reserved for what Kubernetes adds: a ReplicaSet takes over the annotations of its Deployment, and has four more. */
const RESERVE = 1_024;

/** Whether the API server would refuse the child, `live` as it is or new, because its annotations with Metacontroller's record are too large. */
export function isTooLarge(manifest: Manifest, live: KubeObject | undefined, namespace: string, uid: string): boolean {
  const { metadata } = manifest;
  const sent = { ...manifest, metadata: { ...metadata, namespace, labels: { ...metadata.labels, [CONTROLLER_UID_LABEL]: uid } } };
  const beside = annotationBytes({ ...live?.metadata.annotations, ...metadata.annotations, ...emptyRecord });
  const room = ANNOTATIONS_LIMIT - RESERVE - beside;
  // No character takes more than six bytes, so most need no counting.
  return JSON.stringify(sent).length * 6 > room && jsonBytes(sent) > room;
}

/** Why one of these children would be refused; undefined if none would. Without a record nothing becomes too large. */
export function tooLarge(children: readonly Manifest[], o: Observed): string | undefined {
  const { namespace, uid } = o.bestie.metadata;
  const large = children.find((child) => isTooLarge(child, o.child(kindKey(child), child.metadata.name), namespace, uid));
  if (large === undefined || lacksRecords(o)) return undefined;
  return (
    `${large.kind} ${large.metadata.name} would be too large: with the record that Metacontroller keeps of it, its annotations exceed ` +
    'the 262144 bytes that the API server takes; shorten env, affinity, initContainers, sidecars or the annotations'
  );
}
