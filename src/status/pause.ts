/** The condition Paused of a Bestie that a user has paused, or had. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { requests } from '../api/names.ts';
import { isPaused } from '../observed/pause.ts';
import { previousConditions } from '../observed/previousconditions.ts';

/** The command that ends the pause. */
export const resume = ({ bestie: { metadata } }: Observed): string =>
  `kubectl -n ${metadata.namespace} annotate bestie ${metadata.name} ${requests.paused}-`;

/** The condition Paused; undefined if the Bestie never was. It stays, False, so that each pause has a time of its own. */
export function pause(o: Observed): Readiness | undefined {
  if (isPaused(o.bestie)) return { status: 'True', reason: 'Paused', message: `nothing but status is changed; to resume: ${resume(o)}` };
  if (!previousConditions(o.bestie.status).has('Paused')) return undefined;
  return { status: 'False', reason: 'Resumed', message: 'the Bestie is no longer paused' };
}
