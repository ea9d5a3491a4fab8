/** Plain JSON, as it goes over the wire: what is compared knows no type of either build. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or an empty one where the value is none. */
export const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** The value as JSON carries it: a copy without functions and undefined. */
export const cloned = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** `patch` laid over `target` field by field; lists are replaced. */
export function overlaid(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = { ...objectOf(target) };
  for (const [key, value] of Object.entries(patch)) merged[key] = overlaid(merged[key], value);
  return merged;
}
