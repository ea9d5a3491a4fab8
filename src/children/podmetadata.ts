/** Labels and annotations of the pods: those that the spec adds, under ours. */
import type { Observed } from '../api/observed.ts';
import { labels, type Component } from '../api/names.ts';

type Texts = Record<string, string>;

/** Keys that are reserved for the operator, or for the controllers of Deployments and Jobs. */
const RESERVED = /^(pets\.bestie\.com\/.*|batch\.kubernetes\.io\/.*|controller-uid|job-name|pod-template-hash)$/;

const free = (given: Texts = {}): Texts => Object.fromEntries(Object.entries(given).filter(([key]) => !RESERVED.test(key)));

/** Labels and annotations of pods with that role, `ours` among the annotations, which are left out if there are none. */
export function podMetadata(
  { bestie: { metadata, spec } }: Observed,
  component: Component,
  ours: Texts = {},
): { labels: Texts; annotations?: Texts } {
  // What keeps the sidecar of a mesh out of one Job keeps it out of the other.
  const own = component === 'web' ? undefined : spec.migration;
  const annotations = { ...free({ ...spec.podAnnotations, ...own?.podAnnotations }), ...ours };
  return {
    labels: { ...free({ ...spec.podLabels, ...own?.podLabels }), ...labels(metadata.name, component) },
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}
