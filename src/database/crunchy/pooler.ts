/** PgBouncer, which PGO runs beside a PostgresCluster. Source: internal/pgbouncer and internal/controller/postgrescluster of PGO 6.0 and 5.8. */
import type { DatabaseDecisions, PoolerSize } from '../../api/decisions.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import { annotations } from '../../api/names.ts';
import type { Observed } from '../../api/observed.ts';
import { durable } from '../../observed/lastapplied.ts';
import { databaseStatus, isUsable, postgresCluster } from './cluster.ts';
import type { PostgresClusterSpec } from './types.ts';

/** PGO writes those keys into the Secret of the user while the spec has the proxy, and removes them with it. */
export const poolerKeys = { uri: 'pgbouncer-uri', host: 'pgbouncer-host', port: 'pgbouncer-port' } as const;

/**
 * Connections of each PgBouncer for its own queries: it asks the database for the password of each client that logs in, as a user of its own, with
 * a pool of its own.
 */
const LOGIN_CONNECTIONS = 2;

type Proxy = NonNullable<PostgresClusterSpec['proxy']>;

/**
 * A server connection is lent for one transaction: the application keeps its connections open, so in PgBouncer's default, by session, as few pods
 * would serve as without it.
 */
export const proxyOf = ({ replicas, clients, servers }: PoolerSize): Proxy => ({
  pgBouncer: {
    replicas,
    config: {
      global: {
        pool_mode: 'transaction',
        max_client_conn: String(clients),
        default_pool_size: String(servers - LOGIN_CONNECTIONS),
        max_db_connections: String(servers),
      },
    },
  },
});

const bouncerOf = (spec: unknown): Live<Proxy['pgBouncer']> | undefined =>
  (spec as Live<PostgresClusterSpec> | null | undefined)?.proxy?.pgBouncer ?? undefined;

const hasPooler = (live: KubeObject | undefined): boolean => bouncerOf(live?.spec) !== undefined;

/** As it was last applied. */
export function appliedPooler(live: KubeObject | undefined, o: Observed): PoolerSize | undefined {
  const { replicas, config } = bouncerOf(live && o.applied(live)?.spec) ?? {};
  const { max_client_conn: clients, max_db_connections: servers } = config?.global ?? {};
  return replicas == null || clients == null || servers == null
    ? undefined
    : { replicas, clients: Number(clients), servers: Number(servers) };
}

const bouncerStatus = (live: KubeObject) => databaseStatus(live)?.proxy?.pgBouncer ?? undefined;

/** Pods that are requested, and that are ready; PGO leaves out what is 0. */
export const poolerPods = (live: KubeObject): { wanted: number; ready: number } => ({
  wanted: bouncerOf(live.spec)?.replicas ?? 1,
  ready: bouncerStatus(live)?.readyReplicas ?? 0,
});

/** Whether its spec has a proxy with any pods: another owner may have set none, and then nothing answers at its address. */
export const isPoolerRequested = (live: KubeObject | undefined): boolean =>
  live !== undefined && hasPooler(live) && poolerPods(live).wanted > 0;

const revisionOf = (live: KubeObject): string | undefined => bouncerStatus(live)?.postgresRevision ?? undefined;

/** Whether PGO has made the login of PgBouncer in the database. Before there was a proxy, the revision is that of statements that remove it. */
export function isLetIn(live: KubeObject, o: Observed): boolean {
  const revision = revisionOf(live) ?? '';
  return revision !== '' && revision !== durable(o, live, annotations.withoutPooler);
}

const availability = (live: KubeObject) =>
  databaseStatus(live)?.conditions?.find((condition) => condition?.type === 'ProxyAvailable') ?? undefined;

/** Whether its Deployment is available: every pod is then, for PGO allows none to be missing. PgBouncer has no probe: a pod that runs is ready. */
export const isPoolerUp = (live: KubeObject, o: Observed): boolean =>
  availability(live)?.status === 'True' && poolerPods(live).ready > 0 && isLetIn(live, o);

/**
 * Whether the application may connect through it. PGO writes the Secret of the user before the Deployment of PgBouncer, whose condition names the
 * generation of the spec. The observed generation proves nothing: PGO sets it after a step that has failed, too.
 */
export const isPoolerReady = (live: KubeObject | undefined, o: Observed): boolean =>
  live !== undefined &&
  hasPooler(live) &&
  isUsable(live) &&
  isPoolerUp(live, o) &&
  availability(live)?.observedGeneration === live.metadata.generation;

/**
 * The annotation that remembers the revision from before the proxy: only a spec without one, which PGO has acted on, shows it. PGO sets the observed
 * generation after a step that has failed, too; the condition of a former proxy goes in the step that also undoes its login.
 */
export function poolerNotes(o: Observed & { decisions: DatabaseDecisions }): Record<string, string> {
  const live = postgresCluster(o);
  if (o.decisions.pooler === undefined || live === undefined) return {};
  const isSeen = databaseStatus(live)?.observedGeneration === live.metadata.generation;
  const isWithout = isSeen && !hasPooler(live) && availability(live) === undefined;
  const before = durable(o, live, annotations.withoutPooler) ?? (isWithout ? revisionOf(live) : undefined);
  return before === undefined ? {} : { [annotations.withoutPooler]: before };
}
