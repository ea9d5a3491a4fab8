/**
 * A pure function of a text that keeps its last results: at most `limit`, the oldest goes first. What is kept is shared by all who ask, so it must
 * not be changed.
 */
export function remembered<T>(limit: number, compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    const result = compute(text);
    const [oldest] = known.keys();
    if (known.size >= limit && oldest !== undefined) known.delete(oldest);
    known.set(text, result);
    return result;
  };
}
