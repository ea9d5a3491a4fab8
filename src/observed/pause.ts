import type { Bestie } from '../api/observed.ts';
import { previousConditions } from './previousconditions.ts';
import { requests } from '../api/names.ts';

/** Whether a user has paused the Bestie. No other value than `true` does. */
export const isPaused = ({ metadata }: Bestie): boolean => metadata.annotations?.[requests.paused] === 'true';

/** When it was resumed after a pause, an RFC 3339 time; undefined if it was not paused. The time of a pause makes nothing late. */
export function resumedAt(bestie: Bestie, now: string): string | undefined {
  const last = previousConditions(bestie.status).get('Paused');
  return last?.status === 'True' ? now : last?.lastTransitionTime;
}
