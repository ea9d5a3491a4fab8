import type { Observed } from '../api/observed.ts';

/** The same function, computed once per observed world: several children ask for the same facts. */
export function memo<T, O extends Observed = Observed>(compute: (o: O) => T): (o: O) => T {
  return (o) => {
    if (!o.facts.has(compute)) o.facts.set(compute, compute(o));
    return o.facts.get(compute) as T;
  };
}
