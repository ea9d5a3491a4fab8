/** The resources of a container. */
import { pruned } from './prune.ts';
import { storedQuantities } from './quantity.ts';

type Quantities = Readonly<Record<string, string | number>>;

interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** Requests and limits as the API server stores them; what is empty is left out. */
export const storedResources = ({ requests, limits }: { requests?: Quantities; limits?: Quantities }): Resources =>
  pruned({ requests: storedQuantities(requests), limits: storedQuantities(limits) });
