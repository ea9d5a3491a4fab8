/** Where pods may run. */
import type { Observed } from '../api/observed.ts';
import type { Component } from '../api/names.ts';

/**
 * The fields of a pod about nodes, and for the application those about other pods. A migration is a single pod, and so is the check of a drill: a term
 * about the pods of the application could exclude every node.
 */
export function placement({ bestie }: Observed, component: Component): object {
  const { nodeSelector, tolerations, affinity, topologySpreadConstraints } = bestie.spec;
  const nodeAffinity = affinity?.nodeAffinity;
  const nodes = { ...(nodeSelector && { nodeSelector }), ...(tolerations && { tolerations }) };
  if (component !== 'web') return { ...nodes, ...(nodeAffinity && { affinity: { nodeAffinity } }) };
  return { ...nodes, ...(affinity && { affinity }), ...(topologySpreadConstraints && { topologySpreadConstraints }) };
}
