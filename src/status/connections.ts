/** Connections to the database: how many the pods may open, and how many it serves. */
import { databaseShown } from '../observed/database.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { podShapes } from '../children/podshapes.ts';
import { isExternal } from '../observed/migrations.ts';

/** Postgres' own max_connections, where nothing else is asked for. */
const DEFAULT_MAX_CONNECTIONS = 100;
/** Connections that are not for pods of the application: three that Postgres keeps for superusers, and those of the database operator and of a migration. */
const OTHER_CONNECTIONS = 10;
/** Connections that SQLAlchemy opens in one process at most, by default: a pool of five and ten more. */
const POOL_LIMIT = 15;
/** The readiness probe opens a connection of its own. */
const PROBE_CONNECTIONS = 1;

const VARIABLE = 'GUNICORN_CMD_ARGS';

/** A number among the arguments of gunicorn; where it is not named, gunicorn's default of one. */
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

/** What others set on the database; undefined where they set nothing, or where the database is not ours. */
const others = (o: Observed) => (isExternal(o) ? undefined : o.provider.foreignConnectionLimit(o));

/** What max_connections of the database is; undefined where nothing says so. */
const maxConnections = (o: Observed): number | undefined =>
  others(o)?.limit ?? o.bestie.spec.database.maxConnections ?? (isExternal(o) ? undefined : DEFAULT_MAX_CONNECTIONS);

/** The field that is to be set, and what else has to be where the database is not ours, or where others set it in a place that wins. */
function remedy(needed: number, o: Observed): string {
  if (isExternal(o)) return `raise max_connections of the database to ${needed} and set spec.database.maxConnections to it`;
  const path = others(o)?.path ?? [];
  return path[0] === 'config'
    ? `set spec.${path.join('.')} of ${databaseShown(o)}, which others set, to ${needed}; that restarts the database`
    : `set spec.database.maxConnections to ${needed}, which restarts the database`;
}

/** What is wrong where the Bestie may run more pods than the database serves, whether or not they run yet; undefined otherwise. */
export function tooFewConnections(o: Observed): Readiness | undefined {
  const { size, maxReplicas } = o.bestie.spec;
  const limit = maxConnections(o);
  if (limit === undefined) return undefined;
  const pods = maxReplicas ?? size;
  const each = connectionsOfPod(o);
  const served = Math.floor((limit - OTHER_CONNECTIONS) / each);
  if (pods <= served) return undefined;
  const field = maxReplicas === undefined ? 'spec.size' : 'spec.maxReplicas';
  const message =
    `${pods} pods, which ${field} allows, open up to ${pods * each} connections, ${each} each; with ${limit} connections the database serves ` +
    `${served} pods: ${remedy(pods * each + OTHER_CONNECTIONS, o)}${served > 0 ? `, or lower ${field} to ${served}` : ''}`;
  return { status: 'False', reason: 'TooFewConnections', message };
}
