/** The part of all that is kept which one text may take: a longer one is computed each time. */
const LARGEST_PART = 1 / 100;
/** Room for fewer characters would keep no text of an ordinary length. */
const LEAST = 10_000;

/**
 * A pure function of a text that keeps its last results: as many as have texts of `characters` in all, the oldest goes first. What is kept is
 * shared by all who ask, so it must not be changed. Throws RangeError for room in which nothing would be kept.
 */
export function remembered<T>(characters: number, compute: (text: string) => T): (text: string) => T {
  if (characters < LEAST) throw new RangeError(`room for ${characters} characters instead of at least ${LEAST}`);
  const known = new Map<string, T>();
  let held = 0;
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    const result = compute(text);
    if (text.length > characters * LARGEST_PART) return result;
    known.set(text, result);
    held += text.length;
    for (const oldest of known.keys()) {
      if (held <= characters) break;
      known.delete(oldest);
      held -= oldest.length;
    }
    return result;
  };
}
