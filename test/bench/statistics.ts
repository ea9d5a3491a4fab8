/** The value at that share of an ascending list. */
export const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

export const median = (values: readonly number[]): number =>
  at(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** The geometric mean of ratios, and the factor by which it may be off: two standard errors of the mean of their logarithms. */
export function meanRatio(ratios: readonly number[]): { mean: number; error: number } {
  const logarithms = ratios.map(Math.log);
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / ratios.length;
  const variance = logarithms.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (ratios.length - 1);
  return { mean: Math.exp(mean), error: Math.exp(2 * Math.sqrt(variance / ratios.length)) - 1 };
}
