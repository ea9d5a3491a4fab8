/** How messages and commands name the database of a Bestie. */
import type { Observed } from '../api/observed.ts';

/** What kubectl calls its kind. */
export const databaseResource = ({ provider: { kind } }: Observed): string => (kind?.kind ?? '').toLowerCase();

/** Its kind and name. Without an object yet, the name that it is going to have. */
export const databaseShown = (o: Observed): string =>
  `${o.provider.kind?.kind ?? ''} ${o.provider.live(o)?.metadata.name ?? o.provider.nameOf(o.bestie.metadata.name)}`;
