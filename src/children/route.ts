import { kinds } from '../api/kinds.ts';
import { type KubeObject, type Live, type Readiness } from '../api/kubernetes.ts';
import { annotations, names } from '../api/names.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { takes } from './exposure.ts';
import { withoutImage } from './withoutimage.ts';

type Status = Live<{ ingress: { conditions: { type: string; status: string }[] }[] }>;

/** A router refuses or admits a Route; without a router its status stays empty. */
export function routeReadiness(live: KubeObject | undefined): Readiness {
  const admitted = (live?.status as Status | undefined)?.ingress?.[0]?.conditions?.find((found) => found?.type === 'Admitted')?.status;
  const name = live?.metadata.name ?? '';
  if (admitted === 'True') return exists(live);
  if (admitted === 'False')
    return { status: 'False', reason: 'Rejected', message: `the router refuses Route ${name}; see kubectl describe route ${name}` };
  return { status: 'True', reason: 'AddressPending', message: `Route ${name} exists; no router has admitted it yet` };
}

/** External access on OpenShift. TLS ends at the router, with its own certificate unless a Secret is named. */
export const routeChild: Child = {
  api: kinds.route,
  condition: 'RouteCreated',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: (o) => takes('Route', o),
  desired: (o) => {
    const { name } = o.bestie.metadata;
    const { host, tlsSecretName, annotations: theirs } = o.bestie.spec.exposure ?? {};
    return [
      {
        ...head(kinds.route, names.route(name), o, { ...theirs, [annotations.exposes]: names.service(name) }),
        spec: {
          ...(host !== undefined && { host }),
          to: { kind: 'Service', name: names.service(name), weight: 100 },
          port: { targetPort: 'http' },
          tls: {
            termination: 'edge',
            insecureEdgeTerminationPolicy: 'Redirect',
            ...(tlsSecretName !== undefined && { externalCertificate: { name: tlsSecretName } }),
          },
          wildcardPolicy: 'None',
        },
      },
    ];
  },
  readyWhen: routeReadiness,
};
