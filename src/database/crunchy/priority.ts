/**
 * The priority class that the pods of a PostgresCluster ask for. Where the cluster has no such class no pod is created; only the events of a StatefulSet
 * say so, and PGO's status does not. It is named as long as the database is not ready, whatever the cause, so that no message alternates.
 */
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import { kubectl } from '../../observed/commands.ts';
import type { PostgresClusterSpec } from './types.ts';

function priorityOf({ spec }: KubeObject): string | undefined {
  const { instances } = (spec ?? {}) as Live<PostgresClusterSpec>;
  return instances?.find((set) => set?.priorityClassName != null)?.priorityClassName ?? undefined;
}

/** The PostgresCluster of that name as the subject of a sentence. */
export const withPriority = (name: string, priorityClass: string | null | undefined): string =>
  `PostgresCluster ${name}${priorityClass == null ? '' : `, whose pods ask for priority class ${priorityClass},`}`;

/** The same of an observed one. */
export const describedCluster = (live: KubeObject): string => withPriority(live.metadata.name, priorityOf(live));

/** How to see whether the class exists, as a clause to put in front; empty where none is asked for. */
export function checkPriority(live: KubeObject, o: Observed): string {
  const name = priorityOf(live);
  return name === undefined ? '' : `check that the priority class exists: ${kubectl(o, `get priorityclass ${name}`)}; `;
}
