/** What is said of a Bestie that a person has paused, or had. */
import type { Bestie, Observed, Readiness } from '../api/kubernetes.ts';
import { requests } from '../api/names.ts';
import { isPaused } from '../api/pause.ts';
import { previousConditions } from './conditions.ts';

/** The command that ends the pause. */
export const resume = ({ bestie: { metadata } }: Observed): string =>
  `kubectl -n ${metadata.namespace} annotate bestie ${metadata.name} ${requests.paused}-`;

/** The condition Paused; undefined where the Bestie never was. It stays, False, so that each pause has a time of its own. */
export function pause(o: Observed): Readiness | undefined {
  if (isPaused(o.bestie)) return { status: 'True', reason: 'Paused', message: `nothing but status is changed; to go on: ${resume(o)}` };
  if (!previousConditions(o.bestie.status).has('Paused')) return undefined;
  return { status: 'False', reason: 'Resumed', message: 'the Bestie was paused, and is not any more' };
}

/** Since when it goes on after a pause, an RFC 3339 time; undefined where it was not paused. What waited meanwhile is not late by that. */
export function resumedAt(bestie: Bestie, now: string): string | undefined {
  const last = previousConditions(bestie.status).get('Paused');
  return last?.status === 'True' ? now : last?.lastTransitionTime;
}
