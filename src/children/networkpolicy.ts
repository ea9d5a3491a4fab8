import type { BestieSpec } from '../api/bestie.ts';
import { kinds } from '../api/kinds.ts';
import type { Observed } from '../api/observed.ts';
import { names, selector } from '../api/names.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { isExternal } from '../observed/migrations.ts';
import { PORT } from '../api/containers.ts';

const tcp = (port: number): object => ({ port, protocol: 'TCP' });

/** DNS, 5353 being OpenShift's own port for it, the database, https for the image uploads, and what the spec adds. */
function egress(o: Observed): object[] {
  const { provider, bestie } = o;
  const database = { matchLabels: provider.podLabels(provider.nameOf(bestie.metadata.name)) };
  const copy = { matchLabels: provider.podLabels(provider.copies.drillName(bestie.metadata.name)) };
  // The check of a drill logs in to the copy.
  const copies = bestie.spec.database.backups.verify === undefined ? [] : [{ podSelector: copy }];
  return [
    { ports: [53, 5353].flatMap((port) => [{ port, protocol: 'UDP' }, tcp(port)]) },
    { ports: [tcp(5432)], to: [{ podSelector: database }, ...copies] },
    { ports: [tcp(443)] },
    ...(bestie.spec.networkPolicy.extraEgress ?? []),
  ];
}

/** The API cannot compare blocks of IPv6, so some of them may be refused by the NetworkPolicy alone. */
const namesExceptions = ({ extraIngress = [], extraEgress = [] }: BestieSpec['networkPolicy']): boolean =>
  [...extraIngress.flatMap(({ from = [] }) => from), ...extraEgress.flatMap(({ to = [] }) => to)].some(({ ipBlock }) => ipBlock?.except);

/** Admits the traffic that the application serves and needs. The address of an external database is not known, so all outgoing traffic is allowed then. */
export const networkPolicyChild: Child = {
  api: kinds.networkPolicy,
  condition: 'NetworkPolicyCreated',
  dependsOn: () => [],
  includeWhen: (o) => o.bestie.spec.networkPolicy.enabled,
  desired: (o) => [
    {
      ...head(kinds.networkPolicy, names.networkPolicy(o.bestie.metadata.name), o),
      spec: {
        podSelector: { matchLabels: selector(o.bestie.metadata.name) },
        policyTypes: isExternal(o) ? ['Ingress'] : ['Ingress', 'Egress'],
        ingress: [{ ports: [tcp(PORT)] }, ...(o.bestie.spec.networkPolicy.extraIngress ?? [])],
        ...(!isExternal(o) && { egress: egress(o) }),
      },
    },
  ],
  refusedBecause: ({ bestie: { spec } }) =>
    namesExceptions(spec.networkPolicy) ? ' (each except of an ipBlock in spec.networkPolicy must be a smaller block within its cidr)' : '',
  readyWhen: exists,
};
