import { annotations } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { durable } from '../observed/lastapplied.ts';

/** The first 8 characters of the uid of the Bestie that created the database; kept when another Bestie takes it over. */
export function incarnation(o: Observed): string {
  const live = o.provider.live(o);
  return (live && durable(o, live, annotations.incarnation)) ?? o.bestie.metadata.uid.slice(0, 8);
}
