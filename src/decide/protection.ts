/** Whether a Bestie that is being deleted keeps everything. */
import type { Observed } from '../api/observed.ts';
import { namespaceOf } from '../database/guard.ts';

/** Everything in the Namespace is deleted with it: no backup can run there any more, and nothing can be kept. */
export const isNamespaceGoing = (o: Observed): boolean => namespaceOf(o)?.metadata.deletionTimestamp != null;

export const isProtected = (o: Observed): boolean =>
  (o.bestie.spec as Partial<typeof o.bestie.spec> | null)?.deletionProtection === true && !isNamespaceGoing(o);

/** Whether it is being deleted and nothing keeps it: nothing new begins then. */
export const isGoing = (o: Observed): boolean => o.bestie.metadata.deletionTimestamp != null && !isProtected(o);
