/**
 * The priority class that the pods of a PostgresCluster ask for. Where the cluster has no such class no pod is created, and PGO deletes the pod of an
 * instance before its StatefulSet fails to create the next one: with one instance an outage, with several one instance less. So the spec's class is
 * sent only while it is known to exist, and what is live stays as it is until then: not what was last applied, because to set that again would
 * restart Postgres, too. A class that goes while pods have it changes nothing either, for to remove it restarts Postgres. What restarts Postgres
 * anyway removes it, because its pods could not be created again.
 *
 * Metacontroller shows the class because customize requests it, and caches that answer for 20 minutes by the generation of the Bestie. A replica of
 * a release that does not know the request may have given it during an upgrade of the operator: then it is not known whether the class exists. That
 * counts like a missing one. The class of a database that has it already is live and stays, so nothing restarts or alternates, whichever replica
 * answers; a class that was asked for meanwhile is late. To send it without knowing could be the outage.
 */
import { PRIORITY_CLASS } from '../../api/kinds.ts';
import type { Observed } from '../../api/observed.ts';
import type { ClusterObject } from '../../api/provider.ts';
import type { Reason } from '../../api/reason.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import { kubectl } from '../../observed/commands.ts';
import { namespaceOf } from '../guard.ts';
import { postgresCluster } from './cluster.ts';
import { INSTANCE_SET, POSTGRES_CLUSTER, type InstanceSet, type PostgresClusterSpec } from './types.ts';

/** A name; an empty one, or what is no text, asks for nothing. */
const nameIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What the `database` of a spec asks for, however that spec reads. */
const wantedIn = (database: unknown): string | undefined =>
  nameIn((database as { priorityClassName?: unknown } | null | undefined)?.priorityClassName);

/** The class that customize requests. */
export function namedPriority(database: unknown): ClusterObject[] {
  const name = wantedIn(database);
  return name === undefined ? [] : [{ apiVersion: 'scheduling.k8s.io/v1', resource: 'priorityclasses', name }];
}

/** What any set of it has. */
function priorityOf({ spec }: KubeObject): string | undefined {
  const { instances } = (spec ?? {}) as Live<PostgresClusterSpec>;
  return nameIn(instances?.find((set) => nameIn(set?.priorityClassName) !== undefined)?.priorityClassName);
}

const exists = (name: string, o: Observed): boolean => o.related.get(PRIORITY_CLASS)?.has(name) === true;

/** Whether Metacontroller would show the class. One that shows no Namespace, under hook version v1, shows nothing that is cluster-scoped. */
const isShown = (o: Observed): boolean => o.related.has(PRIORITY_CLASS) && namespaceOf(o) !== undefined;

/** What the instance set has. The class of a set that others have added is no class of this one. */
function livePriority(o: Observed): string | undefined {
  const { instances } = (postgresCluster(o)?.spec ?? {}) as Live<PostgresClusterSpec>;
  return nameIn(instances?.find((set) => set?.name === INSTANCE_SET)?.priorityClassName);
}

/**
 * The class to send for the pods: that of the spec if it exists, else what is live. A live one that others have set is not sent, for it stays
 * anyway: sent once, it would be removed with the field of the spec, and Postgres restarted. `applied` is the set that was applied last.
 */
export function priorityToSend(o: Observed, applied: InstanceSet | undefined): string | undefined {
  const wanted = wantedIn(o.bestie.spec.database);
  if (wanted === undefined || exists(wanted, o)) return wanted;
  const live = livePriority(o);
  return live === wanted || nameIn(applied?.priorityClassName) !== undefined ? live : undefined;
}

/** Whether the pods that run have the class of the spec, and it is gone: they stay, and none could be created in their place. */
export function isPriorityGone(o: Observed): boolean {
  const wanted = wantedIn(o.bestie.spec.database);
  return wanted !== undefined && !exists(wanted, o) && isShown(o) && livePriority(o) === wanted;
}

/** What is said of a class that may not exist; nothing of a database that is not installed, or that waits to be attached: it lacks more than that. */
export function lackingPriority(o: Observed): { reason: Reason; message: string } | undefined {
  const wanted = wantedIn(o.bestie.spec.database);
  if (wanted === undefined || exists(wanted, o) || !o.manages(POSTGRES_CLUSTER) || o.unattached !== undefined) return undefined;
  const live = livePriority(o);
  const kept = `the pods of Postgres ${live === undefined ? 'have none' : `keep priority class ${live}`}`;
  const advice = `create it, or change spec.database.priorityClassName; which exist: ${kubectl(o, 'get priorityclasses')}`;
  if (live === wanted) {
    const fact = `priority class ${wanted}, which the pods of Postgres ask for, does not exist: those that run stay, and no other one is created; a change of the spec that replaces them runs them without the class`;
    return isShown(o) ? { reason: 'PriorityClassGone', message: `${fact}; ${advice}` } : undefined;
  }
  const held = 'spec.database.priorityClassName is not applied';
  if (isShown(o))
    return {
      reason: 'PriorityClassMissing',
      message: `${held}: priority class ${wanted} does not exist, and ${kept} until it does; ${advice}`,
    };
  const message =
    `${held}: Metacontroller does not show whether priority class ${wanted} exists, and ${kept} meanwhile; ` +
    'this ends by itself within 20 minutes of an upgrade of the operator';
  return { reason: 'PriorityClassUnknown', message };
}

/** The PostgresCluster of that name as the subject of a sentence. */
const withPriority = (name: string, priorityClass: string | undefined): string =>
  `PostgresCluster ${name}${priorityClass === undefined ? '' : `, whose pods ask for priority class ${priorityClass},`}`;

/** An observed one. It is named as long as the database is not ready, whatever the cause, so that no message alternates. */
export const describedCluster = (live: KubeObject): string => withPriority(live.metadata.name, priorityOf(live));

/** The same of one that is not observed. */
export const pendingCluster = (name: string, o: Observed): string => withPriority(name, priorityToSend(o, undefined));

/** How to see whether the class exists, as a clause to put in front; empty where none is asked for, or where that is known. */
export function checkPriority(live: KubeObject, o: Observed): string {
  const name = priorityOf(live);
  const isKnown = name === undefined || exists(name, o) || (isShown(o) && name === wantedIn(o.bestie.spec.database));
  return isKnown ? '' : `check that the priority class exists: ${kubectl(o, `get priorityclass ${name}`)}; `;
}
