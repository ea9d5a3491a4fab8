import type { Observed } from '../api/kubernetes.ts';

/** The same function, computed once per observed world: several children ask for the same facts. */
export function once<T>(compute: (o: Observed) => T): (o: Observed) => T {
  const known = new WeakMap<Observed, { value: T }>();
  return (o) => {
    const found = known.get(o) ?? { value: compute(o) };
    known.set(o, found);
    return found.value;
  };
}
