/** Drills in the sandbox: what exists of one, and what a user or a fault does to it. */
import { annotations } from '../../src/api/names.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { bestieOf, isReady, operated, sample, standing } from './sandbox.ts';

const NETWORK_POLICY = 'NetworkPolicy.networking.k8s.io/v1';

export const copyOf = (cluster: Cluster): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-drill');
export const checkOf = (cluster: Cluster): Resource | undefined => cluster.user.get(JOB, 'shop', 'bestie-drill-check');
export const policyOf = (cluster: Cluster): Resource | undefined => cluster.user.get(NETWORK_POLICY, 'shop', 'bestie-drill');

/** What stands on the copy about its drill; empty where there is no copy. */
export const drillOf = (cluster: Cluster): { due?: string; since?: string } =>
  JSON.parse(copyOf(cluster)?.metadata.annotations?.[annotations.drill] ?? '{}') as object;

/** Every object of a drill that is left. */
export const remains = (cluster: Cluster): string[] =>
  standing(cluster)
    .filter(({ metadata }) => metadata.name.startsWith('bestie-drill'))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);

export const verifiedOf = (cluster: Cluster): Record<string, unknown> => fieldsOf(fieldsOf(bestieOf(cluster)?.status?.backup).verified);

/** The message of BackupVerified. */
export const drillMessage = (cluster: Cluster): string => {
  const bestie = bestieOf(cluster);
  return (bestie && conditionsOf(bestie).find((each) => each.type === 'BackupVerified')?.message) ?? '';
};

/** A user edits the spec. */
export const edit = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};

/** The spec of drills from now on. */
export const verify = (cluster: Cluster, wanted: object | undefined): void => {
  const { database } = bestieOf(cluster)?.spec ?? {};
  const { backups } = fieldsOf(database);
  edit(cluster, { database: { ...fieldsOf(database), backups: { ...fieldsOf(backups), verify: wanted } } });
};

/** How the restore of the copy goes. */
export const copyFate = (cluster: Cluster, how: 'fail' | 'hang'): void => {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-drill', (live) => ({
    ...live,
    metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, 'sandbox/restore': how } },
  }));
};

/** A Bestie of two pods that has run for a while. */
export async function installed(spec: object = {}, options: Parameters<typeof operated>[0] = {}): Promise<Cluster> {
  const cluster = operated(options);
  cluster.apply(sample({ size: 2, ...spec }));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  await cluster.tick(120);
  return cluster;
}

/** The steps of a drill, by what exists of it. */
export const steps: Readonly<Record<string, (cluster: Cluster) => boolean>> = {
  shielded: (cluster) => policyOf(cluster) !== undefined,
  copied: (cluster) => copyOf(cluster) !== undefined,
  restoring: (cluster) => fieldsOf(fieldsOf(copyOf(cluster)?.status?.pgbackrest).restore).startTime !== undefined,
  checked: (cluster) => checkOf(cluster) !== undefined,
  recorded: (cluster) => recordOf(cluster).last !== undefined,
  removed: (cluster) => recordOf(cluster).last !== undefined && copyOf(cluster)?.metadata.deletionTimestamp !== undefined,
};

/** The record of drills on the database. */
export function recordOf(cluster: Cluster): Record<string, unknown> {
  const text = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.annotations?.['pets.bestie.com/drills'];
  return text === undefined ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** A drill on demand that has come to that step. */
export async function begun(cluster: Cluster, step: string, more: object = {}): Promise<void> {
  verify(cluster, { onDemand: 'first', ...more });
  await cluster.until(`a drill that is ${step}`, () => steps[step]?.(cluster) === true, 120);
}
