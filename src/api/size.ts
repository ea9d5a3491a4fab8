/** How large an object becomes for the API server: Metacontroller keeps each child as it was applied, as JSON, in an annotation of it. */
import type { KubeObject, Manifest } from './kubernetes.ts';
import { CONTROLLER_UID_LABEL, LAST_APPLIED_ANNOTATION } from './names.ts';

/**
 * Bytes that all annotations of an object, keys and values, may have together.
 * Source: TotalAnnotationSizeLimitB, k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
const ANNOTATIONS_LIMIT = 262_144;
/** Kept free for what Kubernetes adds: a ReplicaSet takes over the annotations of its Deployment, and has four more. */
const RESERVE = 1_024;

/** Bytes in UTF-8. */
function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) bytes += 1;
    // Half of a pair has two of the four bytes.
    if (code > 0x7ff && (code < 0xd800 || code > 0xdfff)) bytes += 1;
  }
  return bytes;
}

/** What Go's encoder writes in six bytes, and JSON.stringify in fewer. Some of its versions do so with \b and \f, too. */
const ESCAPED = /[<>&\u2028\u2029]|\\[bf]/g;

/** Bytes of the value as JSON, as Go's encoder writes it. Source: encoding/json, func HTMLEscape. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value).replace(ESCAPED, '\\u0000'));
}

/** Bytes of all keys and values, as the API server counts them. What is no text was not stored by one, and is left out. */
export const annotationBytes = (annotations: Readonly<Record<string, unknown>>): number =>
  Object.entries(annotations).reduce((sum, [key, value]) => sum + utf8Bytes(key) + (typeof value === 'string' ? utf8Bytes(value) : 0), 0);

/** Whether the API server would refuse the child, `live` as it is or new, because its annotations with Metacontroller's record are too large. */
export function isTooLarge(manifest: Manifest, live: KubeObject | undefined, namespace: string, uid: string): boolean {
  const { metadata } = manifest;
  const sent = { ...manifest, metadata: { ...metadata, namespace, labels: { ...metadata.labels, [CONTROLLER_UID_LABEL]: uid } } };
  const beside = annotationBytes({ ...live?.metadata.annotations, ...metadata.annotations, [LAST_APPLIED_ANNOTATION]: '' });
  const room = ANNOTATIONS_LIMIT - RESERVE - beside;
  // No character takes more than six bytes, so most need no counting.
  return JSON.stringify(sent).length * 6 > room && jsonBytes(sent) > room;
}
