/** Results of one expression in two Prometheuses, compared. */
import type { Sample } from '../support/prometheus.ts';

export type Result = Map<string, number>;

/** By labels, less the name and what Prometheus adds for itself. */
export const resultOf = (samples: readonly Sample[]): Result =>
  new Map(
    samples
      .map(({ metric, value: [, value] }): [string, number] => {
        const labels = Object.entries(metric).filter(([label]) => !label.startsWith('__'));
        return [JSON.stringify(labels.sort(([a], [b]) => a.localeCompare(b))), Number(value)];
      })
      .sort(([a], [b]) => a.localeCompare(b)),
  );

/** By how much two results may differ: times advance while this runs, and the increase of a counter that is three minutes old is an estimate. */
const toleranceOf = (where: string): number => (where.includes('Operation') ? 0.15 : 0.01);

/** The label that distinguishes two results of one expression; undefined where none does. */
export function difference(where: string, result: Result, wanted: Result): string | undefined {
  const isClose = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= toleranceOf(where) * Math.abs(b);
  const same =
    [...result.keys()].join() === [...wanted.keys()].join() && [...wanted].every(([key, value]) => isClose(result.get(key) ?? NaN, value));
  return same ? undefined : `${where}: ${JSON.stringify([...result])} instead of ${JSON.stringify([...wanted])}`;
}
