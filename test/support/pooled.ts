/** Worlds of a Bestie with a pooler, and what PGO writes about it. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { pgoStatus, pod, ready, rolledOut } from './stages.ts';
import { ago, carriedOut, childOf, edited, patched, world, type Loose, type World } from './world.ts';

/** PGO's hash of the statements that remove the login of PgBouncer, which the stages show, and of those that make it. */
export const WITHOUT = pgoStatus.usable.proxy.pgBouncer.postgresRevision;
export const WITH = '7d8f9c4b6a';

export const on = (replicas?: number): Loose => ({ database: { pooler: { enabled: true, ...(replicas !== undefined && { replicas }) } } });
export const off: Loose = { database: { pooler: { enabled: false } } };

/** The status of PgBouncer: so many of two pods are ready. `seen` is the generation that its condition is about, the current one by default. */
export function bouncer(
  w: World,
  { ready: up = 2, revision = WITH, seen }: { ready?: number; revision?: string; seen?: number } = {},
): World {
  const { metadata, status } = childOf(w, 'PostgresCluster');
  const generation = metadata.generation ?? 1;
  const others = ((status as Loose | undefined)?.conditions ?? []) as Loose[];
  const available = {
    type: 'ProxyAvailable',
    status: up === 2 ? 'True' : 'False',
    reason: up === 2 ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    observedGeneration: seen ?? generation,
    lastTransitionTime: ago(60),
  };
  return patched(w, 'PostgresCluster', {
    status: {
      observedGeneration: generation,
      proxy: { pgBouncer: { replicas: 2, ...(up > 0 && { readyReplicas: up }), postgresRevision: revision } },
      conditions: [...others.filter(({ type }) => type !== 'ProxyAvailable'), available],
    },
  });
}

/** The Deployment has rolled out what was last applied to it. */
export function rolled(w: World): World {
  const live = childOf(w, 'Deployment');
  const { replicas = 1 } = live.spec as { replicas?: number };
  return patched(w, 'Deployment', { status: rolledOut(replicas, live.metadata.generation ?? 1) });
}

/** A Bestie that is ready, with a pooler that was requested and has not started. */
export const requested = (spec: Loose = {}): World => carriedOut(edited(ready(world(spec)), on()));
/** The same, and PgBouncer takes logins. */
export const started = (spec: Loose = {}): World => bouncer(requested(spec));
/** The same, and the application connects through it. */
export const inUse = (spec: Loose = {}): World => carriedOut(rolled(carriedOut(started(spec))));

/** A pod of the application that refers to the pooler. */
export const pooledPod = (name: string): KubeObject => {
  const env = [{ name: 'DB_ADDR', valueFrom: { secretKeyRef: { name: 'bestie-pgo-pguser-bestie', key: 'pgbouncer-host' } } }];
  const one = pod(name, 'web');
  return { ...one, spec: { ...(one.spec as Loose), initContainers: [{ name: 'wait-for-database', env }] } };
};
