/** What Gateway controllers say of the HTTPRoute, in its status.parents. */
import { kinds } from '../api/kinds.ts';
import { kindKey, type KubeObject, type Live } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { isEqual } from '../lib/equal.ts';

/** The reference by which an HTTPRoute names its Gateway. */
interface ParentReference {
  group: string;
  kind: string;
  name: string;
  namespace?: string;
  sectionName?: string;
}

/** A condition as a Gateway controller writes it. */
interface RouteCondition {
  type: string;
  status: string;
  reason: string;
  observedGeneration: number;
}

interface ParentStatus {
  parentRef: ParentReference;
  controllerName: string;
  conditions: RouteCondition[];
}

type LiveRoute = Live<{ spec: { hostnames: string[] }; status: { parents: ParentStatus[] } }>;

const GATEWAY = { group: 'gateway.networking.k8s.io', kind: 'Gateway' } as const;

/** The Gateway that the spec names, with the defaults of its API spelled out; undefined if it names none. */
export function parentReference({ bestie }: Observed): ParentReference | undefined {
  const { gateway } = bestie.spec.exposure ?? {};
  if (gateway === undefined) return undefined;
  const { name, namespace, sectionName } = gateway;
  return { ...GATEWAY, name, ...(namespace !== undefined && { namespace }), ...(sectionName !== undefined && { sectionName }) };
}

/** The hostnames of the HTTPRoute: without any it answers for those of the listener. */
export function hostnames({ bestie }: Observed): string[] | undefined {
  const host = bestie.spec.exposure?.host;
  return host === undefined ? undefined : [host];
}

/** Each part of a reference as it is compared: the API leaves out what is a default. */
const parts = (reference: Live<ParentReference> | null | undefined, namespace: string): string[] => [
  reference?.group ?? GATEWAY.group,
  reference?.kind ?? GATEWAY.kind,
  reference?.namespace ?? namespace,
  reference?.name ?? '',
  reference?.sectionName ?? '',
];

/** What one controller says about one generation of the HTTPRoute. */
export interface Verdict {
  accepted?: Live<RouteCondition>;
  resolved?: Live<RouteCondition>;
}

/** A condition about an older generation says nothing about what the HTTPRoute is now. */
function conditionOf(type: string, parent: Live<ParentStatus>, generation: number): Live<RouteCondition> | undefined {
  const isCurrent = (found: Live<RouteCondition> | null): found is Live<RouteCondition> =>
    found?.type === type && (found.observedGeneration ?? -1) >= generation;
  return parent.conditions?.find(isCurrent);
}

/** Another order of the list is the same verdict. */
const byController = (one: Live<ParentStatus>, other: Live<ParentStatus>): number => {
  const [before, after] = [one.controllerName ?? '', other.controllerName ?? ''];
  return Number(before > after) - Number(before < after);
};

/** What controllers say about the HTTPRoute at the Gateway of the spec, by the name of the controller; entries of other parents do not count. */
export function verdicts(live: KubeObject | undefined, o: Observed): Verdict[] {
  const wanted = parentReference(o);
  if (live === undefined || wanted === undefined) return [];
  const { namespace } = o.bestie.metadata;
  const key = parts(wanted, namespace);
  const generation = live.metadata.generation ?? 0;
  return ((live as LiveRoute).status?.parents ?? [])
    .filter((parent) => parent !== null)
    .filter((parent) => isEqual(parts(parent.parentRef, namespace), key))
    .sort(byController)
    .map((parent) => {
      const accepted = conditionOf('Accepted', parent, generation);
      const resolved = conditionOf('ResolvedRefs', parent, generation);
      return { ...(accepted && { accepted }), ...(resolved && { resolved }) };
    });
}

/** Whether a Gateway controller has accepted the HTTPRoute and found the Service. */
export const isInPlace = ({ accepted, resolved }: Verdict): boolean => accepted?.status === 'True' && resolved?.status === 'True';

/** The HTTPRoute of the Bestie, if it exists. */
export const httpRouteOf = (o: Observed): KubeObject | undefined =>
  o.child(kindKey(kinds.httpRoute), names.httpRoute(o.bestie.metadata.name));

/** Whether users can come by the Gateway: it accepts the HTTPRoute with the host of the spec, which may not be applied yet. */
export function gatewayLeads(o: Observed): boolean {
  const live = httpRouteOf(o);
  if (live === undefined || live.metadata.deletionTimestamp != null) return false;
  const known = (live as LiveRoute).spec?.hostnames ?? [];
  return isEqual(known, hostnames(o) ?? []) && verdicts(live, o).some(isInPlace);
}
