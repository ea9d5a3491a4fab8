import type { BestieSpec } from '../api/bestie.ts';
import type { Observed } from '../api/observed.ts';
import { kubectl } from '../observed/commands.ts';
import { liveService, serviceType } from '../observed/loadbalancer.ts';

interface Fixed {
  type?: string | null;
  loadBalancerClass?: string | null;
  ipFamilies?: string[] | null;
}

interface Cause {
  /** Whether it is likely: what is wanted, and what the Service has, nothing where there is none. */
  applies(spec: BestieSpec, live: Fixed): boolean;
  says(o: Observed, name: string): string;
}

const anew = (o: Observed, name: string): string =>
  `to have it created anew, with another address, run: ${kubectl(o, `delete service ${name}`)}`;

/** What the API server refuses although each change of the spec was allowed, or because of what the cluster lacks. The first that applies counts. */
const causes: readonly Cause[] = [
  {
    applies: (spec, { type, loadBalancerClass }) =>
      type === 'LoadBalancer' &&
      serviceType(spec) === 'LoadBalancer' &&
      (spec.service?.loadBalancerClass ?? loadBalancerClass ?? undefined) !== (loadBalancerClass ?? undefined),
    says: (o, name) => `the class of its load balancer cannot change; ${anew(o, name)}`,
  },
  {
    applies: ({ service }, { ipFamilies }) => {
      const [wanted, stored] = [service?.ipFamilies?.[0], ipFamilies?.[0]];
      return wanted !== undefined && stored !== undefined && wanted !== stored;
    },
    says: (o, name) => `the first of its ipFamilies cannot change; ${anew(o, name)}`,
  },
  {
    applies: ({ service }) => service?.ipFamilies !== undefined || service?.ipFamilyPolicy !== undefined,
    says: () => 'spec.service.ipFamilies or ipFamilyPolicy may name a family that the cluster does not have',
  },
];

/** A likely cause for the API server to refuse the Service. */
export function serviceRefusal(o: Observed): string {
  const live = liveService(o);
  const cause = causes.find((each) => each.applies(o.bestie.spec, (live?.spec ?? {}) as Fixed));
  return cause === undefined ? '' : ` (${cause.says(o, live?.metadata.name ?? '')})`;
}
