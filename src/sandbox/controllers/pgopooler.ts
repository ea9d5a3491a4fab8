/**
 * PgBouncer as PGO writes it to status: its Deployment and its login in the database. Annotations on the PostgresCluster: `sandbox/pooler: <n>` lets so
 * many of its pods become ready, `sandbox/pooler: refused` lets PGO fail to write its login.
 */
import { isDeepStrictEqual } from 'node:util';
import { isFields, type Fields, type Resource } from '../apiserver/object.ts';
import { conditionsOf, counts, fieldsOf, withCondition } from './objectstatus.ts';

const AVAILABLE = 'ProxyAvailable';
/** Of the statements that remove the login, which PGO runs where there is no proxy, and of those that make it. */
const REMOVED = '5c9966f6bc';
const MADE = '7d8f9c4b6a';

const requested = ({ spec }: Resource): Fields | undefined => {
  const { pgBouncer } = fieldsOf(spec?.proxy);
  return isFields(pgBouncer) ? pgBouncer : undefined;
};
const note = ({ metadata }: Resource): string => metadata.annotations?.['sandbox/pooler'] ?? '';
const before = ({ status }: Resource): Fields => fieldsOf(fieldsOf(status?.proxy).pgBouncer);

function revision(cluster: Resource): string {
  if (requested(cluster) === undefined) return REMOVED;
  if (note(cluster) !== 'refused') return MADE;
  const { postgresRevision } = before(cluster);
  return typeof postgresRevision === 'string' ? postgresRevision : REMOVED;
}

/** What the patch after a change of the spec says: the pods are those that there were before. */
export const poolerSeen = (cluster: Resource): Fields => ({ pgBouncer: { ...before(cluster), postgresRevision: revision(cluster) } });

/** The next step of status; undefined where nothing of it changes. */
export function poolerStep(cluster: Resource, now: string): Fields | undefined {
  const wanted = requested(cluster);
  const others = conditionsOf(cluster).filter(({ type }) => type !== AVAILABLE);
  if (wanted === undefined && others.length === conditionsOf(cluster).length) return undefined;
  const replicas = Number(wanted?.replicas ?? 0);
  const most = Number(note(cluster) || Infinity);
  const readyReplicas = Math.min(replicas, Number.isNaN(most) ? Infinity : most);
  const isUp = readyReplicas === replicas;
  const condition = {
    type: AVAILABLE,
    status: isUp ? ('True' as const) : ('False' as const),
    reason: isUp ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: `Deployment ${isUp ? 'has' : 'does not have'} minimum availability.`,
    observedGeneration: cluster.metadata.generation,
  };
  const next = {
    ...cluster.status,
    proxy: { pgBouncer: { ...counts({ replicas, readyReplicas }), postgresRevision: revision(cluster) } },
    conditions: wanted === undefined ? others : withCondition(conditionsOf(cluster), condition, now),
  };
  return isDeepStrictEqual(cluster.status, next) ? undefined : next;
}
