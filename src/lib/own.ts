/**
 * The value under a key that comes from outside; undefined if the record has none of its own. `record[key]` would also find what every
 * object inherits: `constructor`, `toString`, `__proto__`.
 */
export const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
