/** How messages and commands name the database of a Bestie. */
import type { Observed } from '../api/observed.ts';

/** Its kind as kubectl names it. */
export const databaseResource = ({ provider: { kind } }: Observed): string => (kind?.kind ?? '').toLowerCase();

/** Its kind and name. Before the object exists, the name that it will have. */
export const databaseShown = (o: Observed): string =>
  `${o.provider.kind?.kind ?? ''} ${o.provider.live(o)?.metadata.name ?? o.provider.nameOf(o.bestie.metadata.name)}`;
