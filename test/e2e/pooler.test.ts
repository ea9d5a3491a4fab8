/** A pooler that is switched on and off: what the API server stores, in which order, and that nothing is written at rest. */
import assert from 'node:assert/strict';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { condition, eventually, get, kubectl, list, type ClusterObject } from './support/kubectl.ts';
import { POSTGRES_CLUSTERS } from './support/pgostatus.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-pooler';
const REST = Number(process.env.E2E_REST_SECONDS ?? 130);

const patch = (change: object): Promise<string> =>
  kubectl('-n', NS, 'patch', 'bestie', 'pooled', '--type=merge', '-p', JSON.stringify({ spec: change }));
const pooler = (enabled: boolean): Promise<string> => patch({ database: { pooler: { enabled } } });
const database = async (): Promise<ClusterObject> => (await get(NS, POSTGRES_CLUSTERS, 'pooled-pgo')) ?? assert.fail('no database');
const proxy = async (): Promise<unknown> => ((await database()).spec as { proxy?: unknown }).proxy;
const isPooled = (object: ClusterObject | undefined): boolean => JSON.stringify(object?.spec ?? {}).includes('pgbouncer-host');
const pods = async (): Promise<ClusterObject[]> =>
  (await list(NS, 'pods')).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'web');
const keys = async (): Promise<string[]> =>
  Object.keys(((await get(NS, 'secrets', 'pooled-pgo-pguser-bestie')) as unknown as { data: object }).data).filter((key) =>
    key.startsWith('pgbouncer-'),
  );

describe('a pooler', function () {
  this.timeout(400_000);

  before(async () => {
    await namespace(NS);
    await apply(NS, bestie('pooled', { size: 2, version: '1.3' }));
    await becomes(NS, 'pooled', 'Ready', 'True', undefined, 120);
  });

  it('is stored as it is sent, and the pods connect through it once its keys are there', async () => {
    await pooler(true);
    await eventually('every pod connects through it', 120, async () => {
      const [all, live] = [await pods(), await get(NS, 'deployments', 'pooled-app')];
      if (isPooled(live)) assert.notEqual((await keys()).length, 0);
      return all.length === 2 && all.every(isPooled);
    });
    const live = await becomes(NS, 'pooled', 'Ready', 'True', undefined, 120);
    assert.equal((live.status?.database as { pooler?: boolean }).pooler, true);
    assert.deepEqual(await proxy(), {
      pgBouncer: {
        port: 5432,
        replicas: 2,
        config: { global: { pool_mode: 'transaction', max_client_conn: '56', default_pool_size: '28', max_db_connections: '30' } },
      },
    });
  });

  it('stays through an upgrade, whose migrations connect directly', async () => {
    await patch({ version: '1.4' });
    await eventually('the upgrade has succeeded', 120, async () => (await get(NS, 'besties', 'pooled'))?.status?.appversion === '1.4');
    await becomes(NS, 'pooled', 'Ready', 'True', undefined, 120);
    assert.ok((await list(NS, 'jobs')).every((job) => !isPooled(job)) && (await pods()).every(isPooled));
  });

  it('at rest nothing is written', async () => {
    await eventually('it is quiet', 120, async () => (await writesAtRest(NS, 5)).length === 0);
    assert.deepEqual(await writesAtRest(NS, REST), []);
  });

  it('is removed after the last pod that connects through it', async () => {
    await pooler(false);
    await eventually('it is removed', 120, async () => {
      const all = await pods();
      const isGone = (await proxy()) === undefined;
      if (isGone) assert.ok(!all.some(isPooled), 'a pod connects through a pooler that is gone');
      return isGone;
    });
    const live = await becomes(NS, 'pooled', 'Ready', 'True', undefined, 120);
    assert.equal(condition(live, 'DatabaseReady')?.reason, 'Usable');
    await eventually('its keys are gone', 60, async () => (await keys()).length === 0);
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
