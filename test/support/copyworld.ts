/** A world with a PostgresCluster that another one may be copied from, for the tests of the PGO of the sandbox. */
import assert from 'node:assert/strict';
import { createCluster, type Cluster } from '../../src/sandbox/cluster.ts';
import { POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Draft, Fields, Resource } from '../../src/sandbox/apiserver/object.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { configured, tiny } from './sandbox.ts';

const volume = { volumeClaimSpec: { accessModes: ['ReadWriteOnce'] } };
export const backups = { pgbackrest: { repos: [{ name: 'repo1', volume }] } };
export const database = (name: string, spec: object = {}, annotations: Record<string, string> = {}): Draft => ({
  apiVersion: 'postgres-operator.crunchydata.com/v1beta1',
  kind: 'PostgresCluster',
  metadata: { name, namespace: 'shop', annotations },
  spec: { instances: [{ name: 'pg' }], backups, ...spec },
});
export const from = (clusterName: string, repoName = 'repo1'): object => ({ dataSource: { postgresCluster: { clusterName, repoName } } });

export const live = (cluster: Cluster, name = 'copy'): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', name);
export const restoreIn = (status: Fields | undefined): Fields => fieldsOf(fieldsOf(status?.pgbackrest).restore);
export const outcomes = (status: Fields | undefined): string[] =>
  ((status?.conditions ?? []) as { type: string; status: string; reason: string }[]).map((c) => `${c.type}=${c.status}/${c.reason}`);
export const instanceOf = (status: Fields): Fields => fieldsOf((status.instances as Fields[])[0]);

/** A source that can be copied, and what is written to the status of the copy from then on. */
export async function copyWorld(source: Draft = database('source')): Promise<{ cluster: Cluster; history: Fields[] }> {
  const cluster = createCluster({ hooks: tiny(() => ({})), config: configured(['sync']) });
  const history: Fields[] = [];
  cluster.apply(source);
  await cluster.settle();
  cluster.server.watch(({ type, object }) => {
    if (type === 'MODIFIED' && object.metadata.name === 'copy' && object.status) history.push(object.status);
  });
  return { cluster, history };
}

export const edit = (cluster: Cluster, spec: object): void => {
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'copy', (object) => ({ ...object, spec: { ...object.spec, ...spec } }));
};
/** What names the restore is lost, as after etcd was set back. */
export function forget(cluster: Cluster): void {
  const found = live(cluster);
  assert.ok(found);
  cluster.user.updateStatus({ ...found, status: { ...found.status, pgbackrest: {} } });
}

export const step = (status: Fields): unknown[] => {
  const { finished, active, succeeded } = restoreIn(status);
  return [
    finished,
    active,
    succeeded,
    instanceOf(status).readyReplicas,
    status.patroni !== undefined,
    status.databaseRevision !== undefined,
  ];
};
