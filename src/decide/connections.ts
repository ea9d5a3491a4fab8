/** Connections to the database: how many a pod opens, and how many the database takes. */
import { databaseExporter } from '../children/monitoring.ts';
import { DEFAULT_GRACE_SECONDS, podShapes } from '../children/podshapes.ts';
import type { Observed } from '../api/observed.ts';
import { isExternal } from '../observed/migrations.ts';
import { surging } from './surge.ts';

/** Postgres' default of max_connections. */
const DEFAULT_MAX_CONNECTIONS = 100;
/** Connections that are not for pods of the application: three that Postgres keeps for superusers, and those of the database operator and of a migration. */
const OTHER_CONNECTIONS = 10;
/** Connections of the exporter of a database that is monitored: one for its own queries, one for those that it is given. */
const EXPORTER_CONNECTIONS = 2;
/** The most connections that SQLAlchemy opens in one process by default: a pool of five and ten more. */
const POOL_LIMIT = 15;
/** The readiness probe opens a connection of its own. */
const PROBE_CONNECTIONS = 1;

const VARIABLE = 'GUNICORN_CMD_ARGS';

/** A number among the arguments of gunicorn; gunicorn's default of one if it is missing. A finite one: infinitely many workers without a thread are no number. */
function argument(text: string, pattern: RegExp): number {
  return Math.min(Number(pattern.exec(text)?.[1] ?? 1), Number.MAX_SAFE_INTEGER);
}

/** Connections that a pod opens under load: one for each thread, as many as the pool of each process gives. */
export function connectionsOfPod({ bestie }: Observed): number {
  const theirs = bestie.spec.env?.find(({ name }) => name === VARIABLE);
  const text = theirs === undefined ? podShapes[0].gunicornArguments(DEFAULT_GRACE_SECONDS) : (theirs.value ?? '');
  const workers = argument(text, /(?:--workers[= ]|-w ?)(\d+)/);
  const threads = argument(text, /--threads[= ](\d+)/);
  return workers * Math.min(threads, POOL_LIMIT) + PROBE_CONNECTIONS;
}

/** Connections that neither pods of the application nor the pooler get. */
export const reservedConnections = (o: Observed): number =>
  OTHER_CONNECTIONS + (databaseExporter(o) === undefined ? 0 : EXPORTER_CONNECTIONS);

/** The pods that the spec allows, and the field that does; `surge` are those that a rolling update adds. */
export function allowedPods({ bestie }: Observed): { pods: number; surge: number; field: 'spec.size' | 'spec.maxReplicas' } {
  const { size, maxReplicas, strategy } = bestie.spec;
  const pods = maxReplicas ?? size;
  return { pods, surge: surging(pods, strategy?.maxSurge), field: maxReplicas === undefined ? 'spec.size' : 'spec.maxReplicas' };
}

/** The limit that others set on the database; undefined if they set none, or if the database is external. */
export const othersLimit = (o: Observed): ReturnType<Observed['provider']['foreignConnectionLimit']> =>
  isExternal(o) ? undefined : o.provider.foreignConnectionLimit(o);

/** The max_connections that the database has; undefined if it is not known. */
export function maxConnections(o: Observed): number | undefined {
  const asked = othersLimit(o)?.limit ?? o.bestie.spec.database.maxConnections;
  if (isExternal(o)) return asked;
  return asked === undefined || asked < o.provider.leastConnections ? DEFAULT_MAX_CONNECTIONS : asked;
}
