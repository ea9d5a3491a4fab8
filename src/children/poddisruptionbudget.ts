import { kinds } from '../api/kinds.ts';
import { names, selector } from '../api/names.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { withoutImage } from './withoutimage.ts';

/**
 * One pod at a time may be evicted: a drain continues even with a single pod, and never takes two. A pod that is not ready serves no user, so it
 * may always be evicted: by default it would block the drain of its node while another pod is not ready either.
 */
export const podDisruptionBudgetChild: Child = {
  api: kinds.podDisruptionBudget,
  condition: 'PDBCreated',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: () => true,
  desired: (o) => [
    {
      ...head(kinds.podDisruptionBudget, names.podDisruptionBudget(o.bestie.metadata.name), o),
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selector(o.bestie.metadata.name, 'web') },
      },
    },
  ],
  readyWhen: exists,
};
