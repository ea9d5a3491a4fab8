/** Clones in the sandbox: a Bestie that others are copied from, and what is seen of the copy. */
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { bestieOf, isReady, operated, sample } from './sandbox.ts';

export const databaseOf = (cluster: Cluster, bestie = 'copy'): Resource | undefined =>
  cluster.user.get(POSTGRES_CLUSTER, 'shop', `${bestie}-pgo`);
export const sourceIn = (cluster: Cluster): unknown => databaseOf(cluster)?.spec?.dataSource;
export const pathOf = (cluster: Cluster, bestie = 'copy'): unknown =>
  fieldsOf(fieldsOf(fieldsOf(databaseOf(cluster, bestie)?.spec?.backups).pgbackrest).global)['repo1-path'];
export const messageOf = (cluster: Cluster, type: string, bestie = 'copy'): string => {
  const live = bestieOf(cluster, bestie);
  return (live && conditionsOf(live).find((each) => each.type === type)?.message) ?? '';
};

/** A Bestie `copy` of the Bestie `bestie`. */
export const clone = (dataSource: object = {}, spec: object = {}) =>
  sample({ size: 1, maxReplicas: 1, ...spec, database: { dataSource: { bestie: { name: 'bestie' }, ...dataSource } } }, { name: 'copy' });

/** A cluster in which the Bestie `bestie` has run for a while. */
export async function living(spec: object = {}): Promise<Cluster> {
  const cluster = operated();
  cluster.apply(sample({ size: 1, maxReplicas: 1, ...spec }));
  await cluster.until('the source is Ready', isReady(cluster), 120);
  await cluster.settle();
  await cluster.tick(120);
  return cluster;
}

/** The same with a copy that was made of it. */
export async function cloned(): Promise<Cluster> {
  const cluster = await living();
  cluster.apply(clone());
  await cluster.until('the copy is Ready', isReady(cluster, 'copy'), 200);
  await cluster.settle();
  return cluster;
}

/** How copies into that database go from now on. */
export const fate = (cluster: Cluster, how: 'fail' | 'hang' | 'pass'): void => {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'copy-pgo', (live) => ({
    ...live,
    metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, 'sandbox/restore': how } },
  }));
};

export const change = (cluster: Cluster, spec: object, metadata: object = {}): void => {
  cluster.edit(BESTIE, 'shop', 'copy', (live) => ({
    ...live,
    metadata: { ...live.metadata, ...metadata },
    spec: { ...live.spec, ...spec },
  }));
};

/** Follows the Jobs of the copy that are made. */
export function jobsOf(cluster: Cluster): Resource[] {
  const jobs: Resource[] = [];
  cluster.server.watch(({ type, object }) => {
    if (type === 'ADDED' && `${object.kind}.${object.apiVersion}` === JOB && object.metadata.name.startsWith('copy-job')) jobs.push(object);
  });
  return jobs;
}

export const byMetacontroller = (cluster: Cluster, since: number): number =>
  cluster.writesSince(since).filter(({ by }) => by === 'metacontroller').length;
