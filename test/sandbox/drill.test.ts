/** Drills, each a whole life: from the moment at which one is due until nothing is written any more. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import {
  begun,
  checkOf,
  copyFate,
  copyOf,
  drillMessage,
  drillOf,
  edit,
  installed,
  policyOf,
  recordOf,
  remains,
  verifiedOf,
  verify,
} from '../support/drills.ts';
import { conditionOf } from '../support/sandbox.ts';

/** What Metacontroller may write for one drill, until nothing is left to do. */
const MOST_WRITES = 30;

async function restsWithoutAWrite(cluster: Cluster): Promise<void> {
  await cluster.settle(900);
  assert.deepEqual(remains(cluster), [], 'nothing of the drill is left');
  const length = cluster.server.writes.length;
  await cluster.resync(5);
  assert.deepEqual(cluster.writesSince(length), []);
}

const isVerified = (cluster: Cluster) => (): boolean => conditionOf(cluster, 'BackupVerified') === 'True/Verified';
const hasFailed = (cluster: Cluster) => (): boolean => conditionOf(cluster, 'BackupVerified') === 'False/DrillFailed';

/** Every write to an object whose name begins so. */
const writesTo = (cluster: Cluster, since: number, name: string): string[] =>
  cluster
    .writesSince(since)
    .filter((write) => write.name.startsWith(name))
    .map(({ verb, kind }) => `${verb} ${kind.split('.')[0] ?? ''}`);

describe('a drill', function () {
  this.timeout(120_000);

  it('on demand: a copy is made, checked, put on record and removed, in few writes', async () => {
    const cluster = await installed();
    const length = cluster.server.writes.length;
    let unshielded = 0;
    cluster.server.watch(() => {
      if (copyOf(cluster) !== undefined && policyOf(cluster) === undefined) unshielded += 1;
    });
    await begun(cluster, 'checked');
    assert.match(drillMessage(cluster), /a drill has been under way since 2026-\S+: the (check of the copy begins|copy is being checked)$/);
    await cluster.until('verified', isVerified(cluster), 120);
    await restsWithoutAWrite(cluster);
    assert.equal(unshielded, 0, 'the copy is never there without its policy');
    assert.ok(cluster.writesSince(length).length <= MOST_WRITES);
    assert.deepEqual(writesTo(cluster, length, 'bestie-drill'), [
      'create NetworkPolicy',
      'create PostgresCluster',
      'create Job',
      // Its source is no longer sent once it is made of it.
      'update PostgresCluster',
      'delete Job',
      'delete PostgresCluster',
      'delete NetworkPolicy',
    ]);
    const { at, took, ...rest } = verifiedOf(cluster);
    assert.ok(Number.isSafeInteger(took) && Number(took) > 0);
    assert.match(String(rest.target), /^latest, at 2026-/);
    assert.deepEqual([rest.repository, rest.revision], ['repo1', '9d1c4a6f0de5']);
    assert.equal(
      drillMessage(cluster),
      `a copy was made from repo1 and checked at ${String(at)}, in ${String(took)} s: revision 9d1c4a6f0de5; rows: users 3, pets 12, applications 5`,
    );
  });

  it('writes nothing to the database that it copies, but for the record of its result', async () => {
    const cluster = await installed();
    const length = cluster.server.writes.length;
    const generation = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.generation;
    await begun(cluster, 'recorded');
    await cluster.settle(900);
    assert.deepEqual(writesTo(cluster, length, 'bestie-pgo'), ['update PostgresCluster']);
    assert.equal(cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.generation, generation, 'an annotation alone');
  });

  it('the copy has a repository of its own, and nothing of the source but its name', async () => {
    const cluster = await installed({ database: { replicas: 2, parameters: { work_mem: '8MB' } } });
    await begun(cluster, 'copied');
    const { spec, metadata } = copyOf(cluster) ?? {};
    assert.deepEqual(fieldsOf(spec?.dataSource).postgresCluster, {
      clusterName: 'bestie-pgo',
      repoName: 'repo1',
      options: ['--type=default'],
    });
    const { pgbackrest } = fieldsOf(spec?.backups);
    assert.deepEqual(
      (fieldsOf(pgbackrest).repos as object[]).map((repository) => Object.keys(repository)),
      [['name', 'volume']],
    );
    assert.deepEqual(
      (spec?.instances as Record<string, unknown>[]).map(({ name, replicas }) => [name, replicas]),
      [['pg', 1]],
    );
    assert.equal(metadata?.labels?.['app.kubernetes.io/component'], 'drill');
  });

  it('a copy that is not usable for a moment is not made anew, and its check goes on', async () => {
    const cluster = await installed();
    const requests: unknown[] = [];
    await begun(cluster, 'checked');
    cluster.server.watch(({ object }) => {
      if (object.metadata.name === 'bestie-drill' && object.spec?.dataSource !== undefined) requests.push(object.spec.dataSource);
    });
    cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-drill', (live) => ({
      ...live,
      metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, 'sandbox/instances': '0' } },
    }));
    const job = checkOf(cluster)?.metadata.uid;
    await cluster.tick(2);
    assert.equal(checkOf(cluster)?.metadata.uid, job);
    await cluster.until('verified', isVerified(cluster), 120);
    assert.deepEqual(requests, []);
  });

  it('by schedule: not before its time, then at each of its times', async () => {
    const cluster = await installed();
    verify(cluster, { schedule: '0 3 * * *' });
    await cluster.settle();
    assert.equal(conditionOf(cluster, 'BackupVerified'), 'Unknown/NotYetVerified');
    assert.equal(drillMessage(cluster), 'no drill has ended yet; the next one is due at 2026-01-01T03:00:00Z');
    await cluster.tick(120);
    assert.deepEqual(remains(cluster), []);
    await cluster.until('verified', isVerified(cluster), 7200);
    const [first] = [String(verifiedOf(cluster).at)];
    assert.match(first, /^2026-01-01T03:0/);
    await restsWithoutAWrite(cluster);
    await cluster.resync(24, 3600);
    await cluster.until('verified again', () => verifiedOf(cluster).at !== first, 3600);
    assert.match(String(verifiedOf(cluster).at), /^2026-01-02T0[34]:/);
  });

  it('another schedule: no earlier run of it is made up for', async () => {
    const cluster = await installed();
    verify(cluster, { schedule: '0 3 * * *' });
    await cluster.settle();
    verify(cluster, { schedule: '0 1 * * *' });
    await cluster.settle();
    await cluster.tick(300);
    assert.deepEqual(remains(cluster), []);
    assert.match(drillMessage(cluster), /due at 2026-01-02T01:00:00Z$/);
  });

  it('often by schedule: none begins before its time, although the policy of the one before still stands', async () => {
    const cluster = await installed();
    const begun: string[] = [];
    cluster.server.watch(() => {
      const drill = drillOf(cluster);
      if (drill.since !== undefined && !begun.includes(`${drill.due} at ${drill.since}`)) begun.push(`${drill.due} at ${drill.since}`);
    });
    verify(cluster, { schedule: '* * * * *' });
    await cluster.until('the third one', () => begun.length > 2, 600);
    const early = begun.filter((each) => (each.split(' at ')[0] ?? '') > (each.split(' at ')[1] ?? ''));
    assert.deepEqual(early, [], begun.join(', '));
  });

  it('the same token is one drill, another one is another', async () => {
    const cluster = await installed();
    await begun(cluster, 'recorded');
    await restsWithoutAWrite(cluster);
    const first = verifiedOf(cluster).at;
    verify(cluster, { onDemand: 'second' });
    await cluster.until('verified again', () => verifiedOf(cluster).at !== first, 120);
    await restsWithoutAWrite(cluster);
  });

  it('a check that finds a fault: it has failed, everything is removed, and the next one that succeeds ends that', async () => {
    const cluster = await installed();
    edit(cluster, { version: '1.3-baddata' });
    await cluster.settle();
    await begun(cluster, 'checked');
    await cluster.until('failed', hasFailed(cluster), 300);
    await restsWithoutAWrite(cluster);
    assert.match(
      drillMessage(cluster),
      /^the drill of repo1 failed at \S+: table pets cannot be read: SQLSTATE XX001; none has succeeded before$/,
    );
    assert.deepEqual(verifiedOf(cluster), {});
    edit(cluster, { version: '1.3.1' });
    await cluster.settle();
    verify(cluster, { onDemand: 'again' });
    await cluster.until('verified', isVerified(cluster), 300);
    await restsWithoutAWrite(cluster);
  });

  it('a repository that cannot be restored: it has failed, and everything is removed', async () => {
    const cluster = await installed();
    await begun(cluster, 'copied');
    copyFate(cluster, 'fail');
    await cluster.until('failed', hasFailed(cluster), 300);
    await restsWithoutAWrite(cluster);
    assert.match(drillMessage(cluster), /: repo1 could not be restored: each try of its Job failed; /);
    assert.equal(checkOf(cluster), undefined);
  });

  it('a copy that never ends: it is given up at its bound', async () => {
    const cluster = await installed();
    await begun(cluster, 'copied', { timeoutSeconds: 300 });
    copyFate(cluster, 'hang');
    await cluster.tick(280);
    assert.ok(copyOf(cluster));
    await cluster.until('failed', hasFailed(cluster), 60);
    await restsWithoutAWrite(cluster);
    assert.match(drillMessage(cluster), /: it had not ended after 300 s: the copy is being made; /);
  });

  it('without the database operator it fails at its bound, and a success before it does not hide that', async () => {
    const cluster = await installed();
    verify(cluster, { onDemand: 'first', schedule: '0 3 * * *' });
    await cluster.until('verified', isVerified(cluster), 300);
    await cluster.settle();
    cluster.down.add('postgres-operator');
    await cluster.resync(6, 3600);
    assert.equal(conditionOf(cluster, 'BackupVerified'), 'False/DrillFailed');
    assert.match(
      drillMessage(cluster),
      /: it had not ended after 7200 s: the copy is being made; the last one that succeeded ended at 2026-01-01T02/,
    );
    assert.equal(recordOf(cluster).due, '2026-01-01T03:00:00Z');
    cluster.down.delete('postgres-operator');
    await cluster.until('verified', isVerified(cluster), 90_000);
    await restsWithoutAWrite(cluster);
  });

  it('a success is too old after two periods, and the next one ends that', async () => {
    const cluster = await installed();
    verify(cluster, { onDemand: 'first', schedule: '0 3 * * *' });
    await cluster.until('a copy that goes', () => copyOf(cluster)?.metadata.deletionTimestamp !== undefined, 300);
    cluster.down.add('postgres-operator');
    await cluster.resync(47, 3600);
    assert.equal(conditionOf(cluster, 'BackupVerified'), 'True/Verified');
    await cluster.resync(2, 3600);
    assert.equal(conditionOf(cluster, 'BackupVerified'), 'False/DrillOverdue');
    assert.match(
      drillMessage(cluster),
      /^the last drill that succeeded ended at 2026-01-01T02:\S+, longer ago than two periods of its schedule; the copy bestie-drill is being removed, since 2026-01-01T02:/,
    );
    cluster.down.delete('postgres-operator');
    await cluster.until('verified', isVerified(cluster), 300);
    await restsWithoutAWrite(cluster);
  });
});
