import type { Bestie } from '../api/observed.ts';
import { previousConditions } from './previousconditions.ts';
import { requests } from '../api/names.ts';

/** Whether a person has paused the Bestie. No other value than `true` does. */
export const isPaused = ({ metadata }: Bestie): boolean => metadata.annotations?.[requests.paused] === 'true';

/** Since when it goes on after a pause, an RFC 3339 time; undefined where it was not paused. What waited meanwhile is not late by that. */
export function resumedAt(bestie: Bestie, now: string): string | undefined {
  const last = previousConditions(bestie.status).get('Paused');
  return last?.status === 'True' ? now : last?.lastTransitionTime;
}
