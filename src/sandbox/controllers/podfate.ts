/**
 * What becomes of a pod. The images of our containers decide: a name or tag with `crash` crashes, `slow` starts but never
 * becomes ready, `badmigration` makes Job pods fail, `lost` cannot be pulled by any but Job pods, `unreachable` waits for its database for ever,
 * `refused` is not let in by it, `baddata` lets the check of a copy fail, and a word of kubeletfaults.ts does not even start. The annotation `sandbox/probe: fail` lets the probe of a pod fail. A container that is not ours runs until the pod is deleted.
 */
import { faultOf, faults } from './kubeletfaults.ts';
import { controllerOf, type Resource } from '../apiserver/object.ts';

export type Fate = 'ready' | 'no image' | 'cannot start' | 'crash' | 'never ready' | 'succeeds' | 'fails' | 'waits' | 'is refused';

export interface Container {
  name: string;
  image: string;
}

export const containersOf = (pod: Resource, key: 'containers' | 'initContainers'): readonly Container[] =>
  (pod.spec?.[key] ?? []) as readonly Container[];

const ours: ReadonlySet<string> = new Set(['bestie', 'migrate', 'seed', 'check', 'wait-for-database']);
const isOurs = ({ name }: Container): boolean => ours.has(name);
const allOf = (pod: Resource): Container[] => [...containersOf(pod, 'containers'), ...containersOf(pod, 'initContainers')];
/** Whether the pod has a container that is not ours. */
export const isInjected = (pod: Resource, container: Container): boolean => !isOurs(container) && allOf(pod).some(isOurs);
export const isOfJob = (pod: Resource): boolean => controllerOf(pod)?.kind === 'Job';
export const imagesOf = (pod: Resource): string[] =>
  allOf(pod)
    .filter((each) => !isInjected(pod, each))
    .map(({ image }) => image);

/** Whether it checks the copy of a drill. */
const isOfCheck = (pod: Resource): boolean => containersOf(pod, 'containers').some(({ name }) => name === 'check');

/** The fate that the images of the pod mean. A pod that has its image keeps it when it is `missing`. */
export function fateOf(pod: Resource, missing: ReadonlySet<string> = new Set()): Fate {
  const [isJob, images] = [isOfJob(pod), imagesOf(pod)];
  const has = (pattern: RegExp): boolean => images.some((image) => pattern.test(image));
  const isPending = (pod.status?.phase ?? 'Pending') === 'Pending';
  const fault = faultOf(images, isJob);
  if (fault === faults.nosuch || (!isJob && has(/lost/)) || (isPending && images.some((image) => missing.has(image)))) return 'no image';
  if (fault !== undefined) return 'cannot start';
  if (has(/unreachable/)) return 'waits';
  if (has(/refused/)) return 'is refused';
  if (isJob) return has(isOfCheck(pod) ? /baddata/ : /badmigration/) ? 'fails' : 'succeeds';
  if (pod.metadata.annotations?.['sandbox/probe'] === 'fail') return 'never ready';
  if (has(/crash/)) return 'crash';
  return has(/slow/) ? 'never ready' : 'ready';
}
