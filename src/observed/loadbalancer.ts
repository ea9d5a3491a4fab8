/** Addresses that load balancers give, and the Service as it is reached from outside. */
import type { BestieSpec } from '../api/bestie.ts';
import { kinds } from '../api/kinds.ts';
import { kindKey, type KubeObject, type Live } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';

type Status = Live<{ loadBalancer: { ingress: { hostname: string; ip: string }[] } }>;

/** The type that the spec requests: `serviceType` is the older name of `service.type`. */
export const serviceType = ({ service, serviceType: older }: BestieSpec): BestieSpec['serviceType'] => service?.type ?? older;

/** The Service of a Bestie, as it is. */
export const liveService = (o: Observed): KubeObject | undefined => o.child(kindKey(kinds.service), names.service(o.bestie.metadata.name));

/** The first address that a load balancer gave a Service or an Ingress, as it stands in a URL. */
export function loadBalancerAddress(live: KubeObject | undefined): string | undefined {
  const { hostname, ip } = (live?.status as Status | undefined)?.loadBalancer?.ingress?.[0] ?? {};
  if (hostname) return hostname;
  return ip?.includes(':') ? `[${ip}]` : (ip ?? undefined);
}

/** The address of the load balancer that the spec wants, which answers by plain HTTP. */
export const balancedBy = (o: Observed): string | undefined =>
  serviceType(o.bestie.spec) === 'LoadBalancer' ? loadBalancerAddress(liveService(o)) : undefined;
