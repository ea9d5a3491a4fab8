import { kinds } from '../api/kinds.ts';
import { type Live } from '../api/kubernetes.ts';
import { annotations, names } from '../api/names.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { takes } from './exposure.ts';
import { withoutImage } from './withoutimage.ts';

type Status = Live<{ loadBalancer: { ingress: object[] } }>;

/** External access on clusters that have Ingresses and no Routes. */
export const ingressChild: Child = {
  api: kinds.ingress,
  condition: 'IngressCreated',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: (o) => takes('Ingress', o),
  desired: (o) => {
    const { name } = o.bestie.metadata;
    const { host, className, tlsSecretName, annotations: theirs } = o.bestie.spec.exposure ?? {};
    const backend = { service: { name: names.service(name), port: { name: 'http' } } };
    return [
      {
        // One annotation of our own is always set: with none left, the apply would remove those of other controllers too.
        ...head(kinds.ingress, names.ingress(name), o, { ...theirs, [annotations.exposes]: names.service(name) }),
        spec: {
          ...(className !== undefined && { ingressClassName: className }),
          ...(tlsSecretName !== undefined && { tls: [{ ...(host !== undefined && { hosts: [host] }), secretName: tlsSecretName }] }),
          rules: [{ ...(host !== undefined && { host }), http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
        },
      },
    ];
  },
  refusedBecause: (o) =>
    o.bestie.spec.exposure?.host === undefined
      ? ' (it names no host, and an ingress controller may admit one such Ingress alone: set spec.exposure.host)'
      : '',
  readyWhen: (live) => {
    if ((live?.status as Status | undefined)?.loadBalancer?.ingress?.length) return exists(live);
    return {
      status: 'True',
      reason: 'AddressPending',
      message: `Ingress ${live?.metadata.name ?? ''} exists; no ingress controller has given it an address`,
    };
  },
};
