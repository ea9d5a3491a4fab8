import type { KubeObject } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';

/** Every observed child, by kind. */
export const observedChildren = (o: Pick<Observed, 'children'>): KubeObject[] =>
  [...o.children.values()].flatMap((byName) => [...byName.values()]);
