/** A Bestie whose requested image must not run and that has no other image to run, for instance on the database of a former Bestie. */
import type { Readiness } from '../api/kubernetes.ts';
import type { Context } from '../api/child.ts';
import { deployedImage } from '../observed/releaserecord.ts';

/** Why the application, and what belongs to it, is not created: the refusal of the image. Undefined if an image may run. */
export const withoutImage = (o: Context): Readiness | undefined => (deployedImage(o) === undefined ? o.decisions.refused : undefined);
