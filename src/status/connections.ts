/** Connections to the database: how many the pods may open, and how many it serves. */
import { databaseShown } from '../observed/database.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { databaseExporter } from '../children/monitoring.ts';
import { podShapes } from '../children/podshapes.ts';
import { isExternal } from '../observed/migrations.ts';

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

/** A number among the arguments of gunicorn; gunicorn's default of one if it is missing. */
function argument(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 1);
}

/** Connections that a pod opens under load: one for each thread, as many as the pool of each process gives. */
export function connectionsOfPod({ bestie }: Observed): number {
  const theirs = bestie.spec.env?.find(({ name }) => name === VARIABLE);
  const text = theirs === undefined ? podShapes[0].gunicornArguments : (theirs.value ?? '');
  const workers = argument(text, /(?:--workers[= ]|-w ?)(\d+)/);
  const threads = argument(text, /--threads[= ](\d+)/);
  return workers * Math.min(threads, POOL_LIMIT) + PROBE_CONNECTIONS;
}

/** Connections that pods of the application do not get. */
const reserved = (o: Observed): number => OTHER_CONNECTIONS + (databaseExporter(o) === undefined ? 0 : EXPORTER_CONNECTIONS);

/** The limit that others set on the database; undefined if they set none, or if the database is external. */
const others = (o: Observed) => (isExternal(o) ? undefined : o.provider.foreignConnectionLimit(o));

/** The max_connections of the database; undefined if it is not known. */
const maxConnections = (o: Observed): number | undefined =>
  others(o)?.limit ?? o.bestie.spec.database.maxConnections ?? (isExternal(o) ? undefined : DEFAULT_MAX_CONNECTIONS);

/** The field to set, and what else to set if the database is external, or if others set it in a field that wins. */
function remedy(needed: number, o: Observed): string {
  if (isExternal(o)) return `raise max_connections of the database to ${needed} and set spec.database.maxConnections to it`;
  const path = others(o)?.path ?? [];
  return path[0] === 'config'
    ? `set spec.${path.join('.')} of ${databaseShown(o)}, which others set, to ${needed}; that restarts the database`
    : `set spec.database.maxConnections to ${needed}, which restarts the database`;
}

/** Too few connections for the pods that the Bestie may run, whether or not they run yet; undefined otherwise. */
export function tooFewConnections(o: Observed): Readiness | undefined {
  const { size, maxReplicas } = o.bestie.spec;
  const limit = maxConnections(o);
  if (limit === undefined) return undefined;
  const pods = maxReplicas ?? size;
  const each = connectionsOfPod(o);
  const served = Math.floor((limit - reserved(o)) / each);
  if (pods <= served) return undefined;
  const field = maxReplicas === undefined ? 'spec.size' : 'spec.maxReplicas';
  const message =
    `${pods} pods, which ${field} allows, open up to ${pods * each} connections, ${each} each; with ${limit} connections the database serves ` +
    `${served} pods: ${remedy(pods * each + reserved(o), o)}${served > 0 ? `, or lower ${field} to ${served}` : ''}`;
  return { status: 'False', reason: 'TooFewConnections', message };
}
