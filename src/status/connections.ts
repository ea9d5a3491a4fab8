/** Connections to the database: how many the pods, or the pooler, may open, and how many it serves. */
import { allowedPods, connectionsOfPod, maxConnections, othersLimit, reservedConnections } from '../decide/connections.ts';
import { LEAST_SERVERS, MOST_CLIENTS, sharesOf } from '../decide/pooler.ts';
import { largest } from '../decide/surge.ts';
import { databaseShown } from '../observed/database.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { isExternal } from '../observed/migrations.ts';
import { connectsThroughPooler, wantedPooler } from '../observed/pooler.ts';

/** The field to set, and what else to set if the database is external, or if others set it in a field that wins. */
function remedy(needed: number, o: Observed): string {
  if (isExternal(o)) return `raise max_connections of the database to ${needed} and set spec.database.maxConnections to it`;
  const path = othersLimit(o)?.path ?? [];
  return path[0] === 'config'
    ? `set spec.${path.join('.')} of ${databaseShown(o)}, which others set, to ${needed}; that restarts the database`
    : `set spec.database.maxConnections to ${needed}, which restarts the database`;
}

const tooFew = (message: string): Readiness => ({ status: 'False', reason: 'TooFewConnections', message });

/** All pods that there may be at a time, in words, too. */
function allPods(o: Observed): { pods: number; words: string; field: string } {
  const { pods, surge, field } = allowedPods(o);
  const allowed = surge === 0 ? `${field} allows` : `${field} and spec.strategy.maxSurge allow`;
  return { pods: pods + surge, words: `${pods + surge} pods, which ${allowed}`, field };
}

/** What to do about pods that connect to the database itself: nothing but to wait, where they are to connect through a pooler. */
function remedyOfPods(needed: number, most: number, field: string, o: Observed): string {
  if (wantedPooler(o) !== undefined)
    return 'they connect to the database itself until the pooler of spec.database.pooler is ready; DatabaseReady says what that waits for';
  return `${remedy(needed, o)}${most > 0 ? `, or lower ${field} to ${most}` : ''}`;
}

/** What the pods open themselves. */
function ofPods(limit: number, o: Observed): Readiness | undefined {
  const { pods, words, field } = allPods(o);
  const each = connectionsOfPod(o);
  const served = Math.floor((limit - reservedConnections(o)) / each);
  if (pods <= served) return undefined;
  const most = largest(served, o.bestie.spec.strategy?.maxSurge);
  return tooFew(
    `${words}, open up to ${pods * each} connections, ${each} each; with ${limit} connections the database serves ` +
      `${served} pods: ${remedyOfPods(pods * each + reservedConnections(o), most, field, o)}`,
  );
}

/** What the pooler opens in their place, and how many clients it takes. */
function ofPooler(limit: number, replicas: number, o: Observed): Readiness | undefined {
  const { pods, words, field } = allPods(o);
  const clients = pods * connectionsOfPod(o);
  const least = sharesOf(replicas) * LEAST_SERVERS;
  const left = limit - reservedConnections(o);
  if (left < least)
    return tooFew(
      `${replicas} pods of the pooler, and one more while they are replaced, need ${least} connections, ${LEAST_SERVERS} each; with ${limit} ` +
        `connections the database has ${Math.max(0, left)} for them: ${remedy(least + reservedConnections(o), o)}` +
        (replicas > 1 ? ', or lower spec.database.pooler.replicas' : ''),
    );
  if (clients <= MOST_CLIENTS) return undefined;
  return tooFew(
    `${words}, open up to ${clients} connections, and a pod of the pooler takes ${MOST_CLIENTS}: lower ${field}, or ` +
      'the threads in GUNICORN_CMD_ARGS of spec.env',
  );
}

/** Too few connections for the pods that the Bestie may run, whether or not they run yet; undefined otherwise. */
export function tooFewConnections(o: Observed): Readiness | undefined {
  const limit = maxConnections(o);
  if (limit === undefined) return undefined;
  const pooler = wantedPooler(o);
  return pooler !== undefined && connectsThroughPooler(o) ? ofPooler(limit, pooler.replicas, o) : ofPods(limit, o);
}
