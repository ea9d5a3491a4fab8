import { kinds } from '../api/kinds.ts';
import { type KubeObject, type Readiness } from '../api/kubernetes.ts';
import { annotations, names } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { kubectl } from '../observed/commands.ts';
import { hostnames, isInPlace, parentReference, verdicts, type Verdict } from '../observed/gateway.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { takes } from './exposure.ts';
import { SERVICE_PORT } from './service.ts';
import { withoutImage } from './withoutimage.ts';

/**
 * The reasons of the Gateway API that name a cause, each with what to do. They follow from the objects alone. A controller may have others,
 * which may change from one attempt to the next, so they are not repeated.
 */
const causes: Readonly<Record<string, string>> = {
  NotAllowedByListeners: 'no listener admits HTTPRoutes of this Namespace: set allowedRoutes of the listener',
  NoMatchingListenerHostname: 'no listener has a hostname that matches spec.exposure.host: set one of the two',
  NoMatchingParent: 'it has no listener of that name and port: set spec.exposure.gateway.sectionName to one that it has, or leave it out',
  RefNotPermitted: 'it must not refer to the Service: see the ReferenceGrants of this Namespace',
  BackendNotFound: 'it does not find the Service of this Bestie: see ServiceCreated',
  InvalidKind: 'it does not know the kind Service as a target',
  UnsupportedProtocol: 'it does not support the protocol of the Service',
};

/** A controller that has not looked at it yet may say False with this reason. */
const PENDING = 'Pending';

const isRefusal = (condition: Verdict['accepted']): boolean => condition?.status === 'False' && condition.reason !== PENDING;

const refusals: readonly { of: (verdict: Verdict) => Verdict['accepted']; reason: Readiness['reason']; says: string }[] = [
  { of: ({ accepted }) => accepted, reason: 'NotAccepted', says: 'does not accept' },
  { of: ({ resolved }) => resolved, reason: 'RefsNotResolved', says: 'cannot send requests of' },
];

/** The first refusal of a controller, in the order of their names. */
function refusal(found: readonly Verdict[], name: string, o: Observed): Readiness | undefined {
  for (const { of, reason, says } of refusals) {
    const refused = found.map(of).find(isRefusal);
    if (refused === undefined) continue;
    const given = refused.reason ?? '';
    const because = Object.hasOwn(causes, given) ? ` (${given}: ${causes[given]})` : '';
    const message = `${gatewayName(o)} ${says} HTTPRoute ${name}${because}; see ${kubectl(o, `describe ${kinds.httpRoute.resource} ${name}`)}`;
    return { status: 'False', reason, message };
  }
  return undefined;
}

/** The Gateway as a user finds it. */
function gatewayName(o: Observed): string {
  const { name = '', namespace = o.bestie.metadata.namespace } = parentReference(o) ?? {};
  return `Gateway ${namespace}/${name}`;
}

/** A Gateway accepts or refuses an HTTPRoute; without a controller that serves it, its status stays empty. */
export function httpRouteReadiness(live: KubeObject | undefined, o: Observed): Readiness {
  const found = verdicts(live, o);
  if (found.some(isInPlace)) return exists(live);
  const name = live?.metadata.name ?? '';
  return (
    refusal(found, name, o) ?? {
      status: 'True',
      reason: 'GatewayPending',
      message: `HTTPRoute ${name} exists; no controller has accepted it for ${gatewayName(o)} yet`,
    }
  );
}

/** External access by a Gateway, which terminates TLS. Lists without a merge key are sent with every default of the API. */
export const httpRouteChild: Child = {
  api: kinds.httpRoute,
  condition: 'HTTPRouteCreated',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: (o) => takes('HTTPRoute', o),
  desired: (o) => {
    const { name } = o.bestie.metadata;
    const service = names.service(name);
    const hosts = hostnames(o);
    const backend = { group: '', kind: kinds.service.kind, name: service, port: SERVICE_PORT, weight: 1 };
    return [
      {
        // Of annotations, one of our own is always set: see the Ingress.
        ...head(kinds.httpRoute, names.httpRoute(name), o, { ...o.bestie.spec.exposure?.annotations, [annotations.exposes]: service }),
        spec: {
          parentRefs: [parentReference(o)],
          ...(hosts && { hostnames: hosts }),
          rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [backend] }],
        },
      },
    ];
  },
  readyWhen: httpRouteReadiness,
};
