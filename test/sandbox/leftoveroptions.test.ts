/** What a restore by hand has left in the request is not carried out with one of the Bestie. */
import assert from 'node:assert/strict';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { isReady, operated, sample } from '../support/sandbox.ts';

interface Block {
  enabled: boolean;
  repoName: string;
  options?: string[];
}
const blockOf = (cluster: Cluster): Block | undefined =>
  (cluster.user.list(POSTGRES_CLUSTER)[0]?.spec as { backups: { pgbackrest: { restore?: Block } } }).backups.pgbackrest.restore;

/** A user writes that into the request on the PostgresCluster. */
const write = (cluster: Cluster, block: object): unknown =>
  cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (live) => {
    const spec = live.spec as { backups: { pgbackrest: { restore?: object } } };
    const { pgbackrest } = spec.backups;
    return {
      ...live,
      spec: { ...spec, backups: { ...spec.backups, pgbackrest: { ...pgbackrest, restore: { ...pgbackrest.restore, ...block } } } },
    };
  });

describe('sandbox: options of a restore by hand', () => {
  it('do not take a restore to the latest state back in time, whether they were there before it or come while it runs', async function () {
    this.timeout(60_000);
    const cluster = operated({});
    cluster.apply(sample({ size: 2 }));
    await cluster.until('ready', isReady(cluster), 120);
    await cluster.settle();
    const byHand = ['--type=time', "--target='2026-01-01 10:00:00+00'"];
    write(cluster, { enabled: false, repoName: 'repo1', options: byHand });
    await cluster.settle();
    assert.deepEqual(blockOf(cluster)?.options, byHand, 'as long as nothing is requested of the Bestie it is not its field');
    const restore = { id: 'a', target: { latest: true }, backup: 'Skip' };
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, restore } }));
    await cluster.until('it is requested', () => blockOf(cluster)?.enabled === true, 120);
    const wanted = { enabled: true, repoName: 'repo1', options: ['--type=default'] };
    assert.deepEqual(blockOf(cluster), wanted);
    write(cluster, { options: byHand });
    await cluster.settle();
    assert.ok([undefined, JSON.stringify(wanted)].includes(JSON.stringify(blockOf(cluster))), JSON.stringify(blockOf(cluster)));
    await cluster.until('it is over', isReady(cluster), 300);
    assert.equal(blockOf(cluster), undefined);
  });
});
