import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import type { Fields } from '../../src/sandbox/apiserver/object.ts';
import { bestieOf, isReady, operated, sample } from '../support/sandbox.ts';

const restoreOf = (cluster: Cluster): Fields => fieldsOf(bestieOf(cluster)?.status?.restore);
const ids = (cluster: Cluster): unknown[] =>
  ((restoreOf(cluster).history ?? []) as Fields[]).map(({ id, result }) => `${String(id)} ${String(result)}`);

const request = (cluster: Cluster, id: string | undefined): void => {
  const restore = id === undefined ? undefined : { id, target: { latest: true } };
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, restore } }));
};

async function ready(): Promise<Cluster> {
  const cluster = operated({});
  cluster.apply(sample({ size: 1 }));
  await cluster.until('ready', isReady(cluster));
  await cluster.settle();
  return cluster;
}

const comesTo = (cluster: Cluster, phase: string): Promise<void> => cluster.until(phase, () => restoreOf(cluster).phase === phase);

/** Restores, and returns the status from before its last phase: a sync that was shown that writes its own status over the newer one. */
async function restored(cluster: Cluster, id: string): Promise<Fields> {
  request(cluster, id);
  await comesTo(cluster, 'Finishing');
  const older = bestieOf(cluster)?.status ?? {};
  await comesTo(cluster, 'Succeeded');
  await cluster.settle();
  return older;
}

const writeBack = (cluster: Cluster, status: Fields): void => {
  const bestie = bestieOf(cluster);
  if (bestie) cluster.server.as('metacontroller').updateStatus({ ...bestie, status });
};

describe('sandbox: the history of restores', () => {
  it('has one that ended, also where an older status was written over its end', async () => {
    const cluster = await ready();
    writeBack(cluster, await restored(cluster, 'a'));
    await cluster.settle();
    assert.deepEqual([restoreOf(cluster).phase, ids(cluster)], ['Succeeded', ['a Succeeded']]);
  });

  it('has it, also where its request is gone since', async () => {
    const cluster = await ready();
    const older = await restored(cluster, 'a');
    request(cluster, undefined);
    await cluster.settle();
    writeBack(cluster, older);
    await cluster.settle();
    assert.deepEqual([restoreOf(cluster).id, restoreOf(cluster).phase, ids(cluster)], ['a', 'Succeeded', ['a Succeeded']]);
  });

  it('has it, also where another one has begun since', async () => {
    const cluster = await ready();
    await restored(cluster, 'a');
    const { history: _, ...rest } = restoreOf(cluster);
    writeBack(cluster, { ...bestieOf(cluster)?.status, restore: rest });
    request(cluster, 'b');
    await comesTo(cluster, 'Succeeded');
    await cluster.until('b has ended', () => restoreOf(cluster).id === 'b' && restoreOf(cluster).phase === 'Succeeded');
    assert.deepEqual(ids(cluster), ['b Succeeded', 'a Succeeded']);
  });

  it('has none as failed that is still carried out', async () => {
    const cluster = await ready();
    cluster.edit('PostgresCluster.postgres-operator.crunchydata.com/v1beta1', 'shop', 'bestie-pgo', (object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, 'sandbox/restore': 'fail' } },
    }));
    request(cluster, 'a');
    await comesTo(cluster, 'Failed');
    await cluster.resync(3);
    assert.deepEqual(ids(cluster), []);
  });

  it('shows the one that ended last, not the one that is still in the spec', async () => {
    const cluster = operated({});
    cluster.apply(sample({ size: 1, upgrade: { onFailure: 'Restore' } }));
    await cluster.until('ready', isReady(cluster));
    await restored(cluster, 'a');
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, version: '1.4-badmigration' } }));
    await cluster.until(
      'it is undone',
      () => String(restoreOf(cluster).id).startsWith('quiet') && restoreOf(cluster).phase === 'Succeeded',
    );
    await cluster.resync(3);
    assert.match(String(restoreOf(cluster).id), /^quiet-upgrade\./);
    assert.equal(ids(cluster).length, 2);
  });
});
