/** Where the application is reachable: by the ways in that work, else by its Service. */
import type { Observed } from '../api/observed.ts';
import type { Live } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import { areTls, openWays, takes, wayObject, waysIn, type Way } from '../children/exposure.ts';
import { httpRouteReadiness } from '../children/httproute.ts';
import { routeReadiness } from '../children/route.ts';
import { SERVICE_PORT } from '../children/service.ts';
import { gatewayLeads, httpRouteOf } from '../observed/gateway.ts';
import { balancedBy, liveService, loadBalancerAddress } from '../observed/loadbalancer.ts';

/** The host of an Ingress or Route if the spec names none. */
function givenHost(o: Observed): string | undefined {
  const route = wayObject('Route', o) as Live<{ status: { ingress: { host: string }[] } }> | undefined;
  return route?.status?.ingress?.[0]?.host ?? loadBalancerAddress(wayObject('Ingress', o));
}

/** The ways in beside a Gateway. */
const othersOf = (o: Observed): readonly Way[] => waysIn(o).filter((way) => way !== 'HTTPRoute');

/** Whether there is an Ingress, or a Route that no router refuses, by which users may come. */
function isExposed(o: Observed): boolean {
  if (othersOf(o).length === 0) return false;
  const route = wayObject('Route', o);
  return wayObject('Ingress', o) !== undefined || (route !== undefined && routeReadiness(route).status === 'True');
}

/** Whether users come by the Gateway: once it has accepted the HTTPRoute, and while it may still do so where no other way is known. */
function isBehindGateway(o: Observed): boolean {
  const live = httpRouteOf(o);
  if (!takes('HTTPRoute', o) || live === undefined || httpRouteReadiness(live, o).status !== 'True') return false;
  return gatewayLeads(o) || (!isExposed(o) && balancedBy(o) === undefined);
}

/** Whether there is a Service, which every address leads to. */
export const hasService = (o: Observed): boolean => liveService(o) !== undefined;

/** An address outside the cluster, with the scheme of the ways that lead to it. */
const outside = (host: string, by: readonly Way[], o: Observed): string => `${areTls(by, o) ? 'https' : 'http'}://${host}`;

/** Where the application is reachable; undefined while nothing leads to it. */
export function urlOf(o: Observed): string | undefined {
  if (!hasService(o)) return undefined;
  const { name, namespace } = o.bestie.metadata;
  const host = o.bestie.spec.exposure?.host;
  // The addresses of a Gateway are not known, so that without a host of the spec it gives none.
  if (host !== undefined && isBehindGateway(o)) return outside(host, ['HTTPRoute'], o);
  const known = isExposed(o) ? (host ?? givenHost(o)) : undefined;
  if (known !== undefined) return outside(known, openWays(othersOf(o), o), o);
  return `http://${balancedBy(o) ?? `${names.service(name)}.${namespace}.svc:${SERVICE_PORT}`}`;
}
