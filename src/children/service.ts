import type { BestieSpec } from '../api/bestie.ts';
import { kinds } from '../api/kinds.ts';
import type { KubeObject, Live, Manifest } from '../api/kubernetes.ts';
import { annotations, names, selector } from '../api/names.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import type { Observed } from '../api/observed.ts';
import { liveService, loadBalancerAddress, serviceType } from '../observed/loadbalancer.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { serviceRefusal } from './servicerefusal.ts';
import { withoutImage } from './withoutimage.ts';

export const SERVICE_PORT = 80;

type Families = NonNullable<BestieSpec['service']>['ipFamilies'];

/**
 * The annotations of the spec with one of the operator's own, which stays once it was sent: with none left, the apply would remove those of other
 * controllers, too. A Service that never had annotations has none of the operator.
 */
function annotationsOf(o: Observed, live: KubeObject | undefined): Record<string, string> | undefined {
  const theirs = o.bestie.spec.service?.annotations ?? {};
  const isNeeded =
    Object.keys(theirs).length > 0 ||
    (live !== undefined && (o.record(live) ?? live).metadata.annotations?.[annotations.serves] !== undefined);
  return isNeeded ? { ...theirs, [annotations.serves]: names.deployment(o.bestie.metadata.name) } : undefined;
}

/** The families as they will be stored: where both are wanted and one is named, Kubernetes adds the other. Sent without it, it would be sent for ever. */
function familiesOf({ ipFamilies, ipFamilyPolicy }: NonNullable<BestieSpec['service']>, live: KubeObject | undefined): Families {
  const stored = live?.spec as Live<{ ipFamilies: NonNullable<Families>; ipFamilyPolicy: string }> | undefined;
  const isSingle = (ipFamilyPolicy ?? stored?.ipFamilyPolicy ?? 'SingleStack') === 'SingleStack';
  return !isSingle && stored?.ipFamilies?.length === 2 && stored.ipFamilies[0] === ipFamilies?.[0]
    ? ([...stored.ipFamilies] as Families)
    : ipFamilies;
}

/** What the spec says about the Service beside its type and annotations, which most Besties leave out. */
function optionsOf({ service }: BestieSpec, live: KubeObject | undefined): object {
  if (service === undefined) return {};
  const { loadBalancerClass, ipFamilyPolicy, externalTrafficPolicy, sessionAffinity } = service;
  const ipFamilies = familiesOf(service, live);
  return {
    ...(loadBalancerClass !== undefined && { loadBalancerClass }),
    ...(ipFamilies && { ipFamilies }),
    ...(ipFamilyPolicy !== undefined && { ipFamilyPolicy }),
    ...(externalTrafficPolicy !== undefined && { externalTrafficPolicy }),
    ...(sessionAffinity !== undefined && { sessionAffinity }),
  };
}

function manifest(o: Observed): Manifest {
  const { name } = o.bestie.metadata;
  const live = liveService(o);
  return {
    ...head(kinds.service, names.service(name), o, annotationsOf(o, live)),
    spec: {
      type: serviceType(o.bestie.spec),
      selector: selector(name, 'web'),
      ports: [{ name: 'http', port: SERVICE_PORT, targetPort: 'http', protocol: 'TCP' }],
      ...optionsOf(o.bestie.spec, live),
    },
  };
}

/** One address in front of the application's pods. */
export const serviceChild: Child = {
  api: kinds.service,
  condition: 'ServiceCreated',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: () => true,
  desired: (o) => [manifest(o)],
  refusedBecause: serviceRefusal,
  readyWhen: (live, { bestie: { spec } }) => {
    if (serviceType(spec) !== 'LoadBalancer' || loadBalancerAddress(live) !== undefined) return exists(live);
    const { loadBalancerClass } = spec.service ?? {};
    const balancer = loadBalancerClass === undefined ? 'load balancer' : `load balancer of the class ${loadBalancerClass}`;
    return {
      status: 'True',
      reason: 'AddressPending',
      message: `Service ${live?.metadata.name ?? ''} exists; no ${balancer} has given it an address`,
    };
  },
};
