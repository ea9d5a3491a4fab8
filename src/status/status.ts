/** The status of a Bestie: facts that were observed, in one canonical form. */
import type { ConditionType } from '../api/condition.ts';
import { shortVersion, versionOf } from '../lib/image.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed, type Status } from '../api/observed.ts';
import { kindKey, type Condition, type KubeObject, type Live, type Readiness } from '../api/kubernetes.ts';
import { durable } from '../observed/lastapplied.ts';
import { annotations, names, selector } from '../api/names.ts';
import { deployedImage } from '../observed/releaserecord.ts';
import { areTls, openWays, takes, waysIn, type Way } from '../children/exposure.ts';
import { isOver, isReady, isTerminating, isWorker, podsOf, present, type Pod } from '../observed/pods.ts';
import { isExternal, record } from '../observed/migrations.ts';
import { gatewayLeads, httpRouteOf } from '../observed/gateway.ts';
import { deployment, isRolledOut, neededPods, rollout } from '../observed/deployment.ts';
import { httpRouteReadiness } from '../children/httproute.ts';
import { balancedBy } from '../observed/loadbalancer.ts';
import { routeReadiness } from '../children/route.ts';
import { SERVICE_PORT } from '../children/service.ts';
import { connectsThroughPooler } from '../observed/pooler.ts';
import { problems } from '../observed/podtroubles.ts';
import { backupStatus } from './backupstatus.ts';

/** The image is that of the application, also with injected containers; if no container has its name, that of the first. */
function line({ metadata, spec, status }: Pod): string {
  const containers = present(spec?.containers);
  const { image } = containers.find(isWorker) ?? containers[0] ?? {};
  return `${metadata.name} : ${status?.phase ?? 'Unknown'} : ${image ?? 'unknown'}`;
}

/** The host of an Ingress or Route if the spec names none. */
function givenHost(o: Observed): string | undefined {
  const { name } = o.bestie.metadata;
  const route = o.child(kindKey(kinds.route), names.route(name)) as Live<{ status: { ingress: { host: string }[] } }> | undefined;
  const ingress = o.child(kindKey(kinds.ingress), names.ingress(name)) as
    Live<{ status: { loadBalancer: { ingress: { hostname: string; ip: string }[] } } }> | undefined;
  const address = ingress?.status?.loadBalancer?.ingress?.[0];
  return route?.status?.ingress?.[0]?.host ?? address?.hostname ?? address?.ip ?? undefined;
}

/** The ways in beside a Gateway. */
const othersOf = (o: Observed): readonly Way[] => waysIn(o).filter((way) => way !== 'HTTPRoute');

/** Whether there is an Ingress, or a Route that no router refuses, by which users may come. */
function isExposed(o: Observed): boolean {
  if (othersOf(o).length === 0) return false;
  const { name } = o.bestie.metadata;
  const route = o.child(kindKey(kinds.route), names.route(name));
  return (
    o.child(kindKey(kinds.ingress), names.ingress(name)) !== undefined || (route !== undefined && routeReadiness(route).status === 'True')
  );
}

/** Whether users come by the Gateway: once it has accepted the HTTPRoute, and while it may still do so where no other way is known. */
function isBehindGateway(o: Observed): boolean {
  const live = httpRouteOf(o);
  if (!takes('HTTPRoute', o) || live === undefined || httpRouteReadiness(live, o).status !== 'True') return false;
  return gatewayLeads(o) || (!isExposed(o) && balancedBy(o) === undefined);
}

/** Whether there is a Service, which every address leads to. */
export const hasService = (o: Observed): boolean => o.child(kindKey(kinds.service), names.service(o.bestie.metadata.name)) !== undefined;

/** An address outside the cluster, with the scheme of the ways that lead to it. */
const outside = (host: string, by: readonly Way[], o: Observed): string => `${areTls(by, o) ? 'https' : 'http'}://${host}`;

/** Where the application is reachable; undefined while nothing leads to it. */
function url(o: Observed): string | undefined {
  if (!hasService(o)) return undefined;
  const { name, namespace } = o.bestie.metadata;
  const host = o.bestie.spec.exposure?.host;
  // The addresses of a Gateway are not known, so that without a host of the spec it gives none.
  if (host !== undefined && isBehindGateway(o)) return outside(host, ['HTTPRoute'], o);
  const known = isExposed(o) ? (host ?? givenHost(o)) : undefined;
  if (known !== undefined) return outside(known, openWays(othersOf(o), o), o);
  return `http://${balancedBy(o) ?? `${names.service(name)}.${namespace}.svc:${SERVICE_PORT}`}`;
}

/** The version that is rolled out and available: set at the end of each rollout, kept until the next one ends. */
function appVersion(o: Observed, live: KubeObject | undefined): string | undefined {
  const image = live && durable(o, live, annotations.running);
  const version = image === undefined ? undefined : versionOf(image);
  const isNew = version !== undefined && isRolledOut(live, neededPods(o));
  return isNew ? shortVersion(version) : (o.bestie.status.appversion ?? undefined);
}

function imagePulled(o: Observed): Readiness {
  const pods = [...podsOf(o, 'web'), ...podsOf(o, 'migration')];
  const failure = problems(pods, o).find(({ reason }) => reason === 'ImagePullFailed');
  if (failure !== undefined) return { status: 'False', ...failure };
  return pods.length === 0
    ? { status: 'Unknown', reason: 'NoPods', message: 'there is no pod that would need an image' }
    : { status: 'True', reason: 'ImagePulled', message: 'no container waits for an image that cannot be pulled' };
}

function available(o: Observed): Readiness {
  const live = deployment(o);
  const name = names.deployment(o.bestie.metadata.name);
  if (live === undefined) return { status: 'False', reason: 'NoDeployment', message: `there is no Deployment ${name}` };
  const { asked, available: serving, condition } = rollout(live);
  // Kubernetes reports a Deployment without requested pods as available.
  if (asked === 0) return { status: 'False', reason: 'TooFewReplicas', message: `Deployment ${name} is scaled to 0 pods` };
  const isEnough = condition('Available')?.status === 'True';
  // It also does so while the strategy lets every pod be missing.
  if (isEnough && serving === 0 && o.bestie.spec.strategy?.maxUnavailable !== undefined)
    return { status: 'False', reason: 'TooFewReplicas', message: `no pod of Deployment ${name} is ready, which its strategy allows` };
  return isEnough
    ? { status: 'True', reason: 'EnoughReplicas', message: `Deployment ${name} is available` }
    : { status: 'False', reason: 'TooFewReplicas', message: `Deployment ${name} has not enough ready pods` };
}

/** Available and ImagePulled: facts about the pods that hold whatever the spec says. */
export const podFindings = (o: Observed): [ConditionType, Readiness][] => [
  ['Available', available(o)],
  ['ImagePulled', imagePulled(o)],
];

/** The part of status that does not depend on an acceptable spec. */
export function podStatus(o: Observed): Pick<Status, 'podstatus' | 'replicas' | 'readyReplicas' | 'selector'> {
  // Counted from the pods themselves: the Deployment's own counts arrive later, and each would be a write of its own.
  const pods = podsOf(o, 'web').filter((pod) => !isTerminating(pod));
  const matching = Object.entries(selector(o.bestie.metadata.name, 'web'));
  return {
    podstatus: pods.map(line),
    replicas: pods.filter((pod) => !isOver(pod)).length,
    readyReplicas: pods.filter(isReady).length,
    selector: matching.map(([key, value]) => `${key}=${value}`).join(','),
  };
}

/** That the application connects through a pooler; nothing where it does not. */
export const throughPooler = (o: Observed): { pooler?: true } => (connectsThroughPooler(o) ? { pooler: true } : {});

/** The whole status; `conditions` have their transition times already. */
export function statusOf(o: Observed, conditions: Condition[], upgrade: Status['upgrade']): Status {
  const backup = backupStatus(o);
  const live = deployment(o);
  const image = deployedImage(o);
  const appversion = appVersion(o, live);
  const address = url(o);
  return {
    ...(appversion !== undefined && { appversion }),
    ...(image !== undefined && { image }),
    ...podStatus(o),
    ...(address !== undefined && { url: address }),
    database: { ...record(o), ...throughPooler(o), ...(!isExternal(o) && { usable: o.provider.isUsable(o) }) },
    ...(upgrade && { upgrade }),
    ...(backup && { backup }),
    conditions,
  };
}
