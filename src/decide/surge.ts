/** Pods that a rolling update runs beyond the wanted ones, as far as they need connections to the database of their own. */
import { share } from '../lib/share.ts';

/**
 * How many that are for so many wanted pods. One is not counted: it takes the connections that are kept for a migration, which never runs
 * during a rollout.
 */
export const surging = (pods: number, maxSurge: number | string = 1): number => Math.max(0, share(maxSurge, pods, Math.ceil) - 1);

/** The greatest number of wanted pods for which those of a rolling update are no more than `served`. */
export function largest(served: number, maxSurge: number | string | undefined): number {
  let pods = served;
  while (pods > 0 && pods + surging(pods, maxSurge) > served) pods -= 1;
  return pods;
}
