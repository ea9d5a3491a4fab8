/** A restore by hand in the middle of an upgrade: the application runs on no schema that is not on record for what came back. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf, restoreByHand } from '../support/data.ts';
import { lawful } from '../support/lifelaws.ts';
import { bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';

const image = (tag: string): string => `quay.io/opdev/bestie:${tag}`;
const phase = (cluster: Cluster): unknown => fieldsOf(bestieOf(cluster)?.status?.upgrade).phase;
const replicas = (cluster: Cluster): unknown => cluster.user.get(DEPLOYMENT, 'shop', 'bestie-app')?.spec?.replicas;
const message = (cluster: Cluster, type: string): string => {
  const bestie = bestieOf(cluster);
  return (bestie && conditionsOf(bestie).find((condition) => condition.type === type)?.message) ?? '';
};
const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};

const isMigrating = (cluster: Cluster, tag: string): boolean =>
  cluster.user.list(POD).some(({ metadata, spec, status }) => {
    const runs = (spec?.containers as { image: string }[] | undefined)?.some((container) => container.image === image(tag));
    return runs === true && metadata.labels?.['app.kubernetes.io/component'] === 'migration' && status?.phase === 'Running';
  });

/** A Bestie that runs 1.3, with the laws that hold at every write; the next restore brings back data from before its migrations. */
async function installed(): Promise<{ cluster: Cluster; laws: { check: () => void } }> {
  const cluster = operated();
  const laws = lawful(cluster);
  cluster.apply(sample({ version: '1.3', upgrade: { progressDeadlineSeconds: 30, migrationDeadlineSeconds: 60 } }));
  await cluster.until('Ready', isReady(cluster), 120);
  await cluster.settle();
  dataOf(cluster).target([]);
  return { cluster, laws };
}

async function restedWithoutAWrite(cluster: Cluster, laws: { check: () => void }): Promise<void> {
  await cluster.resync(3);
  laws.check();
  await cluster.settle(600);
  const length = cluster.server.writes.length;
  await cluster.resync(3);
  assert.deepEqual(cluster.writesSince(length), []);
}

describe('a restore by hand, in the middle of an upgrade', () => {
  it('what ran before stays stopped while the next version is migrated, since its own migrations are not on record', async () => {
    const { cluster, laws } = await installed();
    changeSpec(cluster, { version: '1.4-slow' });
    restoreByHand(cluster, 'tuesday');
    await cluster.until('1.4-slow is being migrated', () => isMigrating(cluster, '1.4-slow'), 200);
    changeSpec(cluster, { version: '1.4-badmigration' });
    await cluster.until('given up', () => phase(cluster) === 'Failed', 600);
    assert.equal(replicas(cluster), 0);
    assert.equal(conditionOf(cluster, 'DeploymentReady'), 'False/MigrationHistoryUnknown');
    assert.equal(conditionOf(cluster, 'Available'), 'False/TooFewReplicas');
    assert.match(message(cluster, 'DeploymentReady'), /those of quay\.io\/opdev\/bestie:1\.3 are not recorded; .*"version":"1\.3"/);
    await restedWithoutAWrite(cluster, laws);
    changeSpec(cluster, { version: '1.3' });
    await cluster.until('Ready again', isReady(cluster), 300);
    assert.ok(dataOf(cluster).migrated().includes(image('1.3')));
    await restedWithoutAWrite(cluster, laws);
  });

  it('a version that cannot be rolled out is not taken back to one whose migrations are not on record', async () => {
    const { cluster, laws } = await installed();
    changeSpec(cluster, { version: '1.4-lost' });
    restoreByHand(cluster, 'tuesday');
    await cluster.until('given up', () => phase(cluster) === 'Failed', 600);
    assert.equal(fieldsOf(bestieOf(cluster)?.status?.upgrade).reason, 'ImagePullFailed');
    await restedWithoutAWrite(cluster, laws);
  });

  it('a version that cannot be rolled out is taken back to an older one, whose migrations are among its own', async () => {
    const { cluster, laws } = await installed();
    changeSpec(cluster, { version: '1.4.0-crash' });
    restoreByHand(cluster, 'tuesday');
    await cluster.until('taken back', () => phase(cluster) === 'RolledBack', 600);
    assert.deepEqual([dataOf(cluster).migrated(), replicas(cluster)], [[image('1.4.0-crash')], 3]);
    await restedWithoutAWrite(cluster, laws);
  });

  it('an upgrade whose Deployment is removed meanwhile is called off: nothing is known to go back to, and no backup is waited for', async () => {
    const { cluster, laws } = await installed();
    changeSpec(cluster, { version: '1.4-lost' });
    restoreByHand(cluster, 'tuesday');
    await cluster.until('restored', () => conditionOf(cluster, 'DeploymentReady') === 'False/MigrationHistoryUnknown', 60);
    cluster.remove(DEPLOYMENT, 'shop', 'bestie-app');
    await cluster.until('reported', () => conditionOf(cluster, 'ImagePulled') === 'False/ImagePullFailed', 200);
    const { phase: outcome, message: why } = fieldsOf(bestieOf(cluster)?.status?.upgrade);
    assert.deepEqual([outcome, why], ['Aborted', undefined]);
    await restedWithoutAWrite(cluster, laws);
  });

  it('a backup on demand waits for the migrations of what runs, also where the next version was given up', async () => {
    const { cluster, laws } = await installed();
    changeSpec(cluster, { version: '1.4-crash' });
    await cluster.until('rolled back', () => phase(cluster) === 'RolledBack', 300);
    changeSpec(cluster, { database: { backups: { onDemand: 'a' } } });
    await cluster.until('requested', () => manualBackup(cluster).id !== undefined, 100);
    restoreByHand(cluster, 'tuesday');
    for (let second = 0; second < 120; second += 1) {
      await cluster.tick();
      laws.check();
    }
    assert.deepEqual(dataOf(cluster).migrated(), [image('1.3')]);
    await cluster.until(
      'backed up',
      () => String(manualBackup(cluster).id).startsWith('on-demand.') && manualBackup(cluster).finished === true,
      300,
    );
    await restedWithoutAWrite(cluster, laws);
  });
});

const manualBackup = (cluster: Cluster) =>
  fieldsOf(fieldsOf(cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.status?.pgbackrest).manualBackup);
