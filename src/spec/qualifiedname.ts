/** Names of labels, annotations and resources, as the API server takes them. */

/** A label or the name of a resource. Source: IsQualifiedName, k8s.io/apimachinery/pkg/util/validation */
export const QUALIFIED =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIXED = /^([^/]{1,253}\/)?[^/]+$/;
export const isQualified = (key: string): boolean => QUALIFIED.test(key) && PREFIXED.test(key);
/** Whether every key of the map is the name of a label. */
export const areQualified = (map: object | undefined): boolean => Object.keys(map ?? {}).every(isQualified);
