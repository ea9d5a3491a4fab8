/** A number of pods, or a percentage of the wanted ones: multiplied first, as GetScaledValueFromIntOrPercent does, for 7 / 100 × 100 is more than 7. */
export function share(value: unknown, of: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number.parseInt(String(value), 10) * of) / 100);
}
