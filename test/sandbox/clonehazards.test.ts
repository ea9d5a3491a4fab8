/** What a clone must not lose once it serves. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { bestieOf, conditionOf } from '../support/sandbox.ts';
import { clone, databaseOf, living, sourceIn } from '../support/clones.ts';
import { restoreIn } from '../support/copyworld.ts';

/** A clone that serves, although every change of its database is refused since its restore began: its source cannot be removed. */
async function refused(): Promise<Cluster> {
  const cluster = await living();
  const backups = { repos: [{ name: 'repo1', s3: { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' } }] };
  const draft = clone({}, { deletionPolicy: 'BackupThenDelete' });
  const database = { ...(draft.spec?.database as object), backups };
  cluster.apply({ ...draft, spec: { ...draft.spec, database } });
  await cluster.until('a restore', () => restoreIn(databaseOf(cluster)?.status).startTime !== undefined, 120);
  cluster.server.fault = ({ by, verb, name }) =>
    by === 'metacontroller' && verb === 'update' && name === 'copy-pgo' ? 'Forbidden' : undefined;
  await cluster.until('a migrated copy', () => conditionOf(cluster, 'DatabaseSeeded', 'copy') === 'True/MigrationCompleted', 300);
  assert.ok(sourceIn(cluster));
  return cluster;
}

describe('a clone whose source cannot be removed', function () {
  this.timeout(120_000);

  it('has data of its own, also while it is down: it is not deleted without a final backup', async () => {
    const cluster = await refused();
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'copy-pgo', (live) => ({
      ...live,
      metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, 'sandbox/instances': '0' } },
    }));
    await cluster.tick(60);
    assert.equal(conditionOf(cluster, 'Copied', 'copy'), 'True/Copied');
    const { uid } = databaseOf(cluster)?.metadata ?? {};
    cluster.remove(BESTIE, 'shop', 'copy');
    await cluster.tick(120);
    assert.ok(bestieOf(cluster, 'copy'));
    assert.equal(databaseOf(cluster)?.metadata.uid, uid);
    assert.equal(databaseOf(cluster)?.metadata.deletionTimestamp, undefined);
  });
});
