/** The ways by which users come in from outside, decided in one place; every child, the environment of the pods and status.url follow. */
import { kinds, type ChildKind } from '../api/kinds.ts';
import { kindKey, type KubeObject } from '../api/kubernetes.ts';
import { names } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { gatewayLeads } from '../observed/gateway.ts';
import { memo } from '../observed/memo.ts';

/** Named by its kind, as in `exposure.keep`. */
export type Way = 'HTTPRoute' | 'Route' | 'Ingress';

interface WayRow {
  kind: ChildKind;
  nameOf: (bestie: string) => string;
  /** Whether users who come that way use TLS. The operator cannot read the Gateway, so the spec says it. */
  isTls: (o: Observed) => boolean;
}

const ways: Readonly<Record<Way, WayRow>> = {
  HTTPRoute: {
    kind: kinds.httpRoute,
    nameOf: names.httpRoute,
    isTls: ({ bestie }) => bestie.spec.exposure?.gateway?.scheme === 'https',
  },
  Route: { kind: kinds.route, nameOf: names.route, isTls: () => true },
  Ingress: { kind: kinds.ingress, nameOf: names.ingress, isTls: ({ bestie }) => bestie.spec.exposure?.tlsSecretName !== undefined },
};

/** The ways beside a Gateway. */
const former: readonly Exclude<Way, 'HTTPRoute'>[] = ['Route', 'Ingress'];

const isDeclared = (way: Way, o: Observed): boolean => o.manages(kindKey(ways[way].kind));

/** The object that leads in that way. */
export const wayObject = (way: Way, o: Observed): KubeObject | undefined => {
  const { kind, nameOf } = ways[way];
  return o.child(kindKey(kind), nameOf(o.bestie.metadata.name));
};

/** Whether the object exists and stays. */
const stands = (way: Way, o: Observed): boolean => {
  const live = wayObject(way, o);
  return live !== undefined && live.metadata.deletionTimestamp == null;
};

/**
 * What is taken beside the Gateway: what `keep` names; and what exists, until the Gateway has accepted the HTTPRoute. A wrong name of a Gateway,
 * or a cluster without the Gateway API, takes away no way that works.
 */
const besideGateway = (o: Observed): readonly Way[] =>
  former.filter((way) => o.bestie.spec.exposure?.keep?.includes(way) === true || (!gatewayLeads(o) && stands(way, o)));

interface Decision {
  when: (o: Observed) => boolean;
  take: (o: Observed) => readonly Way[];
}

/** The first row that applies decides. */
const decisions: readonly Decision[] = [
  // The spec wants no way in: the application is reached through its Service.
  { when: ({ bestie }) => bestie.spec.exposure?.enabled === false, take: () => [] },
  // The spec names a Gateway: an HTTPRoute, and beside it what must not go yet.
  { when: ({ bestie }) => bestie.spec.exposure?.gateway !== undefined, take: (o) => ['HTTPRoute', ...besideGateway(o)] },
  // OpenShift: its router.
  { when: (o) => isDeclared('Route', o), take: () => ['Route'] },
  // Everywhere else; asked for where it is not declared, it is reported.
  { when: (o) => isDeclared('Ingress', o) || o.bestie.spec.exposure !== undefined, take: () => ['Ingress'] },
];

/** The ways that are wanted, that of the Gateway first; none where nothing is exposed. */
export const waysIn = memo((o): readonly Way[] => decisions.find(({ when }) => when(o))?.take(o) ?? []);

/** Whether that way is wanted. */
export const takes = (way: Way, o: Observed): boolean => waysIn(o).includes(way);

/** Whether all of these ways use TLS; false where there is none. */
export const areTls = (taken: readonly Way[], o: Observed): boolean => taken.length > 0 && taken.every((way) => ways[way].isTls(o));

/** Those that the cluster has; all of them if it has none. */
export function openWays(taken: readonly Way[], o: Observed): readonly Way[] {
  const open = taken.filter((way) => isDeclared(way, o));
  return open.length > 0 ? open : taken;
}

/**
 * Whether users reach the application over TLS, by whichever way they come: with TLS it redirects to https, which a way without TLS beside it
 * cannot serve. A way that the cluster does not have does not count, unless there is no other.
 */
export const servesTls = (o: Observed): boolean => areTls(openWays(waysIn(o), o), o);
