/** The containers that the spec adds to the pods: init containers, and sidecars, which are init containers that restart always. */
import type { BestieSpec } from '../api/bestie.ts';
import { storedResources } from '../lib/resources.ts';
import { mountsOf } from './volumes.ts';

type Sidecar = NonNullable<BestieSpec['sidecars']>[number];
type Added = NonNullable<BestieSpec['initContainers']>[number] | Sidecar;

/** What a container runs: an image of its own, or that of the application, pulled as that one is where it does not say otherwise. */
function runs({ image, imagePullPolicy }: Added, application: string, spec: BestieSpec): object {
  const policy = imagePullPolicy ?? (image === undefined ? spec.imagePullPolicy : undefined);
  return { image: image ?? application, ...(policy !== undefined && { imagePullPolicy: policy }) };
}

/** As the API server stores it. */
const built = ({ resources, volumeMounts, ...others }: Added, application: string, spec: BestieSpec): object => ({
  ...others,
  ...runs(others, application, spec),
  ...(resources && { resources: storedResources(resources) }),
  volumeMounts: mountsOf(volumeMounts),
});

/** They start before the database is waited for: it may be reached through one of them. */
export const sidecars = (spec: BestieSpec, application: string): object[] =>
  (spec.sidecars ?? []).map((container) => ({ ...built(container, application, spec), restartPolicy: 'Always' }));

export const initContainers = (spec: BestieSpec, application: string): object[] =>
  (spec.initContainers ?? []).map((container) => built(container, application, spec));
