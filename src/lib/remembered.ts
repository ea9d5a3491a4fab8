/** The part of all that is kept which one text may take: a longer one is computed each time. */
const LARGEST_PART = 1 / 100;

/**
 * A pure function of a text that keeps its last results: as many as have texts of `characters` in all, the oldest goes first. What is kept is
 * shared by all who ask, so it must not be changed.
 */
export function remembered<T>(characters: number, compute: (text: string) => T): (text: string) => T {
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
