/** Where the wanted image must not run, and nothing of this Bestie runs instead: on the database of a former Bestie, for one. */
import type { Readiness } from '../api/kubernetes.ts';
import type { Context } from '../api/child.ts';
import { deployedImage } from '../observed/releaserecord.ts';

/** Why the application, and whatever comes with it, is not created: the refusal in its own words. Undefined where something may run. */
export const withoutImage = (o: Context): Readiness | undefined => (deployedImage(o) === undefined ? o.decisions.refused : undefined);
