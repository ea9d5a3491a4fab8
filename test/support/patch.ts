/**
 * A patch of a golden case over its base: a JSON merge patch (RFC 7396) that reaches into lists, and that fails where it finds nothing.
 *   - A map is laid over a map, field by field. null takes a field away, which must be there. A field that the base lacks is taken as it is.
 *   - A map over a list chooses entries by their key: `type`, `name`, or `Kind/name` of an object. null takes an entry away.
 *   - An entry that says its own key is whole: it takes the place of the one in the base, or is added at the end.
 *   - A list or a plain value takes the place of what the base has.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** Fields that are a list wherever they stand, so that a map in a patch chooses entries. */
const lists: readonly string[] = ['conditions', 'objects', 'related'];

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an entry of a list is chosen by; undefined where it has nothing of that kind. */
export function keyOf(entry: unknown): string | undefined {
  if (!isFields(entry)) return undefined;
  const { kind, metadata, type } = entry;
  const name = isFields(metadata) ? metadata.name : entry.name;
  if (typeof kind === 'string' && typeof name === 'string') return `${kind}/${name}`;
  if (typeof type === 'string') return type;
  return typeof entry.name === 'string' ? entry.name : undefined;
}

function patchedField(base: Fields, name: string, patch: unknown, place: string): unknown {
  if (Object.hasOwn(base, name)) return patched(base[name], patch, place);
  if (patch === null) throw new Error(`${place} is taken away, but is not there`);
  if (lists.includes(name) && isFields(patch)) throw new Error(`${place} chooses entries of a list that is not there`);
  return patch;
}

function patchedFields(base: Fields, patch: Fields, place: string): Fields {
  const merged = new Map(Object.entries(base));
  for (const [name, part] of Object.entries(patch)) {
    const value = patchedField(base, name, part, place === '' ? name : `${place}.${name}`);
    if (part === null) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

/** The entry of that key after the patch; undefined where it is taken away. */
function patchedEntry(entries: ReadonlyMap<string, unknown>, key: string, patch: unknown, place: string): unknown {
  const own = keyOf(patch);
  if (own === key) return patch;
  if (own !== undefined) throw new Error(`${place} holds ${own}`);
  if (patch === null && !entries.has(key)) throw new Error(`${place} is taken away, but is not there`);
  if (!entries.has(key))
    throw new Error(`${place} is patched, but is not there; a new entry is whole, with its own type, name, or kind and name`);
  return patch === null ? undefined : patched(entries.get(key), patch, place);
}

function patchedList(base: readonly unknown[], patch: Fields, place: string): unknown[] {
  const entries = new Map(base.map((entry) => [keyOf(entry) ?? '', entry]));
  if (entries.has('') || entries.size < base.length)
    throw new Error(`${place} chooses entries of a list in which not each has a key of its own`);
  for (const [key, part] of Object.entries(patch)) {
    const entry = patchedEntry(entries, key, part, `${place}[${key}]`);
    if (entry === undefined) entries.delete(key);
    else entries.set(key, entry);
  }
  return [...entries.values()];
}

/** The base with the patch laid over it, as a new value. Throws a sentence with the place where the patch does not find what it is about. */
export function patched(base: unknown, patch: unknown, place = ''): unknown {
  if (!isFields(patch)) return patch;
  if (Array.isArray(base)) return patchedList(base, patch, place);
  return isFields(base) ? patchedFields(base, patch, place) : patch;
}
