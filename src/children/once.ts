import type { Observed } from '../api/kubernetes.ts';

/** The same function, computed once per observed world: several children ask for the same facts. */
export function once<T>(compute: (o: Observed) => T): (o: Observed) => T {
  return (o) => {
    if (!o.facts.has(compute)) o.facts.set(compute, compute(o));
    return o.facts.get(compute) as T;
  };
}
