/** The laws of a pooler: what must hold at every write, because its keys of the Secret exist only while PGO runs one. */
import { DEPLOYMENT, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { isOwn, own } from './whose.ts';

/** Whether a pod, or the template of a Deployment, refers to the address of the pooler. */
export const isPooled = (object: Resource | undefined): boolean => JSON.stringify(object?.spec ?? {}).includes('"pgbouncer-host"');
export const hasProxy = (database: Resource | undefined): boolean => database?.spec?.proxy !== undefined;

const isOver = ({ status }: Resource): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Watches every write, and collects what breaks a law. `taken`: another owner has taken the pooler away, which the operator can only follow. */
export function poolerLaws(cluster: Cluster, taken = (): boolean => false): string[] {
  const broken: string[] = [];
  // Once written they stay in the Secret for as long as a pooler is requested: a restore only makes PGO forget in its status how the pooler is.
  let isWritten = false;
  cluster.server.watch(({ type, object }) => {
    if (type === 'DELETED' || taken() || !isOwn(object)) return;
    const key = `${object.kind}.${object.apiVersion}`;
    const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
    if (key === DEPLOYMENT && isPooled(object) && database !== undefined && !hasProxy(database))
      broken.push('the pods are to connect through a pooler that is not requested');
    isWritten = hasProxy(database) && (isWritten || fieldsOf(fieldsOf(database?.status?.proxy).pgBouncer).replicas !== undefined);
    if (key === POD && type === 'ADDED' && isPooled(object) && !isWritten) broken.push('a pod is made with keys that PGO has not written');
    if (key === POSTGRES_CLUSTER && !hasProxy(object) && object.metadata.deletionTimestamp === undefined) {
      const pods = own(cluster, POD).filter((pod) => isPooled(pod) && !isOver(pod));
      if (pods.length > 0 || isPooled(cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')))
        broken.push(`the pooler is removed while ${pods.length} pods connect through it`);
    }
  });
  return broken;
}
