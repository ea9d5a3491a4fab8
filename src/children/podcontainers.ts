/** The containers that the spec adds to the pods: init containers, and sidecars, which are init containers that restart always. */
import type { BestieSpec } from '../api/bestie.ts';
import { pruned } from '../lib/prune.ts';
import { storedQuantities } from '../lib/quantity.ts';
import { mountsOf } from './volumes.ts';

type Sidecar = NonNullable<BestieSpec['sidecars']>[number];
type Added = NonNullable<BestieSpec['initContainers']>[number] | Sidecar;
type Quantities = Record<string, string | number>;

/** Requests and limits as the API server stores them; what is empty is left out. */
export const storedResources = ({ requests, limits }: { requests?: Quantities; limits?: Quantities }): object =>
  pruned({ requests: storedQuantities(requests), limits: storedQuantities(limits) });

/** As the API server stores it. Without an image of its own it runs that of the application, pulled as that one is. */
const built = ({ image, resources, volumeMounts, ...others }: Added, application: string): object => ({
  ...others,
  image: image ?? application,
  ...(resources && { resources: storedResources(resources) }),
  volumeMounts: mountsOf(volumeMounts),
});

/** They start before the database is waited for: it may be reached through one of them. */
export const sidecars = ({ sidecars: added = [] }: BestieSpec, application: string): object[] =>
  added.map((container) => ({ ...built(container, application), restartPolicy: 'Always' }));

export const initContainers = ({ initContainers: added = [] }: BestieSpec, application: string): object[] =>
  added.map((container) => built(container, application));
