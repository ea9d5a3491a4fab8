/** Names that one message has; the others are counted. */
const NAMED = 5;

/** In words, the first names and how many more there are: `a, b, c, d, e and 2 more`. */
export function firstFew(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
