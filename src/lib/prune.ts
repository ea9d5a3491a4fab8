/** Fields that are maps of strings: an empty one is dropped by the API server, but an empty value in one is not. */
const stringMaps = new Set([
  'matchLabels',
  'nodeSelector',
  'annotations',
  'labels',
  'podAnnotations',
  'podLabels',
  'requests',
  'limits',
  'parameters',
  'volumeAttributes',
]);

const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.length === 0);
const isEmptyMap = (key: string, value: unknown): boolean =>
  stringMaps.has(key) && typeof value === 'object' && Object.keys(value ?? {}).length === 0;

/**
 * A copy without the empty lists, strings and string maps that the API server drops: if sent, they would differ from what it stores at every
 * sync. Empty objects stay, because they have a meaning (`labelSelector: {}` selects everything).
 */
export function pruned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(pruned) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, child]) => !isEmpty(child) && !isEmptyMap(key, child));
  return Object.fromEntries(kept.map(([key, child]) => [key, stringMaps.has(key) ? (child as unknown) : pruned(child as unknown)])) as T;
}
