/** The pooler of the database: whether there is one, and how many connections each of its pods takes and opens. */
import type { PoolerSize } from '../api/decisions.ts';
import type { Observed } from '../api/observed.ts';
import { dependsOnPooler, wantedPooler } from '../observed/pooler.ts';
import { allowedPods, connectionsOfPod, maxConnections, reservedConnections } from './connections.ts';

/** Connections to the database without which a pod of the pooler is of no use: two for logins, three for the application. */
export const LEAST_SERVERS = 5;
/** The most clients of one pod of the pooler: each is an open file. */
export const MOST_CLIENTS = 10_000;
/** Clients besides the pods of the application, such as a shell of a user. */
const OTHER_CLIENTS = 20;

/** Connections of the database for the pooler, shared by its pods. While they are replaced there is one more. */
export const sharesOf = (replicas: number): number => replicas + 1;

/**
 * Every pod of the pooler must take all clients, because another one may be lost; during a rollout there are twice the pods of the application, or
 * more by its strategy. Of the database they open no more than it has, so that migrations and the database operator find a connection.
 */
function sizeOf(replicas: number, o: Observed): PoolerSize {
  const { pods, surge } = allowedPods(o);
  const clients = Math.max(2 * pods, pods + surge + 1) * connectionsOfPod(o) + OTHER_CLIENTS;
  const share = Math.floor(((maxConnections(o) ?? 0) - reservedConnections(o)) / sharesOf(replicas));
  return { replicas, clients: Math.min(clients, MOST_CLIENTS), servers: Math.max(share, LEAST_SERVERS) };
}

/** The pooler to request. One that the spec does not want any more stays as it is until the application connects without it. */
export function poolerSize(o: Observed): PoolerSize | undefined {
  const wanted = wantedPooler(o);
  if (wanted !== undefined) return sizeOf(wanted.replicas, o);
  const applied = o.provider.pooler.applied(o);
  return applied !== undefined && dependsOnPooler(o) ? applied : undefined;
}
